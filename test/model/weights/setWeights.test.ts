import '@tensorflow/tfjs-backend-cpu';
import {
  clone,
  memory,
  ones,
  tensor,
  tidy,
  variable,
  zeros,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { useBackend } from '../../../src/backend/useBackend.js';
import { linearBridge } from '../../../src/bridges/linearBridge.js';
import { seq2seq } from '../../../src/builder/seq2seq.js';
import { Seq2SeqError } from '../../../src/core/errors.js';
import { createRandom } from '../../../src/core/random.js';
import { Vocab } from '../../../src/data/vocab.js';
import { greedy } from '../../../src/decoding/greedySearch.js';
import { recurrentDecoder } from '../../../src/decoders/recurrentDecoder.js';
import { recurrentEncoder } from '../../../src/encoders/recurrentEncoder.js';
import type { Seq2SeqModel } from '../../../src/model/seq2seqModel.js';
import type { NamedWeights } from '../../../src/model/weights/setWeights.js';
import { copyPairs, pairs, tinyModel, tokenizer, weightsOf } from '../tinyModel.js';

type Plain = Record<string, { shape: number[]; values: number[] }>;

/** The weights of a model as a file of JSON has them. */
function plainWeights(model: Pick<Seq2SeqModel, 'parameters'>): Plain {
  const entries = Object.entries(model.parameters()).map(([name, weight]) => [
    name,
    { shape: weight.shape, values: [...weight.dataSync()] },
  ]);
  return Object.fromEntries(entries) as Plain;
}

/** What `setWeights` says of them, after it changed nothing. */
function refusal(model: Seq2SeqModel, weights: unknown, options?: object): string {
  const before = weightsOf(model);
  const tensors = memory().numTensors;
  let message = '';
  try {
    model.setWeights(weights as NamedWeights, options);
  } catch (error) {
    expect(error).toBeInstanceOf(Seq2SeqError);
    expect((error as Seq2SeqError).code).toBe('invalid-input');
    ({ message } = error as Seq2SeqError);
  }
  expect(weightsOf(model)).toEqual(before);
  expect(memory().numTensors).toBe(tensors);
  return message;
}

const sources = pairs.map(({ source }) => source);

describe.each(['cpu', 'wasm'] as const)('setWeights on %s', (backend) => {
  let model: Seq2SeqModel;
  let other: Seq2SeqModel;
  beforeAll(() => useBackend(backend));
  beforeEach(() => {
    model = tinyModel({ seed: 1 });
    other = tinyModel({ seed: 2 });
  });
  afterEach(() => {
    model.dispose();
    other.dispose();
  });

  test.each([
    ['tensors', (from: Seq2SeqModel): NamedWeights => from.parameters()],
    ['numbers', plainWeights],
    ['numbers through JSON', (from: Seq2SeqModel) => JSON.parse(JSON.stringify(plainWeights(from))) as Plain],
  ])('%s make a model the other one', async (_, read) => {
    const given = read(other);
    expect(weightsOf(model)).not.toEqual(weightsOf(other));
    const before = memory();
    model.setWeights(given);
    expect(memory().numTensors).toBe(before.numTensors);
    expect(memory().numBytes).toBe(before.numBytes);
    expect(weightsOf(model)).toEqual(weightsOf(other));
    expect(await model.generateBatch(sources)).toEqual(await other.generateBatch(sources));
    const options = { epochs: 2, batchSize: 3 };
    expect((await model.fit(pairs, options)).epochs.map(({ loss }) => loss)).toEqual(
      (await other.fit(pairs, options)).epochs.map(({ loss }) => loss),
    );
    expect(weightsOf(model)).toEqual(weightsOf(other));
  });

  test('its own weights, inside a tidy too', () => {
    const before = weightsOf(model);
    tidy(() => {
      model.setWeights(model.parameters());
    });
    expect(weightsOf(model)).toEqual(before);
  });

  test('training, whose Adam works in place, leaves the given tensors as they were', async () => {
    const clones = Object.entries(other.parameters()).map(([name, weight]) => [name, clone(weight)] as const);
    const given = Object.fromEntries(clones);
    const numbers = weightsOf(other);
    model.setWeights(given);
    await model.fit(pairs, { epochs: 2 });
    expect(weightsOf(model)).not.toEqual(numbers);
    expect(weightsOf(other)).toEqual(numbers);
    for (const [name, weight] of clones) {
      expect([...weight.dataSync()]).toEqual(numbers[name]);
      weight.dispose();
    }
  });

  test('whatever happens to what was given leaves the model as it is', async () => {
    const wanted = weightsOf(other);
    const output = await other.generateBatch(sources);
    const arrays = Object.entries(other.parameters()).map(
      ([name, weight]) => [name, weight.shape, Float32Array.from(weight.dataSync())] as const,
    );
    const variables = arrays.map(([name, shape, values]): [string, Variable] => [
      name,
      tidy(() => variable(tensor(values, shape))),
    ]);
    const unchanged = async (): Promise<void> => {
      expect(weightsOf(model)).toEqual(wanted);
      expect(await model.generateBatch(sources)).toEqual(output);
    };
    model.setWeights(Object.fromEntries(variables));
    for (const [, , values] of arrays) values.fill(7); // on cpu the tensors hold these very arrays
    await unchanged();
    for (const [, weight] of variables) tidy(() => weight.assign(ones(weight.shape)));
    await unchanged();
    for (const [, weight] of variables) weight.dispose();
    await unchanged();

    const numbers = arrays.map(([name, shape]) => [
      name,
      { shape, values: Float32Array.from(wanted[name] ?? []) },
    ]) as [string, { shape: number[]; values: Float32Array }][];
    model.setWeights(Object.fromEntries(numbers));
    for (const [, { values }] of numbers) values.fill(7);
    await unchanged();

    model.setWeights(other.parameters());
    await other.fit(pairs, { epochs: 2 });
    expect(weightsOf(other)).not.toEqual(wanted);
    await unchanged();
    other.dispose();
    await unchanged();
  });

  test('tensors made on another backend', async () => {
    await useBackend(backend === 'cpu' ? 'wasm' : 'cpu');
    const numbers = plainWeights(other);
    const elsewhere = Object.entries(numbers).map(([name, { shape, values }]): [string, Tensor] => [
      name,
      tensor(values, shape),
    ]);
    await useBackend(backend);
    model.setWeights(Object.fromEntries(elsewhere));
    await model.fit(pairs, { epochs: 1 });
    for (const [name, weight] of elsewhere) {
      expect([...weight.dataSync()]).toEqual(numbers[name]?.values);
      weight.dispose();
    }
  });
});

describe('rename', () => {
  let model: Seq2SeqModel;
  let other: Seq2SeqModel;
  beforeAll(async () => {
    await useBackend('cpu');
    model = tinyModel({ seed: 1 });
    other = tinyModel({ seed: 2 });
  });

  test('maps names of the file, and null leaves one out', () => {
    const file: Plain = { 'module.encoder.step': { shape: [], values: [3] } };
    for (const [name, weight] of Object.entries(plainWeights(other)))
      file[`module.${name.replace('.rnn.', '.gru.')}`] = weight;
    const rename = (name: string): string | null =>
      name.endsWith('.step') ? null : name.replace('module.', '').replace('.gru.', '.rnn.');
    expect(weightsOf(model)).not.toEqual(weightsOf(other));
    model.setWeights(file, { rename });
    expect(weightsOf(model)).toEqual(weightsOf(other));
  });

  test('two names that become one, and a name that becomes none', () => {
    const file = { ...plainWeights(other), a: { shape: [1], values: [1] }, b: { shape: [1], values: [1] } };
    const both = refusal(model, file, {
      rename: (name: string) => (/^[ab]$/.test(name) ? 'decoder.fc_out.bias' : name),
    });
    expect(both).toContain('\n- a: a second decoder.fc_out.bias');
    expect(both).toContain('\n- b: a second decoder.fc_out.bias');
    const table: Record<string, string> = {};
    expect(refusal(model, file, { rename: (name: string) => table[name] })).toContain(
      '\n- encoder.rnn.weight_ih_l0: a second undefined',
    );
  });

  test('is the only option, and a function', () => {
    expect(() => {
      model.setWeights(plainWeights(other), { renamed: String } as object);
    }).toThrow(expect.objectContaining({ code: 'invalid-option' }));
    expect(() => {
      model.setWeights(plainWeights(other), { rename: {} } as never);
    }).toThrow('setWeights: expected rename to be a function but received {}.');
  });
});

describe('what does not fit', () => {
  let model: Seq2SeqModel;
  let plain: Plain;
  beforeAll(async () => {
    await useBackend('cpu');
    model = tinyModel();
    plain = plainWeights(model);
  });

  test('is listed as a whole, and nothing changes', () => {
    const disposed = zeros([9, 7]);
    disposed.dispose();
    const integers = zeros([9], 'int32');
    const { 'encoder.rnn.bias_ih_l0': bias, 'encoder.rnn.bias_hh_l0': _, ...rest } = plain;
    const values = [...(bias?.values ?? [])];
    values[3] = NaN;
    const weights = {
      ...rest,
      'encoder.rnn.bias_ih_l0': { shape: [15], values },
      'encoder.rnn.weight_ih_l0': { shape: [5, 15], values: Array<number>(75).fill(0) },
      'encoder.rnn.weight_hh_l0': { shape: [15, 5], values: [[1, 2], [3]] },
      'decoder.rnn.weight_hh_l0': null,
      'decoder.rnn.bias_ih_l0': { shape: [21] },
      'decoder.rnn.bias_hh_l0': { shape: [21], values: Array<null>(21).fill(null) },
      'decoder.fc_out.bias': integers,
      'decoder.embedding.weight': disposed,
      constructor: { shape: [1], values: [1] },
      'encoder.h.bias': { shape: [1], values: [1] },
    };
    expect(refusal(model, weights)).toMatchInlineSnapshot(`
      "setWeights: expected the model's weights by name but received "others". Map names by { rename }; null leaves one out.
      - encoder.rnn.weight_ih_l0: float32 [5, 15] instead of float32 [15, 5]
      - encoder.rnn.weight_hh_l0: 2 values for [15, 5] instead of float32 [15, 5]
      - encoder.rnn.bias_ih_l0: not finite [15] instead of float32 [15]
      - encoder.rnn.bias_hh_l0: nothing instead of float32 [15]
      - decoder.embedding.weight: disposed [9, 7] instead of float32 [9, 7]
      - decoder.rnn.weight_hh_l0: nothing instead of float32 [21, 7]
      - decoder.rnn.bias_ih_l0: 0 values for [21] instead of float32 [21]
      - decoder.rnn.bias_hh_l0: not finite [21] instead of float32 [21]
      - decoder.fc_out.bias: int32 [9] instead of float32 [9]
      - constructor: float32 [1] instead of nothing
      - encoder.h.bias: float32 [1] instead of nothing"
    `);
    integers.dispose();
  });

  test('one alone', () => {
    const { 'decoder.fc_out.bias': _, ...rest } = plain;
    expect(refusal(model, rest)).toMatch(
      /received "others"\..*\n- decoder\.fc_out\.bias: nothing instead of float32 \[9\]$/,
    );
  });

  test.each([[undefined], [null], [{}], [[]], [new Map()], [5]])('no weights: %o', (weights) => {
    const names = Object.keys(plain);
    const message = refusal(model, weights);
    for (const name of names) expect(message).toContain(`\n- ${name}: nothing instead of float32 [`);
  });

  test('while fit runs', async () => {
    const trained = model.fit(pairs, { epochs: 2 });
    expect(refusal(model, plain)).toBe(
      'setWeights: expected a model that nothing trains but received "one whose fit still runs". Await it first.',
    );
    await trained;
    model.setWeights(plain);
    expect(plainWeights(model)).toEqual(plain);
  });
});

test('a model of frames', async () => {
  await useBackend('cpu');
  const untrained = seq2seq()
    .source({ features: 3 })
    .target({ features: 2 })
    .encoder(recurrentEncoder({ units: 5 }))
    .bridge(linearBridge())
    .decoder(recurrentDecoder({ units: 7 }));
  const [model, other] = [untrained.build({ seed: 1 }), untrained.build({ seed: 2 })];
  const source = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const tensors = memory().numTensors;
  model.setWeights(plainWeights(other));
  expect(await model.generate(source)).toEqual(await other.generate(source));
  expect(() => {
    model.setWeights({});
  }).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  expect(memory().numTensors).toBe(tensors);
  model.dispose();
  other.dispose();
});

// Large enough for wasm to keep packed copies of its weights, from the second product on.
test('generation on wasm uses the new weights, whatever was kept of the old ones', async () => {
  await useBackend('wasm');
  const random = createRandom(1);
  const words = Array.from({ length: 80 }, (_, word) => `w${word}`);
  const side = { vocab: Vocab.build([words]), tokenizer };
  const untrained = seq2seq()
    .source(side)
    .target(side)
    .encoder(recurrentEncoder({ units: 67 }))
    .decoder(recurrentDecoder({ units: 67 }));
  const [model, other] = [untrained.build({ seed: 1 }), untrained.build({ seed: 2 })];
  const inputs = Array.from({ length: 37 }, () =>
    Array.from({ length: 5 }, () => words[random.integer(80)]).join(' '),
  );
  const generate = (from: Seq2SeqModel): Promise<unknown> =>
    from.generateBatch(inputs, greedy({ maxLength: 6 }));
  const [old, wanted] = [await generate(model), await generate(other)];
  expect(await generate(model)).toEqual(old);
  expect(wanted).not.toEqual(old);
  const tensors = memory().numTensors;
  model.setWeights(other.parameters());
  expect(await generate(model)).toEqual(wanted);
  expect(await generate(model)).toEqual(wanted);
  await other.fit(copyPairs(8, 1), { epochs: 1 });
  expect(await generate(model)).toEqual(wanted);
  expect(await generate(other)).not.toEqual(wanted);
  expect(memory().numTensors).toBe(tensors);
  model.dispose();
  other.dispose();
});
