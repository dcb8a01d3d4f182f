import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../../src/backend/useBackend.js';
import { bahdanauAttention } from '../../../src/attention/bahdanauAttention.js';
import { linearBridge } from '../../../src/bridges/linearBridge.js';
import { seq2seq } from '../../../src/builder/seq2seq.js';
import type { GenerationOptions } from '../../../src/contracts/generationOptions.js';
import type { Strategy } from '../../../src/contracts/strategy.js';
import { recurrentDecoder } from '../../../src/decoders/recurrentDecoder.js';
import { transformerDecoder } from '../../../src/decoders/transformerDecoder.js';
import { beam } from '../../../src/decoding/beamSearch.js';
import { greedy } from '../../../src/decoding/greedySearch.js';
import { sample } from '../../../src/decoding/sampleSearch.js';
import { convolutionalEncoder } from '../../../src/encoders/convolutionalEncoder.js';
import { recurrentEncoder } from '../../../src/encoders/recurrentEncoder.js';
import { transformerEncoder } from '../../../src/encoders/transformerEncoder.js';
import { ensemble, type Ensemble } from '../../../src/model/ensemble.js';
import type { GenerationMethods } from '../../../src/model/generation/generationMethods.js';
import type { TextHypothesis } from '../../../src/model/generation/generateText.js';
import type { Seq2SeqModel } from '../../../src/model/seq2seqModel.js';
import { pairs, tokenizer, vocab } from '../tinyModel.js';
import { kinds } from './generationKinds.js';

beforeAll(async () => {
  await useBackend('cpu');
});

/** The most positions of the tables: a source has at most seven letters, a start and an end. */
const ENCODER = 9;
const DECODER = 6;

const texts = () => seq2seq().source({ vocab, tokenizer }).target({ vocab, tokenizer });
const learned = (encoder = ENCODER, decoder = DECODER, seed = 1): Seq2SeqModel =>
  texts()
    .encoder(transformerEncoder({ width: 8, heads: 2, layers: 1, positions: 'learned', maxLength: encoder }))
    .decoder(transformerDecoder({ width: 8, heads: 2, layers: 1, positions: 'learned', maxLength: decoder }))
    .build({ seed });
const convolutional = (): Seq2SeqModel =>
  texts()
    .encoder(convolutionalEncoder({ units: 8, positions: 'learned', maxLength: ENCODER }))
    .bridge(linearBridge())
    .attention(bahdanauAttention({ units: 5 }))
    .decoder(recurrentDecoder({ units: 7 }))
    .build({ seed: 1 });

/** A generator, and what to free of it. */
interface Case {
  readonly generator: GenerationMethods & Pick<Ensemble, 'startDecoding'>;
  readonly members: readonly Seq2SeqModel[];
}
const alone = (model: Seq2SeqModel): Case => ({ generator: model, members: [model] });
const together = (...members: Seq2SeqModel[]): Case => ({ generator: ensemble(members), members });

const CASES: Record<string, () => Case> = {
  'recurrent, without attention': () => alone(kinds.gru()),
  'recurrent, with attention': () => alone(kinds['Bahdanau attention']()),
  'convolutional, with learned positions': () => alone(convolutional()),
  'transformer, with learned positions': () => alone(learned()),
  'ensemble of tables of different lengths': () => together(learned(50, 40), learned(ENCODER, DECODER, 2)),
  'ensemble of a recurrent model and a transformer': () => together(kinds['lstm of two layers'](), learned()),
};

const STRATEGIES: Record<string, (options: GenerationOptions) => Strategy> = {
  greedy,
  beam: (options) => beam({ width: 3, nBest: 2, ...options }),
  'beam, shrink': (options) => beam({ width: 3, finished: 'shrink', earlyStopping: 'first', ...options }),
  sample: (options) => sample({ nBest: 2, topP: 0.9, seed: 3, ...options }),
};

const OPTIONS: Record<string, GenerationOptions> = {
  defaults: {},
  'lengths and a penalty': { minLength: 3, maxLength: 5, lengthPenalty: { length: 1 } },
  'the end counted': { countEndToken: true, maxLength: 4, repetitionPenalty: 1.3 },
  'no bigram twice, the source twice': { noRepeatNgram: 2, maxLength: { timesSource: 2 }, badTokens: [5] },
};

/** One sentence of each sort; the second, the fourth and the sixth are bad. */
const GOOD = ['a b c', 'e', 'b b a', 'd a e b'];
const LONG = 'a b c d e a b c d e a b c d e';
const INPUTS = [GOOD[0], '', GOOD[1], LONG, GOOD[2], 'c c', GOOD[3]] as string[];
const STUCK = 5;

/** Bans all that could follow two tokens of the stuck sentence. */
const allowedTokens = (tokens: readonly number[], sentence: number): number[] | undefined =>
  sentence === STUCK ? (tokens.length < 2 ? [4, 6, 7, 8] : []) : undefined;

/** What a source gives that cannot be read. */
const empty = (finishReason: string): object => ({
  ids: [],
  tokens: [],
  text: '',
  score: 0,
  logProbability: 0,
  tokenLogProbabilities: [],
  finishReason,
});

// On this backend each row of a product is summed alike, however many there are. So results are equal to the
// last bit.
describe.each(Object.entries(CASES))('%s', (name, make) => {
  let generator: Case['generator'];
  let members: readonly Seq2SeqModel[];
  beforeAll(() => {
    ({ generator, members } = make());
    return () => members.forEach((member) => member.dispose());
  });
  const hasTable = !name.startsWith('recurrent');

  describe.each(Object.entries(STRATEGIES))('%s', (_, strategyOf) => {
    test.each(Object.entries(OPTIONS))('bad sentences change nothing for others: %s', async (__, options) => {
      const before = memory().numTensors;
      const strategy = strategyOf({ ...options, allowedTokens });
      const alone: TextHypothesis[][] = [];
      for (const place of INPUTS.keys()) {
        // In its place among empty ones, since sampling draws by the place.
        const single = INPUTS.map((input, i) => (i === place ? input : ''));
        alone.push((await generator.generateBatch(single, strategy))[place] as TextHypothesis[]);
      }
      expect(await generator.generateBatch(INPUTS, strategy)).toEqual(alone);
      expect(await generator.generateBatch(INPUTS, strategy, { batchSize: 2 })).toEqual(alone);
      expect(alone[1]).toEqual([empty('stuck')]);
      if (hasTable) expect(alone[3]).toEqual([empty('length')]);
      else expect(alone[3]?.[0]?.finishReason).toMatch(/eos|length/);
      for (const { ids, finishReason } of alone[STUCK] as TextHypothesis[]) {
        expect(ids).toHaveLength(2);
        expect(finishReason).toBe('stuck');
      }
      for (const place of [0, 2, 4, 6]) expect(['eos', 'length']).toContain(alone[place]?.[0]?.finishReason);
      expect(memory().numTensors).toBe(before);
    });

    test('streams end as searches do', async () => {
      const strategy = strategyOf({ nBest: 1 });
      for (const input of ['', LONG, GOOD[0] as string]) {
        const stream = generator.stream(input, strategy);
        let step = await stream.next();
        let tokens = 0;
        for (; step.done !== true; step = await stream.next()) tokens++;
        const [best] = step.value;
        expect(step.value).toEqual(await generator.generate(input, strategy));
        expect(best?.ids).toHaveLength(tokens);
      }
    });
  });

  test('a search of your own refuses what it cannot start from', () => {
    const before = memory().numTensors;
    const start = (input: string) => () => generator.startDecoding(['a', input]);
    expect(start('')).toThrow('startDecoding: source 1: expected at least one token but received "".');
    if (hasTable) expect(start(LONG)).toThrow('startDecoding: source 1: expected at most 9 positions');
    expect(memory().numTensors).toBe(before);
  });
});

test('bans that leave nothing to say end one sentence of five, not all', async () => {
  const model = kinds['Bahdanau attention']();
  const inputs = ['a b', 'c', 'd e a', 'b', 'e e'];
  // Every second sentence may use but two words, and no bigram twice: at most five tokens.
  const few = (_: readonly number[], sentence: number) => (sentence % 2 === 1 ? [4, 5] : undefined);
  for (const make of Object.values(STRATEGIES)) {
    const options = { minLength: 12, maxLength: 20, noRepeatNgram: 2, allowedTokens: few };
    const found = await model.generateBatch(inputs, make(options));
    found.forEach(([best], i) => {
      const { ids, finishReason } = best as TextHypothesis;
      if (i % 2 === 0) expect(ids.length).toBeGreaterThanOrEqual(12);
      else expect(ids.length).toBeLessThanOrEqual(5);
      expect(finishReason === 'stuck').toBe(i % 2 === 1);
    });
    const thrown = model.generateBatch(inputs, make({ ...options, onDeadEnd: 'throw' }));
    await expect(thrown).rejects.toMatchObject({ code: 'no-candidates' });
  }
  model.dispose();
});

describe('where learned positions end', () => {
  test('the default length of a source may pass the table', async () => {
    const model = learned(16, 16);
    const found = await model.generateBatch(['a b', 'a b c d e a b c'], greedy({ minLength: 25 }));
    for (const [best] of found) {
      expect(best?.finishReason).toBe('length');
      expect(best?.ids).toHaveLength(15);
    }
    const stream = model.stream('a b c d e a b c', greedy({ minLength: 25 }));
    let step = await stream.next();
    while (step.done !== true) step = await stream.next();
    expect(step.value).toEqual(found[1]);
    model.dispose();
  });

  const END = { countEndToken: true };
  const endless = { minLength: 40, maxLength: 50 };
  const strategies: [string, Strategy][] = Object.entries(STRATEGIES).map(([name, make]) => [
    name,
    make(endless),
  ]);

  test.each(strategies)('%s ends with what fits the table', async (_, strategy) => {
    const one = learned(ENCODER, DECODER);
    const both = ensemble([learned(ENCODER, 40), one]);
    for (const generator of [one, both]) {
      for (const [best] of await generator.generateBatch(['a b', 'e d c'], strategy)) {
        expect(best?.ids).toHaveLength(DECODER - 1); // the start token takes the first place
        expect(best?.finishReason).toBe('length');
      }
    }
    const counted = strategy.name === 'beam' ? beam({ ...endless, ...END }) : greedy({ ...endless, ...END });
    const [best] = await one.generate('a b', counted);
    expect(best).toMatchObject({ finishReason: 'length' });
    expect(best?.ids).toHaveLength(DECODER);
  });

  test('a table of one position leaves room for the end alone', async () => {
    const model = learned(ENCODER, 1);
    for (const make of Object.values(STRATEGIES)) {
      const [best] = await model.generate('a', make({ badTokens: [4] }));
      expect(best?.ids).toEqual([]);
      expect(best?.finishReason).toMatch(/eos|length/);
    }
    model.dispose();
  });

  test('evaluate goes on, and names a source that is too long', async () => {
    const model = learned(ENCODER, DECODER);
    const short = pairs.filter(({ target }) => target.split(' ').length < DECODER);
    expect(short.length).toBeGreaterThan(3);
    const { exactMatch } = await model.evaluate(short, { strategy: greedy(endless) });
    expect(exactMatch).toBe(0);
    const bad = [...short, { source: LONG, target: 'a' }];
    const message = `pair ${short.length}, source: expected at most 9 positions`;
    await expect(model.evaluate(bad)).rejects.toThrow(`evaluate: ${message}`);
    await expect(model.fit(bad)).rejects.toThrow(`fit: ${message}`);
    model.dispose();
  });
});

test('a model that writes frames gives none for an empty source', async () => {
  const model = seq2seq()
    .source({ features: 2 })
    .target({ features: 3 })
    .encoder(recurrentEncoder({ units: 5 }))
    .decoder(recurrentDecoder({ units: 5 }))
    .build({ seed: 1 });
  const [first, nothing, last] = await model.generateBatch([[[1, 2]], [], [[3, 4], [5, 6]]], { maxLength: 3 }); // prettier-ignore
  expect(nothing).toEqual({ frames: [], stopProbabilities: [], finishReason: 'stuck' });
  expect(first).toEqual(await model.generate([[1, 2]], { maxLength: 3 }));
  expect(last).toEqual(await model.generate([[3, 4], [5, 6]], { maxLength: 3 })); // prettier-ignore
  expect(await model.generate([])).toEqual(nothing);
  expect(await model.stream([]).next()).toEqual({ done: true, value: nothing });
  await expect(model.fit([{ source: [], target: [[1, 2, 3]] }])).rejects.toThrow('fit: pair 0, source');
  model.dispose();
});
