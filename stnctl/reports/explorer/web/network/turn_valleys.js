// Valleys and hills of the loss over the angle, as seen from the chosen angle.

/**
 * @typedef {{angle: number, loss: number}} TurnPoint angle in degrees, loss in nats
 *
 * @typedef {object} Valley A part of the circle whose loss is near the lowest one.
 * @property {TurnPoint} bottom
 * @property {TurnPoint | null} hill the highest point on the way there, if the way goes up
 *
 * @typedef {object} TurnShape
 * @property {"flat" | "valley" | "level" | "slope"} kind flat: everywhere; valley: the chosen angle
 *   is in a valley; level: its slope is nearly 0, outside of a valley; slope: else
 * @property {TurnPoint} lowest
 * @property {[number, number] | null} range of the valley around the chosen angle, from the
 *   smaller to the larger angle; the first one is larger if the valley holds 180 degrees
 * @property {TurnPoint} stop the end of the way downhill from the chosen angle
 * @property {Valley | null} next the nearest valley from there; null if the stop is in one
 */

/** Differences of losses, in nats, up to which a curve is called flat. */
export const FLAT_RANGE = 0.05;

/** Slope, in nats per degree, below which the curve is called level. */
export const LEVEL_SLOPE = 0.002;

/** Shares of the range of the losses: the height of a valley's edge, and that of a ripple. */
const EDGE = 0.1;
const RIPPLE = 0.03;

/** Largest height of a valley's edge above the lowest loss, in nats. */
const HIGHEST_EDGE = 0.3;

/**
 * Return where the chosen angle lies on a curve, and where the way downhill from it ends.
 * @param {object} curve
 * @param {TurnPoint[]} curve.scores around the circle; the last one repeats the first one
 * @param {TurnPoint} curve.chosen
 * @param {number} curve.slope of the loss at the chosen angle, in nats per degree
 * @returns {TurnShape}
 */
export function turnShape({ scores, chosen, slope }) {
  const points = circleFrom(scores.slice(0, -1), chosen);
  const lowest = points.reduce((low, each) => (each.loss < low.loss ? each : low));
  const range = Math.max(...points.map(({ loss }) => loss)) - lowest.loss;
  const edge = lowest.loss + Math.max(FLAT_RANGE, Math.min(EDGE * range, HIGHEST_EDGE));
  const ripple = Math.max(FLAT_RANGE / 2, RIPPLE * range);
  const found = { lowest, range: null, stop: chosen, next: null };
  if (range <= FLAT_RANGE) return { ...found, kind: "flat" };
  if (chosen.loss <= edge) {
    const [first, last] = [-1, 1].map((step) => lastInValley(points, step, edge).angle);
    return { ...found, kind: "valley", range: [first, last] };
  }
  const isLevel = Math.abs(slope) < LEVEL_SLOPE;
  const place = isLevel ? 0 : wayDown(points, slope > 0 ? -1 : 1, ripple);
  const stop = at(points, place);
  return {
    ...found,
    kind: isLevel ? "level" : "slope",
    stop,
    next: stop.loss <= edge ? null : nearestValley(points, place, edge, ripple),
  };
}

/**
 * Return the points around the circle in the order of their angles, from the chosen one.
 * @param {TurnPoint[]} points
 * @param {TurnPoint} chosen
 */
function circleFrom(points, chosen) {
  /** @param {TurnPoint} point */
  const ahead = ({ angle }) => (((angle - chosen.angle) % 360) + 360) % 360;
  const others = points.filter((each) => Math.min(ahead(each), 360 - ahead(each)) > 1e-6);
  return [chosen, ...others.sort((a, b) => ahead(a) - ahead(b))];
}

/** @param {TurnPoint[]} points @param {number} place any whole number */
function at(points, place) {
  return points[((place % points.length) + points.length) % points.length];
}

/** @param {TurnPoint[]} points @param {number} step 1 or -1 @param {number} edge */
function lastInValley(points, step, edge) {
  let place = 0;
  while (at(points, place + step).loss <= edge) place += step;
  return at(points, place);
}

/**
 * Return the place of the end of the way downhill; it goes over ripples.
 * @param {TurnPoint[]} points
 * @param {number} step
 * @param {number} ripple
 */
function wayDown(points, step, ripple) {
  let best = 0;
  for (let place = step; Math.abs(place) < points.length; place += step) {
    const { loss } = at(points, place);
    if (loss > at(points, best).loss + ripple) break;
    if (loss < at(points, best).loss) best = place;
  }
  return best;
}

/**
 * @param {TurnPoint[]} points
 * @param {number} start
 * @param {number} edge
 * @param {number} ripple
 * @returns {Valley}
 */
function nearestValley(points, start, edge, ripple) {
  const ways = [-1, 1].map((step) => {
    let place = start;
    let hill = at(points, start);
    while (at(points, place).loss > edge) {
      if (at(points, place).loss > hill.loss) hill = at(points, place);
      place += step;
    }
    const distance = Math.abs(place - start);
    let bottom = at(points, place);
    for (; at(points, place).loss <= edge; place += step) {
      if (at(points, place).loss < bottom.loss) bottom = at(points, place);
    }
    const isHill = hill.loss > at(points, start).loss + ripple;
    return { distance, valley: { bottom, hill: isHill ? hill : null } };
  });
  return ways[0].distance < ways[1].distance ? ways[0].valley : ways[1].valley;
}
