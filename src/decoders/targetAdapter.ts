import { argMax, cast, slice, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import type { SequenceKind } from '../contracts/encoder.js';
import { deferredEmbeddingLookup } from '../ops/deferredEmbeddingLookup.js';
import { embeddingLookup } from '../ops/embeddingLookup.js';

/** What differs between a target of tokens and one of frames: how it is fed, and what comes out. */
export interface TargetAdapter {
  /**
   * Rows of the output projection: the vocabulary, or the numbers of a frame and the logit of its being the
   * last.
   */
  readonly outputSize: number;
  /** What the network reads of ids `[...]`, or of frames `[..., features]`: `[..., size]`. */
  embed(fed: Tensor): Tensor;
  /** Makes an `embed` for inputs that become known one after the other; they share one gradient. */
  deferredEmbed(): (fed: Tensor) => Tensor;
  /** What a model that runs freely is fed next: ids `[rows]`, or frames `[rows, features]`. */
  predict(outputs: Tensor2D): Tensor;
}

/**
 * @param embedding `[vocabulary, size]`, where tokens are read at all; frames are read as they are
 * @throws `invalid-shape` from `embed` for frames of another width
 */
export function targetAdapter(
  where: string,
  target: SequenceKind,
  embedding: Tensor2D | null,
): TargetAdapter {
  if (target.kind === 'tokens') {
    return {
      outputSize: target.vocabSize,
      embed: (ids) => embeddingLookup(embedding as Tensor2D, ids),
      deferredEmbed: () => deferredEmbeddingLookup(embedding as Tensor2D),
      predict: mostProbable,
    };
  }
  const { features } = target;
  const embed = (frames: Tensor): Tensor => {
    if (frames.dtype === 'float32' && frames.shape.at(-1) === features) return frames;
    const expected = `frames of ${features} numbers, dtype float32`;
    throw mismatch('invalid-shape', { where, expected, received: `${frames.dtype} [${frames.shape}]` });
  };
  return {
    outputSize: features + 1,
    embed,
    deferredEmbed: () => embed,
    predict: (outputs) => slice(outputs, [0, 0], [-1, features]),
  };
}

/** The most probable id of each row, `[rows]`. */
export function mostProbable(logits: Tensor2D): Tensor1D {
  return cast<Tensor1D>(argMax<Tensor1D>(logits, 1), 'int32');
}
