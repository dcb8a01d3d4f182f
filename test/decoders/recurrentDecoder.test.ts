import '@tensorflow/tfjs-backend-cpu';
import {
  argMax,
  concat,
  memory,
  mul,
  profile,
  randomNormal,
  slice,
  squeeze,
  sum,
  tensor,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Rank, Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { multiHeadAttention } from '../../src/attention/multiHeadAttention.js';
import { useBackend } from '../../src/backend/useBackend.js';
import type { Batch } from '../../src/contracts/batch.js';
import type { Context, LayerState, StateShape } from '../../src/contracts/context.js';
import type { AttentionPlacement, Decoder, Forcing } from '../../src/contracts/decoder.js';
import { disposeTensors, keepTensors } from '../../src/core/containers.js';
import { createRandom } from '../../src/core/random.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import type { RecurrentDecoderOptions } from '../../src/decoders/recurrent/options.js';
import { computeGradients } from '../../src/training/computeGradients.js';
import { cells, hasCellState } from '../support/cells.js';
import { expectValues } from '../support/closeTo.js';
import { smallAttention } from './smallAttention.js';

const [rows, sourceTime, memorySize, summarySize, vocabSize, units, embeddingSize] = [3, 2, 5, 4, 11, 3, 6];
const [time, lengths] = [5, [5, 2, 4]];
const tokens = lengths.reduce((total, length) => total + length, 0);

function build(
  options: Partial<RecurrentDecoderOptions> = {},
  placement: AttentionPlacement | null = null,
  seed = 7,
): Decoder {
  const embeds = [...(options.input ?? ['previous']), ...(options.readout ?? [])].includes('previous');
  return recurrentDecoder({ units, ...(embeds ? { embeddingSize } : {}), ...options }).build({
    target: { kind: 'tokens', vocabSize, padId: 0 },
    memorySize,
    summarySize,
    attention: placement === null ? null : { spec: smallAttention(), placement },
    random: createRandom(seed),
  });
}

/** Random states, a random memory whose last row is half padding, a random summary. */
function contextFor({ layers, cell }: StateShape): Context {
  return tidy(() => {
    let seed = 1;
    const random = (width: number): Tensor2D => randomNormal([rows, width], 0, 1, 'float32', seed++);
    const layer = (): LayerState => (cell ? { h: random(units), c: random(units) } : { h: random(units) });
    return keepTensors({
      memory: randomNormal<Rank.R3>([rows, sourceTime, memorySize], 0, 1, 'float32', 99),
      mask: tensor2d([
        [1, 1],
        [1, 1],
        [1, 0],
      ]),
      summary: random(summarySize),
      state: Array.from({ length: layers }, layer),
    });
  });
}

function batchOf(ids: number[][]): Batch {
  const mask = tensor2d(
    lengths.map((length) => Array.from({ length: time }, (_, t) => (t < length ? 1 : 0))),
  );
  const tensors = {
    source: tensor2d([[1]], undefined, 'int32'),
    sourceMask: tensor2d([[1]]),
    targetInput: tensor2d(ids, undefined, 'int32'),
    targetOutput: tensor2d(ids, undefined, 'int32'),
    targetMask: mask,
  };
  return {
    ...tensors,
    sourceLengths: Int32Array.of(1),
    targetLengths: Int32Array.from(lengths),
    dispose: () => disposeTensors(tensors),
  };
}

const referenceIds = [
  [1, 4, 5, 6, 7],
  [1, 8, 0, 0, 0],
  [1, 9, 10, 3, 0],
];

/**
 * The logits of every real token by single steps, and what was fed: the reference where it is forced, else
 * the last prediction.
 */
function bySteps(
  decoder: Decoder,
  context: Context,
  teacherForcingMask: Forcing,
): { logits: number[]; ids: number[][] } {
  return tidy(() => {
    const { state: first, constants } = decoder.start(context);
    let state = first;
    let fed = referenceIds.map((row) => row[0] as number);
    const ids: number[][] = fed.map((id) => [id]);
    const all: number[][][] = lengths.map(() => []);
    for (let t = 0; t < time; t++) {
      const last = tensor(fed, [rows], 'int32') as Tensor1D;
      const result = decoder.step(last, state, t, constants);
      state = result.state;
      const logits = result.logits.arraySync();
      logits.forEach((row, i) => all[i]?.push(row));
      if (t + 1 === time) break;
      const predicted = argMax(result.logits, 1).arraySync() as number[];
      fed = referenceIds.map(
        (row, i) =>
          (teacherForcingMask === null || teacherForcingMask[i * time + t + 1] === 1
            ? row[t + 1]
            : predicted[i]) as number,
      );
      fed.forEach((id, i) => ids[i]?.push(id));
    }
    return { logits: all.flatMap((row, i) => row.slice(0, lengths[i]).flat()), ids };
  });
}

/** The same in one pass. */
function inOnePass(
  decoder: Decoder,
  context: Context,
  batch: Batch,
  teacherForcingMask: Forcing,
): Float32Array {
  return tidy(() => {
    const features = decoder.features(batch, context, teacherForcingMask);
    expect(features.shape).toEqual([tokens, decoder.featureSize]);
    const logits = decoder.logits(features);
    expect(logits.shape).toEqual([tokens, vocabSize]);
    return logits.dataSync<'float32'>();
  });
}

const before: AttentionPlacement = { order: 'before-cell', inputFeeding: false };
const after: AttentionPlacement = { order: 'after-cell', inputFeeding: false };
const feeding: AttentionPlacement = { order: 'after-cell', inputFeeding: true };
type Structure = [string, Partial<RecurrentDecoderOptions>, AttentionPlacement | null];
const structures: Structure[] = [
  ['the previous token', {}, null],
  ['previous and summary', { input: ['previous', 'summary'] }, null],
  ['summary and previous, in this order', { input: ['summary', 'previous'] }, null],
  ['the summary alone', { input: ['summary'] }, null],
  ['nothing', { input: [] }, null],
  [
    'all in the readout',
    { input: ['previous', 'summary'], readout: ['summary', 'output', 'previous'] },
    null,
  ],
  ['the previous token in the readout alone', { input: [], readout: ['output', 'previous'] }, null],
  ['tied embeddings', { tieEmbeddings: true, embeddingSize: units }, null],
  ['attention before the cell', {}, before],
  [
    'attention before the cell, everything read',
    { input: ['summary', 'attention', 'previous'], readout: ['attention', 'output', 'summary', 'previous'] },
    before,
  ],
  [
    'attention before the cell, in the readout alone',
    { input: ['previous'], readout: ['output', 'attention'] },
    before,
  ],
  ['attention after the cell', {}, after],
  [
    'attention after the cell, in the readout too',
    { input: ['previous', 'summary'], readout: ['output', 'attention'] },
    after,
  ],
  ['input feeding', {}, feeding],
  ['input feeding beside the summary', { input: ['summary', 'previous'] }, feeding],
];

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  describe.each(structures)('%s', (_, options, placement) => {
    test.each(cells.flatMap((cell) => [[cell, 1] as const, [cell, 2] as const]))(
      '%s of depth %i: single steps equal one pass, also with own predictions fed',
      (cell, layers) => {
        const count = memory().numTensors;
        const decoder = build({ cell, layers, ...options }, placement);
        const context = contextFor({ layers, units, cell: hasCellState(cell) });
        const batch = batchOf(referenceIds);
        const random = createRandom(5);
        const mixed = Uint8Array.from({ length: rows * time }, () => random.integer(2));
        const built = memory().numTensors;
        for (const teacherForcingMask of [
          null,
          new Uint8Array(rows * time).fill(1),
          new Uint8Array(rows * time),
          mixed,
        ]) {
          const { logits } = bySteps(decoder, context, teacherForcingMask);
          expectValues(inOnePass(decoder, context, batch, teacherForcingMask), logits, 2e-5);
        }
        expect(memory().numTensors).toBe(built);
        disposeTensors(context);
        batch.dispose();
        decoder.dispose();
        expect(memory().numTensors).toBe(count);
      },
    );
  });

  test('a prediction that is fed counts as a constant: the gradients are those of the chosen ids', () => {
    const placements = [null, before, after, feeding];
    for (const [cell, placement] of cells.flatMap((cell) =>
      placements.map((order) => [cell, order] as const),
    )) {
      const count = memory().numTensors;
      const input = ['previous', 'summary'] as const;
      const decoder = build({ cell, layers: 2, input: placement === null ? input : ['previous'] }, placement);
      const context = contextFor({ layers: 2, units, cell: hasCellState(cell) });
      const random = createRandom(8);
      const teacherForcingMask = Uint8Array.from({ length: rows * time }, () => random.integer(2));
      const { ids } = bySteps(decoder, context, teacherForcingMask);
      expect(ids).not.toEqual(referenceIds);
      const [free, fixed] = [batchOf(referenceIds), batchOf(ids)];
      const loss = (batch: Batch, which: Forcing) => (): Scalar => {
        const features = decoder.features(batch, context, which);
        const weights = randomNormal([tokens, vocabSize], 0, 1, 'float32', 2);
        return sum(mul(decoder.logits(features), weights));
      };
      const sampled = computeGradients(loss(free, teacherForcingMask), decoder.parameters());
      const expected = computeGradients(loss(fixed, null), decoder.parameters());
      expect(Object.keys(sampled.gradients)).toEqual(Object.keys(decoder.parameters()));
      for (const [name, gradient] of Object.entries(expected.gradients)) {
        const values = gradient.dataSync();
        expect(values.some((value) => value !== 0)).toBe(true);
        expectValues(sampled.gradients[name]?.dataSync() ?? [], values, 1e-4);
      }
      disposeTensors([sampled, expected, context]);
      free.dispose();
      fixed.dispose();
      decoder.dispose();
      expect(memory().numTensors).toBe(count);
    }
  });

  test('dropout acts in training alone, anew each time, and the same from the same seed', () => {
    for (const placement of [null, before, after]) {
      const count = memory().numTensors;
      const options = { layers: 2, dropout: 0.5 };
      const [a, b, plain] = [
        build(options, placement),
        build(options, placement),
        build({ layers: 2 }, placement),
      ];
      const context = contextFor({ layers: 2, units, cell: false });
      const batch = batchOf(referenceIds);
      const free = new Uint8Array(rows * time);
      const run = (decoder: Decoder, training: boolean, teacherForcingMask: Forcing = null): number[] =>
        tidy(() => [...decoder.features(batch, context, teacherForcingMask, { training }).dataSync()]);
      expect(run(a, false)).toEqual(run(plain, false));
      const first = run(a, true);
      expect(first).not.toEqual(run(a, false));
      const second = run(a, true, free);
      expect(second).not.toEqual(run(a, true, free));
      expect([run(b, true), run(b, true, free)]).toEqual([first, second]);
      disposeTensors(context);
      [batch, a, b, plain].forEach((part) => part.dispose());
      expect(memory().numTensors).toBe(count);
    }
  });

  test.each<[string, Partial<RecurrentDecoderOptions>]>([
    ['the embedding that the readout alone reads', { input: [], readout: ['output', 'previous'] }],
    ['the embedding', {}],
    ['what passes between layers', { input: [], layers: 2 }],
  ])('dropout acts on %s', (_, options) => {
    const decoder = build({ ...options, dropout: 0.5 });
    const given = contextFor({ layers: options.layers ?? 1, units, cell: false });
    const batch = batchOf(referenceIds);
    const read = (training: boolean): Float32Array =>
      tidy(() => decoder.features(batch, given, null, { training }).dataSync<'float32'>());
    expect(read(false)).toEqual(read(false));
    expect(read(true)).not.toEqual(read(false));
    disposeTensors(given);
    batch.dispose();
    decoder.dispose();
  });

  test('dropout of the attention acts in training alone', () => {
    for (const placement of [before, after, feeding]) {
      const [dropping, plain] = [0.5, 0].map((dropout) =>
        recurrentDecoder({ units }).build({
          target: { kind: 'tokens', vocabSize, padId: 0 },
          memorySize,
          summarySize,
          attention: { spec: multiHeadAttention({ heads: 1, dropout }), placement },
          random: createRandom(7),
        }),
      ) as [Decoder, Decoder];
      const context = contextFor({ layers: 1, units, cell: false });
      const batch = batchOf(referenceIds);
      const run = (decoder: Decoder, training: boolean): number[] =>
        tidy(() => [...decoder.features(batch, context, null, { training }).dataSync()]);
      expect(run(dropping, false)).toEqual(run(plain, false));
      expect(run(plain, true)).toEqual(run(plain, false));
      expect(run(dropping, true)).not.toEqual(run(dropping, false));
      disposeTensors(context);
      [batch, dropping, plain].forEach((part) => part.dispose());
    }
  });

  test('what is chosen and what is trained on see the same dropout masks', () => {
    const decoder = build({ layers: 2, dropout: 0.5 });
    const twin = build({ layers: 2, dropout: 0.5 });
    const context = contextFor({ layers: 2, units, cell: false });
    const batch = batchOf(referenceIds);
    tidy(() => {
      // Position 1 alone is free. The features at position 0 do not depend on that, and tell what must be fed
      // at position 1.
      const teacherForcingMask = Uint8Array.from({ length: rows * time }, (_, i) => (i % time === 1 ? 0 : 1));
      const sampled = decoder.features(batch, context, teacherForcingMask, { training: true });
      const starts = lengths.map((_, row) =>
        lengths.slice(0, row).reduce((total, length) => total + length, 0),
      );
      const atZero = concat(starts.map((start) => slice(sampled, [start, 0], [1, -1])));
      const chosen = argMax(decoder.logits(atZero), 1).arraySync() as number[];
      const replaced = referenceIds.map((row, i) => [row[0], chosen[i], ...row.slice(2)] as number[]);
      expect(replaced).not.toEqual(referenceIds);
      const fixed = batchOf(replaced);
      expectValues(
        sampled.dataSync(),
        twin.features(fixed, context, null, { training: true }).dataSync(),
        1e-5,
      );
    });
    disposeTensors(context);
    [batch, decoder, twin].forEach((part) => part.dispose());
  });

  test('logits are computed where a prediction is fed alone, and the layers run over each position once', async () => {
    const decoder = build({ cell: 'gru' });
    const context = contextFor({ layers: 1, units, cell: false });
    const batch = batchOf(referenceIds);
    // On other backends, linear is composed of products.
    const isProduct = backend === 'wasm' ? /MatMul$|^Seq2SeqLinear$/ : /MatMul$/;
    const work = async (
      free: [row: number, position: number][],
    ): Promise<[products: number, runs: number]> => {
      const teacherForcingMask = new Uint8Array(rows * time).fill(1);
      for (const [row, position] of free) teacherForcingMask[row * time + position] = 0;
      const { kernels } = await profile(() =>
        tidy(() => void decoder.features(batch, context, teacherForcingMask)),
      );
      const products = kernels.filter(
        ({ name, outputShapes }) =>
          isProduct.test(name) && outputShapes.some((shape) => shape?.at(-1) === vocabSize),
      );
      const runs = kernels.filter(({ name }) => name === 'Seq2SeqRecurrent_gru');
      const positions = runs.reduce((sum, { outputShapes }) => sum + (outputShapes[0]?.[1] ?? 0), 0);
      expect(positions).toBe(time);
      // Nothing is kept for a gradient.
      expect(runs.every(({ outputShapes }) => outputShapes.length === 2)).toBe(true);
      const loss = (): Scalar => sum(decoder.features(batch, context, teacherForcingMask));
      const taped = await profile(() => {
        disposeTensors(computeGradients(loss, decoder.parameters()));
        return [];
      });
      const bundles = taped.kernels.filter(({ name }) => name === 'Seq2SeqRecurrent_gru');
      expect(bundles).toHaveLength(runs.length);
      expect(bundles.reduce((sum, { outputShapes }) => sum + (outputShapes[0]?.[1] ?? 0) - 1, 0)).toBe(time);
      return [products.length, runs.length];
    };
    expect(await work([])).toEqual([0, 1]);
    expect(await work([[0, 0]])).toEqual([0, 1]); // the start token is always fed
    expect(await work([[1, 1]])).toEqual([1, 2]);
    expect(await work([[2, 3]])).toEqual([1, 2]);
    expect(await work([[0, 1], [2, 1], [0, 4]])).toEqual([2, 3]); // prettier-ignore
    disposeTensors(context);
    [batch, decoder].forEach((part) => part.dispose());
  });

  test('nothing is predicted for a decoder that reads no predictions', async () => {
    for (const placement of [null, before, feeding]) {
      const input = placement === before ? (['attention', 'summary'] as const) : (['summary'] as const);
      const decoder = build({ cell: 'gru', input }, placement);
      const context = contextFor({ layers: 1, units, cell: false });
      const batch = batchOf(referenceIds);
      const { kernels } = await profile(() =>
        tidy(() => void decoder.features(batch, context, new Uint8Array(rows * time))),
      );
      expect(
        kernels.filter(({ outputShapes }) => outputShapes.some((shape) => shape?.at(-1) === vocabSize)),
      ).toEqual([]);
      disposeTensors(context);
      [batch, decoder].forEach((part) => part.dispose());
    }
  });

  test('the summary is projected once, and the embedding gets one gradient a pass, however many predictions are fed', async () => {
    for (const placement of [null, feeding]) {
      const decoder = build({ cell: 'gru', input: ['previous', 'summary'] }, placement);
      const context = contextFor({ layers: 1, units, cell: false });
      const batch = batchOf(referenceIds);
      const { weight, bias } = decoder.projection();
      const count = async (free: boolean): Promise<[summaries: number, embeddings: number]> => {
        const { kernels } = await profile(() => {
          const teacherForcingMask = new Uint8Array(rows * time).fill(free ? 0 : 1);
          const loss = (): Scalar =>
            sum(decoder.logits(decoder.features(batch, context, teacherForcingMask)));
          disposeTensors(computeGradients(loss, { ...decoder.parameters(), weight, bias } as never));
          return [];
        });
        const made = (name: string, shape: number[]): number =>
          kernels.filter((kernel) => kernel.name === name && String(kernel.outputShapes[0]) === String(shape))
            .length;
        return [
          made('Slice', [3 * units, summarySize]),
          made('UnsortedSegmentSum', [vocabSize, embeddingSize]),
        ];
      };
      const [forcedSummaries, forcedEmbeddings] = await count(false);
      expect(await count(true)).toEqual(
        // Where all is chosen first, the weights are read once more. Where steps wait, what is forced and
        // what is chosen are two lookups.
        placement === null
          ? [forcedSummaries + 1, forcedEmbeddings]
          : [forcedSummaries, forcedEmbeddings + 1],
      );
      disposeTensors(context);
      [batch, decoder].forEach((part) => part.dispose());
    }
  });

  test('attention weights of a step sum to 1 over the real positions and are 0 at padding', () => {
    for (const placement of [before, after, feeding]) {
      const decoder = build({}, placement);
      const context = contextFor({ layers: 1, units, cell: false });
      tidy(() => {
        const { state, constants } = decoder.start(context);
        const { attention } = decoder.step(
          tensor([1, 4, 5], [rows], 'int32') as Tensor1D,
          state,
          0,
          constants,
        );
        expect(attention?.shape).toEqual([rows, sourceTime]);
        expectValues(sum(attention as Tensor2D, 1).dataSync(), [1, 1, 1]);
        expectValues(squeeze(slice(attention as Tensor2D, [2, 0], [1, 2])).dataSync(), [1, 0], 0);
      });
      disposeTensors(context);
      decoder.dispose();
    }
  });

  test('a step disposes of nothing it was given, and owns what it returns', () => {
    const decoder = build({ cell: 'lstm', input: ['previous', 'summary'] }, feeding);
    const context = contextFor({ layers: 1, units, cell: true });
    const count = memory().numTensors;
    const { state, constants } = decoder.start(context);
    expect(memory().numTensors).toBe(count + 3 + 3); // h, c, attentional; summary, memory, mask
    disposeTensors(context); // a start stands on its own
    const last = tensor([1, 4, 5], [rows], 'int32') as Tensor1D;
    const started = memory().numTensors;
    const result = decoder.step(last, state, 0, constants);
    expect(memory().numTensors).toBe(started + 1 + 3 + 1); // logits; h, c, attentional; weights
    const again = decoder.step(last, state, 0, constants);
    expect(again.logits.arraySync()).toEqual(result.logits.arraySync());
    disposeTensors([result, again, state, constants, last]);
    decoder.dispose();
  });
});

test('teacher forcing masks drawn at random all follow the rule', async () => {
  await useBackend('cpu');
  const decoder = build({ cell: 'gru', readout: ['output', 'previous'] });
  const context = contextFor({ layers: 1, units, cell: false });
  const batch = batchOf(referenceIds);
  fc.assert(
    fc.property(fc.array(fc.nat(1), { minLength: rows * time, maxLength: rows * time }), (flags) => {
      const teacherForcingMask = Uint8Array.from(flags);
      expectValues(
        inOnePass(decoder, context, batch, teacherForcingMask),
        bySteps(decoder, context, teacherForcingMask).logits,
        2e-5,
      );
    }),
    { seed: 2, numRuns: 25 },
  );
  disposeTensors(context);
  [batch, decoder].forEach((part) => part.dispose());
});

test('names and shapes of the parameters follow what is read', () => {
  const shapes = (decoder: Decoder): Record<string, number[]> => {
    const entries = Object.entries(decoder.parameters()).map(([name, { shape }]) => [name, shape]);
    decoder.dispose();
    return Object.fromEntries(entries) as Record<string, number[]>;
  };
  const recurrent = (width: number): Record<string, number[]> => ({
    'rnn.weight_ih_l0': [3 * units, width],
    'rnn.weight_hh_l0': [3 * units, units],
    'rnn.bias_ih_l0': [3 * units],
    'rnn.bias_hh_l0': [3 * units],
  });
  const projected = (width: number): Record<string, number[]> => ({
    'fc_out.weight': [vocabSize, width],
    'fc_out.bias': [vocabSize],
  });
  const embedding = { 'embedding.weight': [vocabSize, embeddingSize] };
  expect(shapes(build())).toEqual({ ...embedding, ...recurrent(embeddingSize), ...projected(units) });
  expect(shapes(build({ input: ['summary'] }))).toEqual({ ...recurrent(summarySize), ...projected(units) });
  expect(shapes(build({ tieEmbeddings: true, embeddingSize: units }))).toEqual({
    'embedding.weight': [vocabSize, units],
    ...recurrent(units),
    'fc_out.bias': [vocabSize],
  });
  expect(shapes(build({}, before))).toEqual({
    ...embedding,
    ...recurrent(embeddingSize + memorySize),
    ...projected(units + memorySize),
    'attention.scale': [1],
  });
  expect(shapes(build({}, feeding))).toEqual({
    ...embedding,
    ...recurrent(embeddingSize + units),
    'combine.weight': [units, memorySize + units],
    ...projected(units),
    'attention.scale': [1],
  });
});

describe('bad input', () => {
  const refused = (run: () => unknown, code: string, message: string): void => {
    const count = memory().numTensors;
    expect(run).toThrow(expect.objectContaining({ code, message: `recurrentDecoder: expected ${message}` }));
    expect(memory().numTensors).toBe(count);
  };

  test.each<[object, string]>([
    [
      { input: ['previous', 'previous'] },
      'input to be a list of different parts but received ["previous", "previous"].',
    ],
    [{ input: 'previous' }, 'input to be a list of different parts but received "previous".'],
    [{ input: ['output'] }, `input to be one of 'previous', 'summary', 'attention' but received "output".`],
    [{ readout: [] }, 'readout to be a list of one or more different parts but received [].'],
    [
      { readout: ['memory'] },
      `readout to be one of 'output', 'previous', 'summary', 'attention' but received "memory".`,
    ],
    [{ tieEmbeddings: 'yes' }, 'tieEmbeddings to be true or false but received "yes".'],
    [{ dropout: -0.1 }, 'dropout to be a finite number (min 0, below 1) but received -0.1.'],
    [
      { bidirectional: true },
      'option names among cell, activation, units, layers, dropout, embeddingSize, input, readout, tieEmbeddings but received "bidirectional".',
    ],
  ])('the options %o', (options, message) => {
    refused(() => recurrentDecoder({ units, ...options } as never), 'invalid-option', message);
  });

  test.each<[string, Partial<RecurrentDecoderOptions>, AttentionPlacement | null, string]>([
    [
      'an attention that is not there',
      { input: ['previous', 'attention'] },
      null,
      `an attention, since 'attention' is among its input or readout, but received "none". Add .attention(…).`,
    ],
    [
      'a context vector before there is one',
      { input: ['previous', 'attention'] },
      after,
      `no 'attention' in input but received "an attention after the cell". Use inputFeeding: true to feed the last attentional vector, or order: 'before-cell'.`,
    ],
    [
      'input feeding before the cell',
      {},
      { order: 'before-cell', inputFeeding: true },
      `inputFeeding only with order 'after-cell' but received "before-cell". Put 'attention' in input instead.`,
    ],
    [
      'an attention that nothing reads',
      { input: ['previous'], readout: ['output'] },
      before,
      `'attention' among its input or readout but received ["previous", "output"]. Or leave the attention out.`,
    ],
    [
      'tied embeddings of another width',
      { tieEmbeddings: true },
      null,
      `a readout as wide as the embedding (6), to tie them, but received 3. With readout ['output'], set embeddingSize to units (3).`,
    ],
    [
      'tied embeddings without any',
      { tieEmbeddings: true, input: ['summary'] },
      null,
      `no options of an embedding where 'previous' is not read but received "tieEmbeddings". Leave it out, or put 'previous' in input or readout.`,
    ],
    [
      'the width of an embedding that is not there',
      { embeddingSize, input: ['summary'], readout: ['output', 'summary'] },
      null,
      `no options of an embedding where 'previous' is not read but received "embeddingSize". Leave it out, or put 'previous' in input or readout.`,
    ],
    [
      'dropout with nothing to drop',
      { dropout: 0.5, input: [] },
      null,
      `no dropout with one layer where 'previous' is not read but received 0.5. It acts on embeddings and between layers, and here is neither: leave it out, or add layers.`,
    ],
  ])('%s', (_, options, placement, message) => {
    refused(() => build(options, placement), 'incompatible-parts', message);
  });

  test.each<[string, Partial<RecurrentDecoderOptions>]>([
    ['embeddingSize', { embeddingSize }],
    ['tieEmbeddings', { tieEmbeddings: true }],
  ])('%s where the target is frames', (option, options) => {
    const spec = recurrentDecoder({ units, ...options });
    const wiring = { memorySize, summarySize, attention: null, random: createRandom(1) };
    refused(
      () => spec.build({ ...wiring, target: { kind: 'frames', features: 5 } }),
      'incompatible-parts',
      `no options of an embedding over float frames but received "${option}". Leave it out: frames are read as they are.`,
    );
  });

  test('a context of another form', () => {
    const decoder = build({ cell: 'lstm', input: ['previous', 'summary'] });
    const context = contextFor({ layers: 1, units, cell: true });
    const wide = { ...context, state: [{ h: context.summary, c: context.summary }] };
    const hint = 'Put a bridge between encoder and decoder.';
    const needed = 'a context with 1 states of 3 units, each with c';
    refused(
      () => decoder.start({ ...context, state: null }),
      'invalid-shape',
      `${needed} but received null. ${hint}`,
    );
    refused(
      () => decoder.start({ ...context, state: [] }),
      'invalid-shape',
      `${needed} but received []. ${hint}`,
    );
    refused(() => decoder.start(wide), 'invalid-shape', `${needed} but received ["[3,4]"]. ${hint}`);
    const [first] = context.state as [LayerState];
    refused(
      () => decoder.start({ ...context, state: [{ h: first.h }] }),
      'invalid-shape',
      `${needed} but received ["[3,3]"]. ${hint}`,
    );
    refused(
      () => decoder.start({ ...context, summary: first.h }),
      'invalid-shape',
      'a context with a summary of 4 numbers a row but received "[3,3]". The wiring said so when the decoder was built.',
    );
    const batch = batchOf(referenceIds);
    refused(
      () => decoder.features({ ...batch, targetInput: batch.targetMask }, context, null),
      'invalid-shape',
      'target ids [batch, time] of dtype int32 but received "float32 [3,5]". Make batches with collate().',
    );
    const without = { ...batch, targetLengths: undefined as unknown as Int32Array };
    refused(
      () => decoder.features(without, context, null),
      'invalid-shape',
      'target lengths of 3 rows but received undefined.',
    );
    refused(
      () => decoder.features({ ...batch, targetMask: context.summary }, context, null),
      'invalid-shape',
      'a target mask of [3, 5], 1 at real positions and 0 at padding, but received [3, 4]. Make batches with collate().',
    );
    refused(
      () => decoder.features({ ...batch, targetLengths: Int32Array.of(9, 1, 4) }, context, null),
      'invalid-input',
      'target lengths from 0 to 5, the time of the mask, but received 9.',
    );
    disposeTensors(context);
    batch.dispose();
    decoder.dispose();
    expect(() => decoder.parameters()).toThrow(expect.objectContaining({ code: 'disposed' }));
  });

  test('a disposed decoder', () => {
    const decoder = build({}, before);
    const context = contextFor({ layers: 1, units, cell: false });
    decoder.dispose();
    decoder.dispose();
    expect(() => decoder.start(context)).toThrow(expect.objectContaining({ code: 'disposed' }));
    disposeTensors(context);
  });
});

test('a spec tells its state and what it reads of the context, and survives JSON', () => {
  const spec = recurrentDecoder({ cell: 'lstm', units: 3, layers: 2, readout: ['output', 'summary'] });
  expect(spec).toMatchObject({ role: 'decoder', kind: 'recurrentDecoder', reads: ['summary'] });
  expect(spec.stateShape).toEqual({ layers: 2, units: 3, cell: true });
  expect(recurrentDecoder({ units: 3 }).reads).toEqual([]);
  const config = JSON.parse(JSON.stringify(spec.config)) as RecurrentDecoderOptions;
  expect(recurrentDecoder(config).config).toEqual(spec.config);
});
