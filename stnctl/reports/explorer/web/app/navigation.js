/** Links to the sections of the page. The address holds the state, so they only scroll. */

import { byId, element } from "./dom.js";

/** Let each element with `data-target` lead to the section with that id. */
export function mountNavigation() {
  for (const link of document.querySelectorAll("[data-target]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      showSection(link.getAttribute("data-target") ?? "");
    });
  }
}

/**
 * Return a link to the section with an id, for parts that are made later.
 *
 * @param {string} id
 * @param {string} text
 */
export function sectionLink(id, text) {
  return element("a", { href: "#", class: "jump", onclick: (/** @type {Event} */ event) => {
    event.preventDefault();
    showSection(id);
  } }, text);
}

/**
 * Scroll to a section, and move the focus there.
 *
 * @param {string} id
 */
export function showSection(id) {
  const section = byId(id);
  section.focus({ preventScroll: true });
  section.scrollIntoView();
}
