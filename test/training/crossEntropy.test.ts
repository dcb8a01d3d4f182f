import '@tensorflow/tfjs-backend-cpu';
import {
  add,
  matMul,
  memory,
  setBackend,
  tensor1d,
  tensor2d,
  tidy,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { softmaxCrossEntropy } from '../../src/ops/crossEntropy/softmaxCrossEntropy.js';
import { computeGradients } from '../../src/training/computeGradients.js';
import { crossEntropy } from '../../src/training/losses/crossEntropy.js';
import { disposeTensors } from '../../src/core/containers.js';
import { expectValues } from '../support/closeTo.js';
import { variableOf } from '../support/variableOf.js';

beforeAll(() => setBackend('cpu'));

describe('crossEntropy', () => {
  it.each([
    ['plain', {}],
    ['smoothed and weighted', { labelSmoothing: 0.2, classWeights: [1, 0.5, 2] }],
  ])(
    'is the mean over the tokens that count, %s',
    (_, options: { labelSmoothing?: number; classWeights?: number[] }) => {
      const before = memory().numTensors;
      const features = variableOf<never>([
        [1, 2],
        [3, 4],
        [-1, 0.5],
      ]);
      const inputs = {
        features,
        weight: tensor2d([
          [1, 0],
          [0, 1],
          [0.5, -1],
        ]),
        bias: tensor1d([0.1, 0, -0.1]),
        targets: tensor1d([2, 1, 0], 'int32'),
        mask: tensor1d([1, 1, 0]),
      };
      const { loss, gradients } = computeGradients(() => crossEntropy(options)(inputs), { features });
      const logits: Tensor2D = tidy(() => add(matMul(features, inputs.weight, false, true), inputs.bias));
      const { targets, mask } = inputs;
      const classWeights = options.classWeights && tensor1d(options.classWeights);
      const labelSmoothing = options.labelSmoothing ?? 0;
      const expected = softmaxCrossEntropy({ logits, targets, mask, classWeights, labelSmoothing });
      expectValues(loss.dataSync(), expected.dataSync());
      expectValues((gradients['features'] as Tensor2D).dataSync().slice(4), [0, 0]);
      disposeTensors([inputs, features, loss, gradients, logits, expected, classWeights]);
      expect(memory().numTensors).toBe(before);
    },
  );

  it('refuses what does not fit', () => {
    expect(() => crossEntropy({ smoothing: 0.1 } as never)).toThrow('received "smoothing"');
    expect(() => crossEntropy({ labelSmoothing: 2 })).toThrow('labelSmoothing');
    expect(() => crossEntropy({ classWeights: [] })).toThrow('classWeights, one a class');
    expect(() => crossEntropy({ classWeights: [1, -1] })).toThrow('classWeights[1]');
  });
});
