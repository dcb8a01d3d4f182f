import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Forcing } from '../../contracts/decoder.js';
import type { DecoderDropout } from './dropout.js';
import { fusedSequence } from './parallelSequence.js';
import type { DecoderReadout } from './options.js';
import type {
  RecurrentDecoderConstants,
  RecurrentDecoderParts,
  RecurrentDecoderState,
  StepOutputs,
} from './step.js';
import type { StepRows } from '../activeRows.js';
import { steppedSequence } from './stepwiseSequence.js';

/** What a batch is trained on. */
export interface SequenceInputs {
  /** What is fed where it is forced: ids `[batch, time]` int32, or frames `[batch, time, features]`. */
  readonly reference: Tensor;
  readonly forcing: Forcing;
  /** What is fed next where it is free, `[rows]` or `[rows, features]`. */
  readonly predict: (values: StepOutputs['parts']) => Tensor;
  /** `[batch, time]` float32. */
  readonly mask: Tensor2D;
  /** Which rows are worked on at each step. */
  readonly steps: StepRows;
  readonly state: RecurrentDecoderState;
  readonly constants: RecurrentDecoderConstants;
  readonly dropout: DecoderDropout | null;
  /** Whether the attention's own dropout is on. */
  readonly training: boolean;
}

/** For every real token, what the output projection can read: `[tokens, size]`; the summary is the constants'. */
export type SequenceOutputs = Readonly<Record<Exclude<DecoderReadout, 'summary'>, Tensor2D | null>>;

/**
 * All steps of a recurrent decoder. What is fed (scheduled sampling, Bengio et al. 2015) is the reference where it is forced, else
 * what the steps before predict; nothing flows back through that choice. Predictions are made only where one is fed.
 */
export function recurrentDecoderSequence(
  parts: RecurrentDecoderParts,
  inputs: SequenceInputs,
): SequenceOutputs {
  const { order, inputFeeding } = parts.layout;
  return order === 'before-cell' || inputFeeding
    ? steppedSequence(parts, inputs)
    : fusedSequence(parts, inputs);
}
