import { mean, mul, reshape, squeeze } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { tidyTensors } from '../core/containers.js';
import { mismatch } from '../core/errors.js';
import { boolean, readOptions } from '../core/options.js';
import { buildBlock, uniformInitializer, type ParameterSet } from '../core/parameters.js';
import type { Unowned } from '../contracts/block.js';
import type { Context } from '../contracts/context.js';
import type { Decoder, DecoderSpec, DecoderStart, DecoderWiring } from '../contracts/decoder.js';
import { checkMemory } from '../modules/checkMemory.js';
import { checkPositions } from '../modules/positions.js';
import {
  checkHeads,
  transformerTable,
  type TransformerConfig,
  type TransformerOptions,
} from '../modules/transformerOptions.js';
import { causalMask } from '../ops/causalMask.js';
import { dropout } from '../ops/dropoutMask.js';
import { linear } from '../ops/linear.js';
import { gatherTokens, realTokens } from '../ops/realTokens.js';
import { activeRows } from './activeRows.js';
import { checkTarget } from './checkTarget.js';
import { scheduledSampling } from './scheduledSampling.js';
import { mostProbable } from './targetAdapter.js';
import {
  addDecoderStack,
  type TransformerDecoderConstants,
  type TransformerDecoderState,
} from './transformer/stack.js';

/** Options of {@link transformerDecoder}. */
export interface TransformerDecoderOptions extends TransformerOptions {
  /** Whether the output projection's matrix is the embedding's (Press & Wolf 2017). Default false. */
  readonly tieEmbeddings?: boolean;
}

const WHERE = 'transformerDecoder';

/**
 * A transformer decoder (Vaswani et al. 2017, §3): causal self-attention, attention over the memory,
 * feed-forward.
 *
 * It is trained in one pass under a causal mask. Generation keeps the keys and values of what was decoded, so
 * that a step costs one token and not the prefix. Those of the source are projected once. Training may feed a
 * model's own predictions: they are then chosen first, step by step, without gradient and dropout (two
 * passes, Mihaylova & Martins 2019). It reads the memory alone: it has no recurrent state and leaves the
 * summary aside. It brings its own attention. A step returns its weights in the last layer, the mean of the
 * heads.
 *
 * Parameters, as PyTorch names them:
 *
 * - `embedding.weight`, N(0, 1/width), times √width in use; `positions.weight` where learned
 * - `layers.0.self_attn.in_proj_weight`, `layers.0.multihead_attn.…`, `layers.0.linear1.weight`,
 *   `layers.0.norm1.weight`, …: Xavier-uniform as in `nn.Transformer`
 * - `norm.weight`, `norm.bias`, `fc_out.weight` (unless tied), `fc_out.bias`
 *
 * @throws `invalid-option` for a wrong option, such as heads that do not divide the width;
 * `incompatible-parts` from `build` for a target of frames or a second attention; `invalid-input` past the
 * last learned position, where a search ends by itself
 * @example
 * ```ts
 * import { createRandom, transformerDecoder } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, tensor1d, zeros } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const decoder = transformerDecoder({ width: 8, heads: 2, layers: 1 }).build({
 *   target: { kind: 'tokens', vocabSize: 20, padId: 0 },
 *   memorySize: 6,
 *   summarySize: 6,
 *   attention: null,
 *   random: createRandom(1),
 * });
 * const { state, constants } = decoder.start({
 *   memory: ones([1, 3, 6]),
 *   mask: ones([1, 3]),
 *   summary: zeros([1, 6]),
 *   state: null,
 * });
 * const { logits } = decoder.step(tensor1d([1], 'int32'), state, 0, constants);
 * console.log(logits.shape); // [1, 20]
 * ```
 */
export function transformerDecoder(options: TransformerDecoderOptions): DecoderSpec {
  const config = readOptions(WHERE, options, {
    ...transformerTable(options),
    tieEmbeddings: [boolean, false],
  });
  checkHeads(WHERE, config);
  checkPositions(WHERE, config);
  return {
    role: 'decoder',
    kind: WHERE,
    config,
    stateShape: null,
    reads: ['memory'],
    maxPositions: config.maxLength,
    build: (wiring) => buildBlock(WHERE, wiring, (parameters) => build(parameters, config, wiring)),
  };
}

function build(
  parameters: ParameterSet,
  config: TransformerConfig & { readonly tieEmbeddings: boolean },
  { target, memorySize, attention, random }: DecoderWiring,
): Unowned<Decoder<TransformerDecoderState, TransformerDecoderConstants>> {
  if (target.kind !== 'tokens') {
    throw mismatch('incompatible-parts', {
      where: WHERE,
      expected: 'a target of tokens',
      received: target.kind,
      hint: 'Use recurrentDecoder to write frames.',
    });
  }
  if (attention !== null) {
    throw mismatch('incompatible-parts', {
      where: WHERE,
      expected: 'no attention besides its own',
      received: attention.spec.kind,
      hint: 'Leave the attention out, or use recurrentDecoder.',
    });
  }
  const { vocabSize } = target;
  const { width } = config;
  const stack = addDecoderStack(parameters, config, { vocabSize, memorySize, random }, WHERE);
  const uniform = uniformInitializer(random, 1 / Math.sqrt(width));
  const weight = config.tieEmbeddings
    ? stack.embedding
    : parameters.add<Variable & Tensor2D>('fc_out.weight', [vocabSize, width], uniform);
  const bias = parameters.add<Variable & Tensor1D>('fc_out.bias', [vocabSize], uniform);
  const logits = (features: Tensor2D): Tensor2D => linear(features, weight, bias);

  const start = (context: Context): DecoderStart<TransformerDecoderState, TransformerDecoderConstants> => {
    parameters.checkAlive();
    checkMemory(WHERE, context.memory, context.mask, memorySize);
    return tidyTensors(() => stack.start(context));
  };

  return {
    featureSize: width,
    start,
    step: (tokens: Tensor1D, state, position, constants) =>
      tidyTensors(() => {
        parameters.checkAlive();
        const after = stack.advance(tokens, state, position, constants);
        const attention = squeeze<Tensor2D>(mean(after.weights, 1), [1]); // [rows, sourceTime]
        return { logits: logits(stack.features(after)), state: after.state, attention };
      }),
    features(batch, context, teacherForcingMask, { training = false } = {}) {
      checkTarget(WHERE, target, batch, context);
      const reference = batch.targetInput as Tensor2D;
      const rate = training ? config.dropout : 0;
      return tidyTensors(() => {
        const started = start(context);
        const active = activeRows(batch.targetLengths, reference.shape[1]);
        const ids = scheduledSampling(reference, teacherForcingMask, active, started, (...now) => {
          const after = stack.advance(...now);
          return { predict: () => mostProbable(logits(stack.features(after))), state: after.state };
        });
        const [rows, time] = ids.shape;
        const { top } = stack.run(ids, started.state, started.constants, {
          first: 0,
          selfMask: mul(causalMask(time), reshape(batch.targetMask, [rows, 1, 1, time])),
          drop: (x) => dropout(x, rate, random),
        });
        return stack.norm(gatherTokens<Tensor2D>(top, realTokens(batch.targetLengths, time)));
      });
    },
    logits: (values) => tidyTensors(() => logits(values)),
    projection: () => ({ weight, bias }),
  };
}
