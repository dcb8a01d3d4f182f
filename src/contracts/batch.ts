import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

/**
 * A padded batch of sentence pairs. Each target row belongs to the source row of its number. Time is as long
 * as the longest row. The lengths stay on the CPU, so that nothing is read back to gather the real tokens.
 */
export interface Batch {
  /** Ids `[batch, sourceTime]` int32, or frames `[batch, sourceTime, features]` float32. */
  readonly source: Tensor;
  /** `[batch, sourceTime]` float32, 1 = real, 0 = padding. */
  readonly sourceMask: Tensor2D;
  /** Real positions of each source row, `[batch]`. */
  readonly sourceLengths: Int32Array;
  /**
   * What the decoder is fed, `<sos> …`: ids `[batch, targetTime]` int32, or frames
   * `[batch, targetTime, features]`.
   */
  readonly targetInput: Tensor;
  /** What it should answer, `… <eos>`, of the same shape. */
  readonly targetOutput: Tensor;
  /** `[batch, targetTime]` float32, 1 = real. */
  readonly targetMask: Tensor2D;
  /** Real positions of each target row, `[batch]`, the end token counted where there is one. */
  readonly targetLengths: Int32Array;
  /** Frees every tensor of the batch; a second call does nothing. */
  dispose(): void;
}
