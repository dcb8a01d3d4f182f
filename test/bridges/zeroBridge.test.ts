import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { zeroBridge } from '../../src/bridges/zeroBridge.js';
import { disposeTensors } from '../../src/core/containers.js';
import { contextOf, crossed, shape, wiring } from './wiring.js';

beforeAll(async () => {
  await setBackend('cpu');
});

test.each([
  ['a GRU of two layers', shape(2, 2), [{ h: [0, 0] }, { h: [0, 0] }]],
  ['an LSTM', shape(1, 2, true), [{ h: [0, 0], c: [0, 0] }]],
  ['no state', null, null],
])("starts the decoder's %s from zeros and keeps the summary", (_, to, state) => {
  const before = memory().numTensors;
  const bridge = zeroBridge().build(wiring(shape(1, 3), to));
  const context = contextOf(shape(1, 3));
  expect(crossed(bridge, context)).toEqual(state);
  const { summary, state: made } = bridge.forward(context);
  expect(summary).toBe(context.summary);
  disposeTensors([made, context]);
  expect(bridge.parameters()).toEqual({});
  expect(memory().numTensors).toBe(before);
});

test('tells that it passes no state', () => {
  expect(zeroBridge()).toMatchObject({ role: 'bridge', kind: 'zeroBridge', config: {}, passesState: false });
});
