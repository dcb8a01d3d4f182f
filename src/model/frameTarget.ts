import { checkOptionNames, wholeNumber } from '../core/options.js';
import { createFrameModel, type FrameModel } from './frameModel.js';
import type { BuildOptions } from './modelBase.js';
import type { FrameSide, ModelParts } from './modelParts.js';

/** A target of frames, as {@link frameTarget} makes it. */
export interface FrameTarget extends FrameSide {
  /** Builds the model that writes them; `seq2seq()` calls it. */
  createModel(parts: Omit<ModelParts, 'target'>, options?: BuildOptions): FrameModel;
}

/**
 * What `.target(…)` takes where the model is to write frames of floats instead of text. It brings what such a model needs, so that
 * models of text need not carry it.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { frameTarget, recurrentDecoder, recurrentEncoder, seq2seq } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const model = seq2seq()
 *   .source({ features: 2 })
 *   .target(frameTarget({ features: 1 }))
 *   .encoder(recurrentEncoder({ units: 8 }))
 *   .decoder(recurrentDecoder({ units: 8 }))
 *   .build();
 * const { frames } = await model.generate([[0, 0.5], [1, 0.25]], { maxLength: 3 });
 * console.log(frames);
 * model.dispose();
 * ```
 */
export function frameTarget(side: FrameSide): FrameTarget {
  const where = 'frameTarget';
  checkOptionNames(where, side, ['features']);
  const features = wholeNumber(where, 'features', side.features);
  return {
    features,
    createModel: (parts, options) => createFrameModel({ ...parts, target: { features } }, options),
  };
}
