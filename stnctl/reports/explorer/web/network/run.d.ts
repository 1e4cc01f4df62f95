/** Types of a run in the data of the page, as stnctl.reports.explorer.network_export writes it. */

import type { EncodedArray } from "./decode.js";
import type { Network } from "./graph.js";

export type Sprite = {
  /** The picture, as a data: address, with a tile for each channel of each image. */
  url: string;
  count: number;
  height: number;
  width: number;
  channels: number;
  /** Number of tiles in a row. */
  columns: number;
};

export type Digits = Sprite & {
  labels: number[];
  /** The images of each digit whose labels add up to its label, or null. */
  terms: number[][] | null;
  predicted: number[];
  /** Number of digits at the start that are the worst predictions. */
  numWorst: number;
};

export type Checkpoint = {
  title: string;
  epoch: number;
  /** Precision of the kernels. */
  dtype: string;
  /** Largest differences from the run on the digits, and the number of changed answers. */
  error: { logits: number; probabilities: number; changed: number };
  layers: { [layer: string]: { [variable: string]: EncodedArray } };
};

export type Training = {
  epochs: number[];
  labels: number[];
  /** The answer for each image after each epoch. */
  predicted: number[][];
  /** Thetas of each transformer: (epochs, images, parameters). */
  thetas: { [transformer: string]: EncodedArray };
  images: Sprite;
};

export type Run = {
  name: string;
  /** Pairs of a name and a text. */
  facts: [string, string][];
  /** Range of the network's input: "unit" for 0 to 1, "raw" for 0 to 255. */
  pixels: string;
  /** Height and width of the stored images. */
  imageSize: [number, number];
  /** Number of multiply-adds for one image. */
  multiplyAdds: number;
  classes: string[];
  /** Reason why the user can't draw, or null. */
  drawing: string | null;
  network: Network;
  digits: Digits;
  training: Training | null;
  checkpoints: Checkpoint[];
  /** Index of the checkpoint of the run. */
  shown: number;
  /** Sentences about the parts that the page does not show. */
  notes: string[];
};
