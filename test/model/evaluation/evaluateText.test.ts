import '@tensorflow/tfjs-backend-cpu';
import { memory, profile } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../../src/backend/useBackend.js';
import { seq2seq } from '../../../src/builder/seq2seq.js';
import { disposeTensors } from '../../../src/core/containers.js';
import { Vocab } from '../../../src/data/vocab.js';
import { recurrentDecoder } from '../../../src/decoders/recurrentDecoder.js';
import { recurrentEncoder } from '../../../src/encoders/recurrentEncoder.js';
import { beam } from '../../../src/decoding/beamSearch.js';
import { greedy } from '../../../src/decoding/greedySearch.js';
import { corpusBleu } from '../../../src/metrics/corpusBleu.js';
import { encodePairs, exampleOf } from '../../../src/model/input/encodePairs.js';
import { exampleBatch } from '../../../src/model/input/exampleBatches.js';
import type { Seq2SeqModel } from '../../../src/model/seq2seqModel.js';
import { setWeights, stepOnce, tinyModel, tokenizer, vocab, weightsOf } from '../tinyModel.js';

/** eos 2, a 4, b 5, c 6 */
const [eos, a, b, c] = [vocab.eosId, ...vocab.encode(['a', 'b', 'c'])] as [number, number, number, number];

/**
 * A model whose next token depends on the token before alone.
 * Its readout is that token's embedding, a one-hot row, and the cell's output, which weighs nothing.
 * So `fc_out.weight[next][7 + previous]` is the logit.
 * After <sos> comes a, then b, then the end; c would come after <unk>.
 */
function chain(): Seq2SeqModel {
  const size = vocab.size;
  const model = tinyModel({ decoder: { embeddingSize: size, readout: ['output', 'previous'] } });
  const logits = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const set = (previous: number, next: number, logit: number): void => {
    (logits[next] as number[])[previous] = logit;
  };
  set(vocab.sosId, a, 3);
  set(a, b, 2);
  set(b, eos, 4);
  set(c, eos, 1);
  setWeights(model, {
    'decoder.embedding.weight': logits.flatMap((_, i) => logits.map((__, j) => (i === j ? 1 : 0))),
    'decoder.fc_out.weight': logits.flatMap((row) => [...new Array<number>(7).fill(0), ...row]),
    'decoder.fc_out.bias': new Array<number>(size).fill(0),
  });
  return model;
}

/**
 * -log of a softmax over `vocab.size` logits that are all 0 but for one.
 * `hit` says whether that one is the target.
 */
function surprise(logit: number, hit: boolean): number {
  return Math.log(Math.exp(logit) + vocab.size - 1) - (hit ? logit : 0);
}

const data = [
  { source: 'a', target: 'a b' }, // what the model says, exactly
  { source: 'b', target: 'a c' }, // c where b is expected
];
const withReference = [
  [surprise(3, true), surprise(2, true), surprise(4, true)],
  [surprise(3, true), surprise(2, false), surprise(1, true)],
];
const running = [
  withReference[0] as number[],
  [surprise(3, true), surprise(2, false), surprise(4, true)], // fed its own b, not c
];
const mean = (values: number[][]): number =>
  values.flat().reduce((sum, x) => sum + x, 0) / values.flat().length;

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  test.each([1, 2, 64])('a chain of known probabilities, in batches of %i', async (batchSize) => {
    const model = chain();
    const before = memory().numTensors;
    const result = await model.evaluate(data, { batchSize });
    expect(memory().numTensors).toBe(before);
    expect(result.tokens).toBe(6);
    expect(result.loss).toBeCloseTo(mean(withReference), 5);
    expect(result.perplexity).toBeCloseTo(Math.exp(mean(withReference)), 4);
    expect(result.freeRunningPerplexity).toBeCloseTo(Math.exp(mean(running)), 4);
    expect(result.tokenAccuracy).toBeCloseTo(5 / 6, 6);
    expect(result.exactMatch).toBe(0.5);
    const bleu = corpusBleu([['a', 'b'], ['a', 'b']], [[['a', 'b'], ['a', 'c']]]); // prettier-ignore
    expect(result.bleu).toBeCloseTo(bleu.score, 10);
    model.dispose();
  });

  test('loss and perplexities of a random model equal a softmax by hand in float64', async () => {
    const before = memory().numTensors;
    const model = tinyModel({ decoder: { input: ['previous', 'summary'] } });
    const lines = [
      { source: 'a b', target: 'c' },
      { source: 'c d e a b', target: 'b a d' },
      { source: 'e', target: 'a a' },
    ];
    const parts = model.parts;
    const batch = exampleBatch(parts, Array.from(encodePairs('test', parts, lines), exampleOf));
    const targets = batch.targetOutput.arraySync() as number[][];
    const references = batch.targetInput.arraySync() as number[][];
    batch.dispose();

    /** Steps the model through each line alone; `free` feeds its own choice. */
    const walk = (free: boolean): { losses: number[]; right: number } => {
      const losses: number[] = [];
      let right = 0;
      for (const [row, { source, target }] of lines.entries()) {
        const started = model.startDecoding([source]);
        let { state } = started;
        let last = vocab.sosId;
        for (let t = 0; t <= target.split(' ').length; t++) {
          const logits = stepOnce(started, last, state, t);
          state = logits.state;
          const answer = targets[row]?.[t] as number;
          const peak = Math.max(...logits.values);
          const total = logits.values.reduce((sum, logit) => sum + Math.exp(logit - peak), 0);
          losses.push(peak + Math.log(total) - (logits.values[answer] as number));
          const best = logits.values.indexOf(peak);
          right += best === answer ? 1 : 0;
          last = free ? best : (references[row]?.[t + 1] as number);
        }
        disposeTensors(state);
        started.dispose();
      }
      return { losses, right };
    };
    const [forced, free] = [walk(false), walk(true)];
    const result = await model.evaluate(lines, { batchSize: 2 });
    expect(result.tokens).toBe(9);
    expect(result.loss).toBeCloseTo(mean([forced.losses]), 5);
    expect(result.perplexity).toBeCloseTo(Math.exp(mean([forced.losses])), 4);
    expect(result.freeRunningPerplexity).toBeCloseTo(Math.exp(mean([free.losses])), 4);
    expect(result.tokenAccuracy).toBeCloseTo(forced.right / 9, 6);
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

test('nothing is trained', async () => {
  await useBackend('cpu');
  const model = tinyModel({ decoder: { dropout: 0.5 }, encoder: { dropout: 0.5 } });
  const weights = weightsOf(model);
  const first = await model.evaluate(data);
  expect(await model.evaluate(data)).toEqual(first);
  expect(weightsOf(model)).toEqual(weights);
  model.dispose();
});

test('takes any strategy, and text, tokens or ids as a target', async () => {
  await useBackend('cpu');
  const model = chain();
  const text = await model.evaluate(data, { strategy: beam({ width: 2 }) });
  const tokens = await model.evaluate(
    data.map(({ source, target }) => ({ source: source.split(' '), target: target.split(' ') })),
  );
  const ids = await model.evaluate(
    data.map(({ source, target }) => ({
      source: vocab.encode(source.split(' ')),
      target: Int32Array.from(vocab.encode(target.split(' '))),
    })),
  );
  expect(text.exactMatch).toBe(0.5);
  expect(tokens).toEqual(await model.evaluate(data));
  expect(ids).toEqual(tokens);
  model.dispose();
});

test('an unknown word in the reference can never be matched', async () => {
  await useBackend('cpu');
  const model = chain();
  const [{ exactMatch }, { exactMatch: known }] = [
    await model.evaluate([{ source: 'a', target: 'a zebra' }]),
    await model.evaluate([{ source: 'a zebra', target: 'a b' }]),
  ];
  expect([exactMatch, known]).toEqual([0, 1]);
  model.dispose();
});

test('a large vocabulary: at most two million logits at once, and the same results as line by line', async () => {
  await useBackend('wasm');
  const words = Array.from({ length: 199_996 }, (_, i) => `w${i}`);
  const side = { vocab: Vocab.build([words]), tokenizer };
  const model = seq2seq()
    .source(side)
    .target(side)
    .encoder(recurrentEncoder({ units: 2 }))
    .decoder(recurrentDecoder({ units: 2 }))
    .build();
  const lines = [1, 2, 3].map((i) => ({ source: `w${i} w7`, target: `w${i} w1 w2 w3 w4 w5 w6` }));
  const strategy = greedy({ maxLength: 1 });
  const alone = await model.evaluate(lines, { strategy, batchSize: 1 });
  const outputs: number[] = [];
  const before = memory().numTensors;
  let together = alone;
  const { kernels } = await profile(async () => {
    together = await model.evaluate(lines, { strategy, batchSize: 3 });
    return [];
  });
  for (const { outputShapes } of kernels)
    outputs.push(...outputShapes.map((shape) => shape.reduce((size, n) => size * n, 1)));
  expect(Math.max(...outputs)).toBe(2_000_000); // ten of the 24 tokens
  expect(together.loss).toBeCloseTo(alone.loss, 4);
  expect(together.freeRunningPerplexity / alone.freeRunningPerplexity).toBeCloseTo(1, 4);
  expect(together.tokenAccuracy).toBe(alone.tokenAccuracy);
  expect(memory().numTensors).toBe(before);
  model.dispose();
});

test('timers get their turn between the batches that are measured', async () => {
  await useBackend('cpu');
  let turns = 0;
  let turnsBeforeText: number | null = null;
  const detokenize = (tokens: readonly string[]): string => {
    turnsBeforeText ??= turns;
    return tokens.join(' ');
  };
  const model = seq2seq()
    .source({ vocab, tokenizer })
    .target({ vocab, tokenizer: { ...tokenizer, detokenize } })
    .encoder(recurrentEncoder({ units: 3 }))
    .decoder(recurrentDecoder({ units: 3 }))
    .build();
  const timer = setInterval(() => turns++, 0);
  const many = Array.from({ length: 200 }, () => data).flat();
  await model.evaluate(many, { batchSize: 2, strategy: greedy({ maxLength: 1 }) });
  clearInterval(timer);
  expect(turnsBeforeText).toBeGreaterThan(0);
  model.dispose();
});
