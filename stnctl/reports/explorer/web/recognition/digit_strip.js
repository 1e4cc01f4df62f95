/** List of the digits of the run; arrow keys choose one. */

import { element } from "../app/dom.js";
import { drawMap } from "./maps.js";

/** @typedef {import("../network/decode.js").Tensor} Tensor */

const ROWS = 2;

/**
 * Return a list box of the digits, which writes the chosen one to the store.
 * @param {import("../app/context.js").Context} context
 * @param {import("../network/run.js").Run} run
 * @param {Tensor[]} digits
 */
export function createDigitStrip({ store }, run, digits) {
  const { labels, predicted, terms, numWorst } = run.digits;
  const list = element("div", {
    class: "strip",
    role: "listbox",
    "aria-label": `Digits of the run. The first ${numWorst} are the worst predictions.`,
  });
  const options = digits.map((digit, index) => {
    const wrong = labels[index] !== predicted[index];
    const sum = terms ? `${terms[index].join(" + ")} = ` : "";
    const said = wrong ? `${labels[index]}→${predicted[index]}` : `${labels[index]}`;
    const canvas = element("canvas", { "aria-hidden": "true" });
    const option = element(
      "div",
      {
        class: wrong ? "option wrong" : "option",
        role: "option",
        tabindex: -1,
        "aria-selected": "false",
        "aria-label":
          `Digit ${index + 1}: ${sum}${labels[index]}` +
          (wrong ? `, which the network takes for ${predicted[index]}` : ""),
        onclick: () => choose(index),
      },
      canvas,
      element("span", { "aria-hidden": "true" }, said),
    );
    list.append(option);
    return { option, canvas, digit };
  });

  /** @param {number} index */
  function choose(index) {
    store.set("digit", index);
    options[index].option.focus();
  }

  list.addEventListener("keydown", (event) => {
    const moves = /** @type {{[key: string]: number}} */ ({
      ArrowDown: 1,
      ArrowUp: -1,
      ArrowRight: ROWS,
      ArrowLeft: -ROWS,
      Home: -digits.length,
      End: digits.length,
    });
    const move = moves[event.key];
    if (move === undefined && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    const focused = options.findIndex(({ option }) => option === document.activeElement);
    choose(Math.min(Math.max(focused + (move ?? 0), 0), digits.length - 1));
  });

  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      const { canvas, digit } = options[Number(target.getAttribute("data-index"))];
      drawMap(canvas, digit);
    }
  });
  options.forEach(({ option }, index) => {
    option.setAttribute("data-index", String(index));
    seen.observe(option);
  });

  function update() {
    const chosen = store.get("digit");
    options.forEach(({ option }, index) => {
      option.setAttribute("aria-selected", String(index === chosen));
      option.tabIndex = index === Math.max(chosen, 0) ? 0 : -1;
    });
    const left = options[chosen]?.option.offsetLeft;
    if (
      left !== undefined &&
      (left < list.scrollLeft || left > list.scrollLeft + list.clientWidth - 60)
    ) {
      list.scrollLeft = left - list.clientWidth / 2;
    }
  }
  store.subscribe(["digit"], update);
  update();
  return list;
}
