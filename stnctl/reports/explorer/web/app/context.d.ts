/** Types of the data of the page, and of the context of each view. */

export type Sample = {
  /** Name that `stnctl warp` takes. */
  name: string;
  title: string;
  /** The picture, as a data: address. */
  url: string;
};

export type PageData = {
  /** Version of stnctl. */
  version: string;
  samples: Sample[];
  /** The run with its network and its digits, or null. */
  run: import("../network/run.js").Run | null;
};

export type Context = {
  store: import("./store.js").Store;
  data: PageData;
  /** Says a sentence to users of screen readers. */
  announce: (text: string) => void;
  /** Shows a sentence about wrong input. */
  showError: (text: string) => void;
  runInWorker: import("./worker_client.js").RunInWorker;
};
