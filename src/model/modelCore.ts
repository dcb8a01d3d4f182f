import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { mismatch, Seq2SeqError } from '../core/errors.js';
import type { Batch } from '../contracts/batch.js';
import type { ForwardOptions } from '../contracts/block.js';
import type { Context } from '../contracts/context.js';
import type { Forcing } from '../contracts/decoder.js';
import type { EncodeOptions } from '../contracts/encoder.js';
import { gatherTokens, realTokens } from '../ops/realTokens.js';
import type { Loss } from '../training/losses/crossEntropy.js';
import type { AssembledBlocks } from './assemble.js';
import type { ModelParts, TargetSide, TextSide } from './modelParts.js';

/** What the functions of a model share: its description, its blocks, and whether they are still there. */
export interface ModelCore<Target extends TargetSide = TextSide> {
  readonly parts: ModelParts<Target>;
  readonly blocks: AssembledBlocks;
  readonly isDisposed: () => boolean;
  /** What goes on right now: one `fit` at a time. */
  readonly running: { fit: boolean };
}

/** @throws `disposed` after `dispose()` */
export function checkAlive(where: string, { isDisposed }: Pick<ModelCore, 'isDisposed'>): void {
  if (isDisposed()) {
    throw new Seq2SeqError(
      'disposed',
      `${where}: the model was used after dispose(). Build or load it again.`,
    );
  }
}

/**
 * Refuses to touch the weights while `fit` runs: its optimizer would go on from others than it knows.
 *
 * @throws `invalid-input`
 */
export function checkIdle(where: string, { running }: Pick<ModelCore, 'running'>): void {
  if (!running.fit) return;
  throw mismatch('invalid-input', {
    where,
    expected: 'a model that nothing trains',
    received: 'one whose fit still runs',
    hint: 'Await it first.',
  });
}

/** Encoder and bridge: the context that the decoder starts from. Call it inside a `tf.tidy`. */
export function readSource(
  { blocks }: Pick<ModelCore, 'blocks'>,
  source: Tensor,
  mask: Tensor2D,
  options?: EncodeOptions,
): Context {
  return blocks.bridge.forward(blocks.encoder.forward(source, mask, options));
}

/**
 * The features of every real target position, and the ids or frames they should predict.
 * Call it inside a `tf.tidy`.
 */
export function readBatch<T extends Tensor1D | Tensor2D = Tensor1D>(
  core: Pick<ModelCore, 'blocks'>,
  batch: Batch,
  teacherForcingMask: Forcing,
  options?: ForwardOptions,
): { features: Tensor2D; targets: T } {
  const context = readSource(core, batch.source, batch.sourceMask, {
    ...options,
    lengths: batch.sourceLengths,
  });
  const features = core.blocks.decoder.features(batch, context, teacherForcingMask, options);
  const { targetOutput, targetLengths } = batch;
  const real = realTokens(targetLengths, targetOutput.shape[1] as number);
  return { features, targets: gatherTokens<T>(targetOutput, real) };
}

/** The training loss of a batch. */
export function batchLoss(
  core: ModelCore,
  batch: Batch,
  teacherForcingMask: Forcing,
  loss: Loss,
  options?: ForwardOptions,
): Scalar {
  const { features, targets } = readBatch(core, batch, teacherForcingMask, options);
  return loss({ features, targets, ...core.blocks.decoder.projection() });
}

/** How many real target tokens, or frames, a batch has. */
export function countTokens({ targetLengths }: Batch): number {
  return targetLengths.reduce((sum, length) => sum + length, 0);
}
