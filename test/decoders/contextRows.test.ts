import '@tensorflow/tfjs-backend-cpu';
import { memory, ones, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { bahdanauAttention } from '../../src/attention/bahdanauAttention.js';
import type { Context } from '../../src/contracts/context.js';
import type { DecoderSpec } from '../../src/contracts/decoder.js';
import { disposeTensors } from '../../src/core/containers.js';
import { createRandom } from '../../src/core/random.js';
import { collate } from '../../src/data/collate.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { transformerDecoder } from '../../src/decoders/transformerDecoder.js';

beforeAll(() => setBackend('cpu'));

const placement = { order: 'before-cell', inputFeeding: false } as const;
const attending = { spec: bahdanauAttention(), placement };
const contextOf = (rows: number): Context => ({
  memory: ones([rows, 5, 8]),
  mask: ones([rows, 5]),
  summary: ones([rows, 8]),
  state: [{ h: ones([rows, 8]) }],
});

describe.each<[string, DecoderSpec, typeof attending | null]>([
  ['recurrentDecoder', recurrentDecoder({ units: 8 }), null],
  ['recurrentDecoder', recurrentDecoder({ units: 8 }), attending],
  ['transformerDecoder', transformerDecoder({ width: 8, heads: 2 }), null],
])('%s', (name, spec, attention) => {
  const build = () =>
    spec.build({
      target: { kind: 'tokens', vocabSize: 7, padId: 0 },
      memorySize: 8,
      summarySize: 8,
      attention,
      random: createRandom(1),
    });

  test.each([1, 3])('refuses a context of %i rows for a batch of 2', (rows) => {
    const decoder = build();
    const batch = collate([
      { source: [4], target: [5, 6] },
      { source: [5], target: [4] },
    ]);
    const [context, right] = [contextOf(rows), contextOf(2)];
    const before = memory().numTensors;
    decoder.features(batch, right, null).dispose();
    const wrong: Context[] = [context, { ...right, memory: context.memory }];
    if (name === 'recurrentDecoder') wrong.push({ ...right, state: context.state });
    for (const each of wrong) {
      expect(() => decoder.features(batch, each, null)).toThrow(
        expect.objectContaining({
          code: 'invalid-shape',
          message: `${name}: expected a context of 2 rows, as the batch has, but received ${rows}. Encode the batch's own source.`,
        }),
      );
    }
    expect(memory().numTensors).toBe(before);
    disposeTensors([context, right]);
    batch.dispose();
    decoder.dispose();
  });
});
