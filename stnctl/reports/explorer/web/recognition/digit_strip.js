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
  const { labels, predicted, terms } = run.digits;
  const list = element("div", {
    class: "strip",
    role: "listbox",
    "aria-label": "Digits of the run",
  });
  const order = shownOrder(run.digits);
  const options = order.map((index) => {
    const digit = digits[index];
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
    return { option, canvas, digit, index };
  });

  /** @param {number} index */
  function choose(index) {
    store.set("digit", index);
    options[order.indexOf(index)].option.focus();
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
    choose(order[Math.min(Math.max(focused + (move ?? 0), 0), order.length - 1)]);
  });

  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      const index = Number(target.getAttribute("data-index"));
      const { canvas, digit } = options[order.indexOf(index)];
      drawMap(canvas, digit);
    }
  });
  options.forEach(({ option, index }) => {
    option.setAttribute("data-index", String(index));
    seen.observe(option);
  });

  function update() {
    const chosen = store.get("digit");
    const reached = Math.max(order.indexOf(chosen), 0);
    options.forEach(({ option, index }, place) => {
      option.setAttribute("aria-selected", String(index === chosen));
      option.tabIndex = place === reached ? 0 : -1;
    });
    reveal();
  }

  function reveal() {
    const option = options[order.indexOf(store.get("digit"))]?.option;
    if (!option) return;
    const [start, end] = [list.scrollLeft, list.scrollLeft + list.clientWidth];
    if (option.offsetLeft < start || option.offsetLeft + option.offsetWidth > end) {
      list.scrollLeft = option.offsetLeft - list.clientWidth / 2;
    }
  }
  store.subscribe(["digit"], update);
  update();
  new ResizeObserver(reveal).observe(list);
  return element("div", {}, list, element("p", { class: "legend" }, ...legend(run.digits)));
}

/**
 * Return the indices of the digits as the list has them: the worst predictions at the end.
 * @param {import("../network/run.js").Digits} digits
 */
function shownOrder({ count, numWorst }) {
  return Array.from({ length: count }, (_, place) => (place + numWorst) % count);
}

/**
 * Return the parts of the text below the list.
 * @param {import("../network/run.js").Digits} digits
 */
function legend({ count, numWorst }) {
  const worst =
    numWorst && count > numWorst ? ` The last ${numWorst} are the worst of the test images.` : "";
  return [
    "Below each digit is its class. ",
    element("span", { class: "bad" }, "true → answer"),
    `: the network is wrong.${worst}`,
  ];
}
