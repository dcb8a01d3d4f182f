import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { bahdanauAttention } from '../../src/attention/bahdanauAttention.js';
import { luongAttention } from '../../src/attention/luongAttention.js';
import { multiHeadAttention } from '../../src/attention/multiHeadAttention.js';
import { scaledDotProductAttention } from '../../src/attention/scaledDotProductAttention.js';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import type { AttentionSpec } from '../../src/contracts/attention.js';
import type { Block } from '../../src/contracts/block.js';
import type { DecoderWiring } from '../../src/contracts/decoder.js';
import { createParameterBudget, type ParameterBudget } from '../../src/core/parameters.js';
import { createRandom } from '../../src/core/random.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { transformerDecoder } from '../../src/decoders/transformerDecoder.js';
import { transformerDecoderLayer } from '../../src/decoders/transformerDecoderLayer.js';
import { convolutionalEncoder } from '../../src/encoders/convolutionalEncoder.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import { transformerEncoder } from '../../src/encoders/transformerEncoder.js';
import { transformerEncoderLayer } from '../../src/encoders/transformerEncoderLayer.js';

beforeAll(async () => {
  await setBackend('cpu');
});

const UNITS = 6;
const random = createRandom(1);
const tokens = { kind: 'tokens', vocabSize: 11, padId: 0 } as const;
const shape = { layers: 2, units: UNITS, cell: true };

const decoderWiring = (budget: ParameterBudget, spec: AttentionSpec | null): DecoderWiring => ({
  target: tokens,
  memorySize: UNITS,
  summarySize: UNITS,
  attention: spec && { spec, placement: { order: 'after-cell', inputFeeding: true } },
  random,
  budget,
});
const recurrentWith = (spec: AttentionSpec) => (budget: ParameterBudget) =>
  recurrentDecoder({ units: UNITS, layers: 2 }).build(decoderWiring(budget, spec));

const builders: readonly (readonly [string, (budget: ParameterBudget) => Block])[] = [
  ...[
    recurrentEncoder({ units: UNITS, layers: 2, bidirectional: true }),
    convolutionalEncoder({ units: UNITS, positions: 'learned', maxLength: 5 }),
    transformerEncoder({ width: UNITS, heads: 2, positions: 'learned', maxLength: 5 }),
  ].map(
    (spec) =>
      [spec.kind, (budget: ParameterBudget) => spec.build({ source: tokens, random, budget })] as const,
  ),
  [
    'linearBridge',
    (budget) =>
      linearBridge().build({
        encoder: { kind: 'encoder', summarySize: UNITS, stateShape: shape },
        decoder: { kind: 'decoder', stateShape: shape },
        random,
        budget,
      }),
  ],
  ['recurrentDecoder and bahdanauAttention', recurrentWith(bahdanauAttention())],
  ['recurrentDecoder and luongAttention', recurrentWith(luongAttention({ score: 'concat' }))],
  ['recurrentDecoder and scaledDotProductAttention', recurrentWith(scaledDotProductAttention())],
  ['recurrentDecoder and multiHeadAttention', recurrentWith(multiHeadAttention({ heads: 2 }))],
  [
    'transformerDecoder',
    (budget) => transformerDecoder({ width: UNITS, heads: 2 }).build(decoderWiring(budget, null)),
  ],
  [
    'transformerEncoderLayer',
    (budget) => transformerEncoderLayer({ width: UNITS, heads: 2 }).build({ random, budget }),
  ],
  [
    'transformerDecoderLayer',
    (budget) =>
      transformerDecoderLayer({ width: UNITS, heads: 2 }).build({ memorySize: UNITS, random, budget }),
  ],
];

test.each(builders)(
  '%s takes what its parameters hold, and nothing stays where that is too much',
  (_, build) => {
    const before = memory().numTensors;
    const spent: number[] = [];
    const block = build({ spend: (_owner, numbers) => spent.push(numbers) });
    const held = Object.values(block.parameters()).map(({ size }) => size);
    expect([...spent].sort()).toEqual([...held].sort());
    block.dispose();
    const total = held.reduce((sum, size) => sum + size, 0);
    build(createParameterBudget(total)).dispose();
    expect(() => build(createParameterBudget(total - 1))).toThrow('1 numbers too many');
    expect(memory().numTensors).toBe(before);
  },
);
