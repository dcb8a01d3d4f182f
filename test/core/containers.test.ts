import '@tensorflow/tfjs-backend-cpu';
import { memory, mul, scalar, setBackend, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import {
  disposeTensors,
  isTensor,
  keepTensors,
  mapTensors,
  tensorsOf,
  tidyTensors,
} from '../../src/core/containers.js';

beforeAll(async () => {
  await setBackend('cpu');
});

test('isTensor knows a tensor from what looks a little like one', () => {
  const x = scalar(1);
  expect(isTensor(x)).toBe(true);
  for (const other of [null, undefined, 3, 'x', {}, { shape: [] }, { dataId: {} }, [x]]) {
    expect(isTensor(other)).toBe(false);
  }
  x.dispose();
});

test('mapTensors keeps the form and what is no tensor', () => {
  const before = memory().numTensors;
  tidy(() => {
    const container = { layers: [{ h: scalar(1), c: undefined }, null], step: 3, name: 'x', x: scalar(2) };
    const doubled = mapTensors(container, (tensor) => mul(tensor, 2));
    expect(Object.keys(doubled)).toEqual(['layers', 'step', 'name', 'x']);
    expect(doubled.layers[0]?.h.dataSync()[0]).toBe(2);
    expect(doubled.layers[0]).toHaveProperty('c', undefined);
    expect(doubled.layers[1]).toBeNull();
    expect([doubled.step, doubled.name]).toEqual([3, 'x']);
    expect(doubled.x.dataSync()[0]).toBe(4);
    expect(mapTensors(null, (tensor) => tensor)).toBeNull();
    expect(mapTensors(undefined, (tensor) => tensor)).toBeUndefined();
  });
  expect(memory().numTensors).toBe(before);
});

test('tensorsOf lists each tensor once, in order', () => {
  const [a, b] = [scalar(1), scalar(2)];
  expect(tensorsOf({ x: [b, a], y: { z: b } })).toEqual([b, a]);
  expect(tensorsOf(null)).toEqual([]);
  disposeTensors([a, b]);
});

test('disposeTensors spares what is kept, and stands shared and disposed tensors', () => {
  const before = memory().numTensors;
  const [a, b, c] = [scalar(1), scalar(2), scalar(3)];
  c.dispose();
  disposeTensors({ all: [a, b, c, a] }, { kept: [b] });
  expect([a.isDisposed, b.isDisposed]).toEqual([true, false]);
  disposeTensors(b);
  disposeTensors(b);
  expect(memory().numTensors).toBe(before);
});

test('keepTensors protects from the tidy around it', () => {
  const before = memory().numTensors;
  let kept: { h: Tensor } | undefined;
  tidy(() => {
    kept = keepTensors({ h: mul(tensor1d([1, 2]), 3) });
  });
  expect([...(kept?.h.dataSync() ?? [])]).toEqual([3, 6]);
  expect(memory().numTensors).toBe(before + 1);
  disposeTensors(kept);
});

test('tidyTensors keeps the tensors of any container and frees the rest', () => {
  const before = memory().numTensors;
  const result = tidyTensors(() => {
    const x = scalar(2);
    return { state: [{ h: mul(x, x) }], none: null, count: 1 };
  });
  expect(memory().numTensors).toBe(before + 1);
  expect(result.state[0]?.h.dataSync()[0]).toBe(4);
  expect([result.none, result.count]).toEqual([null, 1]);
  disposeTensors(result);
  expect(memory().numTensors).toBe(before);
});

test('tidyTensors frees everything when the computation throws', () => {
  const before = memory().numTensors;
  expect(() =>
    tidyTensors(() => {
      mul(scalar(1), 2);
      throw new Error('stop');
    }),
  ).toThrow('stop');
  expect(memory().numTensors).toBe(before);
});
