import '#gradients';
import { engine, zerosLike, type Scalar, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { mismatch, Seq2SeqError } from '../core/errors.js';
import type { NamedVariables } from '../core/parameters.js';

/** One tensor a parameter, by the parameter's name. */
export type NamedTensors = { readonly [name: string]: Tensor };

/** What {@link computeGradients} returns; the caller owns every tensor. */
export interface LossAndGradients {
  /** What `loss` returned. */
  readonly loss: Scalar;
  /** One a trainable parameter, of its shape. */
  readonly gradients: NamedTensors;
}

/**
 * Runs `loss` and differentiates it.
 *
 * A parameter that the loss does not reach gets zeros. Frozen parameters (`trainable` false) are left out. A
 * variable that has several names stands under its first name alone, with its whole gradient.
 *
 * @param loss makes one scalar from the parameters; it runs inside a `tf.tidy`
 * @throws `invalid-input` where no parameter is trainable; `invalid-shape` for a loss that is no scalar;
 * whatever `loss` throws, after freeing what it had made
 *
 * @example
 * ```ts
 * import { square, sum, tensor1d, variable } from '@tensorflow/tfjs-core';
 * import type { Scalar } from '@tensorflow/tfjs-core';
 * import { computeGradients } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const w = variable(tensor1d([1, 2, 3]));
 * const { loss, gradients } = computeGradients(() => sum(square(w)) as Scalar, { w });
 * console.log(await loss.data(), await gradients['w']?.data()); // 14 and 2, 4, 6
 * ```
 */
export function computeGradients(loss: () => Scalar, parameters: NamedVariables): LossAndGradients {
  const names = new Map<Variable, string>();
  for (const [name, variable] of Object.entries(parameters)) {
    if (variable.trainable && !names.has(variable)) names.set(variable, name);
  }
  const variables = [...names.keys()];
  if (variables.length === 0) {
    throw new Seq2SeqError('invalid-input', 'computeGradients: expected at least one trainable parameter.');
  }
  const checked = (): Scalar => {
    const value = loss();
    if (value.rank === 0) return value;
    const hint = 'Reduce it with mean or sum.';
    throw mismatch('invalid-shape', {
      where: 'computeGradients',
      expected: 'a scalar loss',
      received: value.shape,
      hint,
    });
  };
  const { value, grads } = taped(() => engine().gradients(checked, variables, undefined, true));
  const entries = variables.map((variable, i): [string, Tensor] => [
    names.get(variable) as string,
    (grads[i] as Tensor | undefined) ?? zerosLike(variable),
  ]);
  return { loss: value, gradients: Object.fromEntries(entries) };
}

/**
 * Frees what a failed forward pass saved for its gradient. tfjs keeps it until the backward pass, which never
 * comes.
 */
function taped<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const { state } = engine();
    if (state.gradientDepth === 0) {
      for (const node of state.activeTape ?? []) for (const tensor of node.saved ?? []) tensor.dispose();
      state.activeTape = [];
    }
    throw error;
  }
}
