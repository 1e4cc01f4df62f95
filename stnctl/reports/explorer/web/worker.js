/** Entry in a Web Worker: runs one task after another, and answers each message. */

/** @typedef {{ id: number, task: string, payload: any }} Request */

/**
 * Answer the messages of the page.
 *
 * @param {{ [task: string]: (payload: any) => any }} tasks Name of a task -> function.
 */
export function serve(tasks) {
  self.addEventListener("message", (event) => {
    const { id, task, payload } = /** @type {Request} */ (event.data);
    try {
      self.postMessage({ id, result: tasks[task](payload) });
    } catch (error) {
      self.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
    }
  });
}
