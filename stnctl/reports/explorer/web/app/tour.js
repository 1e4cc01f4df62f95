/** Guided tour: what a spatial transformer is, in five stops with an example each. */

import { applyAddress } from "./address.js";
import { element, svgElement } from "./dom.js";
import { showSection } from "./navigation.js";

/**
 * @typedef {object} Stop
 * @property {string} title
 * @property {(string | string[])[]} texts Paragraphs, and lists.
 * @property {string} button Text of the button that shows the example.
 * @property {string} section Id of the section with the example.
 * @property {string} address The state of the example.
 */

/** Id of the section that only a page with a network has. */
const NETWORK_SECTION = "turn-view";

const INTRODUCTION = [
  "A spatial transformer is a part of a neural network. It receives an image U and decides by "
  + "itself how to look at it: which part, at which angle, how large. The result is a second "
  + "image V, and the rest of the network works with V. So a digit that leans to one side can be "
  + "turned upright before it is read.",
  "It has three parts. The localization network looks at U and gives a few numbers, theta. The grid "
  + "generator turns theta into a grid of points on U, one for each pixel of V. The sampler reads U "
  + "at these points, and the values are V. All three can be trained together with the rest of the "
  + "network, from the labels of the images alone.",
];

/** @type {Stop[]} */
export const STOPS = [
  {
    title: "Theta is a list of numbers",
    texts: [
      "For an affine transformation, theta has six numbers: a, b and c, d form a matrix, tx and ty a "
      + "shift. A point (x, y) of V is mapped to the point (a x + b y + tx, c x + d y + ty) of U. "
      + "Together the numbers say where the frame lies on U: shifted, rotated, scaled, sheared (made "
      + "oblique). Other transformations have fewer numbers, such as one angle, or more, such as the "
      + "points of a net that bends.",
      "In the example, the frame is rotated by 45°: a and d are the cosine of 45°, 0.707.",
    ],
    button: "Show a rotated frame",
    section: "pictures",
    address: "image=square&transform=affine:0.7071068,-0.7071068,0,0.7071068,0.7071068,0",
  },
  {
    title: "Theta maps from V to U, so a scale of 0.5 zooms in",
    texts: [
      "It is natural to think that theta moves the image. It is the other way round: each pixel of V "
      + "asks theta for a point of U, and takes the value there. So no pixel of V stays empty, and "
      + "none is set twice.",
      "That is why a scale of 0.5 zooms in. The frame covers the middle half of U, and this half "
      + "fills all of V, twice as large. In the same way, a frame that moves to the right moves the "
      + "picture in V to the left.",
    ],
    button: "Show a scale of 0.5",
    section: "pictures",
    address: "image=coffee&transform=affine:0.5,0,0,0,0.5,0",
  },
  {
    title: "V is blurred, because points lie between pixels",
    texts: [
      "The points of the grid seldom hit the center of a pixel. Bilinear interpolation takes the mean "
      + "of the four pixels around the point; the nearer a pixel, the larger its weight. A mean "
      + "smooths edges, so V is softer than U. When V has more pixels than the frame covers, many "
      + "pixels of V lie between the same four pixels of U, and the blur becomes visible.",
      "Try the interpolation “nearest”: V is sharp and full of steps.",
    ],
    button: "Show the four pixels behind one pixel of V",
    section: "pixel-view",
    address: "image=digit:3&transform=affine:0.5,-0.2,0.1,0.2,0.5,0&output=64x64&pixel=30,40",
  },
  {
    title: "It learns, because V changes smoothly with theta",
    texts: [
      "When theta changes a little, each point moves a little, and the weights of its four pixels "
      + "change a little. The page draws this change as arrows: the derivative of a pixel of V with "
      + "respect to each number of theta. Training follows such derivatives: it moves theta in the "
      + "direction in which the network makes fewer errors.",
      "Where U has one brightness around the point, the derivative is zero, and this pixel says "
      + "nothing about where to look. Edges say the most. The example has a pixel at the left edge of "
      + "the square.",
    ],
    button: "Show the derivatives at an edge",
    section: "pixel-view",
    address: "image=square&transform=affine:0.9,-0.3,0.1,0.3,0.9,0.1&pixel=77,57",
  },
  {
    title: "A transformer does not always turn",
    texts: [
      "Nothing tells the transformer to turn a digit upright. It turns only if turning lowers the "
      + "loss, the measure of error that training reduces, and training feels only small steps. So a "
      + "transformer may not turn",
      ["when the classifier behind it already reads digits at all angles, which it learns if all "
      + "angles are in the training images;",
      "when the digit is so far from upright that a small turn does not help;",
      "when the digit looks the same after a half turn, such as 0, 1 and 8;",
      "when the numbers of theta are stuck at the ends of the range that the network allows."],
      "The loss over the angle shows it: training only rolls down into the nearest valley.",
    ],
    button: "Show the loss of a digit that lies on its side",
    section: NETWORK_SECTION,
    address: "distort=90,1,0,0,0",
  },
];

/**
 * Fill the section with the introduction and the stops.
 *
 * @param {HTMLElement} root
 * @param {import("./context.js").Context} context
 */
export function mountTour(root, { store, data, announce }) {
  /** @param {Stop} stop */
  function show(stop) {
    applyAddress(store, stop.address);
    store.commit();
    // The views follow the state in the next frame; then their heights are known.
    requestAnimationFrame(() => requestAnimationFrame(() => showSection(stop.section)));
    announce(`The example of “${stop.title}” is set.`);
  }
  /** @param {Stop} stop */
  function button(stop) {
    const needsNetwork = stop.section === NETWORK_SECTION;
    if (needsNetwork && !data.run?.checkpoints.length) return null;
    return element("button", { type: "button", onclick: () => show(stop) }, stop.button);
  }
  root.append(
    element("h2", {}, "What is a spatial transformer?"),
    element("div", { class: "introduction" },
      element("div", {}, ...INTRODUCTION.map((text) => element("p", {}, text))),
      element("div", { class: "diagram", role: "img", "aria-label": DIAGRAM_TEXT }, diagram())),
    element("h3", {}, "A tour of five stops"),
    element("ol", { class: "stops" }, ...STOPS.map((stop, index) =>
      element("li", {}, element("details", { open: index === 0 },
        element("summary", {}, stop.title),
        ...stop.texts.map(paragraph),
        button(stop))))),
  );
}

/** @param {string | string[]} text */
function paragraph(text) {
  if (typeof text === "string") return element("p", {}, text);
  return element("ul", {}, ...text.map((item) => element("li", {}, item)));
}

const DIAGRAM_TEXT =
  "U goes to the localization network, which gives theta. Theta goes to the grid generator, which "
  + "gives the grid. The sampler reads U at the points of the grid, which gives V.";

const BOXES = [
  { x: 62, y: 8, text: ["localization", "network"] },
  { x: 218, y: 8, text: ["grid", "generator"] },
  { x: 218, y: 96, text: ["sampler"] },
];
const ARROWS = ["M26 96 V33 H60", "M153 33 H216", "M263 59 V94", "M51 121 H216", "M309 121 H336"];
const LABELS = [
  { x: 186, y: 22, text: "theta" },
  { x: 283, y: 76, text: "grid" },
];

function diagram() {
  const drawing = svgElement("svg", { viewBox: "0 0 390 154", "aria-hidden": "true" });
  drawing.append(svgElement("defs", {},
    svgElement("marker", { id: "arrow-head", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8,
      markerHeight: 8, orient: "auto", fill: "context-stroke" },
    svgElement("path", { d: "M0 0 L8 4 L0 8 Z" }))));
  for (const path of ARROWS) drawing.append(svgElement("path", { d: path, class: "arrow" }));
  for (const { x, y, text } of BOXES) {
    drawing.append(svgElement("rect", { x, y, width: 90, height: 50, rx: 6 }));
    text.forEach((line, index) => {
      const below = y + 25 + (index - (text.length - 1) / 2) * 17;
      drawing.append(svgElement("text", { x: x + 45, y: below }, line));
    });
  }
  for (const { x, y, text } of LABELS) drawing.append(svgElement("text", { x, y }, text));
  drawing.append(
    svgElement("rect", { x: 2, y: 97, width: 48, height: 48, class: "u" }),
    svgElement("text", { x: 26, y: 121 }, "U"),
    svgElement("rect", { x: 338, y: 97, width: 48, height: 48, class: "v" }),
    svgElement("text", { x: 362, y: 121 }, "V"),
  );
  return drawing;
}
