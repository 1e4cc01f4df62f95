/** Names and units of the parameters on the page. */

/**
 * @typedef {object} ParameterWords
 * @property {string} symbol letter, with the subscript after "_"
 * @property {string} meaning
 * @property {number} unit value of one displayed unit: radians per degree for an angle
 * @property {string} suffix of the displayed number
 * @property {number} step of the slider, in displayed units
 */

const DEGREE = Math.PI / 180;

/** @type {Record<string, string>} */
const MEANINGS = {
  tx: "frame to the right",
  ty: "frame down",
  s: "size of the frame",
  sx: "width of the frame",
  sy: "height of the frame",
  kx: "shear along x",
  ky: "shear along y",
  a: "x from x",
  b: "x from y",
  c: "y from x",
  d: "y from y",
  h11: "x from x",
  h12: "x from y",
  h13: "frame to the right",
  h21: "y from x",
  h22: "y from y",
  h23: "frame down",
  h31: "perspective along x",
  h32: "perspective along y",
};

/**
 * Return the words for a parameter.
 * @param {string} name in theta
 * @returns {ParameterWords}
 */
export function parameterWords(name) {
  if (name === "angle") {
    return { symbol: "α", meaning: "rotation of the frame", unit: DEGREE, suffix: "°", step: 1 };
  }
  const [, letter, index] = /** @type {RegExpExecArray} */ (/^([a-z]+?)([xy]|\d*)$/.exec(name));
  const symbol = index === "" ? letter : `${letter}_${index}`;
  return { symbol, meaning: MEANINGS[name] ?? "", unit: 1, suffix: "", step: 0.01 };
}

/**
 * Return a symbol as nodes: "t_x" is t with a subscript x.
 * @param {string} symbol
 * @returns {Node[]}
 */
export function symbolNodes(symbol) {
  const [letter, index] = symbol.split("_");
  const italic = document.createElement("i");
  italic.textContent = letter;
  if (index === undefined) return [italic];
  const below = document.createElement("sub");
  below.textContent = index;
  return [italic, below];
}
