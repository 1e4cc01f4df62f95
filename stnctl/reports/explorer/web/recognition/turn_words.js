/** Sentences about the loss over the angle. */

/** @typedef {import("../network/turning.js").TurnCurve} TurnCurve */
/** @typedef {import("../network/turning.js").AngleScore} AngleScore */

/** Families whose regions have any angle. */
const TURNING = [
  "rotation",
  "rigid",
  "similarity",
  "affine",
  "projective",
  "thin_plate_spline",
  "diffeomorphic_affine",
];

/** Slope of the loss, in nats per degree, below which it is called flat. */
const FLAT = 0.002;

/** Difference of losses, in nats, from which one is called lower. */
const CLEARLY = 0.005;

/**
 * Return sentences on what the chart shows.
 * @param {import("../network/run.js").Run} run
 */
export function turnIntroduction({ network }) {
  const { transformers, nodes } = network;
  if (!transformers.length) {
    return [
      "This network has no transformer, so nothing turns the digit for it. The chart turns U " +
        "itself: it is the loss of this digit at each angle. A low loss at many angles means " +
        "that the network learned them all by itself.",
    ];
  }
  const texts = [
    "The loss says how wrong the answer is: 0 is perfect. Here the region on U takes each angle " +
      "in turn, all else of theta stays, and the rest of the network reads V. The point is the " +
      "angle that the localization network chose.",
    "Training moves theta downhill along the slope at this point, and sees no further. If the " +
      "curve is flat there, or a hill lies before the valley, the transformer does not learn to " +
      "turn, however deep the valley is. And if the rest of the network already reads a tilted " +
      "digit well, there is no valley: nothing is gained by turning.",
  ];
  const families = new Set(transformers.map((each) => nodes[each.node].transform));
  const still = [...families].filter((name) => !TURNING.includes(name));
  if (still.length) {
    texts.push(
      `The family ${still.join(", ").replaceAll("_", " ")} of this network can't turn its ` +
        "region. The chart turns it all the same, to show what that would bring.",
    );
  }
  return texts;
}

/**
 * Return sentences on a curve.
 * @param {TurnCurve} curve
 * @param {import("../network/run.js").Run} run
 */
export function curveText({ scores, chosen, slope }, { network }) {
  const best = scores.reduce((low, each) => (each.loss < low.loss ? each : low));
  const hasTransformer = network.transformers.length > 0;
  const loss = chosen.loss.toFixed(3);
  const start = hasTransformer
    ? `The localization network chose ${chosen.angle.toFixed(1)}°, with a loss of ${loss}.`
    : `As it is, the digit has a loss of ${loss}.`;
  const lowest =
    best.loss < chosen.loss - CLEARLY
      ? `The lowest loss, ${best.loss.toFixed(3)}, is at ${best.angle}°.`
      : "No other angle has a clearly lower loss.";
  if (!hasTransformer) return `${start} ${lowest}`;
  const pull =
    Math.abs(slope) < FLAT
      ? "nearly flat, so this digit gives hardly any reason to turn."
      : `this digit pulls the angle to ${slope > 0 ? "smaller" : "larger"} values.`;
  return `${start} ${lowest} The slope there is ${slope.toFixed(4)} per degree: ${pull}`;
}

/**
 * Return a sentence on who reads the digit better.
 * @param {AngleScore} own
 * @param {AngleScore} chosen
 * @param {string} chooser
 */
export function scoreText(own, chosen, chooser) {
  const difference = own.loss - chosen.loss;
  if (Math.abs(difference) < 0.0005) return "A draw: the losses are equal.";
  if (difference < 0) return "You win: your angle has the lower loss.";
  return chooser === "network"
    ? "The network wins: its angle has the lower loss."
    : "The digit as it is has the lower loss.";
}
