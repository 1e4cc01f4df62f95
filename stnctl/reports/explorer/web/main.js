/** Entry of the page, and of the worker that runs the same script. */

import { followAddress } from "./app/address.js";
import { byId } from "./app/dom.js";
import { mountHistoryButtons } from "./app/history_buttons.js";
import { mountNavigation } from "./app/navigation.js";
import { createStore } from "./app/store.js";
import { mountTour } from "./app/tour.js";
import { createWorkerClient } from "./app/worker_client.js";
import { mountRecognition, recognitionSlices } from "./recognition/view.js";
import { recognitionTasks } from "./recognition/tasks.js";
import { mountTransforms, transformSlices } from "./transforms/view.js";
import { serve } from "./worker.js";

/** @typedef {import("./app/context.js").Context} Context */

function startPage() {
  const data = JSON.parse(byId("explorer-data").textContent ?? "");
  const store = createStore([...transformSlices(data), ...recognitionSlices(data)]);
  /** @type {Context} */
  const context = {
    store,
    data,
    announce: (text) => {
      byId("status").textContent = text;
    },
    showError: (text) => {
      byId("problem-text").textContent = text;
      byId("problem").hidden = false;
    },
    runInWorker: createWorkerClient(byId("explorer-code").textContent ?? ""),
  };
  byId("problem-close").addEventListener("click", () => {
    byId("problem").hidden = true;
  });
  mountTour(byId("tour"), context);
  mountTransforms(byId("transforms"), context);
  if (data.run !== null) mountRecognition(byId("recognition"), context);
  mountHistoryButtons(byId("history"), context);
  mountNavigation();
  followAddress(store, context.showError);
}

if (typeof document === "undefined") serve(recognitionTasks);
else startPage();
