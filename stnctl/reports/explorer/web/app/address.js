/** State in the address of the page: `#tab=network&theta=1,0,0`. */

/** @typedef {import("./store.js").Store} Store */

const MAX_LENGTH = 20_000;
const WRITE_DELAY = 300; // milliseconds; browsers refuse more than about 100 changes in 30 seconds

/**
 * Return the part of the address after "#": the slices that differ from their initial values.
 *
 * @param {Store} store
 * @returns {string}
 */
export function formatAddress(store) {
  const parameters = new URLSearchParams();
  for (const [name, slice] of store.slices) {
    const text = slice.format(store.get(name));
    if (text !== slice.format(slice.initial)) parameters.set(name, text);
  }
  return parameters.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}

/**
 * Set the slices that an address names, and the others to their initial values. An address comes
 * from anybody: parts that do not fit are left out.
 *
 * @param {Store} store
 * @param {string} hash The part of the address after "#".
 * @returns {string[]} A sentence for each part that was left out.
 */
export function applyAddress(store, hash) {
  if (hash.length > MAX_LENGTH) {
    return [`The address has more than ${MAX_LENGTH.toLocaleString("en")} characters.`];
  }
  const parameters = new URLSearchParams(hash);
  const problems = [];
  for (const name of parameters.keys()) {
    if (!store.slices.has(name)) {
      problems.push(`The address names "${shortened(name)}", which this page lacks.`);
    }
  }
  for (const [name, slice] of store.slices) {
    const text = parameters.get(name);
    let value = slice.initial;
    if (text !== null) {
      try {
        value = slice.parse(text);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        problems.push(`The address has ${name}=${shortened(text)}: ${reason}`);
      }
    }
    store.set(name, value, { undo: false });
  }
  return problems;
}

/**
 * Keep the address up to date, and follow it when the user goes back or edits it.
 *
 * @param {Store} store
 * @param {(text: string) => void} showError
 */
export function followAddress(store, showError) {
  let written = location.hash.slice(1);
  /** @type {number | undefined} */
  let timer;
  function read() {
    applyAddress(store, written).forEach(showError);
  }
  function write() {
    written = formatAddress(store);
    history.replaceState(null, "", `#${written}`);
  }
  read();
  store.subscribe([...store.slices.keys()], () => {
    clearTimeout(timer);
    timer = setTimeout(write, WRITE_DELAY);
  });
  window.addEventListener("hashchange", () => {
    if (location.hash.slice(1) === written) return;
    written = location.hash.slice(1);
    read();
  });
}

/** @param {string} text */
function shortened(text) {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
