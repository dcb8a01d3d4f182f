import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { memoryOf, type WasmBackend } from '../../../src/backend/wasm/heap.js';
import { logSumExp } from '../../../src/decoding/ops/logSumExp.js';
import { adamStep } from '../../../src/ops/adamStep.js';
import { additiveScores } from '../../../src/ops/additiveScores.js';
import { dropoutMask } from '../../../src/ops/dropoutMask.js';
import { layerNorm } from '../../../src/ops/layerNorm.js';
import { projectedCrossEntropy } from '../../../src/ops/crossEntropy/projectedCrossEntropy.js';
import { realTokens } from '../../../src/ops/realTokens.js';
import { recurrentSequence } from '../../../src/ops/recurrent/recurrentSequence.js';
import { scaled } from '../../../src/ops/crossEntropy/scaled.js';
import { sumOfSquares } from '../../../src/ops/sumOfSquares.js';
import { createRandom, randomTensor, useWasmKernels } from './reference.js';

beforeAll(useWasmKernels);
beforeEach(() => tf.setBackend('wasm'));

/** Calls `use` with `wasm._malloc` replaced; `allocate` is the real one. */
function withMalloc<T>(
  replace: (allocate: (bytes: number) => number) => (bytes: number) => number,
  use: () => T,
): T {
  const { wasm } = tf.backend() as unknown as WasmBackend;
  const { _malloc } = wasm;
  wasm._malloc = replace(_malloc);
  try {
    return use();
  } finally {
    wasm._malloc = _malloc;
  }
}

/** Fills the memory until it grows: all views of it are dead then. */
function grow(allocate: (bytes: number) => number): void {
  const { wasm } = tf.backend() as unknown as WasmBackend;
  const memory = memoryOf({ wasm });
  const before = memory.buffer.byteLength;
  const held: number[] = [];
  while (memory.buffer.byteLength === before) held.push(allocate(1 << 20));
  for (const address of held) wasm._free(address);
}

const random = createRandom(1);
const input = (...shape: number[]): tf.Tensor => randomTensor(random, shape);

/** Every kernel of the library, on inputs that are made once. */
function cases(): Record<string, () => tf.Tensor | tf.Tensor[]> {
  const [x, weight, batches] = [input(7, 5), input(11, 5), input(3, 7, 5)];
  const ids = tf.tensor1d([3, 0, 6], 'int32');
  const [scale, shift, factor] = [input(5), input(5), tf.scalar(0.5)];
  const [images, filter] = [input(2, 6, 5, 3), input(3, 2, 3, 4)];
  const [queries, keys, energy] = [input(2, 3, 5), input(2, 7, 5), input(1, 5)];
  const [moment, variance] = [input(7, 5), tf.square(input(7, 5))];
  const targets = tf.tensor1d([1, 0, 10, 3, 3, 2, 9], 'int32');
  const bias = input(11);
  const tokens = realTokens(Int32Array.of(3, 1), 3);
  const mask = tf.tensor2d([1, 1, 1, 1, 0, 0], [2, 3]);
  const [projected, h, c, recurrent, recurrentBias] = [
    input(4, 20),
    input(2, 5),
    input(2, 5),
    input(20, 5),
    input(20),
  ];
  const sequence = (...[a, b, d, e, f]: tf.Tensor[]): tf.Tensor[] => {
    const { output, state } = recurrentSequence(
      { projected: a, tokens, mask, initial: { h: b, c: d }, weight: e, bias: f } as never,
      { cell: 'lstm' },
    );
    return [output, state.h, state.c as tf.Tensor];
  };
  const total = (tensors: tf.Tensor[]): tf.Tensor =>
    tf.addN(tensors.map((tensor) => tf.sum(tf.square(tensor))));
  const gradients =
    (compute: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[]) => (): tf.Tensor[] =>
      tf.grads(compute)(inputs);
  return {
    'a product': () => tf.matMul(x, weight, false, true),
    'a product with bias': () =>
      tf.fused.matMul({ a: x, b: weight, transposeB: true, bias, activation: 'relu' }),
    gather: () => tf.gather(x, ids),
    'its gradient': gradients((from) => tf.sum(tf.square(tf.gather(from, ids))), [x]),
    topk: () => Object.values(tf.topk(x, 3)) as tf.Tensor[],
    slices: () => [tf.slice(batches, [1, 2, 1], [2, 3, 3]), ...tf.split(x, [2, 3], 1), ...tf.unstack(x)],
    'a sum': () => tf.sum(batches, [0, 1]),
    'tanh and sigmoid': () => [tf.tanh(x), tf.sigmoid(x)],
    'the gradient of a convolution': gradients(
      (a, b) => tf.sum(tf.square(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'))),
      [images, filter],
    ),
    'layer normalisation': () => layerNorm(x, scale as tf.Tensor1D, shift as tf.Tensor1D),
    'its gradients': gradients(
      (...all) => tf.sum(tf.square(layerNorm(...(all as [tf.Tensor, tf.Tensor1D, tf.Tensor1D])))),
      [x, scale, shift],
    ),
    'additive scores': () =>
      additiveScores(queries as tf.Tensor3D, keys as tf.Tensor3D, energy as tf.Tensor2D),
    'their gradients': gradients(
      (...all) => tf.sum(tf.square(additiveScores(...(all as [tf.Tensor3D, tf.Tensor3D, tf.Tensor2D])))),
      [queries, keys, energy],
    ),
    'a recurrent layer': () => sequence(projected, h, c, recurrent, recurrentBias),
    'the gradients of a recurrent layer': gradients(
      (...all) => total(sequence(...all)),
      [projected, h, c, recurrent, recurrentBias],
    ),
    'the loss of a projection, with its gradients': gradients(
      (...[a, b, d]) => projectedCrossEntropy({ features: a, weight: b, bias: d, targets } as never),
      [x, weight, bias],
    ),
    'the logarithm of a sum of exponentials': () => logSumExp(x as tf.Tensor2D),
    'a tensor times a number': () => scaled(x, factor),
    'a sum of squares': () => sumOfSquares(x),
    'a dropout mask': () => dropoutMask([7, 5], 0.5, 3),
    adam: () =>
      // Clones share the data, so that nothing is done in place.
      adamStep(
        { parameter: tf.clone(x), gradient: x, m: tf.clone(moment), v: tf.clone(variance), scale: factor },
        { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, correction1: 0.5, correction2: 0.5 },
      ),
  };
}

describe('when memory grows at its last allocation', () => {
  it('every kernel gives the same bits', () => {
    const engine = tf.engine();
    engine.startScope();
    const all = cases();
    for (const [name, compute] of Object.entries(all)) {
      const run = (): number[][] =>
        tf.tidy(() => [compute()].flat().map((tensor) => [...tensor.dataSync()])) as unknown as number[][];
      let count = 0;
      const expected = run(); // scratch memory is there from now on
      expect(withMalloc((allocate) => (bytes) => (count++, allocate(bytes)), run)).toEqual(expected);
      expect(count).toBeGreaterThan(0);
      for (const at of new Set([count, Math.ceil(count / 2)])) {
        let left = at;
        const grown = withMalloc(
          (allocate) => (bytes) => {
            if (--left === 0) grow(allocate);
            return allocate(bytes);
          },
          run,
        );
        expect(left, name).toBeLessThanOrEqual(0);
        expect(grown, name).toEqual(expected);
      }
    }
    engine.endScope();
  });
});

describe('when memory is full at any of its allocations', () => {
  it('no kernel leaves anything behind', () => {
    const { wasm } = tf.backend() as unknown as WasmBackend;
    const engine = tf.engine();
    engine.startScope();
    // The tape of tfjs keeps its tensors where a gradient fails.
    const kernels = Object.entries(cases()).filter(([name]) => !/gradient/.test(name));
    for (const [name, compute] of kernels) {
      const open = new Set<number>();
      const { _malloc, _free } = wasm;
      wasm._free = (address) => (open.delete(address), _free(address));
      for (let left = 0, full = true; full; left++) {
        full = false;
        open.clear();
        let count = 0;
        const tensors = tf.memory().numTensors;
        wasm._malloc = (bytes) => {
          if (count++ === left) {
            full = true;
            throw new Error('full');
          }
          const address = _malloc(bytes);
          open.add(address);
          return address;
        };
        const attempt = (): void => tf.tidy(() => void compute());
        try {
          attempt();
        } catch {
          expect(full, name).toBe(true);
        }
        expect([tf.memory().numTensors - tensors, open.size], `${name}, allocation ${left}`).toEqual([0, 0]);
      }
      Object.assign(wasm, { _malloc, _free });
    }
    engine.endScope();
  });
});
