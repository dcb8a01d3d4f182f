import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';

/** The final state of one recurrent layer; directions are concatenated `[forward; backward]`. */
export type LayerState = {
  /** `[batch, units]` */
  readonly h: Tensor2D;
  /** The cell, `[batch, units]`, where the layer is an LSTM. */
  readonly c?: Tensor2D;
};

/** What an encoder hands over: the medium that every encoder writes and every decoder reads. */
export interface Context {
  /** One vector a source position, `[batch, sourceTime, memorySize]`; 0 at padding. */
  readonly memory: Tensor3D;
  /** `[batch, sourceTime]` float32, 1 = real, 0 = padding. */
  readonly mask: Tensor2D;
  /** The fixed-length vector c, `[batch, summarySize]`; each encoder documents how it makes it. */
  readonly summary: Tensor2D;
  /** Final recurrent states, first layer first; `null` where the encoder has none. */
  readonly state: readonly LayerState[] | null;
}

/** The form of a stack of recurrent states. */
export interface StateShape {
  /** How many {@link LayerState}s. */
  readonly layers: number;
  /** Width of `h` (and `c`) as it stands in a {@link LayerState}: both directions together. */
  readonly units: number;
  /** Whether each layer has a cell `c` (LSTM). */
  readonly cell: boolean;
}
