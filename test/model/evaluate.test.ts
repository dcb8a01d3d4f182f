import '@tensorflow/tfjs-backend-cpu';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import { disposeTensors } from '../../src/core/containers.js';
import { collate } from '../../src/data/collate.js';
import { beam } from '../../src/decoding/beam.js';
import { corpusBleu } from '../../src/metrics/corpusBleu.js';
import { encodePairs } from '../../src/model/encodePairs.js';
import { sideOptions } from '../../src/model/encodeInput.js';
import type { Seq2SeqModel } from '../../src/model/seq2seqModel.js';
import { setWeights, stepOnce, tinyModel, vocab, weightsOf } from './tinyModel.js';

/** eos 2, a 4, b 5, c 6 */
const [eos, a, b, c] = [vocab.eosId, ...vocab.encode(['a', 'b', 'c'])] as [number, number, number, number];

/**
 * A model whose next token depends on the token before alone: its readout is that token's embedding, a one-hot row (and
 * the cell's output, which weighs nothing), so `fc_out.weight[next][7 + previous]` is the logit. After <sos> comes a, then b, then the end; c would come after <unk>.
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

/** -log of a softmax over `vocab.size` logits that are all 0 but for one; `hit` says whether that one is the target. */
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
    const batch = collate(encodePairs('test', parts, lines), {
      source: sideOptions(parts.source),
      target: sideOptions(parts.target),
    });
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
