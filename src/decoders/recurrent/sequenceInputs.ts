import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Forcing } from '../../contracts/decoder.js';
import type { ActiveRows } from '../activeRows.js';
import type { DecoderDropout } from './dropout.js';
import type { ReadoutValues } from './layout.js';
import type { RecurrentDecoderConstants, RecurrentDecoderState } from './step.js';

/** What a batch is trained on. */
export interface SequenceInputs {
  /** What is fed where it is forced: ids `[batch, time]` int32, or frames `[batch, time, features]`. */
  readonly reference: Tensor;
  readonly teacherForcingMask: Forcing;
  /** `[batch, time]` float32. */
  readonly mask: Tensor2D;
  /** Which rows are worked on at each step. */
  readonly active: ActiveRows;
  readonly state: RecurrentDecoderState;
  readonly constants: RecurrentDecoderConstants;
  readonly dropout: DecoderDropout | null;
  /** Whether the attention's own dropout is on. */
  readonly training: boolean;
}

/**
 * What the output projection can read, but for the summary: `[tokens, size]`, or `null` if it is not there.
 */
export type SequenceOutputs = Omit<ReadoutValues, 'summary'>;
