import type { Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { Attention } from '../../contracts/attention.js';
import type { DecoderWiring } from '../../contracts/decoder.js';
import { uniformInitializer, type ParameterSet } from '../../core/parameters.js';
import { addEmbedding } from '../../modules/embedding.js';
import { recurrentCell } from '../../modules/recurrentOptions.js';
import { addRecurrentParameters } from '../../modules/recurrentStack.js';
import type { RecurrentCell } from '../../ops/recurrent/cells.js';
import type { RecurrentStack } from '../../ops/recurrent/recurrentLayers.js';
import { targetAdapter, type TargetAdapter } from '../targetAdapter.js';
import { recurrentDecoderLayout, type RecurrentDecoderLayout } from './layout.js';
import { WHERE, type RecurrentDecoderConfig } from './options.js';

/** Everything that a built recurrent decoder computes with. */
export interface RecurrentDecoderParts {
  readonly layout: RecurrentDecoderLayout;
  /** How the target is read and predicted. */
  readonly target: TargetAdapter;
  readonly attention: Attention | null;
  readonly cell: RecurrentCell;
  readonly stack: RecurrentStack;
  /** W of `h̃ = tanh(W [c; h])`, `[units, contextSize + units]`, where an attention stands after the cell. */
  readonly combine: Tensor2D | null;
  /** The output projection: `weight` `[outputSize, featureSize]`, `bias` `[outputSize]`. */
  readonly projection: { readonly weight: Tensor2D; readonly bias: Tensor1D };
}

/**
 * Builds the attention and adds the decoder's own parameters.
 *
 * @throws `incompatible-parts` where the neighbours do not fit
 */
export function addRecurrentDecoderParts(
  parameters: ParameterSet,
  config: RecurrentDecoderConfig,
  wiring: DecoderWiring,
): RecurrentDecoderParts {
  const { memorySize, random, budget } = wiring;
  const { units, layers } = config;
  const attention =
    wiring.attention === null
      ? null
      : parameters.adopt(
          'attention',
          wiring.attention.spec.build({ querySize: units, memorySize, random, budget }),
        );
  const layout = recurrentDecoderLayout(config, wiring, attention?.contextSize ?? 0);
  const { inputSize, featureSize, embeddingSize, contextSize } = layout;
  const embedding =
    wiring.target.kind === 'tokens' && embeddingSize !== null
      ? addEmbedding(parameters, wiring.target.vocabSize, embeddingSize, random)
      : null;
  const target = targetAdapter(WHERE, wiring.target, embedding);
  const cell = recurrentCell(config);
  const sizes = { cell, inputSize, units, layers, bidirectional: false };
  const stack = addRecurrentParameters(parameters, sizes, random);

  const draw = (columns: number) => uniformInitializer(random, 1 / Math.sqrt(columns));
  const addMatrix = (name: string, rows: number, columns: number): Variable & Tensor2D =>
    parameters.add(name, [rows, columns], draw(columns));
  const combine =
    layout.order === 'after-cell' ? addMatrix('combine.weight', units, contextSize + units) : null;
  const weight = config.tieEmbeddings
    ? (embedding as Tensor2D)
    : addMatrix('fc_out.weight', target.outputSize, featureSize);
  const bias = parameters.add<Variable & Tensor1D>('fc_out.bias', [target.outputSize], draw(featureSize));
  return { layout, target, attention, cell, stack, combine, projection: { weight, bias } };
}
