/** State of the page: named slices with undo, redo and subscriptions. */

/**
 * @template [Value=any]
 * @typedef {Object} Slice
 * @property {string} name Key in the address of the page.
 * @property {Value} initial Value at the start and after a reset.
 * @property {(text: string) => Value} parse Reads the text in the address; throws an Error with a
 *   plain sentence if it does not fit.
 * @property {(value: Value) => string} format Text in the address.
 */

/** @typedef {ReturnType<typeof createStore>} Store */

const MAX_HISTORY = 200;

/**
 * Return a store with the initial values of some slices. Values are plain data, never changed in
 * place.
 *
 * @param {Slice[]} slices
 */
export function createStore(slices) {
  const known = new Map(slices.map((slice) => [slice.name, slice]));
  /** @type {{ [name: string]: any }} */
  let values = initialValues();
  let committed = values;
  /** @type {(typeof values)[]} */
  let past = [];
  /** @type {(typeof values)[]} */
  let future = [];
  /** @type {{ names: string[], callback: () => void }[]} */
  const subscriptions = [];
  /** @type {Set<string>} */
  const changed = new Set();
  let scheduled = false;

  function initialValues() {
    return Object.fromEntries(slices.map(({ name, initial }) => [name, initial]));
  }

  function notify() {
    scheduled = false;
    const names = new Set(changed);
    changed.clear();
    for (const each of subscriptions) {
      if (each.names.some((name) => names.has(name))) each.callback();
    }
  }

  /** @param {{ [name: string]: any }} next */
  function replace(next) {
    for (const name of known.keys()) {
      if (next[name] !== values[name]) changed.add(name);
    }
    values = next;
    if (changed.size > 0 && !scheduled) {
      scheduled = true;
      requestAnimationFrame(notify);
    }
  }

  function isCommitted() {
    return [...known.keys()].every((name) => values[name] === committed[name]);
  }

  function commit() {
    if (isCommitted()) return;
    past = [...past, committed].slice(-MAX_HISTORY);
    future = [];
    committed = values;
  }

  /** @param {(typeof values)[]} from @param {(typeof values)[]} to */
  function travel(from, to) {
    const next = from.at(-1);
    if (next === undefined) return false;
    to.push(committed);
    from.pop();
    committed = next;
    replace(next);
    return true;
  }

  return {
    /** Slices by name. */
    slices: known,

    /** Return the value of a slice. @param {string} name */
    get: (name) => values[name],

    /**
     * Set the value of a slice.
     *
     * @param {string} name
     * @param {any} value
     * @param {{ undo?: boolean }} [options] undo: false while a drag goes on, so that the whole
     *   drag is one step of undo; default true.
     */
    set(name, value, { undo = true } = {}) {
      if (!known.has(name)) throw new Error(`there is no state ${name}`);
      if (value !== values[name]) replace({ ...values, [name]: value });
      if (undo) commit();
    },

    /**
     * Call a function after changes of some slices, at most once in an animation frame.
     *
     * @param {string[]} names
     * @param {() => void} callback
     */
    subscribe(names, callback) {
      subscriptions.push({ names, callback });
    },

    /** Make the changes since the last step one step of undo. */
    commit,

    /** Take back the last step; return whether there was one. */
    undo() {
      commit();
      return travel(past, future);
    },

    /** Repeat the step taken back last; return whether there was one. */
    redo: () => travel(future, past),

    /** Set one slice, or all of them, to the initial value. @param {string} [name] */
    reset(name) {
      commit();
      const initial = initialValues();
      replace(name === undefined ? initial : { ...values, [name]: initial[name] });
      commit();
    },

    get canUndo() {
      return past.length > 0 || !isCommitted();
    },

    get canRedo() {
      return future.length > 0;
    },
  };
}
