import { tensor1d, tidy, type Scalar, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { mismatch } from '../../core/errors.js';
import { finiteNumber, readOptions } from '../../core/options.js';
import { projectedCrossEntropy } from '../../ops/crossEntropy/projectedCrossEntropy.js';

/** What a loss reads: features at the tokens that count, the output projection, and the right ids. */
export interface LossInputs {
  /** `[tokens, featureSize]`, such as `decoder.features(…)` returns. */
  readonly features: Tensor2D;
  /** The output projection, `[vocabulary, featureSize]`. */
  readonly weight: Tensor2D;
  /** `[vocabulary]` */
  readonly bias: Tensor1D;
  /** `[tokens]` int32 */
  readonly targets: Tensor1D;
  /** `[tokens]` float32, 1 = counts. Default: every row does. */
  readonly mask?: Tensor1D;
}

/** A differentiable training loss: one number for a batch, which the caller owns. */
export type Loss = (inputs: LossInputs) => Scalar;

/** Options of {@link crossEntropy}. */
export interface CrossEntropyLossOptions {
  /** Mass that each target gives to all classes evenly (Szegedy et al. 2016, §7), in [0, 1]. Default 0. */
  readonly labelSmoothing?: number;
  /** A weight for each id of the vocabulary, at least 0. Default: all 1. */
  readonly classWeights?: readonly number[];
}

/**
 * Cross-entropy, the mean over real tokens, as PyTorch's `CrossEntropyLoss`. The vocabulary projection is
 * part of it, so that a hand-written loop is as fast as `fit`. See `projectedCrossEntropy`.
 *
 * @throws `invalid-option` for unknown names or values
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 * import { crossEntropy } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const loss = crossEntropy({ labelSmoothing: 0.1 });
 * const value = loss({
 *   features: tensor2d([[1, 2], [3, 4]]), // two tokens
 *   weight: tensor2d([[1, 0], [0, 1], [1, 1]]), // a vocabulary of three
 *   bias: tensor1d([0, 0, 0]),
 *   targets: tensor1d([2, 1], 'int32'),
 * });
 * console.log((await value.data())[0]);
 * ```
 */
export function crossEntropy(options: CrossEntropyLossOptions = {}): Loss {
  const { labelSmoothing, classWeights } = readOptions('crossEntropy', options, {
    labelSmoothing: [finiteNumber({ min: 0, max: 1 }), 0],
    classWeights: [oneWeightAClass, undefined],
  });
  if (classWeights === undefined) return (inputs) => projectedCrossEntropy({ ...inputs, labelSmoothing });
  return (inputs) =>
    tidy(() => projectedCrossEntropy({ ...inputs, labelSmoothing, classWeights: tensor1d(classWeights) }));
}

function oneWeightAClass(where: string, name: string, value: unknown): number[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw mismatch('invalid-option', { where, expected: `${name}, one a class`, received: value });
  }
  return value.map((weight, id) => finiteNumber({ min: 0 })(where, `${name}[${id}]`, weight));
}
