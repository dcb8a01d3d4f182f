import { engine, memory, scalar, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../../src/backend/useBackend.js';
import { beam } from '../../../src/decoding/beamSearch.js';
import { greedy } from '../../../src/decoding/greedySearch.js';
import { sample } from '../../../src/decoding/sampleSearch.js';
import { ensemble } from '../../../src/model/ensemble.js';
import type { Seq2SeqModel } from '../../../src/model/seq2seqModel.js';
import { kinds, type Kind } from './generationKinds.js';
import { tinyModel, vocab } from '../tinyModel.js';

beforeAll(async () => {
  await useBackend('wasm');
});

/** The unknown token once, and then the end. */
const unknownOnce = { forcedPrefix: [vocab.unkId, vocab.eosId], maxLength: 3 };

describe('unknown tokens', () => {
  let model: Seq2SeqModel;
  beforeAll(() => {
    model = kinds['Bahdanau attention']();
  });

  /** The source token, start and end aside, that the first output token attends to most. */
  async function mostAttended(words: readonly string[]): Promise<string> {
    const [best] = await model.generate(words, greedy(unknownOnce));
    const weights = [...(best?.attention?.[0] as Float32Array)].slice(1, -1); // without <sos> and <eos>
    expect(weights).toHaveLength(words.length);
    return words[weights.indexOf(Math.max(...weights))] as string;
  }

  test('become the word they attend to, or what a dictionary or a function makes of it', async () => {
    const words = ['a', 'Zoé', 'b', 'Aix'];
    const word = await mostAttended(words);
    for (const make of [greedy, beam, sample]) {
      const tokens = async (replaceUnknown: Parameters<typeof make>[0]) => {
        const [best] = await model.generate(words, make({ ...unknownOnce, ...replaceUnknown }));
        expect(best?.ids).toEqual([vocab.unkId]);
        expect(best?.text).toBe(best?.tokens.join(' '));
        return best?.tokens;
      };
      expect(await tokens({})).toEqual(['<unk>']);
      expect(await tokens({ replaceUnknown: 'copy' })).toEqual([word]);
      expect(await tokens({ replaceUnknown: new Map([[word, 'x']]) })).toEqual(['x']);
      expect(await tokens({ replaceUnknown: new Map([['elsewhere', 'x']]) })).toEqual([word]);
      expect(await tokens({ replaceUnknown: (source) => source.toUpperCase() })).toEqual([
        word.toUpperCase(),
      ]);
    }
  });

  test('are found in a batch of other lengths too, and by an ensemble', async () => {
    const inputs = [['a', 'Zoé', 'b', 'Aix', 'c'], ['Ulm'], ['Rom', 'e']];
    const strategy = beam({ ...unknownOnce, replaceUnknown: 'copy' });
    const found = await model.generateBatch(inputs, strategy);
    const together = await ensemble([model, model]).generateBatch(inputs, strategy);
    for (const [i, words] of inputs.entries()) {
      const word = await mostAttended(words);
      expect(found[i]?.[0]?.tokens).toEqual([word]);
      expect(together[i]?.[0]?.tokens).toEqual([word]);
    }
  });

  test('cannot be replaced without attention', async () => {
    const plain = tinyModel();
    const before = memory().numTensors;
    const strategy = greedy({ replaceUnknown: 'copy', badTokens: [vocab.unkId] }); // also where none comes
    await expect(plain.generate('a', strategy)).rejects.toMatchObject({ code: 'incompatible-parts' });
    expect(memory().numTensors).toBe(before);
    plain.dispose();
  });
});

describe('what is given for each input', () => {
  const inputs = ['e d c b a', 'a', 'c c d', 'b b e d'];
  let model: Seq2SeqModel;
  beforeAll(() => {
    model = tinyModel();
  });

  test.each([1, 3, 64])('finds its input in batches of %i', async (batchSize) => {
    const forcedPrefix = [[4, 5], [5], [6, 7, 8], [7]];
    const asked = new Set<number>();
    for (const make of [greedy, beam, sample]) {
      const strategy = make({
        forcedPrefix,
        maxLength: 4,
        minLength: 4,
        stopping: [
          {
            name: 'at the fourth input',
            shouldStop: ({ sentence, length }) => sentence === 3 && length === 2,
          },
        ],
        allowedTokens(tokens, input) {
          asked.add(input);
          const prefix = forcedPrefix[input] as number[];
          expect(tokens.slice(0, prefix.length)).toEqual(prefix.slice(0, tokens.length));
          return undefined;
        },
      });
      const found = await model.generateBatch(inputs, strategy, { batchSize });
      found.forEach(([best], i) => {
        const prefix = forcedPrefix[i] as number[];
        expect(best?.ids.slice(0, prefix.length)).toEqual(prefix);
        expect(best?.finishReason === 'stopped').toBe(i === 3);
      });
    }
    expect([...asked].sort()).toEqual([0, 1, 2, 3]);
  });

  test.each([greedy, beam, sample])('an error names the input, however they are grouped', async (make) => {
    const before = memory().numTensors;
    const deadEnd = make({
      maxLength: 4,
      allowedTokens: (tokens, input) => (input === 2 && tokens.length === 1 ? [] : undefined),
      minLength: 2,
      onDeadEnd: 'throw',
    });
    const long = make({ maxLength: { timesSource: 1 }, forcedPrefix: [[4], [4, 5, 6, 7], [5], [6]] });
    for (const batchSize of [1, 3]) {
      await expect(model.generateBatch(inputs, deadEnd, { batchSize })).rejects.toMatchObject({
        code: 'no-candidates',
        message: expect.stringContaining('at position 1 of sentence 2') as string,
      });
      await expect(model.generateBatch(inputs, long, { batchSize })).rejects.toMatchObject({
        code: 'invalid-option',
        message: expect.stringContaining('at most maxLength tokens, 3 for sentence 1') as string,
      });
    }
    expect(memory().numTensors).toBe(before);
  });

  test('must be there for each', async () => {
    for (const lists of [[[4]], [[4], [4], [4], [4], [4]]]) {
      await expect(model.generateBatch(inputs, greedy({ forcedPrefix: lists }))).rejects.toThrow(
        `generateBatch: expected forcedPrefix to have one list an input, 4 but received "${lists.length} lists".`,
      );
    }
  });
});

describe.each(Object.keys(kinds) as Kind[])('%s', (kind) => {
  test.each([
    ['greedy', greedy],
    ['beam', beam],
    ['sample', sample],
  ] as [string, typeof greedy][])('%s refuses what cannot be, and nothing stays behind', async (_, make) => {
    const model = kinds[kind]();
    let before = memory().numTensors;
    const refused = async (
      code: string,
      options: Parameters<typeof make>[0],
      input = 'b c',
    ): Promise<void> => {
      const batch = async (): Promise<unknown> => model.generateBatch(['a', input], make(options));
      const stream = async (): Promise<unknown> => model.stream(input, make(options)).next();
      await expect(batch()).rejects.toMatchObject({ code });
      await expect(stream()).rejects.toMatchObject({ code });
      expect(memory().numTensors).toBe(before);
    };
    await refused('no-candidates', {
      badTokens: Array.from({ length: vocab.size }, (__, id) => id),
      onDeadEnd: 'throw',
    });
    await refused('no-candidates', { allowedTokens: () => [], onDeadEnd: 'throw' });
    await refused('invalid-option', { forcedPrefix: [4], badTokens: [4] });
    await refused('invalid-option', { forcedPrefix: [vocab.sosId, 4] });
    await refused('invalid-option', { forcedPrefix: [4, vocab.padId] });
    await refused('invalid-option', { minLength: 4, maxLength: 3 });
    await refused('invalid-option', { forcedPrefix: [4, 5, 6], maxLength: 2 });
    await refused('invalid-option', { badTokens: [vocab.size] });
    const bias = model.parameters()['decoder.fc_out.bias'];
    const broken = tensor(new Array<number>(vocab.size).fill(NaN));
    bias?.assign(broken);
    broken.dispose();
    before = memory().numTensors;
    await refused('not-finite', {});
    model.dispose();
  });
});

test('an option of another strategy is refused by name', () => {
  const beyond: [() => unknown, RegExp][] = [
    [() => greedy({ width: 3 } as never), /^greedy.*width.*beam search/],
    [() => greedy({ topK: 3 } as never), /^greedy.*topK/],
    [() => beam({ topK: 3 } as never), /^beam.*topK/],
    [() => beam({ temperature: 2 } as never), /^beam.*temperature/],
    [() => sample({ width: 3 } as never), /^sample.*width/],
    [() => sample({ earlyStopping: 'first' } as never), /^sample.*earlyStopping/],
  ];
  for (const [make, message] of beyond) {
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  }
});

test('500 mixed generations leave the tensor count flat', async () => {
  const models = Object.values(kinds).map((build) => build());
  const both = ensemble(models.slice(0, 2));
  const generators = [...models, both];
  const before = memory();
  for (let i = 0; i < 500; i++) {
    const generator = generators[i % generators.length] as Seq2SeqModel;
    const make = [greedy, beam, sample][i % 3] as typeof greedy;
    const strategy = make({ maxLength: 3, minLength: i % 2, ...(i % 5 === 0 && { noRepeatNgram: 2 }) });
    if (i % 7 === 0) {
      for await (const _ of generator.stream('a b', strategy)) if (i % 2 === 0) break;
    } else {
      await generator.generateBatch(i % 2 === 0 ? ['a b c'] : ['c', 'd a'], strategy);
    }
    expect(memory().numTensors).toBe(before.numTensors);
  }
  expect(memory().numBytes).toBe(before.numBytes);
  for (const model of models) model.dispose();
});

/** What each step makes: tensors (their ids are counted up), and bytes that live after it. */
async function stepCosts(
  model: Seq2SeqModel,
  make: typeof greedy,
  length: number,
): Promise<{ length: number; made: number[]; bytes: number[] }> {
  const made: number[] = [];
  const bytes: number[] = [];
  let last = 0;
  const onStep = (): void => {
    const marker = scalar(0);
    made.push(marker.id - last);
    last = marker.id;
    marker.dispose();
    bytes.push(memory().numBytes);
  };
  const [best] = await model.generate('a b c', make({ maxLength: length, minLength: length, onStep }));
  return { length: best?.ids.length ?? 0, made, bytes };
}

test.each([
  ['greedy', greedy],
  ['beam', (options: Parameters<typeof greedy>[0]) => beam({ ...options, width: 2 })],
] as const)(
  'ten thousand tokens by %s: each step is like the second',
  async (_, make: typeof greedy) => {
    const model = kinds['Bahdanau attention']();
    const { length, made, bytes } = await stepCosts(model, make, 10_000);
    expect(length).toBe(10_000);
    // The first step tiles the start. A beam has nothing to reorder where each row has one child in place.
    const usual = new Set(made.slice(2, -1));
    expect(usual.size).toBeLessThanOrEqual(make === greedy ? 1 : 2);
    expect(new Set(bytes.slice(2, -1)).size).toBe(1);
    model.dispose();
  },
  120_000,
);

test.each(Object.keys(kinds) as Kind[])(
  '%s: each of 200 steps is like the second, but for keys',
  async (kind) => {
    const model = kinds[kind]();
    const { made, bytes } = await stepCosts(model, greedy, 200);
    expect(new Set(made.slice(2, -1)).size).toBe(1);
    const growth = bytes.slice(3, -1).map((size, i) => size - (bytes[i + 2] as number));
    expect(new Set(growth).size).toBe(1); // a transformer keeps one key and one value more a layer
    expect(growth[0] === 0).toBe(kind !== 'transformer');
    model.dispose();
  },
);

test.each([
  ['greedy', greedy],
  ['beam', (options: Parameters<typeof greedy>[0]) => beam({ ...options, width: 3, earlyStopping: 'never' })],
] as const)('a transformer runs as many kernels at a late step of %s as at an early one', async (_, make) => {
  const model = kinds.transformer();
  const { state } = engine();
  const counts: number[] = [];
  const onStep = (): void => void counts.push(state.activeProfile.kernels.length);
  await engine().profile(async () => {
    await model.generate('a b c', make({ maxLength: 40, minLength: 40, onStep }));
    return scalar(0).dispose() as never;
  });
  const steps = counts.map((count, i) => count - (counts[i - 1] ?? 0)).slice(2, -1);
  expect(steps.length).toBeGreaterThan(30);
  expect(new Set(steps).size).toBe(1);
  model.dispose();
});
