import {
  customGrad,
  expandDims,
  mul,
  sum,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { mismatch } from '../../core/errors.js';
import { finiteNumber, oneOf, readOptions, unchecked } from '../../core/options.js';
import {
  checkCrossEntropy,
  countedTargets,
  logNormalizers,
  rowGradients,
  rowLosses,
  rowScales,
} from './rows.js';
import type { CrossEntropyOptions, Reduction } from './rows.js';

/** What {@link softmaxCrossEntropy} reads. */
export interface SoftmaxCrossEntropyOptions<R extends Reduction = Reduction> extends CrossEntropyOptions {
  /** Unnormalised log-probabilities, `[n, classes]`. */
  readonly logits: Tensor2D;
  /** `mean` divides by the sum of the counted rows' class weights. Default `mean`. */
  readonly reduction?: R;
}

/**
 * Cross-entropy of logits against class ids, as PyTorch's `CrossEntropyLoss` defines it:
 * `l = (1 - e) w_y (-log p_y) + e/V Σ_c w_c (-log p_c)`, 0 where the mask is 0. Differentiable in the logits.
 *
 * Where an output projection makes the logits, `projectedCrossEntropy` does the same without holding them
 * all. Targets outside the classes are not looked for: that would read every id back from the device.
 *
 * @returns a scalar, or `[n]` with reduction `none`; the caller owns it. `mean` over no row at all is NaN.
 * @throws `invalid-shape` where sizes or dtypes disagree, `invalid-option` for unknown names or values
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 * import { softmaxCrossEntropy } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const logits = tensor2d([[2, 0, 0], [0, 3, 0]]);
 * const targets = tensor1d([0, 1], 'int32');
 * const loss = softmaxCrossEntropy({ logits, targets, labelSmoothing: 0.1 });
 * console.log((await loss.data())[0]?.toFixed(4)); // 0.3339
 * ```
 */
export function softmaxCrossEntropy(
  options: SoftmaxCrossEntropyOptions<'none'> & { reduction: 'none' },
): Tensor1D;
export function softmaxCrossEntropy(options: SoftmaxCrossEntropyOptions<'mean' | 'sum'>): Scalar;
export function softmaxCrossEntropy(options: SoftmaxCrossEntropyOptions): Scalar | Tensor1D;
export function softmaxCrossEntropy(options: SoftmaxCrossEntropyOptions): Scalar | Tensor1D {
  const name = 'softmaxCrossEntropy';
  const read = readOptions(name, options, {
    logits: [unchecked],
    targets: [unchecked],
    mask: [unchecked, undefined],
    labelSmoothing: [finiteNumber({ min: 0, max: 1 }), 0],
    classWeights: [unchecked, undefined],
    reduction: [oneOf(['mean', 'sum', 'none']), 'mean'],
  });
  const { logits, reduction } = read;
  if (logits.rank !== 2) {
    throw mismatch('invalid-shape', {
      where: name,
      expected: 'logits of shape [rows, classes]',
      received: logits.shape,
    });
  }
  checkCrossEntropy(name, ...logits.shape, read);

  return tidy(() => {
    const targets = countedTargets(read);
    const scales = rowScales(targets, read, reduction);
    const losses = customGrad((x: unknown, save: unknown) => {
      const input = x as Tensor2D;
      const normalizers = logNormalizers(input);
      (save as (tensors: Tensor[]) => void)([input, normalizers, targets, scales]);
      return {
        value: rowLosses(input, normalizers, targets, scales, read),
        gradFunc: (dy: Tensor, saved: Tensor[]) => {
          const gradients = rowGradients(...(saved as [Tensor2D, Tensor1D, Tensor1D, Tensor1D]), read);
          return mul(gradients, expandDims(dy, 1));
        },
      };
    })(logits) as Tensor1D;
    return reduction === 'none' ? losses : sum(losses);
  });
}
