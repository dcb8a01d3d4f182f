import '@tensorflow/tfjs-backend-cpu';
import { memory, mul } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import type { ErrorCode } from '../../src/core/errors.js';
import { seq2seq } from '../../src/builder/seq2seq.js';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import type { Seq2SeqModel } from '../../src/model/seq2seqModel.js';
import type { FitOptions } from '../../src/model/fit.js';
import { crossEntropy } from '../../src/training/losses/crossEntropy.js';
import { adam } from '../../src/training/optimizers/adam.js';
import { sgd } from '../../src/training/optimizers/sgd.js';
import { TrainingStoppedError } from '../../src/training/trainingStoppedError.js';
import { copyPairs, pairs, tinyModel, tokenizer, vocab, weightsOf } from './tinyModel.js';

let model: Seq2SeqModel;
beforeAll(async () => {
  await useBackend('wasm');
});
beforeEach(() => {
  model?.dispose();
  model = tinyModel();
});

/** Asserts the error, and that neither weights nor tensors changed. */
async function refused(
  run: () => Promise<unknown>,
  code: ErrorCode,
  message: string | RegExp,
): Promise<void> {
  const weights = weightsOf(model);
  const before = memory().numTensors;
  const error: unknown = await run().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  const { code: found, message: text } = error as { code: string; message: string };
  if (typeof message === 'string') expect(text).toBe(message);
  else expect(text).toMatch(message);
  expect(found).toBe(code);
  expect(memory().numTensors).toBe(before);
  expect(weightsOf(model)).toEqual(weights);
}

describe('data', () => {
  const cases: [string, unknown, string][] = [
    ['no pairs', [], 'expected at least one pair but received "an empty dataset".'],
    ['nothing', undefined, 'expected an array or iterable of pairs but received undefined.'],
    ['text', 'a b', 'expected an array or iterable of pairs but received "a b".'],
    [
      'a stream',
      stream(),
      'expected an array or iterable of pairs but received "an asynchronous iterable". Collect it first: for await (const pair of pairs) list.push(pair);',
    ],
  ];
  const single: [string, unknown, string][] = [
    [
      'an empty source',
      { source: '', target: 'a' },
      'pair 1, source: expected at least one token but received "". Leave empty sentences out.',
    ],
    [
      'no tokens',
      { source: [], target: 'a' },
      'pair 1, source: expected at least one token but received []. Leave empty sentences out.',
    ],
    [
      'a pair without a target',
      { source: 'a' },
      'pair 1: expected an object with source and target but received {source}.',
    ],
    [
      'a pair whose target is missing',
      { source: 'a', target: undefined },
      'pair 1, target: expected text, tokens or ids but received undefined.',
    ],
    [
      'a missing pair',
      undefined,
      'pair 1: expected an object with source and target but received undefined.',
    ],
    [
      'a pair in a list',
      ['a', 'b'],
      'pair 1: expected an object with source and target but received ["a", "b"].',
    ],
    ['a number', { source: 3, target: 'a' }, 'pair 1, source: expected text, tokens or ids but received 3.'],
    [
      'frames',
      { source: [[0.5, 1]], target: 'a' },
      'pair 1, source: expected text, tokens or ids but received [[0.5, 1]].',
    ],
  ];

  test.each(cases)('%s', async (_, data, message) => {
    await refused(() => model.fit(data as never), 'invalid-input', `fit: ${message}`);
    await refused(() => model.evaluate(data as never), 'invalid-input', `evaluate: ${message}`);
    if (data === undefined) return; // no validation at all
    const options = { validation: data as never };
    await refused(() => model.fit(pairs, options), 'invalid-input', `fit: validation: ${message}`);
  });

  test.each(single)('%s', async (_, pair, message) => {
    const data = [{ source: 'a', target: 'b' }, pair] as never;
    await refused(() => model.fit(data), 'invalid-input', `fit: ${message}`);
    await refused(() => model.evaluate(data), 'invalid-input', `evaluate: ${message}`);
    await refused(
      () => model.fit(pairs, { validation: data }),
      'invalid-input',
      `fit: validation: ${message}`,
    );
  });

  test.each([[[4, 9]], [[-1]], [[1.5]], [[NaN]], [Int32Array.of(4, 99)]])('the ids %o', async (ids) => {
    const message =
      /hold whole ids from 0 to 8, also at position \d, but received .* Was it encoded with another vocabulary\?$/;
    await refused(() => model.fit([{ source: ids, target: 'a' }]), 'invalid-input', message);
    await refused(() => model.evaluate([{ source: 'a', target: ids }]), 'invalid-input', message);
    await refused(() => model.generate(ids), 'invalid-input', message);
  });

  test('tokens among ids', async () => {
    const message = /^generate: source 0: expected text, tokens or ids but received/;
    await refused(() => model.generate([4, 'a'] as never), 'invalid-input', message);
    await refused(() => model.generate(['a', 4] as never), 'invalid-input', message);
    await refused(
      () => model.fit([{ source: ['a', 4] as never, target: 'a' }]),
      'invalid-input',
      'fit: pair 0, source: expected text, tokens or ids but received ["a", 4].',
    );
  });

  test('anything but a list of sources', async () => {
    for (const inputs of ['abc', undefined, { 0: 'a', length: 1 }]) {
      const message = /^generateBatch: expected an array of sources but received .* call generate\.$/;
      await refused(() => model.generateBatch(inputs as never), 'invalid-input', message);
      const start = async (): Promise<unknown> => model.startDecoding(inputs as never);
      await refused(start, 'invalid-input', /^startDecoding: expected an array of sources/);
    }
  });

  test('one bad source among many is named by its place in the list', async () => {
    const start = async (): Promise<unknown> => model.startDecoding(['a b c', 'a', '']);
    await refused(
      start,
      'invalid-input',
      'startDecoding: source 2: expected at least one token but received "". Leave empty sentences out.',
    );
    await refused(
      () => model.generateBatch(['a b c', [4], [99]]),
      'invalid-input',
      /^generateBatch: source 2: expected it to hold whole ids from 0 to 8/,
    );
  });

  test('an empty sentence to generate from', async () => {
    expect((await model.generate(''))[0]).toMatchObject({ text: '', finishReason: 'stuck' });
    expect((await model.generateBatch(['a', ' ']))[1]?.[0]?.ids).toEqual([]);
    await refused(() => model.generate(undefined as never), 'invalid-input', /expected text, tokens or ids/);
    expect(await model.generateBatch([])).toEqual([]);
    await refused(async () => model.startDecoding([]), 'invalid-input', 'startDecoding: expected at least one source but received [].'); // prettier-ignore
  });

  test('frames of another width or none at all, where a model reads frames', async () => {
    const before = memory().numTensors;
    const speech = seq2seq()
      .source({ features: 3 })
      .target({ vocab, tokenizer })
      .encoder(recurrentEncoder({ units: 5 }))
      .bridge(linearBridge())
      .decoder(recurrentDecoder({ units: 5 }))
      .build();
    const frames = [[0, 1, 2]];
    expect((await speech.fit([{ source: frames, target: 'a b' }], { epochs: 1 })).updates).toBe(1);
    expect(await speech.generate(frames)).toHaveLength(1);
    await refused(
      () => speech.generate('a b'),
      'invalid-input',
      /expected frames of 3 numbers but received "a b"\./,
    );
    await refused(() => speech.generate([[1, 2]]), 'invalid-input', /3/);
    await refused(() => speech.generate([[1, 2, NaN]]), 'invalid-input', /NaN/);
    speech.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

describe('options', () => {
  test.each<[unknown, string | RegExp]>([
    [{ epoch: 3 }, /^fit: expected option names among epochs, batchSize, .* but received "epoch"\.$/],
    [null, 'fit: expected an options object but received null.'],
    [{ epochs: 0 }, /^fit: expected epochs to be a whole number of at least 1 but received 0\.$/],
    [{ epochs: '3' }, /^fit: expected epochs to be a whole number of at least 1 but received "3"\.$/],
    [{ batchSize: 0 }, /^fit: expected batchSize to be a whole number of at least 1 but received 0\.$/],
    [{ maxTokens: 1.5 }, /^fit: expected maxTokens to be a whole number of at least 1 but received 1\.5\.$/],
    [{ batchSize: 2, maxTokens: 20 }, 'fit: expected batchSize or maxTokens but received "both".'],
    [{ bucketByLength: 'no' }, /^fit: expected bucketByLength to be true or false but received "no"\.$/],
    [{ clipNorm: 0 }, /^fit: expected clipNorm to be a finite number \(above 0\) but received 0\.$/],
    [{ clipNorm: NaN }, /^fit: expected clipNorm to be a finite number/],
    [{ seed: -1 }, 'fit: expected seed to be a whole number of at least 0 but received -1.'],
    [
      { teacherForcing: { per: 'word' } },
      `fit: teacherForcing: expected per to be one of 'batch', 'step', 'token' but received "word".`,
    ],
    [
      { teacherForcing: { schedule: 0.5 } },
      'fit: teacherForcing: expected schedule to be a function but received 0.5.',
    ],
    [
      { teacherForcing: { unit: 'step' } },
      'fit: teacherForcing: expected option names among schedule, per but received "unit".',
    ],
    [{ teacherForcing: 0.5 }, 'fit: expected teacherForcing to be a function but received 0.5.'],
    [{ forcingUnit: 'step' }, 'fit: expected teacherForcing: { schedule, per } but received "forcingUnit".'],
    [
      { teacherForcing: () => 1.5 },
      'fit: expected teacherForcing(0) to be a finite number (min 0, max 1) but received 1.5.',
    ],
    [
      { teacherForcing: () => NaN },
      'fit: expected teacherForcing(0) to be a finite number (min 0, max 1) but received NaN.',
    ],
    [{ loss: 'crossEntropy' }, 'fit: expected loss to be a function but received "crossEntropy".'],
    [
      { optimizer: 'adam' },
      'fit: expected an optimizer but received "adam". Pass an object such as adam() returns.',
    ],
    [
      { optimizer: { update() {} } },
      'fit: expected an optimizer but received {update}. Pass an object such as adam() returns.',
    ],
    [
      { signal: new AbortController() },
      'fit: expected signal to be an AbortSignal but received a AbortController.',
    ],
    [{ onStep: true }, 'fit: expected onStep to be a function but received true.'],
    [{ onEpoch: {} }, 'fit: expected onEpoch to be a function but received {}.'],
  ])('fit %o', async (options, message) => {
    await refused(() => model.fit(pairs, options as FitOptions), 'invalid-option', message);
  });

  test('a sentence longer than maxTokens', async () => {
    await refused(
      () => model.fit(pairs, { maxTokens: 5 }),
      'invalid-input',
      /examples of at most 5 tokens, the maxTokens option, but received 6/,
    );
  });

  test('evaluate', async () => {
    const names =
      'evaluate: expected option names among batchSize, signal, strategy, alignments but received "batch".';
    await refused(() => model.evaluate(pairs, { batch: 3 } as never), 'invalid-option', names);
    await refused(
      () => model.evaluate(pairs, { batchSize: 0 }),
      'invalid-option',
      /^evaluate: expected batchSize/,
    );
    await refused(
      () => model.evaluate(pairs, { signal: 'stop' } as never),
      'invalid-option',
      'evaluate: expected signal to be an AbortSignal but received "stop".',
    );
    await refused(() => model.evaluate(pairs, { strategy: 'beam' } as never), 'invalid-option', /^evaluate: expected a strategy but received "beam"\. Pass greedy\(\)/); // prettier-ignore
  });

  test('generate and generateBatch', async () => {
    const names = 'generateBatch: expected option names among batchSize but received "width".';
    await refused(
      () => model.generateBatch(['a'], undefined, { width: 3 } as never),
      'invalid-option',
      names,
    );
    await refused(
      () => model.generateBatch(['a'], undefined, { batchSize: -1 }),
      'invalid-option',
      /batchSize/,
    );
    await refused(() => model.generate('a', { name: 'greedy' } as never), 'invalid-option', /a strategy/);
    const mine = { name: 'mine', search: () => Promise.resolve([[]]) };
    await refused(() => model.generate('a', mine as never), 'invalid-option', /a strategy/);
    await refused(
      () => model.generateBatch(['a', 'b'], { ...mine, options: {} } as never),
      'invalid-input',
      /strategy mine to return a list for each of 2 sources but received "1 lists"/,
    );
  });
});

describe('a loss that is not finite', () => {
  test('a NaN at step 4: training stops, and the weights of step 3 stay, bit for bit', async () => {
    const data = copyPairs(20, 1);
    const options = { batchSize: 4, seed: 3, optimizer: adam({ learningRate: 0.01 }) };
    const weights: Record<string, number[]>[] = [];
    let calls = 0;
    const stopped: unknown = await model
      .fit(data, {
        ...options,
        loss: (inputs) => {
          const loss = crossEntropy()(inputs);
          return ++calls === 4 ? mul(loss, NaN) : loss;
        },
        onStep: () => void weights.push(weightsOf(model)),
      })
      .catch((error: unknown) => error);
    expect(stopped).toBeInstanceOf(TrainingStoppedError);
    expect(stopped).toMatchObject({ code: 'not-finite', history: { updates: 3, epochs: [] } });
    expect((stopped as Error).message).toMatch(/^fit: the loss \(NaN\) .* of update 4 is not finite\./);
    expect(weights).toHaveLength(3);
    expect(weightsOf(model)).toEqual(weights[2]);
    expect((await model.fit(data, { ...options, epochs: 1 })).updates).toBe(5); // and it can go on
  });

  test('weights that explode under a huge learning rate', async () => {
    const data = copyPairs(20, 1);
    let last = weightsOf(model);
    const optimizer = sgd({ learningRate: 1e38 });
    const options: FitOptions = {
      batchSize: 4,
      epochs: 50,
      clipNorm: Infinity,
      optimizer,
      onStep: () => void (last = weightsOf(model)),
    };
    await expect(model.fit(data, options)).rejects.toMatchObject({ code: 'not-finite' });
    expect(weightsOf(model)).toEqual(last);
  });

  test('weights that are not finite to begin with', async () => {
    const bias = model.parameters()['decoder.fc_out.bias'];
    const broken = mul(bias ?? [], NaN);
    bias?.assign(broken);
    broken.dispose();
    const weights = weightsOf(model);
    await expect(model.fit(pairs)).rejects.toMatchObject({ code: 'not-finite', history: { updates: 0 } });
    expect(weightsOf(model)).toEqual(weights);
    await expect(model.generate('a')).rejects.toMatchObject({ code: 'not-finite' });
  });
});

describe('an aborted fit', () => {
  test('keeps what was learnt, and the model goes on', async () => {
    const data = copyPairs(20, 1);
    const controller = new AbortController();
    const first = weightsOf(model);
    let last = first;
    const fit = model.fit(data, {
      batchSize: 4,
      signal: controller.signal,
      onStep({ epoch, step }) {
        last = weightsOf(model);
        if (epoch === 2 && step === 2) controller.abort('enough');
      },
    });
    await expect(fit).rejects.toMatchObject({
      code: 'aborted',
      cause: 'enough',
      history: { updates: 7, epochs: [{ epoch: 1 }] },
      message: 'fit: was aborted after 7 updates. What was learnt so far stays in the weights.',
    });
    expect(last).not.toEqual(first);
    expect(weightsOf(model)).toEqual(last);
    expect(await model.generate('a b')).toHaveLength(1);
    expect((await model.fit(data, { epochs: 1, batchSize: 4 })).updates).toBe(5);
  });

  test('before it starts', async () => {
    const signal = AbortSignal.abort();
    await refused(() => model.fit(pairs, { signal }), 'aborted', /^fit: was aborted after 0 updates/);
  });
});

describe('an aborted evaluation', () => {
  test('before it starts, between two batches, and before anything is generated', async () => {
    const signal = AbortSignal.abort('enough');
    await refused(() => model.evaluate(pairs, { signal }), 'aborted', /^evaluate: /);
    for (const calls of [2, 4]) {
      let seen = 0;
      // The first two looks are before the batches of measuring, the others before those of generating.
      const counting = { get aborted() { return ++seen >= calls; } } as AbortSignal; // prettier-ignore
      const data = [...pairs].slice(0, 4);
      await refused(
        () => model.evaluate(data, { signal: counting, batchSize: 2 }),
        'aborted',
        /^evaluate: expected to run to the end/,
      );
      expect(seen).toBeGreaterThanOrEqual(calls);
    }
  });

  test('inside fit: the history holds the epoch, without its validation', async () => {
    const controller = new AbortController();
    const detokenize = (tokens: readonly string[]): string => {
      controller.abort('enough'); // text is made after the first batch of generation
      return tokens.join(' ');
    };
    const listening = seq2seq()
      .source({ vocab, tokenizer })
      .target({ vocab, tokenizer: { ...tokenizer, detokenize } })
      .encoder(recurrentEncoder({ units: 3 }))
      .decoder(recurrentDecoder({ units: 3 }))
      .build();
    const before = memory().numTensors;
    const options = { epochs: 2, validation: copyPairs(65, 2), signal: controller.signal };
    const error: unknown = await listening.fit(pairs, options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TrainingStoppedError);
    expect(error).toMatchObject({ code: 'aborted', cause: 'enough', history: { updates: 1 } });
    const { epochs } = (error as TrainingStoppedError).history;
    expect(epochs).toEqual([expect.objectContaining({ epoch: 1 })]);
    expect(epochs[0]).not.toHaveProperty('validation');
    expect(memory().numTensors).toBe(before);
    listening.dispose();
  });
});

test('a second fit is refused while one runs; after it, even a failed one, the next may start', async () => {
  const first = model.fit(pairs, { epochs: 2 });
  await expect(model.fit(pairs)).rejects.toMatchObject({
    code: 'invalid-input',
    message:
      'fit: expected a model that nothing trains but received "one whose fit still runs". Await it first.',
  });
  expect((await first).updates).toBe(2);
  await expect(model.fit(pairs, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  // A sentence longer than a batch is noticed only when the batches are planned.
  await expect(model.fit(pairs, { maxTokens: 1 })).rejects.toMatchObject({ code: 'invalid-input' });
  expect((await model.fit(pairs, { epochs: 1 })).updates).toBe(1);
});

test('every method of a disposed model says so', async () => {
  const gone = tinyModel();
  gone.dispose();
  gone.dispose();
  const methods: [string, () => unknown][] = [
    ['fit', () => gone.fit(pairs)],
    ['evaluate', () => gone.evaluate(pairs)],
    ['generate', () => gone.generate('a')],
    ['generateBatch', () => gone.generateBatch(['a'])],
    ['generateBatch', () => gone.generateBatch([])],
    ['startDecoding', () => gone.startDecoding(['a'])],
    ['parameters', () => gone.parameters()],
    ['summary', () => gone.summary()],
    ['setWeights', () => gone.setWeights({})],
    ['save', () => gone.save({ save: () => Promise.reject(new Error('never')) })],
    ['score', () => gone.score('a', 'b')],
  ];
  for (const [name, use] of methods) {
    const run = async (): Promise<unknown> => use();
    await refused(run, 'disposed', `${name}: the model was used after dispose(). Build or load it again.`);
  }
  await refused(async () => gone.stream('a').next(), 'disposed', /used after dispose\(\)/);
  await refused(async () => gone.align('a', 'b'), 'disposed', /used after dispose\(\)/);
});

test('a step that outlives its model says so', () => {
  const before = memory().numTensors;
  const gone = tinyModel();
  const started = gone.startDecoding(['a']);
  gone.dispose();
  const { step, state, setup, dispose } = started;
  expect(() => step(undefined as never, state, 0, setup.constants)).toThrow(
    expect.objectContaining({ code: 'disposed' }),
  );
  dispose();
  expect(memory().numTensors).toBe(before);
});

/** As the readers of corpus files are. */
async function* stream(): AsyncGenerator {
  await Promise.resolve();
  yield { source: 'a', target: 'b' };
}
