import type { Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs-core';
import {
  type AttentionSpec,
  bahdanauAttention,
  createRandom,
  luongAttention,
  scaledDotProductAttention,
} from '../../../src/index.js';
import type { Adapter } from '../adapter.js';
import { assignParameters } from '../assignParameters.js';
import { variableOf, type Fixture } from '../fixture.js';
import { storedMask } from '../storedMask.js';

export const attention: Adapter = (fixture) => {
  const { query: querySize, key: memorySize } = fixture.config as { query: number; key: number };
  const block = specOf(fixture).build({ querySize, memorySize, random: createRandom(1) });
  const parameters = block.parameters();
  assignParameters(fixture, parameters);
  const query = variableOf<Variable & Tensor3D>(fixture, 'in.query');
  const keys = variableOf<Variable & Tensor3D>(fixture, 'in.keys');
  const mask = storedMask<Tensor2D>(fixture, 'in.mask', 'allowed');
  return {
    parameters,
    inputs: { query, keys },
    outputs: () => ({ ...block.attend(query, block.prepare(keys, mask)) }),
    dispose: () => [block, query, keys, mask].forEach((owned) => owned.dispose()),
  };
};

/** The weights that a case has tell its score; those without weights tell it by their name. */
function specOf({ name, stored, config }: Fixture): AttentionSpec {
  const units = config['hidden'] as number;
  if (stored.has('param.query_layer.weight')) return bahdanauAttention({ units });
  if (stored.has('param.v.weight'))
    return luongAttention({ score: 'concat', units, bias: stored.has('param.attn.bias') });
  if (stored.has('param.attn.weight')) return luongAttention({ score: 'general' });
  return name.includes('scaled') ? scaledDotProductAttention() : luongAttention({ score: 'dot' });
}
