import '@tensorflow/tfjs-backend-cpu';
import {
  add,
  expandDims,
  memory,
  mul,
  ones,
  randomNormal,
  sub,
  sum,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Rank, Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import type { Batch } from '../../src/contracts/batch.js';
import type { Context, LayerState, StateShape } from '../../src/contracts/context.js';
import type { AttentionPlacement, Decoder, Forcing } from '../../src/contracts/decoder.js';
import { disposeTensors, keepTensors } from '../../src/core/containers.js';
import { createRandom } from '../../src/core/random.js';
import { collate } from '../../src/data/collate.js';
import type { Frames } from '../../src/data/example.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import type { RecurrentDecoderOptions } from '../../src/decoders/recurrent/options.js';
import { computeGradients } from '../../src/training/computeGradients.js';
import { expectValues } from '../support/closeTo.js';
import { smallAttention } from './smallAttention.js';

const [rows, sourceTime, memorySize, summarySize, features, units] = [3, 2, 5, 4, 2, 3];
const reference = [
  [
    [0.1, -0.2],
    [0.3, 0.4],
    [-0.5, 0.6],
    [0.7, 0.8],
    [1, -1],
  ],
  [
    [2, 1],
    [0.5, 0.25],
  ],
  [
    [-1, 1],
    [0.5, -0.5],
    [0, 0.75],
    [1, 2],
  ],
];
const time = 5;

function build(
  options: Partial<RecurrentDecoderOptions> = {},
  placement: AttentionPlacement | null = null,
): Decoder {
  return recurrentDecoder({ units, ...options }).build({
    target: { kind: 'frames', features },
    memorySize,
    summarySize,
    attention: placement === null ? null : { spec: smallAttention(), placement },
    random: createRandom(7),
  });
}

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

function batchOf(targets: readonly Frames[] = reference): Batch {
  return collate(targets.map((target) => ({ source: [1], target })));
}

/**
 * The outputs of every real frame by single steps. They are fed the reference where it is forced, else the
 * last prediction.
 */
function bySteps(decoder: Decoder, context: Context, teacherForcingMask: Forcing): number[] {
  return tidy(() => {
    const { state: first, constants } = decoder.start(context);
    let state = first;
    let fed = reference.map(() => [0, 0]);
    const all: number[][] = reference.map(() => []);
    for (let t = 0; t < time; t++) {
      const result = decoder.step(tensor2d(fed), state, t, constants);
      state = result.state;
      const outputs = result.logits.arraySync();
      outputs.forEach((row, i) => all[i]?.push(...row));
      fed = reference.map((row, i) =>
        teacherForcingMask === null || teacherForcingMask[i * time + t + 1] === 1
          ? (row[t] ?? [0, 0])
          : (outputs[i] as number[]).slice(0, features),
      );
    }
    return all.flatMap((row, i) => row.slice(0, (reference[i] as Frames).length * (features + 1)));
  });
}

function inOnePass(decoder: Decoder, context: Context, teacherForcingMask: Forcing): Float32Array {
  const batch = batchOf();
  const outputs = tidy(() =>
    decoder.logits(decoder.features(batch, context, teacherForcingMask)).dataSync<'float32'>(),
  );
  batch.dispose();
  return outputs;
}

const before: AttentionPlacement = { order: 'before-cell', inputFeeding: false };
const after: AttentionPlacement = { order: 'after-cell', inputFeeding: false };
const feeding: AttentionPlacement = { order: 'after-cell', inputFeeding: true };
const structures: [string, Partial<RecurrentDecoderOptions>, AttentionPlacement | null][] = [
  ['the previous frame', {}, null],
  ['previous and summary', { input: ['previous', 'summary'], cell: 'rnn' }, null],
  ['no input at all', { input: [] }, null],
  [
    'everything in the readout',
    { readout: ['output', 'previous', 'summary'], cell: 'lstm', layers: 2 },
    null,
  ],
  ['attention before the cell', { cell: 'lstm' }, before],
  ['attention after the cell', { layers: 2 }, after],
  ['input feeding', { cell: 'rnn' }, feeding],
];
const mixed = Uint8Array.from([1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1, 1]);
const teacherForcingMasks: [string, Forcing][] = [
  ['the reference', null],
  ['a mixture', mixed],
  ['its own frames', new Uint8Array(rows * time)],
];

beforeAll(() => useBackend('cpu'));

describe.each(structures)('%s', (_, options, placement) => {
  test.each(teacherForcingMasks)('single steps are one pass, fed %s', (_, teacherForcingMask) => {
    const count = memory().numTensors;
    const decoder = build(options, placement);
    const context = contextFor({ layers: options.layers ?? 1, units, cell: options.cell === 'lstm' });
    const outputs = inOnePass(decoder, context, teacherForcingMask);
    expect(outputs.length).toBe((5 + 2 + 4) * (features + 1));
    expectValues(outputs, bySteps(decoder, context, teacherForcingMask));
    decoder.dispose();
    disposeTensors(context);
    expect(memory().numTensors).toBe(count);
  });
});

describe('a decoder of frames', () => {
  const context = (): Context => contextFor({ layers: 1, units, cell: false });

  test('has no embedding, and one output more than a frame has numbers', () => {
    const decoder = build({ readout: ['output', 'previous'] });
    const shapes = Object.fromEntries(
      Object.entries(decoder.parameters()).map(([name, { shape }]) => [name, shape]),
    );
    expect(shapes).toEqual({
      'rnn.weight_ih_l0': [3 * units, features],
      'rnn.weight_hh_l0': [3 * units, units],
      'rnn.bias_ih_l0': [3 * units],
      'rnn.bias_hh_l0': [3 * units],
      'fc_out.weight': [features + 1, units + features],
      'fc_out.bias': [features + 1],
    });
    decoder.dispose();
  });

  test('is what a hand computes: a linear readout of the previous frame', () => {
    const decoder = build({ readout: ['previous', 'output'] });
    const { 'fc_out.weight': weight, 'fc_out.bias': bias } = decoder.parameters();
    const double = tensor2d([
      [2, 0, 0, 0, 0],
      [0, 2, 0, 0, 0],
      [1, 1, 0, 0, 0],
    ]);
    const shift = tensor1d([1, 0, -1]);
    weight?.assign(double);
    bias?.assign(shift);
    const given = context();
    // fed its own frames, x becomes 2x + [1, 0]: 0 0, 1 0, 3 0, 7 0 …
    const free = inOnePass(decoder, given, new Uint8Array(rows * time));
    expectValues(free.slice(0, 15), [1, 0, -1, 3, 0, 0, 7, 0, 2, 15, 0, 6, 31, 0, 14]);
    // fed the reference: twice the frame before
    const forced = inOnePass(decoder, given, null);
    expectValues(forced.slice(15, 21), [1, 0, -1, 5, 2, 2]);
    disposeTensors([given, double, shift]);
    decoder.dispose();
  });

  test.each(teacherForcingMasks)('is not touched by padding, fed %s', (_, teacherForcingMask) => {
    const decoder = build({ input: ['previous', 'attention'] }, before);
    const given = context();
    const gradientsOf = (batch: Batch): number[][] => {
      const { loss, gradients } = computeGradients(
        () => sum(mul(decoder.features(batch, given, teacherForcingMask), 0.5)) as Scalar,
        decoder.parameters(),
      );
      const found = [loss, ...Object.values(gradients)].map((tensor) => [...tensor.dataSync()]);
      disposeTensors([loss, gradients]);
      return found;
    };
    const batch = batchOf();
    const dirty = tidy(() => {
      const padding = mul(sub(1, expandDims(batch.targetMask, 2)), 9);
      return add(batch.targetInput, padding);
    });
    const clean = gradientsOf(batch);
    gradientsOf({ ...batch, targetInput: dirty }).forEach((values, i) =>
      expectValues(values, clean[i] as number[]),
    );
    disposeTensors([given, dirty]);
    batch.dispose();
    decoder.dispose();
  });

  test('drops nothing of the frames themselves, and refuses dropout where no layers are to drop between', () => {
    expect(() => build({ dropout: 0.9 })).toThrow(
      expect.objectContaining({
        code: 'incompatible-parts',
        message: expect.stringMatching(
          /^recurrentDecoder: expected no dropout with one layer over float frames but received 0\.9\./,
        ) as string,
      }),
    );
    const decoder = build({ readout: ['previous', 'summary'], dropout: 0.9, layers: 2 });
    const one = context();
    const given = { ...one, state: [...(one.state ?? []), ...(one.state ?? [])] };
    const batch = batchOf();
    const read = (training: boolean): Float32Array =>
      tidy(() => decoder.features(batch, given, null, { training }).dataSync<'float32'>());
    expect(read(true)).toEqual(read(false));
    disposeTensors(one);
    batch.dispose();
    decoder.dispose();
  });

  test('refuses ids, and frames of another width', () => {
    const decoder = build();
    const given = context();
    const { state, constants } = decoder.start(given);
    const count = memory().numTensors;
    const wide = batchOf([[[1, 2, 3]], [[1, 2, 3]], [[1, 2, 3]]]);
    const ids = collate([{ source: [1], target: [1] }]);
    const run = (batch: Batch) => () => decoder.features(batch, given, null);
    expect(run(wide)).toThrow(
      'target frames [batch, time, 2] of dtype float32 but received "float32 [3,1,3]"',
    );
    expect(run(ids)).toThrow('target frames [batch, time, 2] of dtype float32 but received "int32 [1,2]"');
    wide.dispose();
    ids.dispose();
    const last = ones([rows, 3]) as Tensor2D;
    expect(() => decoder.step(last, state, 0, constants)).toThrow(
      'frames of 2 numbers, dtype float32 but received "float32 [3,3]"',
    );
    last.dispose();
    expect(memory().numTensors).toBe(count);
    disposeTensors([given, state, constants]);
    decoder.dispose();
  });
});
