import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { Seq2SeqError } from '../../src/core/errors.js';
import { whitespaceTokenizer } from '../../src/data/tokenizers/whitespaceTokenizer.js';
import { Vocab } from '../../src/data/vocab.js';
import { BLOCKS } from '../../src/model/blockRegistry.js';
import { axes, builderOf, kindsOf, type Combination } from './combination.js';
import { product } from './product.js';
import { refusals, refusalsOf } from './refusals.js';

const side = { vocab: Vocab.build([['a']]), tokenizer: whitespaceTokenizer() };

beforeAll(async () => {
  await setBackend('cpu');
});

/** The error of a combination, or `null` where it builds. */
function errorOf(combination: Combination): unknown {
  try {
    builderOf(combination, side, 4).build().dispose();
    return null;
  } catch (error) {
    return error;
  }
}

test('every block of the package takes part', () => {
  const [first] = product();
  const kinds = Object.entries(axes).flatMap(([axis, values]) =>
    values.flatMap((value) => Object.values(kindsOf({ ...(first as Combination), [axis]: value }))),
  );
  expect(new Set(kinds.filter((kind) => kind !== 'attention'))).toEqual(new Set(Object.keys(BLOCKS)));
});

test('every combination builds, or is refused by an error that names both parts', () => {
  const before = memory().numTensors;
  const wrong: unknown[] = [];
  const seen = { built: 0, refused: 0, reasons: new Set<unknown>() };
  for (const combination of product()) {
    const expected = refusalsOf(combination);
    const error = errorOf(combination);
    if (error === null) {
      seen.built++;
      if (expected.length > 0) wrong.push({ combination, expected: expected[0]?.reason, found: 'it builds' });
      continue;
    }
    seen.refused++;
    expected.forEach((refusal) => seen.reasons.add(refusal));
    const told =
      error instanceof Seq2SeqError &&
      error.code === 'incompatible-parts' &&
      expected.some(({ names }) => names(combination).every((name) => error.message.includes(name)));
    if (!told) wrong.push({ combination, expected: expected[0]?.reason, found: (error as Error).message });
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(wrong).toHaveLength(0);
  expect([...seen.reasons]).toHaveLength(refusals.length); // each rule was met
  expect(seen.built).toBeGreaterThan(1000);
  expect(seen.refused).toBeGreaterThan(1000);
  expect(memory().numTensors).toBe(before);
}, 300_000);
