import '@tensorflow/tfjs-backend-cpu';
import { grad, memory, mul, setBackend, sum, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { softmaxCrossEntropy } from '../../../src/ops/crossEntropy/softmaxCrossEntropy.js';
import '../../../src/training/computeGradients.js';
import { expectTensor, expectValues } from '../../support/closeTo.js';

beforeAll(() => setBackend('cpu'));

const LOGITS = [
  [0.3, -1.2, 2.1],
  [1.5, 0.2, -0.7],
  [-0.4, 0.9, 0.1],
  [0, 0, 0],
  [3, 1, -2],
];
const TARGETS = [2, 0, 1, 1, 0];

/** The definition, row by row, in doubles. */
function reference(options: { mask?: number[]; e?: number; w?: number[] } = {}): {
  rows: number[];
  mean: number;
} {
  const { mask = [1, 1, 1, 1, 1], e = 0, w = [1, 1, 1] } = options;
  const rows = LOGITS.map((row, n) => {
    const log = Math.log(row.reduce((total, x) => total + Math.exp(x), 0));
    const y = TARGETS[n] as number;
    const nll = row.map((x) => log - x);
    const even = nll.reduce((total, x, c) => total + x * (w[c] as number), 0) / 3;
    return (mask[n] as number) * ((1 - e) * (w[y] as number) * (nll[y] as number) + e * even);
  });
  const weight = TARGETS.reduce((total, y, n) => total + (mask[n] as number) * (w[y] as number), 0);
  return { rows, mean: rows.reduce((a, b) => a + b) / weight };
}

describe('softmaxCrossEntropy', () => {
  it('is log V for even logits', () => {
    const [logits, targets] = [tensor2d([[0, 0, 0, 0, 0, 0, 0]]), tensor1d([3], 'int32')];
    expectTensor(softmaxCrossEntropy({ logits, targets }), [], [Math.log(7)]);
  });

  it.each([
    ['plain', {}],
    ['masked', { mask: [1, 0, 1, 1, 0] }],
    ['smoothed', { e: 0.2 }],
    ['weighted', { w: [0.5, 2, 0] }],
    ['all at once', { mask: [0, 1, 1, 0, 1], e: 0.1, w: [0.5, 2, 1.5] }],
  ])('follows the definition: %s', (_, options: { mask?: number[]; e?: number; w?: number[] }) => {
    tidy(() => {
      const inputs = {
        logits: tensor2d(LOGITS),
        targets: tensor1d(TARGETS, 'int32'),
        mask: options.mask && tensor1d(options.mask),
        labelSmoothing: options.e ?? 0,
        classWeights: options.w && tensor1d(options.w),
      };
      const { rows, mean } = reference(options);
      expectTensor(softmaxCrossEntropy({ ...inputs, reduction: 'none' }), [5], rows);
      expectTensor(softmaxCrossEntropy({ ...inputs, reduction: 'sum' }), [], [rows.reduce((a, b) => a + b)]);
      expectTensor(softmaxCrossEntropy(inputs), [], [mean]);

      const gradient = grad((x) => softmaxCrossEntropy({ ...inputs, logits: x as Tensor2D }))(inputs.logits);
      expectValues(gradient.dataSync(), numericalGradient(options), 1e-5);
    });
  });

  it('scales each row by its own cotangent', () => {
    tidy(() => {
      const [logits, targets] = [tensor2d(LOGITS), tensor1d(TARGETS, 'int32')];
      const rows = (x: Tensor2D, factors: number[]) =>
        sum(mul(softmaxCrossEntropy({ logits: x, targets, reduction: 'none' }), tensor1d(factors)));
      const all = grad((x) => rows(x as Tensor2D, [1, 1, 1, 1, 1]))(logits).dataSync();
      const some = grad((x) => rows(x as Tensor2D, [2, 0, -1, 0, 3]))(logits).dataSync();
      expectValues(
        some,
        all.map((value, i) => value * ([2, 0, -1, 0, 3][Math.floor(i / 3)] as number)),
      );
    });
  });

  it('takes -Infinity as probability 0, and huge logits', () => {
    tidy(() => {
      const logits = tensor2d([
        [1, -Infinity, 1],
        [1e4, 0, -1e4],
      ]);
      const targets = tensor1d([0, 0], 'int32');
      expectTensor(softmaxCrossEntropy({ logits, targets, reduction: 'none' }), [2], [Math.log(2), 0]);
      const gradient = grad((x) => softmaxCrossEntropy({ logits: x as Tensor2D, targets, reduction: 'sum' }))(
        logits,
      );
      expectTensor(gradient, [2, 3], [-0.5, 0, 0.5, 0, 0, 0]);
    });
  });

  it('ignores what a masked row holds', () => {
    tidy(() => {
      const logits = tensor2d([
        [0, -Infinity, 0],
        [0, 0, 0],
      ]);
      const [targets, mask] = [tensor1d([1, -100], 'int32'), tensor1d([0, 0])];
      expectTensor(softmaxCrossEntropy({ logits, targets, mask, reduction: 'none' }), [2], [0, 0]);
      expect(softmaxCrossEntropy({ logits, targets, mask }).dataSync()[0]).toBeNaN();
    });
  });

  it('leaves nothing behind', () => {
    const [logits, targets] = [tensor2d(LOGITS), tensor1d(TARGETS, 'int32')];
    const before = memory().numTensors;
    softmaxCrossEntropy({ logits, targets, labelSmoothing: 0.1 }).dispose();
    grad((x) => softmaxCrossEntropy({ logits: x as Tensor2D, targets }))(logits).dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('refuses what does not fit', () => {
    const [logits, targets] = [tensor2d(LOGITS), tensor1d([0, 1], 'int32')];
    expect(() => softmaxCrossEntropy({ logits, targets })).toThrow(
      'softmaxCrossEntropy: expected targets to be int32 of shape [5] but received "int32 of shape [2]".',
    );
    const floats = tensor1d(TARGETS);
    expect(() => softmaxCrossEntropy({ logits, targets: floats })).toThrow(
      'targets to be int32 of shape [5]',
    );
    expect(() => softmaxCrossEntropy({ logits, targets: floats, smoothing: 1 } as never)).toThrow(
      '"smoothing"',
    );
    const rows = tensor2d([], [0, 3]);
    expect(() => softmaxCrossEntropy({ logits: rows, targets })).toThrow('at least one row');
  });
});

function numericalGradient({ mask, e, w }: { mask?: number[]; e?: number; w?: number[] }): number[] {
  const options = { ...(mask && { mask }), ...(e !== undefined && { e }), ...(w && { w }) };
  return LOGITS.flatMap((row) =>
    row.map((value, c) => {
      row[c] = value + 1e-5;
      const up = reference(options).mean;
      row[c] = value - 1e-5;
      const down = reference(options).mean;
      row[c] = value;
      return (up - down) / 2e-5;
    }),
  );
}
