import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import {
  add,
  grads,
  matMul,
  memory,
  profile,
  setBackend,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.js';
import { projectedCrossEntropy } from '../../../src/ops/crossEntropy/projectedCrossEntropy.js';
import { softmaxCrossEntropy } from '../../../src/ops/crossEntropy/softmaxCrossEntropy.js';
import '../../../src/training/computeGradients.js';
import { expectTensor, expectValues } from '../../support/closeTo.js';

beforeAll(() => setBackend('cpu'));

const random = createRandom(3);
const normals = (n: number): number[] => Array.from({ length: n }, () => random.normal());

/** Random inputs of `rows` tokens over `classes`; every other row masked where `masked` is set. */
function inputs(rows: number, size: number, classes: number) {
  return {
    features: tensor2d(normals(rows * size), [rows, size]),
    weight: tensor2d(normals(classes * size), [classes, size]),
    bias: tensor1d(normals(classes)),
    targets: tensor1d(
      Array.from({ length: rows }, () => random.integer(classes)),
      'int32',
    ),
    mask: tensor1d(Array.from({ length: rows }, (_, i) => (i % 3 === 1 ? 0 : 1))),
    classWeights: tensor1d(Array.from({ length: classes }, () => random.next() + 0.5)),
  };
}

describe('projectedCrossEntropy', () => {
  it.each([
    ['plain', { mask: false, weights: false, e: 0, reduction: 'mean' as const }],
    ['summed', { mask: false, weights: true, e: 0, reduction: 'sum' as const }],
    ['masked, smoothed, weighted', { mask: true, weights: true, e: 0.1, reduction: 'mean' as const }],
  ])('is the product followed by softmaxCrossEntropy: %s', (_, { mask, weights, e, reduction }) => {
    tidy(() => {
      const { features, weight, bias, targets, ...rest } = inputs(7, 3, 5);
      const options = {
        targets,
        labelSmoothing: e,
        reduction,
        ...(mask && { mask: rest.mask }),
        ...(weights && { classWeights: rest.classWeights }),
      };
      const plain = (features: Tensor2D, weight: Tensor2D, bias: Tensor1D) =>
        softmaxCrossEntropy({ ...options, logits: add(matMul(features, weight, false, true), bias) });
      const fused = (features: Tensor2D, weight: Tensor2D, bias: Tensor1D) =>
        projectedCrossEntropy({ ...options, features, weight, bias });
      expectValues(fused(features, weight, bias).dataSync(), plain(features, weight, bias).dataSync());
      const expected = grads(plain as never)([features, weight, bias]);
      const actual = grads(fused as never)([features, weight, bias]);
      actual.forEach((gradient, i) =>
        expectTensor(gradient, expected[i]?.shape as number[], expected[i]?.dataSync() as Float32Array),
      );
    });
  });

  it('never holds all logits: one product a chunk, whose parts add up', async () => {
    await setBackend('wasm'); // for speed
    const rows = 2500; // chunks of 2,000 rows for 1,000 classes
    const { features, weight, bias, targets } = inputs(rows, 2, 1000);
    const all = { features, weight, bias, targets };
    const { kernels } = await profile(() => projectedCrossEntropy(all));
    const largest = Math.max(
      ...kernels.flatMap(({ outputShapes }) => outputShapes.map((s) => s.reduce((a, b) => a * b, 1))),
    );
    expect(largest).toBe(2_000_000);
    tidy(() => {
      const loss = (features: Tensor2D, weight: Tensor2D, bias: Tensor1D) =>
        projectedCrossEntropy({ ...all, features, weight, bias });
      const [dFeatures, dWeight] = grads(loss as never)([features, weight, bias]) as [Tensor2D, Tensor2D];
      expect(dFeatures.shape).toEqual([rows, 2]);
      const plain = (features: Tensor2D, weight: Tensor2D) =>
        softmaxCrossEntropy({ targets, logits: add(matMul(features, weight, false, true), bias) });
      const [, expected] = grads(plain as never)([features, weight]) as [Tensor2D, Tensor2D];
      expectValues(dWeight.dataSync(), expected.dataSync());
    });
    await setBackend('cpu');
  });

  it('makes gradients only while they are recorded', async () => {
    const { features, weight, bias, targets } = inputs(5, 2, 3);
    const products = async (run: () => unknown) =>
      (await profile(() => tidy(run as never))).kernels.filter(({ name }) => name === 'BatchMatMul').length;
    const loss = (features: Tensor2D) => projectedCrossEntropy({ features, weight, bias, targets });
    expect(await products(() => loss(features))).toBe(1);
    expect(await products(() => grads(loss as never)([features]))).toBe(3);
  });

  it('leaves nothing behind', () => {
    const { features, weight, bias, targets } = inputs(5, 2, 3);
    const before = memory().numTensors;
    projectedCrossEntropy({ features, weight, bias, targets }).dispose();
    const loss = (weight: Tensor2D) => projectedCrossEntropy({ features, weight, bias, targets });
    grads(loss as never)([weight]).forEach((gradient) => gradient.dispose());
    expect(memory().numTensors).toBe(before);
  });

  it('refuses what does not fit', () => {
    const all = inputs(5, 2, 3);
    const { features, weight, bias, targets } = all;
    const narrow = tensor2d(normals(5), [5, 1]);
    expect(() => projectedCrossEntropy({ features: narrow, weight, bias, targets })).toThrow(
      'projectedCrossEntropy: expected features to be float32 of shape [5, 2] ' +
        'but received "float32 of shape [5, 1]".',
    );
    const short = tensor1d([1]);
    expect(() => projectedCrossEntropy({ features, weight, bias: short, targets })).toThrow(
      'bias to be float32 of shape [3]',
    );
    const reduction = 'none' as never;
    expect(() => projectedCrossEntropy({ features, weight, bias, targets, reduction })).toThrow(
      "'mean', 'sum'",
    );
  });
});
