import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { Seq2SeqError } from '../core/errors.js';
import type { Batch } from '../contracts/batch.js';
import type { ForwardOptions } from '../contracts/block.js';
import type { Context } from '../contracts/context.js';
import type { Forcing } from '../contracts/decoder.js';
import { gatherTokens, realTokens } from '../ops/realTokens.js';
import type { Loss } from '../training/losses/crossEntropy.js';
import type { AssembledBlocks } from './assemble.js';
import type { ModelParts } from './modelParts.js';

/** What the functions of a model share: its description, its blocks, and whether they are still there. */
export interface ModelCore {
  readonly parts: ModelParts;
  readonly blocks: AssembledBlocks;
  readonly isDisposed: () => boolean;
}

/** @throws `disposed` after `dispose()` */
export function checkAlive(where: string, { isDisposed }: ModelCore): void {
  if (isDisposed()) {
    throw new Seq2SeqError(
      'disposed',
      `${where}: the model was used after dispose(). Build or load it again.`,
    );
  }
}

/** Encoder and bridge: the context that the decoder starts from. Call it inside a `tf.tidy`. */
export function readSource(
  { blocks }: ModelCore,
  source: Tensor,
  mask: Tensor2D,
  options?: ForwardOptions,
): Context {
  return blocks.bridge.forward(blocks.encoder.forward(source, mask, options));
}

/** The features of every real target token, and the ids they should predict. Call it inside a `tf.tidy`. */
export function readBatch(
  core: ModelCore,
  batch: Batch,
  forcing: Forcing,
  options?: ForwardOptions,
): { features: Tensor2D; targets: Tensor1D } {
  const context = readSource(core, batch.source, batch.sourceMask, options);
  const features = core.blocks.decoder.features(batch, context, forcing, options);
  return { features, targets: targetTokens(batch) };
}

/** The ids of every real target position, sentence by sentence, `[tokens]`. */
export function targetTokens({ targetOutput, targetLengths }: Batch): Tensor1D {
  return gatherTokens(targetOutput, realTokens(targetLengths, targetOutput.shape[1] as number));
}

/** The training loss of a batch. */
export function batchLoss(
  core: ModelCore,
  batch: Batch,
  forcing: Forcing,
  loss: Loss,
  options?: ForwardOptions,
): Scalar {
  const { features, targets } = readBatch(core, batch, forcing, options);
  return loss({ features, targets, ...core.blocks.decoder.projection() });
}

/** How many real target tokens a batch has. */
export function countTokens({ targetLengths }: Batch): number {
  return targetLengths.reduce((sum, length) => sum + length, 0);
}
