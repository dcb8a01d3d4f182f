import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import '#gradients';
import { recurrentSequence } from '../../../src/ops/recurrent/recurrentSequence.js';
import { gatherTokens, realTokens, type RealTokens } from '../../../src/ops/realTokens.js';
import { CELLS, type RecurrentCell } from '../../../src/ops/recurrent/cells.js';
import { expectTensor } from '../../support/closeTo.js';
import { runEquations } from './equations.js';

const cells = Object.keys(CELLS) as RecurrentCell[];

describe.each(['cpu', 'wasm'])('recurrentSequence on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it('refuses shapes that disagree before a kernel reads past an end', () => {
    const [batch, time, units] = [2, 5, 3];
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const inputs = {
        projected: tf.ones<tf.Rank.R3>([batch, time, 4 * units]),
        mask: tf.ones<tf.Rank.R2>([batch, time]),
        initial: { h: tf.zeros<tf.Rank.R2>([batch, units]), c: tf.zeros<tf.Rank.R2>([batch, units]) },
        weight: tf.zeros<tf.Rank.R2>([4 * units, units]),
        bias: tf.zeros<tf.Rank.R1>([4 * units]),
      };
      const run =
        (changes: object, cell: RecurrentCell = 'lstm') =>
        () =>
          recurrentSequence({ ...inputs, ...changes }, { cell });
      const { h, c } = inputs.initial;
      const alone = tf.zeros([1, units]);
      expect(run({})).not.toThrow();
      expect(run({ mask: tf.ones([batch, time + 1]) })).toThrow(
        'mask to be float32 of shape [2, 5] but received "float32 of shape [2, 6]"',
      );
      expect(run({ mask: tf.ones([1, time]) })).toThrow('mask to be float32 of shape [2, 5]');
      expect(run({ mask: tf.ones([batch, time, 1]) })).toThrow('mask to be float32 of shape [2, 5]');
      expect(run({ initial: { h: alone, c } })).toThrow('initial.h to be float32 of shape [2, 3]');
      expect(run({ initial: { h, c: alone } })).toThrow('initial.c to be float32 of shape [2, 3]');
      expect(run({ initial: { h } })).toThrow('a state with h and c');
      expect(run({ bias: tf.zeros([units]) })).toThrow('bias to be float32 of shape [12]');
      expect(run({}, 'gru')).toThrow('weight to be float32 of shape [9, 3]');
      const tokens = realTokens(Int32Array.of(5, 2), time);
      expect(run({ tokens })).toThrow('projected to be float32 of shape [7, 12]');
      const mask = tf.tensor2d([1, 1, 1, 1, 1, 1, 1, 0, 0, 0], [2, 5]);
      expect(run({ tokens, mask, projected: tf.ones([7, 4 * units]) })).not.toThrow();
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses tokens that are not those of the mask', () => {
    const [time, units] = [5, 3];
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const mask = tf.tensor2d([
        [1, 1, 1, 1, 1],
        [1, 1, 0, 0, 0],
      ]);
      const right = realTokens(Int32Array.of(5, 2), time);
      const run =
        (tokens: RealTokens): (() => unknown) =>
        () =>
          recurrentSequence(
            {
              projected: tf.ones<tf.Rank.R2>([tokens.count, 3 * units]),
              tokens,
              mask,
              initial: { h: tf.zeros([2, units]) },
              weight: tf.zeros([3 * units, units]),
              bias: tf.zeros([3 * units]),
            },
            { cell: 'gru' },
          );
      const refusal = expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringContaining('recurrentSequence: expected tokens') as string,
      }) as Error;
      expect(run(right)).not.toThrow();
      expect(run(realTokens(Int32Array.of(5, 3), time))).toThrow(refusal); // one that the mask leaves out
      expect(run(realTokens(Int32Array.of(4, 2), time))).toThrow(refusal); // one that the mask has besides
      expect(run(realTokens(Int32Array.of(5, 1), time))).toThrow(refusal); // the same at the end
      expect(run(realTokens(Int32Array.of(2, 5), time))).toThrow(refusal); // as many, elsewhere
      expect(run(realTokens(Int32Array.of(5, 2), 7))).toThrow(refusal); // of another time
      expect(run({ ...right, count: 6 })).toThrow(refusal);
      expect(run({ ...right, positions: null })).toThrow(refusal);
      expect(run({ ...right, positions: Int32Array.of(0, 1, 2, 3, 4, 6, 5) })).toThrow(refusal);
      expect(run({ ...right, positions: Int32Array.of(0, 1, 2, 3, 4, 5, 5) })).toThrow(refusal);
      expect(run({ ...right, positions: Int32Array.of(-1, 1, 2, 3, 4, 5, 6) })).toThrow(refusal);
      expect(run({ ...right, positions: Int32Array.of(0, 1, 2, 3, 4, 5, 10) })).toThrow(refusal);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(cells)('computes %s step by step', (cell) => {
    const [batch, time, units] = [2, 5, 3];
    const { gates, hasCellState } = CELLS[cell];
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R3>([batch, time, gates * units], 0, 1, 'float32', 1);
      const mask = tf.tensor2d([
        [1, 1, 1, 1, 1],
        [1, 1, 1, 0, 0],
      ]);
      const h0 = tf.randomNormal<tf.Rank.R2>([batch, units], 0, 1, 'float32', 2);
      const c0 = tf.randomNormal<tf.Rank.R2>([batch, units], 0, 1, 'float32', 5);
      const weight = tf.randomNormal<tf.Rank.R2>([gates * units, units], 0, 1, 'float32', 3);
      const bias = tf.randomNormal<tf.Rank.R1>([gates * units], 0, 1, 'float32', 4);
      const initial = hasCellState ? { h: h0, c: c0 } : { h: h0 };
      const { output, state } = recurrentSequence({ projected: x, mask, initial, weight, bias }, { cell });
      const expected = runEquations(cell, {
        x: x.arraySync(),
        mask: mask.arraySync(),
        h0: h0.arraySync(),
        c0: c0.arraySync(),
        weight: weight.arraySync(),
        bias: bias.arraySync(),
      });
      expectTensor(output, [batch, time, units], expected.outputs.flat(2));
      expectTensor(state.h, [batch, units], expected.h.flat());
      expect(state.c !== undefined).toBe(hasCellState);
      if (state.c !== undefined) expectTensor(state.c, [batch, units], expected.c.flat());
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(cells)('has the gradient of its finite differences (%s), both ways', (cell) => {
    const [batch, time, units] = [2, 3, 2];
    const { gates, hasCellState } = CELLS[cell];
    const before = tf.memory().numTensors;
    for (const reverse of [false, true]) {
      tf.tidy(() => {
        const mask = tf.tensor2d([
          [1, 1, 1],
          [1, 1, 0],
        ]);
        const shapes = [
          [batch, time, gates * units],
          [batch, units],
          [batch, units],
          [gates * units, units],
          [gates * units],
        ];
        const inputs = shapes.map((shape, i) => tf.randomNormal(shape, 0, 0.7, 'float32', i + 1));
        const weights = tf.randomNormal([batch, time, units], 0, 1, 'float32', 9);
        const loss = (...all: tf.Tensor[]): tf.Scalar => {
          const [projected, h, c, weight, bias] = all as [
            tf.Tensor3D,
            tf.Tensor2D,
            tf.Tensor2D,
            tf.Tensor2D,
            tf.Tensor1D,
          ];
          const initial = hasCellState ? { h, c } : { h };
          const { output, state } = recurrentSequence(
            { projected, mask, initial, weight, bias },
            { cell, reverse },
          );
          const ends =
            state.c === undefined ? tf.sum(state.h) : tf.add(tf.sum(state.h), tf.mul(2, tf.sum(state.c)));
          return tf.add(tf.sum(tf.mul(output, weights)), ends) as tf.Scalar;
        };
        const used = hasCellState ? inputs : inputs.filter((_, i) => i !== 2);
        const spread = (args: tf.Tensor[]): tf.Tensor[] =>
          hasCellState ? args : [...args.slice(0, 2), inputs[2] as tf.Tensor, ...args.slice(2)];
        const gradients = tf.grads((...args: tf.Tensor[]) => loss(...spread(args)))(used);
        used.forEach((input, which) => {
          const values = input.dataSync();
          const analytic = (gradients[which] as tf.Tensor).dataSync();
          for (let i = 0; i < values.length; i += 3) {
            const shifted = (by: number): number => {
              const moved = Float32Array.from(values);
              moved[i] = (moved[i] as number) + by;
              const args = used.map((tensor, k) => (k === which ? tf.tensor(moved, input.shape) : tensor));
              return loss(...spread(args)).dataSync()[0] as number;
            };
            expect(analytic[i]).toBeCloseTo((shifted(1e-2) - shifted(-1e-2)) / 2e-2, 2);
          }
        });
      });
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(cells)('reads the real tokens alone as well as padded ones (%s)', (cell) => {
    const [batch, time, units] = [4, 5, 3];
    const { gates, hasCellState } = CELLS[cell];
    const lengths = Int32Array.of(3, 5, 1, 4);
    const before = tf.memory().numTensors;
    for (const reverse of [false, true]) {
      tf.tidy(() => {
        const tokens = realTokens(lengths, time);
        const mask = tf.tensor2d(
          Array.from(lengths, (length) => Array.from({ length: time }, (_, t) => (t < length ? 1 : 0))),
        );
        const draw = (shape: number[], seed: number): tf.Tensor =>
          tf.randomNormal(shape, 0, 0.7, 'float32', seed);
        const inputs = [
          draw([batch, time, gates * units], 1),
          draw([batch, units], 2),
          draw([batch, units], 3),
          draw([gates * units, units], 4),
          draw([gates * units], 5),
        ];
        const weights = draw([batch, time, units], 9);
        const run = (packed: boolean): Float32Array[] => {
          const loss = (...all: tf.Tensor[]): tf.Scalar => {
            const [x, h, c, weight, bias] = all as [
              tf.Tensor3D,
              tf.Tensor2D,
              tf.Tensor2D,
              tf.Tensor2D,
              tf.Tensor1D,
            ];
            const { output, state } = recurrentSequence(
              {
                projected: x,
                ...(packed ? { tokens } : {}),
                mask,
                initial: hasCellState ? { h, c } : { h },
                weight,
                bias,
              },
              { cell, reverse },
            );
            // The cell state counts for something where there is one, and nowhere else is it used.
            const ends = tf.add(tf.sum(state.h), tf.mul(2, tf.sum(state.c ?? c)));
            return tf.add(tf.sum(tf.mul(output, weights)), ends) as tf.Scalar;
          };
          const [x, ...others] = inputs as [tf.Tensor, ...tf.Tensor[]];
          const read = [packed ? gatherTokens<tf.Tensor2D>(x, tokens) : x, ...others];
          const [dx, ...gradients] = tf.grads(loss)(read) as [tf.Tensor, ...tf.Tensor[]];
          const real = packed ? dx : gatherTokens<tf.Tensor2D>(dx, tokens);
          return [loss(...read), real, ...gradients].map((tensor) => tensor.dataSync() as Float32Array);
        };
        const expected = run(false);
        run(true).forEach((values, which) => {
          values.forEach((value, i) => expect(value).toBeCloseTo(expected[which]?.[i] as number, 5));
        });
      });
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('takes a batch without padding as tokens, too', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const inputs = {
        mask: tf.ones<tf.Rank.R2>([2, 3]),
        initial: { h: tf.zeros<tf.Rank.R2>([2, 1]) },
        weight: tf.ones<tf.Rank.R2>([1, 1]),
        bias: tf.zeros<tf.Rank.R1>([1]),
      };
      const { output } = recurrentSequence(
        {
          ...inputs,
          projected: tf.tensor2d([1, 2, 3, 4, 5, 6], [6, 1]),
          tokens: realTokens(Int32Array.of(3, 3), 3),
        },
        { cell: 'relu' },
      );
      expect([...output.dataSync()]).toEqual([1, 3, 6, 4, 9, 15]);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
