import { concat, customGrad, expandDims, matMul, reshape, sum, zeros } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkRecurrentInputs } from './checkInputs.js';
import { differentiableRecurrence, recurrentOperands } from './operation.js';
import type { LayerRecord } from './recordForward.js';
import type { RecurrentRun } from './recurrentLayers.js';

/**
 * Puts a stack on the gradient tape that has run already. The value of each layer is its record. Only the
 * gradients are computed.
 *
 * @param records one a layer, of `recordForward` over the same inputs
 */
export function backwardOnly(records: readonly LayerRecord[]): RecurrentRun {
  return {
    linear: gradientOfLinear,
    sequence(inputs, { cell, reverse }, layer) {
      checkRecurrentInputs('recurrentSequence', cell, inputs);
      const record = records[layer] as LayerRecord;
      const { output, state, forGradient } = record;
      if (forGradient === null) return record;
      const last = [state.h, ...(state.c ? [state.c] : [])].map((value) => expandDims(value, 1));
      return differentiableRecurrence(recurrentOperands(inputs), { cell, reverse }, () => [
        concat([output, ...last], 1), // the bundle of `RecurrentKernels`
        forGradient.states,
        forGradient.gates,
      ]);
    },
  };
}

/**
 * The gradient of `linear`, for the products that project the input of a layer. Their values are zeros,
 * because nobody reads them: the layer takes its own value from its record.
 */
function gradientOfLinear<T extends Tensor>(x: T, weight: Tensor2D, bias?: Tensor1D | null): T {
  const [out, size] = weight.shape;
  const affine = customGrad((...all: unknown[]) => {
    const save = all.at(-1) as (tensors: Tensor[]) => void;
    const rows = reshape(x, [-1, size]);
    save([rows, weight]);
    return {
      value: zeros([...x.shape.slice(0, -1), out]),
      gradFunc: (dy: Tensor, [rows, weight]: Tensor[]) => {
        const d = reshape(dy, [-1, out]);
        const dx = reshape(matMul(d, weight as Tensor), x.shape);
        const dWeight = matMul(d, rows as Tensor, true);
        return bias ? [dx, dWeight, sum(d, 0)] : [dx, dWeight];
      },
    };
  });
  return affine(...[x, weight, ...(bias ? [bias] : [])]) as T;
}
