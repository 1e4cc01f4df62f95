/** Tasks of the worker. */

/** @type {{ [task: string]: (payload: any) => any }} */
export const recognitionTasks = {};
