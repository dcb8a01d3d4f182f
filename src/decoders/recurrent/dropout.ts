import { mul, slice, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Random } from '../../core/random.js';
import { dropoutMask, dropoutSeed } from '../../ops/dropoutMask.js';
import type { RecurrentDecoderConfig } from './options.js';

/** The dropout masks of one batch. They are drawn once, so that sampling and training see the same ones. */
export interface DecoderDropout {
  /** `[batch, time, embeddingSize]`; frames are read whole. */
  readonly previous: Tensor3D | null;
  /** One a gap between layers, `[batch, time, units]`. */
  readonly between: readonly Tensor3D[];
}

/**
 * Draws the masks of one batch.
 *
 * @param embeddingSize width of the embeddings, where there are any
 * @returns `null` where nothing is dropped
 */
export function drawDropout(
  [batch, time]: [number, number],
  { dropout, layers, units }: RecurrentDecoderConfig,
  embeddingSize: number | null,
  random: Random,
): DecoderDropout | null {
  if (dropout === 0) return null;
  const draw = (width: number): Tensor3D =>
    dropoutMask([batch, time, width], dropout, dropoutSeed(random)) as Tensor3D;
  return {
    previous: embeddingSize === null ? null : draw(embeddingSize),
    between: Array.from({ length: layers - 1 }, () => draw(units)),
  };
}

/** Drops elements of the steps from `t` on, `[rows, steps, size]`, by a sequence's mask. */
export function dropoutAt(value: Tensor3D, mask: Tensor3D | null | undefined, t: number): Tensor3D {
  if (mask === null || mask === undefined) return value;
  return mul(value, slice(mask, [0, t, 0], value.shape));
}
