import '@tensorflow/tfjs-backend-cpu';
import {
  concat,
  io,
  memory,
  mul,
  ones,
  randomNormal,
  setBackend,
  slice,
  tensor2d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import {
  input,
  layers as tfLayers,
  loadLayersModel,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../src/core/random.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import { GRU, LSTM, registerLayers, SimpleRNN } from '../../src/layers/index.js';
import type { RecurrentLayer, RecurrentLayerArgs } from '../../src/layers/recurrentLayer.js';
import { expectTensor } from '../support/closeTo.js';

beforeAll(async () => {
  await setBackend('cpu');
});

const [batch, time, size, units] = [2, 5, 3, 4];
type Make = (args: Partial<RecurrentLayerArgs>) => RecurrentLayer;
const cases: [string, Make, Parameters<typeof recurrentEncoder>[0]][] = [
  ['GRU', (args) => new GRU({ units, ...args }), { cell: 'gru', units }],
  ['LSTM', (args) => new LSTM({ units, ...args }), { cell: 'lstm', units }],
  ['SimpleRNN', (args) => new SimpleRNN({ units, ...args }), { cell: 'rnn', units }],
  [
    'SimpleRNN with relu',
    (args) => new SimpleRNN({ units, activation: 'relu', ...args }),
    { cell: 'rnn', activation: 'relu', units },
  ],
];
const frames = (seed = 1): Tensor3D => randomNormal<Rank.R3>([batch, time, size], 0, 1, 'float32', seed);
const mask = (): Tensor2D =>
  tensor2d([
    [1, 1, 1, 1, 1],
    [1, 1, 0, 0, 0],
  ]);

describe.each(cases)('%s', (name, make, options) => {
  test('computes what the encoder of the same weights computes, padding included', () => {
    const before = memory().numTensors;
    const layer = make({ returnSequences: true, returnState: true, seed: 3 });
    const encoder = recurrentEncoder(options).build({
      source: { kind: 'frames', features: size },
      random: createRandom(1),
    });
    tidy(() => {
      const [output, h, c] = layer.apply([frames(), mask()]) as [Tensor, Tensor, Tensor?];
      const weights = Object.fromEntries(
        layer.weights.map((weight) => [weight.originalName.split('/')[1], weight.read()]),
      );
      expect(Object.keys(weights)).toEqual(['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh']);
      for (const [key, variable] of Object.entries(encoder.parameters())) {
        variable.assign(weights[key.replace('rnn.', '').replace('_l0', '')] as Tensor);
      }
      const expected = encoder.forward(frames(), mask());
      expectTensor(output, [batch, time, units], expected.memory.dataSync(), 1e-6);
      expectTensor(h, [batch, units], expected.state?.[0]?.h.dataSync() ?? [], 1e-6);
      expect(c === undefined).toBe(name !== 'LSTM');
      if (c !== undefined) expectTensor(c, [batch, units], expected.state?.[0]?.c?.dataSync() ?? [], 1e-6);
      expect(layer.computeOutputShape([null, null, size])).toEqual([
        [null, null, units],
        ...[h, c].filter((part) => part !== undefined).map(() => [null, units]),
      ]);
    });
    encoder.dispose();
    layer.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('goes on from the state it is given', () => {
    const layer = make({ returnState: true, seed: 3 });
    tidy(() => {
      const [whole] = layer.apply(frames()) as Tensor[];
      const [, ...states] = layer.apply(slice(frames(), [0, 0, 0], [batch, 2, size])) as Tensor[];
      const [rest] = layer.apply([
        slice(frames(), [0, 2, 0], [batch, 3, size]),
        ones([batch, 3]),
        ...states,
      ]) as Tensor[];
      expectTensor(rest as Tensor, [batch, units], (whole as Tensor).dataSync(), 1e-6);
    });
    layer.dispose();
  });

  test('read in reverse it starts at the last real step', () => {
    const layer = make({ reverse: true, seed: 3 });
    tidy(() => {
      const short = slice(frames(), [0, 0, 0], [batch, 2, size]);
      const padded = concat([short, mul(ones([batch, 3, size]), 9)], 1);
      const alone = layer.apply(short) as Tensor;
      const beside = layer.apply([
        padded,
        tensor2d([
          [1, 1, 0, 0, 0],
          [1, 1, 0, 0, 0],
        ]),
      ]) as Tensor;
      expectTensor(beside, [batch, units], alone.dataSync(), 1e-6);
    });
    layer.dispose();
  });

  test('trains in a model, is saved, and loads as the same model', async () => {
    registerLayers();
    const before = memory().numTensors;
    const inputs = [input({ shape: [null, size] }), input({ shape: [null] })];
    const read = make({ returnSequences: true, seed: 3 }).apply(inputs) as SymbolicTensor;
    const last = make({ seed: 4 }).apply([read, inputs[1] as SymbolicTensor]) as SymbolicTensor;
    const network = model({
      inputs,
      outputs: tfLayers.dense({ units: 2, kernelInitializer: 'ones' }).apply(last) as SymbolicTensor,
    });
    network.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const xs = [frames(), mask()];
    const ys = zeros([batch, 2]);
    const { history } = await network.fit(xs, ys, { epochs: 3, batchSize: 2 });
    const losses = history['loss'] as number[];
    expect(losses[2]).toBeLessThan(losses[0] as number);

    let saved: io.ModelArtifacts | null = null;
    await network.save({ save: (artifacts) => ((saved = artifacts), Promise.resolve({} as io.SaveResult)) });
    const loaded = await loadLayersModel(io.fromMemory(saved as unknown as io.ModelArtifacts));
    tidy(() => {
      const expected = network.predict(xs) as Tensor;
      expectTensor(loaded.predict(xs) as Tensor, expected.shape, expected.dataSync(), 0);
    });
    [...xs, ys].forEach((tensor) => tensor.dispose());
    network.optimizer.dispose();
    network.dispose();
    loaded.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

test('layers without a seed start apart, layers with the same seed alike', () => {
  tidy(() => {
    const [a, b] = [new GRU({ units }), new GRU({ units })].map((layer) =>
      (layer.apply(frames()) as Tensor).dataSync(),
    );
    expect(a).not.toEqual(b);
    const [c, d] = [new GRU({ units, seed: 5 }), new GRU({ units, seed: 5 })].map((layer) =>
      (layer.apply(frames()) as Tensor).dataSync(),
    );
    expect(c).toEqual(d);
  });
});

test.each<[string, () => Tensor[], string]>([
  ['a mask that is too long', () => [ones([2, 3, 4]), ones([2, 5])], 'mask to be float32 of shape [2, 3]'],
  ['a mask of another batch', () => [ones([2, 3, 4]), ones([1, 3])], 'mask to be float32 of shape [2, 3]'],
  ['a mask of rank 3', () => [ones([2, 3, 4]), ones([2, 3, 1])], 'mask to be float32 of shape [2, 3]'],
  ['a state for a mask', () => [ones([2, 3, 4]), ones([2, units])], 'mask to be float32 of shape [2, 3]'],
  [
    'a state of another batch',
    () => [ones([2, 3, 4]), ones([2, 3]), ones([1, units])],
    'initial.h to be float32 of shape [2, 4]',
  ],
])('refuses %s', (_, inputs, message) => {
  const before = memory().numTensors;
  const layer = new GRU({ units });
  const refused = expect.objectContaining({
    code: 'invalid-shape',
    message: expect.stringContaining(message) as string,
  }) as Error;
  tidy(() => {
    layer.apply(ones([2, 3, 4]));
    expect(() => layer.apply(inputs())).toThrow(refused);
  });
  layer.dispose();
  expect(memory().numTensors).toBe(before);
});

test('refuses what tfjs-layers takes beside the inputs, and a width other than it was built for', () => {
  const before = memory().numTensors;
  const layer = new LSTM({ units });
  tidy(() => {
    const x = ones([2, 3, 4]);
    layer.apply(x);
    expect(() => layer.apply(ones([2, 3, 5]))).toThrow('x of [batch, time, 4], as the layer was built for');
    expect(() => layer.apply(x, { initialState: [ones([2, units])] })).toThrow(
      'Inputs are x, [x, mask] or [x, mask, h, c]',
    );
  });
  layer.dispose();
  expect(memory().numTensors).toBe(before);
});

test('the wrapper bidirectional of tfjs-layers is told how to read both ways, and that way works', () => {
  registerLayers();
  for (const layer of [
    new GRU({ units }),
    new LSTM({ units, returnSequences: true }),
    new SimpleRNN({ units }),
  ]) {
    expect(() => tfLayers.bidirectional({ layer: layer as never })).toThrow(
      /: expected no goBackwards but received true\. .* \{ reverse: true \}.*concatenate/,
    );
  }
  const before = memory().numTensors;
  const inputs = [input({ shape: [null, size] }), input({ shape: [null] })];
  const options = { units, returnSequences: true };
  const ways = [new GRU({ ...options, seed: 1 }), new GRU({ ...options, seed: 2, reverse: true })];
  const outputs = tfLayers.concatenate().apply(ways.map((way) => way.apply(inputs) as SymbolicTensor));
  const both = model({ inputs, outputs: outputs as SymbolicTensor });
  tidy(() => {
    const given = [frames(), mask()];
    const [forward, backward] = ways.map((way) => way.apply(given) as Tensor) as [Tensor, Tensor];
    const expected = concat([forward, backward], 2).dataSync();
    expectTensor(both.predict(given) as Tensor, [batch, time, 2 * units], expected, 1e-6);
  });
  both.dispose();
  expect(memory().numTensors).toBe(before);
});

test('wrong options and inputs are refused', () => {
  expect(() => new GRU({ units: 0 })).toThrow(
    'GRU: expected units to be a whole number of at least 1 but received 0.',
  );
  expect(() => new LSTM({ units, resetAfter: true } as never)).toThrow('but received "resetAfter"');
  expect(() => new SimpleRNN({ units, activation: 'sigmoid' as 'tanh' })).toThrow(
    "activation to be one of 'tanh', 'relu'",
  );
  expect(() => new GRU({ units }).apply(input({ shape: [null, null] }))).toThrow(
    'x [batch, time, size] of known size',
  );
  const long = [input({ shape: [5, 3] }), input({ shape: [6] })];
  expect(() => new GRU({ units }).apply(long)).toThrow('then a mask [batch, time]');
  const lstmInputs = [input({ shape: [5, 3] }), input({ shape: [5] }), input({ shape: [units] })];
  expect(() => new LSTM({ units }).apply(lstmInputs)).toThrow('then h, c of [batch, 4]');
});
