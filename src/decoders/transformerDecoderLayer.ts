import { mul, reshape, tidy, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Block, BlockSpec, BlockWiring, ForwardOptions, Unowned } from '../contracts/block.js';
import { readOptions } from '../core/options.js';
import { buildBlock } from '../core/parameters.js';
import { checkLayerInput } from '../modules/checkSequence.js';
import { causalMask } from '../ops/causalMask.js';
import { checkMemory } from '../modules/checkMemory.js';
import { dropout } from '../ops/dropoutMask.js';
import {
  checkHeads,
  transformerLayerTable,
  type TransformerLayerOptions,
} from '../modules/transformerOptions.js';
import { addDecoderLayer } from './transformer/layer.js';

/** A built {@link transformerDecoderLayer}. */
export interface TransformerDecoderLayer extends Block {
  /**
   * @param x `[batch, time, width]`
   * @param mask `[batch, time]` float32, 1 = real, 0 = padding
   * @param memory `[batch, sourceTime, memorySize]`
   * @param memoryMask `[batch, sourceTime]` float32, 1 = may be attended
   * @returns `[batch, time, width]`; each position has seen itself and those before it
   */
  forward(
    x: Tensor3D,
    mask: Tensor2D,
    memory: Tensor3D,
    memoryMask: Tensor2D,
    options?: ForwardOptions,
  ): Tensor3D;
}

/** What {@link transformerDecoderLayer} needs to be built. */
export interface TransformerDecoderLayerWiring extends BlockWiring {
  /** Width of the memory. */
  readonly memorySize: number;
}

/**
 * One layer of a transformer decoder (Vaswani et al. 2017, §3.1) with causal self-attention, as
 * `nn.TransformerDecoderLayer`. It is for models of your own; `transformerDecoder` stacks such layers.
 *
 * Parameters, as PyTorch names them: those of `transformerEncoderLayer`, and `multihead_attn.in_proj_weight`
 * … (three matrices where the memory's width is another), `norm3.weight`, `norm3.bias`.
 *
 * @throws `invalid-option` for a wrong option, such as heads that do not divide the width; `invalid-shape`
 * and, for rows of the memory that are masked altogether, `invalid-input` from `forward`
 * @example
 * ```ts
 * import { createRandom, transformerDecoderLayer } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const spec = transformerDecoderLayer({ width: 8, heads: 2 });
 * const layer = spec.build({ memorySize: 6, random: createRandom(1) });
 * const y = layer.forward(ones([1, 3, 8]), ones([1, 3]), ones([1, 5, 6]), ones([1, 5]));
 * console.log(y.shape); // [1, 3, 8]
 * ```
 */
export function transformerDecoderLayer(
  options: TransformerLayerOptions,
): BlockSpec<'layer', TransformerDecoderLayerWiring, TransformerDecoderLayer> {
  const where = 'transformerDecoderLayer';
  const config = readOptions(where, options, transformerLayerTable(options));
  checkHeads(where, config);
  return {
    role: 'layer',
    kind: where,
    config,
    build: (wiring) =>
      buildBlock(where, wiring, (parameters): Unowned<TransformerDecoderLayer> => {
        const { memorySize, random } = wiring;
        const layer = addDecoderLayer(parameters, '', { ...config, memorySize }, random, where);
        return {
          forward(x, mask, memory, memoryMask, { training = false } = {}) {
            parameters.checkAlive();
            checkMemory(where, memory, memoryMask, memorySize);
            checkLayerInput(where, x, mask, config.width);
            const [batch, time] = x.shape;
            const rate = training ? config.dropout : 0;
            return tidy(() => {
              const result = layer.run({
                x,
                past: null,
                selfMask: mul(causalMask(time), reshape(mask, [batch, 1, 1, time])),
                cross: layer.prepare(memory),
                crossMask: reshape(memoryMask, [batch, 1, 1, memory.shape[1]]),
                drop: (value) => dropout(value, rate, random),
              });
              return result.x;
            });
          },
        };
      }),
  };
}
