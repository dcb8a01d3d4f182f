import { describe, expect, inject, test } from 'vitest';
import { checkFixture } from '../parity/checkFixture.js';
import { fetchFixture, fetchIndex } from './fetchFixtures.js';

const kinds = [
  'recurrent',
  'attention',
  'multihead_attention',
  'transformer',
  'transformer_layer',
  'decoder',
  // Whole models with their training runs take minutes where a GPU is imitated in software.
  ...(inject('backend') === 'wasm' ? ['seq2seq'] : []),
];
const cases = await fetchIndex(kinds);

test('every kind has cases', () => {
  expect(new Set(cases.map(({ kind }) => kind))).toEqual(new Set(kinds));
});

describe('outputs and gradients are those of PyTorch', () => {
  test.each(cases)('$name', async (entry) => {
    const findings = await checkFixture(await fetchFixture(entry));
    expect(findings?.failures).toEqual([]);
  });
});
