import { tensor3d, type Tensor3D, type Variable } from '@tensorflow/tfjs-core';
import { createRandom, multiHeadAttention } from '../../../src/index.js';
import type { Adapter } from '../adapter.js';
import { assignParameters } from '../assignParameters.js';
import { stored, variableOf, type Fixture } from '../fixture.js';

interface Config {
  readonly model: number;
  readonly heads: number;
  readonly self: boolean;
}

export const multiheadAttention: Adapter = (fixture) => {
  const { model, heads, self } = fixture.config as unknown as Config;
  const wiring = { querySize: model, memorySize: model, random: createRandom(1) };
  const block = multiHeadAttention({ heads }).build(wiring);
  const parameters = block.parameters();
  assignParameters(fixture, parameters);
  const input = (name: string): Variable & Tensor3D => variableOf(fixture, `in.${name}`);
  const query = input('query');
  const inputs = self ? { query } : { query, key: input('key'), value: input('value') };
  const { key = query, value = query } = inputs as Partial<Record<'key' | 'value', Variable & Tensor3D>>;
  const mask = allowedOf(fixture, [query.shape[0], query.shape[1], key.shape[1]]);
  return {
    parameters,
    inputs,
    outputs() {
      const { context, headWeights } = block.attend(query, block.prepare(key, mask, value));
      return { output: context, weights: headWeights };
    },
    dispose: () => [block, mask, ...Object.values(inputs)].forEach((owned) => owned.dispose()),
  };
};

/** PyTorch's two masks, where 1 forbids, as one that allows: `[batch, queries, keys]`. */
function allowedOf(fixture: Fixture, [batch, queries, keys]: [number, number, number]): Tensor3D {
  const forbidden = (name: string): ArrayLike<number> | null =>
    fixture.stored.has(name) ? stored(fixture, name).data : null;
  const padding = forbidden('in.key_padding_mask');
  const causal = forbidden('in.attn_mask');
  const values = new Float32Array(batch * queries * keys);
  for (let i = 0; i < values.length; i++) {
    const key = i % keys;
    const row = Math.floor(i / (queries * keys));
    const allowed = padding?.[row * keys + key] !== 1 && causal?.[i % (queries * keys)] !== 1;
    values[i] = allowed ? 1 : 0;
  }
  return tensor3d(values, [batch, queries, keys]);
}
