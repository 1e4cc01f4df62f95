// Probabilities and loss of logits.

/**
 * Return the probabilities of logits (softmax).
 * @param {ArrayLike<number>} logits
 * @returns {number[]}
 */
export function softmax(logits) {
  const values = Array.from(logits);
  const largest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * Return the loss of logits for a true class: the cross-entropy in nats.
 * @param {ArrayLike<number>} logits
 * @param {number} label
 */
export function crossEntropy(logits, label) {
  const values = Array.from(logits);
  const largest = Math.max(...values);
  const sum = values.reduce((total, value) => total + Math.exp(value - largest), 0);
  return Math.log(sum) + largest - values[label];
}

/**
 * Return the index of the largest value.
 * @param {ArrayLike<number>} values
 */
export function largestIndex(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
