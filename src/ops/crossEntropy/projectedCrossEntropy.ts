import { add, concat, customGrad, matMul, slice, sum, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { addAll } from '../../core/addAll.js';
import { checkFloats } from '../../core/checkFloats.js';
import { recordingGradients, runKernel, type KernelDefinition } from '../../core/engine.js';
import { finiteNumber, oneOf, readOptions, unchecked } from '../../core/options.js';
import { scaled } from './scaled.js';
import {
  checkCrossEntropy,
  countedTargets,
  logNormalizers,
  rowGradients,
  rowLosses,
  rowScales,
} from './rows.js';
import type { CrossEntropyOptions } from './rows.js';

/** What {@link projectedCrossEntropy} reads. */
export interface ProjectedCrossEntropyOptions extends CrossEntropyOptions {
  /** What the output projection reads, `[n, size]`. */
  readonly features: Tensor2D;
  /** `[vocabulary, size]` */
  readonly weight: Tensor2D;
  /** `[vocabulary]` */
  readonly bias: Tensor1D;
  /** `mean` divides by the sum of the counted rows' class weights. Default `mean`. */
  readonly reduction?: 'mean' | 'sum';
}

/**
 * Output projection, softmax cross-entropy and all their gradients in one pass.
 *
 * Inputs: `features` `[n, size]`, `weight` `[vocabulary, size]`, `bias`, `targets` `[n]` int32, `scales`
 * `[n]` and optional `classWeights`. Rows of scale 0 count for nothing, whatever they hold. Attributes:
 * `labelSmoothing`, `training`. Outputs: the scalar `Σ scale * l`, and when training its gradients for
 * `features`, `weight` and `bias`.
 */
export const PROJECTED_CROSS_ENTROPY: KernelDefinition = {
  name: 'Seq2SeqProjectedCrossEntropy',
  compose: ({ inputs, attrs }) => {
    const { labelSmoothing, training } = attrs as unknown as { labelSmoothing: number; training: boolean };
    return tidy(() => compose(inputs as unknown as KernelInputs, labelSmoothing, training));
  },
};

interface KernelInputs {
  readonly features: Tensor2D;
  readonly weight: Tensor2D;
  readonly bias: Tensor1D;
  readonly targets: Tensor1D;
  readonly scales: Tensor1D;
  readonly classWeights?: Tensor1D;
}

/** Logits that may stand in memory at once. */
export const CHUNK_ELEMENTS: number = 2_000_000;

/**
 * The mean (or summed) cross-entropy of `softmax(features Wᵀ + b)` against class ids, by PyTorch's definition
 * (see `softmaxCrossEntropy`), as one operation. The logits exist only a chunk of rows at a time, and their
 * gradients are made in the same pass. Differentiable in `features`, `weight` and `bias`.
 *
 * @returns a scalar that the caller owns. `mean` over no row at all is NaN.
 * @throws `invalid-shape` where sizes or dtypes disagree, `invalid-option` for unknown names or values
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 * import { projectedCrossEntropy } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const features = tensor2d([[1, 2], [3, 4]]); // two tokens
 * const weight = tensor2d([[1, 0], [0, 1], [1, 1]]); // a vocabulary of three
 * const bias = tensor1d([0, 0, 0]);
 * const targets = tensor1d([2, 1], 'int32');
 * const loss = projectedCrossEntropy({ features, weight, bias, targets });
 * console.log((await loss.data())[0]?.toFixed(4)); // 1.7386
 * ```
 */
export function projectedCrossEntropy(options: ProjectedCrossEntropyOptions): Scalar {
  const name = 'projectedCrossEntropy';
  const read = readOptions(name, options, {
    features: [unchecked],
    weight: [unchecked],
    bias: [unchecked],
    targets: [unchecked],
    mask: [unchecked, undefined],
    labelSmoothing: [finiteNumber({ min: 0, max: 1 }), 0],
    classWeights: [unchecked, undefined],
    reduction: [oneOf(['mean', 'sum']), 'mean'],
  });
  const { features, weight, bias, classWeights, labelSmoothing, reduction } = read;
  const [classes, size] = weight.shape;
  const rows = features.shape[0];
  const floats = { features, weight, bias };
  checkFloats(name, floats, { features: [rows, size], weight: [classes, size], bias: [classes] });
  checkCrossEntropy(name, rows, classes, read);

  const training = recordingGradients();
  return tidy(() => {
    const targets = countedTargets(read);
    const scales = rowScales(targets, read, reduction);
    const constants = classWeights === undefined ? { targets, scales } : { targets, scales, classWeights };
    const loss = customGrad((...all: unknown[]) => {
      const [features, weight, bias, save] = all as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void];
      const inputs = { features, weight, bias, ...constants };
      const outputs = runKernel<Tensor[]>(PROJECTED_CROSS_ENTROPY, inputs, { labelSmoothing, training });
      save(outputs.slice(1));
      return {
        value: outputs[0] as Scalar,
        gradFunc: (dy: Tensor, saved: Tensor[]) => saved.map((gradient) => scaled(gradient, dy as Scalar)),
      };
    });
    return loss(features, weight, bias) as Scalar;
  });
}

function compose(inputs: KernelInputs, labelSmoothing: number, training: boolean): Tensor[] {
  const { features, weight, bias, targets, scales, classWeights } = inputs;
  const rows = features.shape[0];
  const step = Math.max(1, Math.floor(CHUNK_ELEMENTS / weight.shape[0]));
  const losses: Scalar[] = [];
  const dFeatures: Tensor2D[] = [];
  let dWeight: Tensor2D | null = null;
  let dBias: Tensor1D | null = null;
  for (let start = 0; start < rows; start += step) {
    const count = Math.min(step, rows - start);
    const [loss, ...gradients] = tidy(() => {
      const x = slice(features, [start, 0], [count, -1]);
      const y = slice(targets, start, count);
      const scale = slice(scales, start, count);
      const logits: Tensor2D = add(matMul(x, weight, false, true), bias); // [count, vocabulary]
      const normalizers = logNormalizers(logits);
      const options = { targets: y, labelSmoothing, classWeights };
      const loss = sum(rowLosses(logits, normalizers, y, scale, options));
      if (!training) return [loss];
      const d = rowGradients(logits, normalizers, y, scale, options);
      return [loss, matMul(d, weight), matMul(d, x, true), sum(d, 0)];
    }) as [Scalar] | [Scalar, Tensor2D, Tensor2D, Tensor1D];
    losses.push(loss);
    if (gradients.length === 0) continue;
    dFeatures.push(gradients[0]);
    dWeight = accumulate(dWeight, gradients[1]);
    dBias = accumulate(dBias, gradients[2]);
  }
  const total = losses.length === 1 ? (losses[0] as Scalar) : addAll(losses);
  if (dWeight === null || dBias === null) return [total];
  return [total, dFeatures.length === 1 ? (dFeatures[0] as Tensor2D) : concat(dFeatures, 0), dWeight, dBias];
}

/** Adds, and frees what was added, so that the chunks do not pile up. */
function accumulate<T extends Tensor>(total: T | null, part: T): T {
  if (total === null) return part;
  const next = add(total, part) as T;
  total.dispose();
  part.dispose();
  return next;
}
