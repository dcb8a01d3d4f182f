import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { Seq2SeqError } from '../../src/core/errors.js';
import { batches } from '../../src/data/batches.js';
import { collate } from '../../src/data/collate.js';
import { collateSource } from '../../src/data/collateSource.js';
import { padSequences } from '../../src/data/padSequences.js';
import { planBatches } from '../../src/data/planBatches.js';
import { bpeTokenizer } from '../../src/data/tokenizers/bpeTokenizer.js';
import { charTokenizer } from '../../src/data/tokenizers/charTokenizer.js';
import { customTokenizer } from '../../src/data/tokenizers/customTokenizer.js';
import { huggingFaceTokenizer } from '../../src/data/tokenizers/huggingFaceTokenizer.js';
import { jiebaTokenizer } from '../../src/data/tokenizers/jiebaTokenizer.js';
import { learnBpe } from '../../src/data/tokenizers/learnBpe.js';
import { parseBpeCodes } from '../../src/data/tokenizers/parseBpeCodes.js';
import { segmenterTokenizer } from '../../src/data/tokenizers/segmenterTokenizer.js';
import { tokenizerFromJSON } from '../../src/data/tokenizers/tokenizerFromJSON.js';
import { whitespaceTokenizer } from '../../src/data/tokenizers/whitespaceTokenizer.js';
import { wordTokenizer } from '../../src/data/tokenizers/wordTokenizer.js';
import { Vocab } from '../../src/data/vocab.js';

beforeAll(async () => {
  await setBackend('cpu');
});

/** What callers without types may pass. Text and map are refused everywhere but where they are meant. */
const wrong: unknown[] = [
  5,
  null,
  undefined,
  true,
  {},
  () => 1,
  Symbol('x'),
  [null],
  ['a', 5],
  [{}],
  [[null]],
];
const example = { source: [1], target: [1] };
const vocab = Vocab.build([['a']]);
const words = (text: string): string[] => text.split(' ');
const join = (tokens: readonly string[]): string => tokens.join(' ');

const doors: Record<string, (value: never) => unknown> = {
  'Vocab.build': (value) => Vocab.build(value),
  'Vocab.buildAsync': (value) => Vocab.buildAsync(value),
  'Vocab.fromJSON': (value) => Vocab.fromJSON(value),
  'vocab.encode': (value) => vocab.encode(value),
  'vocab.decode': (value) => vocab.decode(value),
  'vocab.tokenOf': (value) => vocab.tokenOf(value),
  collate: (value) => collate(value),
  'collate, a source': (value) => collate([example, { ...example, source: value }]),
  'collate, a target': (value) => collate([example, { ...example, target: value }]),
  collateSource: (value) => collateSource(value),
  padSequences: (value) => padSequences(value),
  batches: (value) => batches(value, { batchSize: 2 }),
  planBatches: (value) => planBatches(value, { batchSize: 2 }),
  learnBpe: (value) => learnBpe(value),
  parseBpeCodes: (value) => parseBpeCodes(value),
  tokenizerFromJSON: (value) => tokenizerFromJSON(value),
};
for (const tokenizer of [
  whitespaceTokenizer(),
  charTokenizer(),
  wordTokenizer(),
  segmenterTokenizer({ locale: 'en' }),
  bpeTokenizer({ merges: [] }),
  jiebaTokenizer({ cut: words }),
  huggingFaceTokenizer({ tokenize: words, decode: () => '', token_to_id: () => 0 }),
  customTokenizer({ name: 'mine', tokenize: words, detokenize: join }),
]) {
  doors[`${tokenizer.name}, tokenize`] = (value) => tokenizer.tokenize(value);
  doors[`${tokenizer.name}, detokenize`] = (value) => tokenizer.detokenize(value);
}

describe.each(Object.keys(doors))('%s', (name) => {
  test.each(wrong.map((value) => [value]))('refuses %s by name', async (value) => {
    const before = memory().numTensors;
    const found: unknown = await (async () => doors[name]?.(value as never))().then(
      (result) => ({ result }),
      (error: unknown) => error,
    );
    expect(found).toBeInstanceOf(Seq2SeqError);
    expect(memory().numTensors).toBe(before);
  });
});

test('the message says what was expected', () => {
  expect(() => Vocab.build(5 as never)).toThrow('Vocab.build: expected a list but received 5.');
  expect(() => collate({} as never)).toThrow('collate: expected a list of examples but received {}.');
  expect(() => collate([example, null as never])).toThrow(
    'collate: expected example 1 to be an object with source and target but received null.',
  );
  expect(() => padSequences(5 as never)).toThrow(
    'padSequences: expected a list of at least one sequence but received 5.',
  );
  expect(() => batches('text' as never, { batchSize: 2 })).toThrow(
    'batches: expected a list of examples but received "text".',
  );
  expect(() => learnBpe('one text')).toThrow(
    'learnBpe: expected a list of lines but received "one text". Wrap a single text in an array.',
  );
  expect(() => wordTokenizer().tokenize(5 as never)).toThrow(
    'wordTokenizer: tokenize: expected a text but received 5.',
  );
});
