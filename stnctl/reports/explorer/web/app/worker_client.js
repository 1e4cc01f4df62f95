/** Client of a Web Worker that runs the script of this page. */

/** @typedef {(task: string, payload: any) => Promise<any>} RunInWorker */

/**
 * Start a worker with the given script, and return a function that runs a task in it.
 *
 * The worker starts with the first task. An answer that is an error rejects the promise.
 *
 * @param {string} script Text of the script.
 * @returns {RunInWorker}
 */
export function createWorkerClient(script) {
  /** @type {Worker | null} */
  let worker = null;
  let last = 0;
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();

  function start() {
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const started = new Worker(address);
    URL.revokeObjectURL(address);
    started.addEventListener("message", ({ data }) => {
      const promise = waiting.get(data.id);
      waiting.delete(data.id);
      if (data.error === undefined) promise?.resolve(data.result);
      else promise?.reject(new Error(data.error));
    });
    started.addEventListener("error", (event) => {
      for (const { reject } of waiting.values()) reject(new Error(event.message));
      waiting.clear();
    });
    return started;
  }

  return (task, payload) =>
    new Promise((resolve, reject) => {
      worker ??= start();
      const id = ++last;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, task, payload });
    });
}
