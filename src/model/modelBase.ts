import type { io } from '@tensorflow/tfjs-core';
import { nonNegativeInteger, readOptions } from '../core/options.js';
import type { NamedVariables, ParameterBudget } from '../core/parameters.js';
import { createRandom } from '../core/random.js';
import { assemble } from './assemble.js';
import { checkBackend } from '../core/engine.js';
import { checkAlive, type ModelCore } from './modelCore.js';
import type { ModelParts, TargetSide } from './modelParts.js';
import { saveModel } from './weights/saveModel.js';
import { setWeights, type NamedWeights, type SetWeightsOptions } from './weights/setWeights.js';
import { summarize, type ModelSummary } from './weights/summary.js';

/** What every model has, whatever it writes. Every method throws `disposed` after `dispose()`. */
export interface ModelBase<Target extends TargetSide> {
  /** What the model is made of. */
  readonly parts: ModelParts<Target>;
  /** All variables by name: `encoder.embedding.weight`, `decoder.fc_out.bias` …. */
  parameters(): NamedVariables;
  /** Names, shapes and sizes of the parameters. */
  summary(): ModelSummary;
  /**
   * Replaces all weights by those of another model. It may be PyTorch's: names and layouts are the same.
   * Everything is checked first, so that either all change or none.
   * Numbers are copied; the caller keeps what was given.
   *
   * @param weights every weight of `parameters()`: a float32 tensor, or `{ shape, values }` with the numbers
   * in row-major order, finite ones unless in a `Float32Array`
   * @throws `invalid-input` with a list of all names that one side lacks and all shapes that differ, or while
   * `fit` runs on the model; `invalid-option`
   *
   * @example
   * ```ts
   * import { recurrentDecoder, recurrentEncoder, seq2seq, Vocab, whitespaceTokenizer } from 'tfjs-seq2seq';
   * import { useBackend } from 'tfjs-seq2seq/backend';
   *
   * await useBackend('cpu');
   * const side = { vocab: Vocab.build([['a', 'b']]), tokenizer: whitespaceTokenizer() };
   * const untrained = seq2seq()
   *   .source(side)
   *   .target(side)
   *   .encoder(recurrentEncoder({ units: 4 }))
   *   .decoder(recurrentDecoder({ units: 4 }));
   * const model = untrained.build({ seed: 1 });
   * const copy = untrained.build({ seed: 2 });
   * copy.setWeights(model.parameters());
   *
   * // Weights whose names begin otherwise, and one that the model does not have:
   * const file = { 'module.steps': { shape: [], values: [3] } };
   * const prefixed = Object.entries(model.parameters()).map(([name, weight]) => [`module.${name}`, weight]);
   * copy.setWeights(
   *   { ...file, ...Object.fromEntries(prefixed) },
   *   { rename: (name) => (name === 'module.steps' ? null : name.replace('module.', '')) },
   * );
   * ```
   */
  setWeights(weights: NamedWeights, options?: SetWeightsOptions): void;
  /**
   * Saves weights, vocabularies, tokenizers and structure in one artifact: those of the moment of the call.
   *
   * @param urlOrHandler a tfjs URL (`indexeddb://name`, `localstorage://name`, `downloads://name`) or IO
   * handler, such as `fileSystemHandler(directory)` of `tfjs-seq2seq/node`
   * @throws `save-failed` where the disk, server or store fails (its own error is the `cause`)
   */
  save(urlOrHandler: string | io.IOHandler): Promise<io.SaveResult>;
  /** Frees all variables; a second call does nothing. */
  dispose(): void;
}

/** Options of `build`. */
export interface BuildOptions {
  /** Seeds the initial weights and dropout; a whole number from 0. Default 0. */
  readonly seed?: number;
}

/**
 * Builds and wires the blocks of a model.
 *
 * @param budget how many numbers the parameters may hold, where a file says so
 * @throws `backend-unavailable` where no backend was started;
 * `incompatible-parts` where two parts cannot work together
 */
export function createModelBase<Target extends TargetSide>(
  parts: ModelParts<Target>,
  options: BuildOptions = {},
  budget?: ParameterBudget,
): { core: ModelCore<Target>; base: ModelBase<Target> } {
  checkBackend('build');
  const { seed } = readOptions('build', options, { seed: [nonNegativeInteger, 0] });
  const blocks = assemble(parts, createRandom(seed), budget);
  let disposed = false;
  const core: ModelCore<Target> = { parts, blocks, isDisposed: () => disposed, running: { fit: false } };
  const base: ModelBase<Target> = {
    parts,
    parameters() {
      checkAlive('parameters', core);
      return blocks.parameters();
    },
    summary() {
      checkAlive('summary', core);
      return summarize(blocks.parameters());
    },
    setWeights: (weights, options) => {
      setWeights(core, weights, options);
    },
    save: (urlOrHandler) => saveModel(core, urlOrHandler),
    dispose() {
      disposed = true;
      blocks.dispose();
    },
  };
  return { core, base };
}
