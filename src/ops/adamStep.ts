import { add, div, mul, sqrt, square, sub, tidy, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { checkFloats } from '../core/checkFloats.js';
import { runKernel, type KernelDefinition } from '../core/engine.js';

/** The numbers of one Adam step; `correction` is `1 - beta^t` of each moment. */
export type AdamStepAttributes = Readonly<
  Record<'learningRate' | 'beta1' | 'beta2' | 'epsilon' | 'correction1' | 'correction2', number>
>;

/** What one Adam step reads; all but `scale` have the parameter's shape. */
export interface AdamStepInputs {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  readonly m: Tensor;
  readonly v: Tensor;
  /** A factor for the gradient, such as that of clipping. */
  readonly scale: Scalar;
}

/**
 * One Adam step (Kingma & Ba 2015, algorithm 1). Outputs `[parameter', m', v']`, which may use the inputs'
 * memory.
 */
export const ADAM_STEP: KernelDefinition = {
  name: 'Seq2SeqAdam',
  compose: ({ inputs, attrs }) =>
    tidy(() => compose(inputs as unknown as AdamStepInputs, attrs as AdamStepAttributes)),
};

/**
 * Runs {@link ADAM_STEP}. The caller owns the result, and must use neither `parameter`, `m` nor `v`
 * afterwards.
 *
 * @throws `invalid-shape` where shapes disagree or a tensor is not float32
 */
export function adamStep(inputs: AdamStepInputs, attributes: AdamStepAttributes): [Tensor, Tensor, Tensor] {
  const { shape } = inputs.parameter;
  const floats = { ...inputs };
  checkFloats('adam', floats, { parameter: shape, gradient: shape, m: shape, v: shape, scale: [] });
  return runKernel<Tensor[]>(ADAM_STEP, floats, { ...attributes }) as [Tensor, Tensor, Tensor];
}

function compose(inputs: AdamStepInputs, attributes: AdamStepAttributes): Tensor[] {
  const { parameter, scale } = inputs;
  const { learningRate, beta1, beta2, epsilon, correction1, correction2 } = attributes;
  const gradient = mul(inputs.gradient, scale);
  const m = add(mul(inputs.m, beta1), mul(gradient, 1 - beta1));
  const v = add(mul(inputs.v, beta2), mul(square(gradient), 1 - beta2));
  const deviation = add(div(sqrt(v), Math.sqrt(correction2)), epsilon);
  return [sub(parameter, div(mul(m, learningRate / correction1), deviation)), m, v];
}
