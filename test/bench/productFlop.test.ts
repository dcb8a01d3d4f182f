import { expect, test } from 'vitest';
import { modelSizes, type ModelSizes } from '../../bench/modelSizes.js';
import { productFlop } from '../../bench/productFlop.js';

test('counts the products of a model that can be counted by hand', () => {
  const sizes = { vocabulary: 3, embedding: 1, units: 1, layers: 1, batch: 1, length: 2, dropout: 0 };
  // Three gates, two products each: 2 source tokens and 1 target token; then one row of three logits.
  const forward = 2 * 3 * 2 * (2 + 1) + 2 * 3;
  expect(productFlop({ ...sizes, attention: false })).toBe(3 * forward);
});

test('the large models hold 43 and 97 GFLOP', () => {
  const billions = ['gru2', 'attention'].map((name) =>
    Math.round(productFlop(modelSizes[name] as ModelSizes) / 1e9),
  );
  expect(billions).toEqual([43, 97]);
});
