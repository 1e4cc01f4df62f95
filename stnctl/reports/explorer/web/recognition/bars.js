/** Bars of the probabilities of the classes. */

import { element } from "../app/dom.js";
import { largestIndex } from "../network/scores.js";
import { percent } from "./number_text.js";

/** Largest number of bars. Of more classes, the most probable ones are shown. */
const MOST_BARS = 20;

/**
 * Return the bars, which show probabilities and mark the true class.
 * @param {string[]} classes
 */
export function createBars(classes) {
  const rows = classes.slice(0, MOST_BARS).map((text) => {
    const name = element("span", { class: "class" }, text);
    const fill = element("span", { class: "fill" });
    const number = element("span", { class: "numbers value" }, "–");
    const mark = element("span", { class: "mark" });
    const bar = element("span", { class: "bar" }, fill);
    return { row: element("li", {}, name, bar, number, mark), name, fill, number, mark };
  });
  const list = element("ol", { class: "bars" }, ...rows.map(({ row }) => row));
  return {
    list,
    /** @param {number[] | null} probabilities @param {number} label -1 without a true class */
    show(probabilities, label) {
      const best = probabilities ? largestIndex(probabilities) : -1;
      const shown = shownClasses(classes.length, probabilities);
      rows.forEach(({ row, name, fill, number, mark }, k) => {
        const index = shown[k];
        name.textContent = classes[index];
        fill.style.width = probabilities ? `${100 * probabilities[index]}%` : "0";
        number.textContent = probabilities ? percent(probabilities[index]) : "–";
        row.className = index === best ? "best" : "";
        mark.textContent = index === label ? "true" : "";
      });
    },
  };
}

/** @param {number} count @param {number[] | null} probabilities */
function shownClasses(count, probabilities) {
  const all = Array.from({ length: count }, (_, index) => index);
  if (count > MOST_BARS && probabilities) {
    all.sort((a, b) => probabilities[b] - probabilities[a]);
  }
  return all;
}
