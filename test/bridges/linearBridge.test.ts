import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import type { Bridge } from '../../src/contracts/bridge.js';
import { disposeTensors } from '../../src/core/containers.js';
import { contextOf, crossed, shape, wiring } from './wiring.js';

beforeAll(async () => {
  await setBackend('cpu');
});

/** Every weight 1 and every bias 0: a map then gives the sum of what it reads. */
function sumUp(bridge: Bridge): void {
  for (const [name, variable] of Object.entries(bridge.parameters())) {
    const value = tensor(
      new Array<number>(variable.size).fill(name.endsWith('weight') ? 1 : 0),
      variable.shape,
    );
    variable.assign(value);
    value.dispose();
  }
}

describe('which decoder layer reads which encoder layer', () => {
  test.each([
    ['equal depths: one to one', shape(2, 1), shape(2, 1), [{ h: [1] }, { h: [2] }]],
    ['a deeper encoder: its top', shape(3, 1), shape(2, 1), [{ h: [2] }, { h: [3] }]],
    [
      'a deeper decoder: the lowest serves the rest',
      shape(2, 1),
      shape(4, 1),
      [{ h: [1] }, { h: [1] }, { h: [1] }, { h: [2] }],
    ],
    ['widths: every unit reads all', shape(1, 3), shape(1, 2), [{ h: [3, 3] }]],
    ['LSTM to LSTM: h reads h, c reads c', shape(2, 1, true), shape(1, 1, true), [{ h: [2], c: [20] }]],
    ['LSTM to GRU: h alone', shape(1, 1, true), shape(1, 1), [{ h: [1] }]],
    ['GRU to LSTM: c reads h', shape(1, 1), shape(1, 1, true), [{ h: [1], c: [1] }]],
    [
      'no state: every layer reads the summary',
      null,
      shape(2, 1, true),
      [
        { h: [21], c: [21] },
        { h: [21], c: [21] },
      ],
    ],
  ])('%s', (_, from, to, state) => {
    const before = memory().numTensors;
    const bridge = linearBridge({ activation: 'linear' }).build(wiring(from, to));
    sumUp(bridge);
    const context = contextOf(from);
    expect(crossed(bridge, context)).toEqual(state);
    disposeTensors(context);
    bridge.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

test('the new summary is the h of the last layer, and tanh is the default', () => {
  const bridge = linearBridge().build(wiring(shape(1, 2), shape(1, 3)));
  sumUp(bridge);
  const context = contextOf(shape(1, 2));
  const result = bridge.forward(context);
  expect(bridge.summarySize).toBe(3);
  expect(result.summary).toBe(result.state?.[0]?.h);
  for (const value of result.summary.dataSync()) expect(value).toBeCloseTo(Math.tanh(2), 6);
  disposeTensors([context, result]);
  bridge.dispose();
});

test('owns one map a layer and part, or a single shared one', () => {
  const names = (shared: boolean): string[] => {
    const bridge = linearBridge({ shared }).build(wiring(shape(2, 5, true), shape(2, 3, true)));
    const parameters = bridge.parameters();
    for (const [name, { shape }] of Object.entries(parameters)) {
      expect(shape).toEqual(name.endsWith('weight') ? [3, 5] : [3]);
    }
    bridge.dispose();
    return Object.keys(parameters);
  };
  expect(names(true)).toEqual(['fc.weight', 'fc.bias']);
  expect(names(false).sort()).toEqual(
    [
      'c.0.bias',
      'c.0.weight',
      'c.1.bias',
      'c.1.weight',
      'h.0.bias',
      'h.0.weight',
      'h.1.bias',
      'h.1.weight',
    ].sort(),
  );
});

test('a shared map treats all layers and parts alike', () => {
  const bridge = linearBridge({ activation: 'linear', shared: true }).build(
    wiring(shape(2, 1, true), shape(2, 2, true)),
  );
  sumUp(bridge);
  const context = contextOf(shape(2, 1, true));
  expect(crossed(bridge, context)).toEqual([
    { h: [1, 1], c: [10, 10] },
    { h: [2, 2], c: [20, 20] },
  ]);
  disposeTensors(context);
  bridge.dispose();
});

test('refuses a decoder without a recurrent state, and leaves nothing behind', () => {
  const before = memory().numTensors;
  expect(() => linearBridge().build(wiring(shape(1, 3), null))).toThrow(
    expect.objectContaining({
      code: 'incompatible-parts',
      message:
        'linearBridge: expected a decoder that starts from a recurrent state but received "someDecoder". Leave the bridge out, or use passBridge().',
    }),
  );
  expect(memory().numTensors).toBe(before);
});

test.each([
  [
    { activation: 'relu' },
    `linearBridge: expected activation to be one of 'linear', 'tanh' but received "relu".`,
  ],
  [{ shared: 'yes' }, 'linearBridge: expected shared to be true or false but received "yes".'],
  [{ bias: false }, 'linearBridge: expected option names among activation, shared but received "bias".'],
])('refuses %o', (options, message) => {
  expect(() => linearBridge(options as never)).toThrow(
    expect.objectContaining({ code: 'invalid-option', message }),
  );
});

test('a disposed bridge says so', () => {
  const bridge = linearBridge().build(wiring(shape(1, 3), shape(1, 3)));
  bridge.dispose();
  const context = contextOf(shape(1, 3));
  expect(() => bridge.forward(context)).toThrow(expect.objectContaining({ code: 'disposed' }));
  disposeTensors(context);
});
