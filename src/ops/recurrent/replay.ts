import { concat, customGrad, matMul, reshape, sum, zeros } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { checkRecurrentInputs } from './checkInputs.js';
import { linear } from '../linear.js';
import { differentiableRecurrence, recurrentOperands, runRecurrence, unbundled } from './operation.js';
import { recurrentSequence } from './recurrentSequence.js';
import type { RecurrentRun } from './recurrentLayers.js';

/** What the forward pass of a layer over some steps leaves for its gradient. */
export interface RecurrentRecord {
  /** `[rows, steps, units]` */
  readonly output: Tensor3D;
  /** What `RECURRENT` returns of these names: `[rows, steps, …]`, or nothing, `[0]`. */
  readonly states: Tensor;
  readonly gates: Tensor;
}

/**
 * A forward pass off the tape that keeps its outputs and, if there will be a gradient, what that needs.
 *
 * @param records takes one a layer
 */
export function recordingRun(records: RecurrentRecord[], forGradient: boolean): RecurrentRun {
  return {
    linear,
    sequence(inputs, { cell, reverse }) {
      if (!forGradient) {
        const result = recurrentSequence(inputs, { cell, reverse });
        const nothing = zeros([0]);
        records.push({ output: result.output, states: nothing, gates: nothing });
        return result;
      }
      const operands = recurrentOperands(inputs);
      const made = runRecurrence(operands, { cell, reverse, training: true });
      const [bundle, states, gates] = made as [Tensor3D, Tensor, Tensor];
      const result = unbundled(bundle, inputs.mask);
      records.push({ output: result.output, states, gates });
      return result;
    },
  };
}

/** One record of runs that came one after the other. */
export function joinRecords(parts: readonly RecurrentRecord[]): RecurrentRecord {
  const join = <T extends Tensor>(tensors: T[]): T =>
    (tensors.some(({ rank }) => rank === 1) ? tensors[0] : concat(tensors, 1)) as T;
  return {
    output: join(parts.map(({ output }) => output)),
    states: join(parts.map(({ states }) => states)),
    gates: join(parts.map(({ gates }) => gates)),
  };
}

/** A pass for the gradient alone: the forward pass was recorded, and is not computed again. */
export function replayingRun(records: readonly RecurrentRecord[]): RecurrentRun {
  return {
    linear: unreadLinear,
    sequence(inputs, attributes, layer) {
      checkRecurrentInputs('recurrentSequence', attributes.cell, inputs);
      const { output, states, gates } = records[layer] as RecurrentRecord;
      const [batch, , units] = output.shape;
      return differentiableRecurrence(recurrentOperands(inputs), attributes, () => {
        const state = zeros([batch, inputs.initial.c === undefined ? 1 : 2, units]); // nobody reads it
        return [concat([output, state], 1), states, gates];
      });
    },
  };
}

/** `linear` whose value nobody reads: zeros, with the gradient of the real one. */
export function unreadLinear<T extends Tensor>(x: T, weight: Tensor2D, bias?: Tensor1D | null): T {
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
