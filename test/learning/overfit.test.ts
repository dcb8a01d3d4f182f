import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { bahdanauAttention } from '../../src/attention/bahdanauAttention.js';
import { luongAttention } from '../../src/attention/luongAttention.js';
import { useBackend } from '../../src/backend/useBackend.js';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import { passBridge } from '../../src/bridges/passBridge.js';
import { zeroBridge } from '../../src/bridges/zeroBridge.js';
import { seq2seq } from '../../src/builder/seq2seq.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import { adam } from '../../src/training/optimizers/adam.js';
import { cells } from '../support/cells.js';
import { side } from './sequenceTask.js';

/** Eight pairs without any rule: they can only be remembered. */
const pairs = [
  ['a b c', 'd'],
  ['a b', 'c c a'],
  ['b a', 'e f g h'],
  ['c', 'a'],
  ['c d e f', 'b b'],
  ['f e d c', 'a t'],
  ['t', 's r q p o'],
  ['t t', 'h a'],
].map(([source, target]) => ({ source: source as string, target: target as string }));

beforeAll(async () => {
  await useBackend('wasm');
});

describe.each(cells)('%s', (cell) => {
  const units = 24;
  test.each([
    ['the state passed on', passBridge(), {}, null],
    ['the state mapped', linearBridge(), {}, null],
    ['the state mapped by one shared map', linearBridge({ shared: true, activation: 'linear' }), {}, null],
    ['the summary at every step', zeroBridge(), { input: ['previous', 'summary'] }, null],
    [
      'the summary at every step and in the readout',
      zeroBridge(),
      { input: ['summary', 'previous'], readout: ['output', 'summary'] },
      null,
    ],
    ['the previous token never fed', passBridge(), { input: ['summary'] }, null],
    ['attention before the cell', zeroBridge(), {}, bahdanauAttention({ units })],
    ['attention after the cell', linearBridge(), {}, luongAttention({ score: 'general' })],
  ] as const)('remembers through %s', async (_, bridge, options, attention) => {
    const before = memory().numTensors;
    const builder = seq2seq()
      .source(side)
      .target(side)
      .encoder(recurrentEncoder({ cell, units }))
      .bridge(bridge)
      .decoder(recurrentDecoder({ cell, units, ...options }));
    const model = (attention === null ? builder : builder.attention(attention)).build({ seed: 1 });
    const { epochs } = await model.fit(pairs, { epochs: 150, optimizer: adam({ learningRate: 0.01 }) });
    expect(epochs.at(-1)?.loss).toBeLessThan(0.05);
    expect((await model.evaluate(pairs)).exactMatch).toBe(1);
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
