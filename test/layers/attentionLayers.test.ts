import '@tensorflow/tfjs-backend-cpu';
import {
  io,
  memory,
  ones,
  randomNormal,
  setBackend,
  slice,
  sum,
  tensor2d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import {
  input,
  layers as tfLayers,
  loadLayersModel,
  model,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { bahdanauAttention } from '../../src/attention/bahdanauAttention.js';
import { luongAttention } from '../../src/attention/luongAttention.js';
import { multiHeadAttention } from '../../src/attention/multiHeadAttention.js';
import { scaledDotProductAttention } from '../../src/attention/scaledDotProductAttention.js';
import type { AttentionSpec } from '../../src/contracts/attention.js';
import { createRandom } from '../../src/core/random.js';
import type { AttentionLayer, AttentionLayerArgs } from '../../src/layers/attentionLayer.js';
import {
  BahdanauAttention,
  GRU,
  LuongAttention,
  MultiHeadAttention,
  registerLayers,
  ScaledDotProductAttention,
} from '../../src/layers/index.js';
import { BLOCKS } from '../../src/model/blockRegistry.js';
import { expectTensor } from '../support/closeTo.js';

beforeAll(async () => {
  await setBackend('cpu');
});

const [batch, queries, time, size] = [2, 3, 5, 4];
type Make = (args: AttentionLayerArgs) => AttentionLayer;

const cases: [string, Make, AttentionSpec, number][] = [
  [
    'Bahdanau',
    (args) => new BahdanauAttention({ ...args, units: 7, bias: true }),
    bahdanauAttention({ units: 7, bias: true }),
    6,
  ],
  [
    'Luong dot',
    (args) => new LuongAttention({ ...args, score: 'dot' }),
    luongAttention({ score: 'dot' }),
    size,
  ],
  ['Luong general', (args) => new LuongAttention(args), luongAttention(), 6],
  [
    'Luong concat',
    (args) => new LuongAttention({ ...args, score: 'concat', units: 7, bias: true }),
    luongAttention({ score: 'concat', units: 7, bias: true }),
    6,
  ],
  ['scaled dot product', (args) => new ScaledDotProductAttention(args), scaledDotProductAttention(), size],
  [
    'multi-head',
    (args) => new MultiHeadAttention({ ...args, heads: 2 }),
    multiHeadAttention({ heads: 2 }),
    6,
  ],
];

const normal = (shape: [number, number, number], seed: number): Tensor3D =>
  randomNormal<Rank.R3>(shape, 0, 1, 'float32', seed);
const mask = (): Tensor =>
  tensor2d([
    [1, 1, 1, 1, 1],
    [1, 1, 0, 0, 0],
  ]);

/** query and memory with their mask through the layer, then a dense layer that reads its first output. */
function networkOf(layer: AttentionLayer, memorySize: number): LayersModel {
  const inputs = [
    input({ shape: [null, size] }),
    input({ shape: [null, memorySize] }),
    input({ shape: [null] }),
  ];
  const outputs = layer.apply(inputs) as SymbolicTensor | SymbolicTensor[];
  const context = Array.isArray(outputs) ? (outputs[0] as SymbolicTensor) : outputs;
  return model({
    inputs,
    outputs: tfLayers.dense({ units: 2, kernelInitializer: 'ones' }).apply(context) as SymbolicTensor,
  });
}

test('every attention of the package has a layer, and stands in the table above', () => {
  const kinds = Object.keys(BLOCKS).filter((kind) => kind.endsWith('Attention'));
  expect(new Set(cases.map(([, , { kind }]) => kind))).toEqual(new Set(kinds));
});

describe.each(cases)('%s', (_, make, spec, memorySize) => {
  test('starts with the weights of the block, and computes what it computes', () => {
    const before = memory().numTensors;
    const layer = make({ seed: 3, returnWeights: true });
    const block = spec.build({ querySize: size, memorySize, random: createRandom(3) });
    tidy(() => {
      const [query, read] = [normal([batch, queries, size], 1), normal([batch, time, memorySize], 2)];
      const [context, weights] = layer.apply([query, read, mask()]) as [Tensor, Tensor];
      const parameters = Object.entries(block.parameters());
      expect(layer.weights.map(({ originalName }) => originalName.split('/')[1])).toEqual(
        parameters.map(([name]) => name),
      );
      layer.getWeights().forEach((weight, i) => {
        const variable = parameters[i]?.[1] as Tensor;
        expectTensor(weight, variable.shape, variable.dataSync(), 0);
      });
      const expected = block.attend(query, block.prepare(read, mask() as never));
      expectTensor(context, expected.context.shape, expected.context.dataSync(), 1e-6);
      expectTensor(weights, expected.weights.shape, expected.weights.dataSync(), 1e-6);
      expect([...slice(weights, [1, 0, 2], [1, queries, 3]).dataSync()]).toEqual(new Array(9).fill(0));
      expectTensor(sum(weights, -1), [batch, queries], new Array(batch * queries).fill(1));
    });
    block.dispose();
    layer.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('trains in a model, is saved, and loads as the same model', async () => {
    registerLayers();
    const before = memory().numTensors;
    const network = networkOf(make({ seed: 3 }), memorySize);
    network.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const xs = [normal([batch, queries, size], 1), normal([batch, time, memorySize], 2), mask()];
    const ys = zeros([batch, queries, 2]);
    const history = await network.fit(xs, ys, { epochs: 3, batchSize: 2 });
    const losses = history.history['loss'] as number[];
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

  test('the same seed gives the same weights, and symbolic shapes are those of the tensors', () => {
    const [first, second] = [make({ seed: 3, returnWeights: true }), make({ seed: 3, returnWeights: true })];
    tidy(() => {
      const inputs = [normal([batch, queries, size], 1), normal([batch, time, memorySize], 2)];
      const [a, b] = [first.apply(inputs), second.apply(inputs)] as [Tensor[], Tensor[]];
      expectTensor(a[0] as Tensor, (b[0] as Tensor).shape, (b[0] as Tensor).dataSync(), 0);
      expect(
        first.computeOutputShape([
          [null, queries, size],
          [null, time, memorySize],
        ]),
      ).toEqual([
        [null, ...(a[0] as Tensor).shape.slice(1)],
        [null, ...(a[1] as Tensor).shape.slice(1)],
      ]);
    });
    first.dispose();
    second.dispose();
  });
});

test('a mask of tfjs-layers is not looked at, by any layer of this library', () => {
  const before = memory().numTensors;
  const networkWith = (maskZero: boolean): LayersModel => {
    const inputs = [input({ shape: [null] }), input({ shape: [null, size] })];
    const embed = tfLayers.embedding({
      inputDim: 5,
      outputDim: size,
      maskZero,
      embeddingsInitializer: 'ones',
    });
    const query = embed.apply(inputs[0] as SymbolicTensor) as SymbolicTensor;
    const context = new BahdanauAttention({ seed: 1 }).apply([
      query,
      inputs[1] as SymbolicTensor,
    ]) as SymbolicTensor;
    return model({ inputs, outputs: new GRU({ units: 3, seed: 2 }).apply(context) as SymbolicTensor });
  };
  const [masking, plain] = [networkWith(true), networkWith(false)];
  tidy(() => {
    const inputs = [tensor2d([[1, 0]]), normal([1, 3, size], 1)];
    const expected = plain.predict(inputs) as Tensor;
    expectTensor(masking.predict(inputs) as Tensor, [1, 3], expected.dataSync(), 0);
  });
  masking.dispose();
  plain.dispose();
  expect(memory().numTensors).toBe(before);
});

test('dropout of a multi-head layer works in training alone, and follows the seed', () => {
  const layers = [1, 2].map(() => new MultiHeadAttention({ heads: 2, dropout: 0.5, seed: 3 }));
  tidy(() => {
    const inputs = [normal([1, 3, 4], 1), normal([1, 7, 4], 2)];
    const [first, second] = layers.map((layer) => (training: boolean): number[] => [
      ...(layer.apply(inputs, { training }) as Tensor).dataSync(),
    ]) as [(training: boolean) => number[], (training: boolean) => number[]];
    const plain = first(false);
    expect(first(false)).toEqual(plain);
    const trained = first(true);
    expect(trained).not.toEqual(plain);
    second(false);
    expect(second(true)).toEqual(trained);
    expect(second(true)).not.toEqual(trained);
  });
  layers.forEach((layer) => layer.dispose());
});

test('wrong options and inputs are refused', () => {
  expect(() => new BahdanauAttention({ size: 3 } as never)).toThrow(
    'returnWeights, units, bias but received "size"',
  );
  expect(() => new BahdanauAttention({ units: 0 })).toThrow('BahdanauAttention: expected units to be');
  expect(() => new LuongAttention({ score: 'dot', units: 3 })).toThrow(
    "no units and no bias with score 'dot'",
  );
  expect(() =>
    new LuongAttention({ score: 'dot' }).apply([input({ shape: [2, 4] }), input({ shape: [2, 6] })]),
  ).toThrow('a memory as wide as the query (4)');
  expect(() =>
    new MultiHeadAttention({ heads: 3 }).apply([input({ shape: [2, 4] }), input({ shape: [2, 6] })]),
  ).toThrow('heads that divides the width (4)');
  expect(() => new BahdanauAttention().apply(input({ shape: [2, 4] }))).toThrow(
    '[query, memory] or [query, memory, memoryMask] but received "1 inputs"',
  );
  expect(() => new BahdanauAttention().apply([input({ shape: [4] }), input({ shape: [2, 6] })])).toThrow(
    'query [batch, queries, querySize]',
  );
  const layer = new ScaledDotProductAttention();
  tidy(() => {
    const masked = [ones([1, 1, 4]), ones([1, 2, 4]), zeros([1, 2])];
    expect(() => layer.apply(masked)).toThrow('ScaledDotProductAttention: expected at least one allowed');
    expect(() => layer.apply(masked)).toThrow('only zeros in row 0');
  });
  layer.dispose();
  const multiHead = new MultiHeadAttention({ heads: 2 });
  tidy(() => {
    const perQuery = [ones([1, 3, 4]), ones([1, 2, 4]), ones([1, 3, 2])];
    expect(() => multiHead.apply(perQuery)).toThrow('expected a mask of [1, 2]');
  });
  multiHead.dispose();
});
