import { concat, expandDims, ones, squeeze, tanh } from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Attention, PreparedMemory } from '../../contracts/attention.js';
import type { LayerState } from '../../contracts/context.js';
import { linear } from '../../ops/linear.js';
import { recurrentLayers, type RecurrentLayerWeights } from '../../ops/recurrent/recurrentLayers.js';
import type { InputPart, ReadoutValues } from './layout.js';
import type { RecurrentDecoderParts } from './parts.js';

/** What changes from step to step. */
export type RecurrentDecoderState = {
  readonly layers: readonly LayerState[];
  /** The attentional vector of the last step, where it is fed. */
  readonly attentional: Tensor2D | null;
};

/** What stays for a sentence. */
export type RecurrentDecoderConstants = {
  readonly summary: Tensor2D | null;
  readonly memory: PreparedMemory | null;
};

/** What one step reads. */
export interface StepInputs {
  /** What is read of the previous token or frame, `[batch, previousSize]`. */
  readonly previous: Tensor2D | null;
  readonly state: RecurrentDecoderState;
  readonly constants: RecurrentDecoderConstants;
  /** Projects what the first layer reads: `[batch, gates * units]`. */
  readonly project: (
    weights: RecurrentLayerWeights,
    values: Readonly<Record<InputPart, Tensor2D | null>>,
  ) => Tensor2D;
  /** `[batch, 1]`; all real if absent. */
  readonly mask?: Tensor2D;
  /** What happens to the output of a layer before the next one reads it. */
  readonly between?: (output: Tensor3D, layer: number) => Tensor3D;
  /** Whether the attention's own dropout is on; off if absent. */
  readonly training?: boolean;
}

/** What one step gives. */
export interface StepOutputs {
  /** What the output projection can read. */
  readonly readout: ReadoutValues;
  readonly state: RecurrentDecoderState;
  /** The attention's, `[batch, sourceTime]`. */
  readonly weights: Tensor2D | null;
}

/**
 * One step of a recurrent decoder. An attention before the cell is that of Bahdanau et al. 2015, A.2.2: the
 * query is the state before the step. One after the cell is that of Luong et al. 2015, eq. 5:
 * `h̃ = tanh(W [c; h])`.
 */
export function recurrentDecoderStep(parts: RecurrentDecoderParts, inputs: StepInputs): StepOutputs {
  const { layout } = parts;
  const { previous, state, constants, training = false } = inputs;
  const attend = (query: Tensor2D): AttendedStep => attendStep(parts, query, constants, training);

  let attended = layout.order === 'before-cell' ? attend((state.layers.at(-1) as LayerState).h) : null;
  const values = {
    previous,
    summary: constants.summary,
    attention: attended?.context ?? null,
    attentional: state.attentional,
  };
  const batch = (state.layers[0] as LayerState).h.shape[0];
  const { output, states } = recurrentLayers(parts.stack, parts.cell, {
    project: (weights) => expandDims(inputs.project(weights, values), 1),
    mask: inputs.mask ?? ones([batch, 1]),
    initial: state.layers,
    ...(inputs.between === undefined ? {} : { between: inputs.between }),
  });
  let result = squeeze(output, [1]) as Tensor2D;
  if (layout.order === 'after-cell') {
    attended = attend(result);
    result = attentionalVector(parts, attended.context, result);
  }
  return {
    readout: {
      output: result,
      previous,
      summary: constants.summary,
      attention: attended?.context ?? null,
    },
    state: { layers: states, attentional: layout.inputFeeding ? result : null },
    weights: attended?.weights ?? null,
  };
}

/** What one query a row finds in the memory. */
interface AttendedStep {
  /** `[batch, contextSize]` */
  readonly context: Tensor2D;
  /** `[batch, sourceTime]` */
  readonly weights: Tensor2D;
}

/** Attends to the memory with one query a row, `[batch, units]`. */
export function attendStep(
  { attention }: RecurrentDecoderParts,
  query: Tensor2D,
  { memory }: RecurrentDecoderConstants,
  training: boolean,
): AttendedStep {
  const found = (attention as Attention).attend(expandDims(query, 1), memory as PreparedMemory, { training });
  return { context: squeeze(found.context, [1]), weights: squeeze(found.weights, [1]) };
}

/** Luong et al. 2015, eq. 5: `h̃ = tanh(W [c; h])`, `[rows, units]`. */
export function attentionalVector(
  { combine }: RecurrentDecoderParts,
  context: Tensor2D,
  output: Tensor2D,
): Tensor2D {
  return tanh(linear(concat([context, output], 1), combine as Tensor2D));
}
