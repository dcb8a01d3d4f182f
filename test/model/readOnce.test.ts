import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { bahdanauAttention } from '../../src/attention/bahdanauAttention.js';
import { useBackend } from '../../src/backend/index.js';
import { seq2seq } from '../../src/builder/seq2seq.js';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import type { Tokenizer } from '../../src/contracts/tokenizer.js';
import { Vocab } from '../../src/data/vocab.js';
import { greedy } from '../../src/decoding/greedySearch.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import { ensemble } from '../../src/model/ensemble.js';
import type { Seq2SeqModel } from '../../src/model/seq2seqModel.js';
import { tokenizer, vocab } from './tinyModel.js';

beforeAll(() => useBackend('cpu'));

const sources = ['e d c b a', 'Zoé', 'c c d'];
const targets = ['a b', 'Zoé', ''];
const pairs = sources.map((source, i) => ({ source, target: targets[i] as string }));
/** Asks for the tokens of the sources too, not for their ids alone. */
const strategy = greedy({ maxLength: 3, replaceUnknown: 'copy' });

/** What each tokenizer split, and how many sequences each vocabulary numbered, in the order of the calls. */
interface Readings {
  readonly split: Record<string, string[]>;
  readonly numbered: Record<string, number>;
}

let readings: Readings;
let model: Seq2SeqModel;
beforeEach(() => {
  readings = { split: {}, numbered: {} };
  model = attending('source', 'target');
});
afterEach(() => {
  model.dispose();
  vi.restoreAllMocks();
});

/** A model with attention whose two sides count what is read, under these names. */
function attending(source: string, target: string): Seq2SeqModel {
  return seq2seq()
    .source(counted(source))
    .target(counted(target))
    .encoder(recurrentEncoder({ units: 5 }))
    .bridge(linearBridge())
    .attention(bahdanauAttention({ units: 3 }))
    .decoder(recurrentDecoder({ units: 7 }))
    .build();
}

function counted(name: string): { readonly vocab: Vocab; readonly tokenizer: Tokenizer } {
  const own = Vocab.fromJSON(vocab.toJSON());
  const encode = own.encode.bind(own);
  vi.spyOn(own, 'encode').mockImplementation((tokens) => {
    readings.numbered[name] = (readings.numbered[name] ?? 0) + 1;
    return encode(tokens);
  });
  const tokenize = (text: string): string[] => {
    (readings.split[name] ??= []).push(text);
    return tokenizer.tokenize(text);
  };
  return { vocab: own, tokenizer: { ...tokenizer, tokenize } };
}

/** Both sides of a model were read, each text once. */
const both: Readings = {
  split: { source: sources, target: targets },
  numbered: { source: sources.length, target: targets.length },
};
const sourcesAlone: Readings = { split: { source: sources }, numbered: { source: sources.length } };
const firstPair: Readings = {
  split: { source: sources.slice(0, 1), target: targets.slice(0, 1) },
  numbered: { source: 1, target: 1 },
};

test('generateBatch reads each source once', async () => {
  const found = await model.generateBatch(sources, strategy, { batchSize: 2 });
  expect(readings).toEqual(sourcesAlone);
  const tokens = sources.map((source) => source.split(' '));
  expect(await model.generateBatch(tokens, strategy, { batchSize: 2 })).toEqual(found);
});

test('generate and stream read their source once', async () => {
  await model.generate(sources[0] as string, strategy);
  const stream = model.stream(sources[1] as string, strategy);
  while ((await stream.next()).done !== true);
  model.startDecoding(sources.slice(2)).dispose();
  expect(readings).toEqual(sourcesAlone);
});

test('score and align read both texts once', async () => {
  const [source, target] = [sources[0] as string, targets[0] as string];
  await model.score(source, target);
  expect(readings).toEqual(firstPair);
  readings = { split: {}, numbered: {} };
  await model.align(source, target);
  expect(readings).toEqual(firstPair);
});

test('evaluate reads each text once, whatever it measures', async () => {
  await model.evaluate(pairs, { strategy, alignments: true, batchSize: 2 });
  expect(readings).toEqual(both);
});

test('fit reads each text once, and so the texts of the validation, however many epochs there are', async () => {
  const validation = [{ source: 'd', target: 'e' }];
  await model.fit(pairs, { epochs: 3, validation });
  expect(readings).toEqual({
    split: { source: [...sources, 'd'], target: [...targets, 'e'] },
    numbered: { source: 4, target: 4 },
  });
});

test('each member of an ensemble reads each source once, in its own way', async () => {
  const other = attending('other source', 'other target');
  const together = ensemble([model, other]);
  await together.generateBatch(sources.slice(0, 2), strategy, { batchSize: 1 });
  const stream = together.stream(sources[2] as string, strategy);
  while ((await stream.next()).done !== true);
  expect(readings).toEqual({
    split: { source: sources, 'other source': sources },
    numbered: { source: 3, 'other source': 3 },
  });
  other.dispose();
});
