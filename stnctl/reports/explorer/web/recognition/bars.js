/** Bars of the probabilities of the classes. */

import { element } from "../app/dom.js";
import { largestIndex } from "../network/scores.js";

/**
 * Return the bars, which show probabilities and mark the true class.
 * @param {string[]} classes
 */
export function createBars(classes) {
  const rows = classes.map((name) => {
    const fill = element("span", { class: "fill" });
    const number = element("span", { class: "numbers value" }, "–");
    const mark = element("span", { class: "mark" });
    const row = element(
      "li",
      {},
      element("span", { class: "class" }, name),
      element("span", { class: "bar" }, fill),
      number,
      mark,
    );
    return { row, fill, number, mark };
  });
  const list = element("ol", { class: "bars" }, ...rows.map(({ row }) => row));
  return {
    list,
    /** @param {number[] | null} probabilities @param {number} label -1 without a true class */
    show(probabilities, label) {
      const best = probabilities ? largestIndex(probabilities) : -1;
      rows.forEach(({ row, fill, number, mark }, k) => {
        fill.style.width = probabilities ? `${100 * probabilities[k]}%` : "0";
        number.textContent = probabilities ? percent(probabilities[k]) : "–";
        row.className = k === best ? "best" : "";
        mark.textContent = k === label ? "true" : "";
      });
    },
  };
}

/**
 * Return a share as text, such as "97.3 %".
 * @param {number} share
 */
export function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
