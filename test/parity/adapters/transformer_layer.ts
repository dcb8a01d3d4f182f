import type { Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs-core';
import {
  createRandom,
  transformerDecoderLayer,
  transformerEncoderLayer,
  type TransformerLayerOptions,
} from '../../../src/index.js';
import type { Adapter, TensorCase } from '../adapter.js';
import { assignParameters } from '../assignParameters.js';
import { variableOf, type Fixture } from '../fixture.js';
import { storedMask } from '../storedMask.js';

interface Config {
  readonly model: number;
  readonly heads: number;
  readonly ff: number;
  readonly norm_first: boolean;
  readonly activation: 'relu' | 'gelu';
}

export const transformerLayer: Adapter = (fixture) => {
  const { model, heads, ff, norm_first, activation } = fixture.config as unknown as Config;
  const norm = norm_first ? 'pre' : 'post';
  const options = { width: model, heads, feedForward: ff, norm, activation, dropout: 0 } as const;
  return fixture.stored.has('in.tgt') ? decoderLayer(fixture, options) : encoderLayer(fixture, options);
};

function encoderLayer(fixture: Fixture, options: TransformerLayerOptions): TensorCase {
  const layer = transformerEncoderLayer(options).build({ random: createRandom(1) });
  assignParameters(fixture, layer.parameters());
  const src = variableOf<Variable & Tensor3D>(fixture, 'in.src');
  const mask = storedMask<Tensor2D>(fixture, 'in.src_key_padding_mask', 'forbidden');
  return {
    parameters: layer.parameters(),
    inputs: { src },
    outputs: () => ({ output: layer.forward(src, mask) }),
    dispose: () => [layer, src, mask].forEach((owned) => owned.dispose()),
  };
}

/** The causal `in.tgt_mask` is the layer's own. */
function decoderLayer(fixture: Fixture, options: TransformerLayerOptions): TensorCase {
  const layer = transformerDecoderLayer(options).build({
    memorySize: options.width,
    random: createRandom(1),
  });
  assignParameters(fixture, layer.parameters());
  const tgt = variableOf<Variable & Tensor3D>(fixture, 'in.tgt');
  const memory = variableOf<Variable & Tensor3D>(fixture, 'in.memory');
  const mask = storedMask<Tensor2D>(fixture, 'in.tgt_key_padding_mask', 'forbidden');
  const memoryMask = storedMask<Tensor2D>(fixture, 'in.memory_key_padding_mask', 'forbidden');
  return {
    parameters: layer.parameters(),
    inputs: { tgt, memory },
    outputs: () => ({ output: layer.forward(tgt, mask, memory, memoryMask) }),
    dispose: () => [layer, tgt, memory, mask, memoryMask].forEach((owned) => owned.dispose()),
  };
}
