import { reshape, tidy, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Block, BlockSpec, BlockWiring, ForwardOptions, Unowned } from '../contracts/block.js';
import { readOptions } from '../core/options.js';
import { buildBlock } from '../core/parameters.js';
import { checkLayerInput } from '../modules/checkSequence.js';
import { dropout } from '../ops/dropoutMask.js';
import {
  checkHeads,
  transformerLayerTable,
  type TransformerLayerOptions,
} from '../modules/transformerOptions.js';
import { addEncoderLayer } from './addEncoderLayer.js';

/** A built {@link transformerEncoderLayer}. */
export interface TransformerEncoderLayer extends Block {
  /**
   * @param x `[batch, time, width]`
   * @param mask `[batch, time]` float32, 1 = real, 0 = padding
   * @returns `[batch, time, width]`; what stands at padding has no meaning
   */
  forward(x: Tensor3D, mask: Tensor2D, options?: ForwardOptions): Tensor3D;
}

/**
 * One layer of a transformer encoder (Vaswani et al. 2017, §3.1), as `nn.TransformerEncoderLayer`. It is for
 * models of your own; `transformerEncoder` stacks such layers.
 *
 * Parameters, as PyTorch names them: `self_attn.in_proj_weight`, `self_attn.in_proj_bias`,
 * `self_attn.out_proj.weight`, …, `linear1.weight`, `linear2.weight`, `norm1.weight`, `norm2.weight`, and
 * biases.
 *
 * @throws `invalid-option` for a wrong option, such as heads that do not divide the width; `invalid-shape`
 * from `forward`
 * @example
 * ```ts
 * import { createRandom, transformerEncoderLayer } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const layer = transformerEncoderLayer({ width: 8, heads: 2 }).build({ random: createRandom(1) });
 * console.log(layer.forward(ones([1, 3, 8]), tensor2d([[1, 1, 0]])).shape); // [1, 3, 8]
 * ```
 */
export function transformerEncoderLayer(
  options: TransformerLayerOptions,
): BlockSpec<'layer', BlockWiring, TransformerEncoderLayer> {
  const where = 'transformerEncoderLayer';
  const config = readOptions(where, options, transformerLayerTable(options));
  checkHeads(where, config);
  return {
    role: 'layer',
    kind: where,
    config,
    build: (wiring) =>
      buildBlock(where, wiring, (parameters): Unowned<TransformerEncoderLayer> => {
        const { random } = wiring;
        const layer = addEncoderLayer(parameters, '', config, random, where);
        return {
          forward(x, mask, { training = false } = {}) {
            parameters.checkAlive();
            checkLayerInput(where, x, mask, config.width);
            const [batch, time] = x.shape;
            const rate = training ? config.dropout : 0;
            return tidy(() =>
              layer(x, reshape(mask, [batch, 1, 1, time]), (value) => dropout(value, rate, random)),
            );
          },
        };
      }),
  };
}
