import {
  clone,
  conv2d,
  tidy,
  dispose,
  ones,
  zeros,
  type Tensor4D,
  type Variable,
  memory,
  reshape,
  scalar,
  setBackend,
  tensor1d,
  variable,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ADAM_STEP, adamStep } from '../../../src/ops/adamStep.js';
import { runKernel } from '../../../src/core/engine.js';
import { createRandom, floats, largestError, plain, runOn, useWasmKernels } from './reference.js';

const attributes = {
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  correction1: 0.1,
  correction2: 0.01,
};

/** A variable of three elements with its moments, after one step on wasm; returns the new value. */
function step(parameter: Tensor, m: Tensor, v: Tensor): [Tensor, Tensor, Tensor] {
  const gradient = tensor1d([1, 2, 3]);
  const scale = scalar(0.5);
  const outputs = adamStep({ parameter, gradient, m, v, scale }, attributes);
  gradient.dispose();
  scale.dispose();
  return outputs;
}

describe('Seq2SeqAdam on wasm', () => {
  beforeAll(useWasmKernels);
  beforeEach(() => setBackend('wasm'));

  it.each([0, 1, 3, 4, 7, 1031])('agrees with the cpu backend for %i elements', async (size) => {
    const random = createRandom(size);
    const inputs = {
      parameter: plain(random, [size]),
      gradient: plain(random, [size]),
      m: plain(random, [size]),
      v: { shape: [size], values: floats(random, size).map(Math.abs) },
      scale: { shape: [], values: Float32Array.of(0.25) },
    };
    const run = (backend: 'cpu' | 'wasm') =>
      runOn(backend, inputs, (tensors) => runKernel<Tensor[]>(ADAM_STEP, { ...tensors }, attributes));
    const [expected, actual] = [await run('cpu'), await run('wasm')];
    actual.forEach(({ values }, i) => {
      expect(largestError(values, expected[i]?.values ?? [])).toBeLessThan(1e-5);
    });
  });

  it('works in place on data that nobody else holds', () => {
    const before = memory().numTensors;
    const initial = tensor1d([1, 1, 1]);
    const w = variable(initial);
    initial.dispose();
    const [m, v] = [tensor1d([0, 0, 0]), tensor1d([0, 0, 0])];
    const held = [w.dataId, m.dataId, v.dataId];
    const outputs = step(w, m, v);
    expect(outputs.map(({ dataId }) => dataId)).toEqual(held);
    w.assign(outputs[0] as Tensor1D);
    outputs[0].dispose();
    expect(w.dataId).toBe(held[0]);
    expect([...w.dataSync()].map((value) => value.toFixed(4))).toEqual(['0.9000', '0.9000', '0.9000']);
    for (const used of [w, m, v, outputs[1], outputs[2]]) used.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it.each([
    ['another variable made from it', (w: Tensor): Tensor => variable(w)],
    ['a clone', (w: Tensor) => clone(w)],
    ['a view', (w: Tensor) => reshape(w, [3, 1])],
  ])('never changes the data of %s', (_, hold) => {
    const before = memory().numTensors;
    const initial = tensor1d([1, 1, 1]);
    const w = variable(initial);
    initial.dispose();
    const [m, v] = [tensor1d([0, 0, 0]), tensor1d([0, 0, 0])];
    const [heldW, heldM] = [hold(w), hold(m)];
    const outputs = step(w, m, v);
    w.assign(outputs[0] as Tensor1D);
    expect([...heldW.dataSync()]).toEqual([1, 1, 1]);
    expect([...heldM.dataSync()]).toEqual([0, 0, 0]);
    expect([...w.dataSync()][0]).toBeCloseTo(0.9, 5);
    for (const used of [w, m, v, heldW, heldM, ...outputs]) used.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('makes a convolution forget the weights that it had packed', () => {
    const before = memory().numTensors;
    const x = ones([1, 4, 4, 1]) as Tensor4D;
    const w = tidy(() => variable(ones([2, 2, 1, 1]))) as Variable & Tensor4D;
    const moments = [zeros(w.shape), zeros(w.shape)] as const;
    const [gradient, scale] = [ones(w.shape), scalar(1)];
    const first = conv2d(x, w, 1, 'valid');
    expect(first.dataSync()[0]).toBe(4);
    const outputs = adamStep({ parameter: w, gradient, m: moments[0], v: moments[1], scale }, attributes);
    expect(outputs[0].dataId).toBe(w.dataId);
    w.assign(outputs[0] as Tensor4D);
    const second = conv2d(x, w, 1, 'valid');
    expect(second.dataSync()[0]).toBeCloseTo(3.6, 5);
    dispose([x, w, ...moments, gradient, scale, first, second, ...outputs]);
    expect(memory().numTensors).toBe(before);
  });

  it('takes the same tensor in two roles', () => {
    const before = memory().numTensors;
    const parameter = tensor1d([1, 1, 1]);
    const zero = tensor1d([0, 0, 0]);
    const scale = scalar(1);
    const outputs = adamStep({ parameter, gradient: parameter, m: zero, v: zero, scale }, attributes);
    expect([...parameter.dataSync(), ...zero.dataSync()]).toEqual([1, 1, 1, 0, 0, 0]);
    for (const used of [parameter, zero, scale, ...outputs]) used.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
