import type { ModelSizes } from './modelSizes.js';

/** Floating-point operations of all matrix products of a step: forward, and twice as many backward. */
export function productFlop({
  vocabulary,
  embedding,
  units,
  layers,
  attention,
  batch,
  length,
}: ModelSizes): number {
  const [sourceTokens, targetTokens] = [batch * length, batch * (length - 1)];
  const gru = (tokens: number, input: number): number => 2 * tokens * 3 * units * (input + units);
  let forward = 0;
  if (attention) {
    forward += 2 * gru(sourceTokens, embedding); // both directions
    forward += gru(targetTokens, embedding + 2 * units);
    forward += 2 * batch * 2 * units * units; // bridge
    forward += 2 * sourceTokens * 2 * units * units + 2 * targetTokens * units * units; // keys, queries
    forward += 2 * targetTokens * length * 3 * units; // scores and contexts
    forward += 2 * targetTokens * (3 * units + embedding) * vocabulary;
  } else {
    for (let layer = 0; layer < layers; layer++) {
      const input = layer === 0 ? embedding : units;
      forward += gru(sourceTokens, input) + gru(targetTokens, input);
    }
    forward += 2 * targetTokens * units * vocabulary;
  }
  return 3 * forward;
}
