/** Texts to copy: the command and the part of a config that give the same warp. */

/** @typedef {import("./slices.js").SamplingState} SamplingState */

/**
 * @typedef {object} Warp
 * @property {string} image as `stnctl warp` takes it
 * @property {string} family a key of FAMILIES
 * @property {ArrayLike<number> & Iterable<number>} theta
 * @property {ArrayLike<number> & Iterable<number>} entries of the affine matrix, if the family is
 *   that of the article
 * @property {number} points rows and columns of control points
 * @property {SamplingState} sampling
 * @property {[number, number] | null} output [height, width] of V; null for that of U
 */

/** Families whose name the command need not give: their numbers are enough. */
const PLAIN = ["affine", "projective"];

/**
 * Return the command that gives the same V.
 * @param {Warp} warp
 */
export function warpCommand({ image, family, theta, entries, sampling, output }) {
  const isArticle = family === "article";
  const numbers = Array.from(isArticle ? entries : theta, formatNumber).join(" ");
  const words = ["stnctl warp", quoted(image)];
  if (family === "thin_plate_spline") words.push(`--points ${numbers}`);
  else if (isArticle || PLAIN.includes(family)) words.push(`--theta ${numbers}`);
  else words.push(`--transform ${family} --theta ${numbers}`);
  if (output !== null) words.push(`--output-size ${output.join(" ")}`);
  if (sampling.interpolation !== "bilinear") words.push(`--interpolation ${sampling.interpolation}`);
  if (sampling.padding === "value") words.push(`--fill ${formatNumber(sampling.fill)}`);
  else if (sampling.padding !== "zeros") words.push(`--padding ${sampling.padding}`);
  if (!sampling.alignCorners) words.push("--no-align-corners");
  return words.join(" ");
}

/**
 * Return the part of a config with a transformer of this kind. The network finds theta itself.
 * @param {Warp} warp
 */
export function transformerConfig({ family, points, sampling, output }) {
  const isArticle = family === "article";
  const lines = ["model:", "  transformer:", `    transform: ${isArticle ? "affine" : family}`];
  if (family === "thin_plate_spline") lines.push(`    control_points: [${points}, ${points}]`);
  if (output !== null) lines.push(`    output_size: [${output.join(", ")}]`);
  lines.push(`    interpolation: ${sampling.interpolation}`, `    padding: ${sampling.padding}`);
  if (sampling.padding === "value") lines.push(`    fill_value: ${formatNumber(sampling.fill)}`);
  lines.push(`    align_corners: ${sampling.alignCorners}`);
  return lines.join("\n");
}

/** @param {number} value @returns {string} text that reads back as the same number */
function formatNumber(value) {
  return String(value === 0 ? 0 : value);
}

/**
 * Return a file name as one word of a POSIX shell.
 * @param {string} name of an image, from anybody
 */
function quoted(name) {
  const path = name.startsWith("-") ? `./${name}` : name;
  if (/^[\w.:/-]+$/.test(path)) return path;
  if (/\p{C}/u.test(path)) return "IMAGE"; // a name that a terminal can't show
  return `'${path.replaceAll("'", "'\\''")}'`;
}
