import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { passBridge } from '../../src/bridges/passBridge.js';
import { disposeTensors } from '../../src/core/containers.js';
import { contextOf, crossed, shape, wiring } from './wiring.js';

beforeAll(async () => {
  await setBackend('cpu');
});

test('hands over states and summary as they are', () => {
  const before = memory().numTensors;
  const bridge = passBridge().build(wiring(shape(2, 3, true), shape(2, 3, true)));
  const context = contextOf(shape(2, 3, true));
  expect(bridge.forward(context)).toBe(context);
  expect(bridge.summarySize).toBe(3);
  expect(bridge.parameters()).toEqual({});
  disposeTensors(context);
  bridge.dispose();
  expect(() => bridge.parameters()).toThrow(expect.objectContaining({ code: 'disposed' }));
  expect(memory().numTensors).toBe(before);
});

test('drops the state where the decoder has none', () => {
  const before = memory().numTensors;
  const bridge = passBridge().build(wiring(shape(1, 3), null));
  const context = contextOf(shape(1, 3));
  expect(crossed(bridge, context)).toBeNull();
  disposeTensors(context);
  expect(memory().numTensors).toBe(before);
});

test.each([
  ['layers', shape(1, 3), shape(2, 3), '2 layers of 3 units with h alone', '1 layer of 3 units with h alone'],
  ['width', shape(1, 6), shape(1, 3), '1 layer of 3 units with h alone', '1 layer of 6 units with h alone'],
  [
    'cell',
    shape(1, 3),
    shape(1, 3, true),
    '1 layer of 3 units with h and c',
    '1 layer of 3 units with h alone',
  ],
  ['state at all', null, shape(1, 3), '1 layer of 3 units with h alone', 'no recurrent state'],
])('refuses another %s, naming both sides', (_, from, to, needed, given) => {
  expect(() => passBridge().build(wiring(from, to))).toThrow(
    expect.objectContaining({
      code: 'incompatible-parts',
      message:
        `passBridge: expected someEncoder to end with what someDecoder starts from, ${needed}, but received "${given}". ` +
        'Use linearBridge() to map one onto the other, or zeroBridge() to start from zeros.',
    }),
  );
});
