import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bahdanauAttention } from '../../src/attention/bahdanauAttention.js';
import { luongAttention } from '../../src/attention/luongAttention.js';
import { multiHeadAttention } from '../../src/attention/multiHeadAttention.js';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import { zeroBridge } from '../../src/bridges/zeroBridge.js';
import { seq2seq, type Seq2SeqBuilder } from '../../src/builder/seq2seq.js';
import { whitespaceTokenizer } from '../../src/data/tokenizers/whitespaceTokenizer.js';
import { Vocab } from '../../src/data/vocab.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { transformerDecoder } from '../../src/decoders/transformerDecoder.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import type { Seq2SeqModel } from '../../src/model/seq2seqModel.js';
import { constantRatio } from '../../src/training/teacherForcing/constantRatio.js';
import { linearDecay } from '../../src/training/teacherForcing/linearDecay.js';

const tokenizer = whitespaceTokenizer();
const vocab = Vocab.build([['a', 'b', 'c']]);
const text = { vocab, tokenizer };
const complete = () =>
  seq2seq()
    .source(text)
    .target(text)
    .encoder(recurrentEncoder({ units: 3 }))
    .decoder(recurrentDecoder({ units: 3 }));

/** Builds, hands the model to `look`, and frees it. */
function built<T>(builder: Seq2SeqBuilder<never>, look: (model: Seq2SeqModel) => T, seed = 0): T {
  const model = builder.build({ seed });
  try {
    return look(model);
  } finally {
    model.dispose();
  }
}
const placementOf = (builder: Seq2SeqBuilder<never>): unknown =>
  built(builder, ({ parts }) => parts.attention?.placement);

beforeAll(async () => {
  await setBackend('cpu');
});
let before = 0;
beforeEach(() => (before = memory().numTensors));
afterEach(() => expect(memory().numTensors).toBe(before));

describe('an incomplete chain', () => {
  const encoder = recurrentEncoder({ units: 3 });
  const decoder = recurrentDecoder({ units: 3 });
  test.each<[string, Seq2SeqBuilder<never>]>([
    ['.source(…)', seq2seq().target(text).encoder(encoder).decoder(decoder) as never],
    ['.target(…)', seq2seq().source(text).encoder(encoder).decoder(decoder) as never],
    ['.encoder(…)', seq2seq().source(text).target(text).decoder(decoder) as never],
    ['.decoder(…)', seq2seq().source(text).target(text).encoder(encoder) as never],
    ['.source(…), .target(…), .encoder(…), .decoder(…)', seq2seq() as never],
  ])('names the missing %s', (calls, builder) => {
    const error = expect.objectContaining({
      code: 'incomplete-builder',
      message: `build: the model is not complete. Call ${calls} before .build().`,
    }) as Error;
    expect(() => builder.build()).toThrow(error);
    expect(() => builder.build({ seed: 1 })).toThrow(error);
    expect(() => builder.build('call .source() before .build()' as never)).toThrow(error);
  });
});

describe('every call returns a new builder', () => {
  test('branches do not disturb each other', () => {
    const trunk = complete();
    const branch = trunk.decoder(recurrentDecoder({ units: 5 })).bridge(linearBridge());
    expect(built(trunk, ({ parts }) => [parts.bridge.kind, parts.decoder.config['units']])).toEqual([
      'passBridge',
      3,
    ]);
    expect(built(branch, ({ parts }) => [parts.bridge.kind, parts.decoder.config['units']])).toEqual([
      'linearBridge',
      5,
    ]);
  });

  test('a later call replaces an earlier one', () => {
    const builder = complete()
      .bridge(linearBridge())
      .bridge(zeroBridge())
      .attention(bahdanauAttention({ units: 3 }))
      .attention(luongAttention({ score: 'dot' }))
      .teacherForcing(constantRatio(0.5))
      .teacherForcing(linearDecay({ steps: 3 }), { per: 'token' });
    built(builder, ({ parts }) => {
      expect(parts.bridge.kind).toBe('zeroBridge');
      expect(parts.attention?.spec.kind).toBe('luongAttention');
      expect(parts.teacherForcing.schedule.toJSON()).toMatchObject({ kind: 'linearDecay', steps: 3 });
      expect(parts.teacherForcing.per).toBe('token');
    });
  });

  test('one builder builds many models: equal from the same seed, independent of each other', () => {
    const [first, second, other] = [1, 1, 2].map((seed) => complete().build({ seed })) as [
      Seq2SeqModel,
      Seq2SeqModel,
      Seq2SeqModel,
    ];
    const weights = (model: Seq2SeqModel): unknown =>
      Object.values(model.parameters()).map((variable) => variable.arraySync());
    expect(weights(second)).toEqual(weights(first));
    expect(weights(other)).not.toEqual(weights(first));
    first.dispose();
    expect(weights(second)).toHaveLength(Object.keys(second.parameters()).length);
    second.dispose();
    other.dispose();
  });
});

describe('defaults', () => {
  test('a pass bridge, no attention, and the reference always fed', () => {
    built(complete(), ({ parts }) => {
      expect(parts.bridge.kind).toBe('passBridge');
      expect(parts.attention).toBeNull();
      expect(parts.teacherForcing.schedule(1000)).toBe(1);
    });
  });

  test('additive attention stands before the cell, the others after it', () => {
    const [before, after] = ['before-cell', 'after-cell'].map((order) => ({ order, inputFeeding: false }));
    expect(placementOf(complete().attention(bahdanauAttention({ units: 3 })))).toEqual(before);
    expect(placementOf(complete().attention(luongAttention({ score: 'dot' })))).toEqual(after);
    const own = { ...luongAttention({ score: 'dot' }), order: 'before-cell' } as const;
    expect(placementOf(complete().attention(own))).toEqual(before);
    const chosen = complete().attention(bahdanauAttention({ units: 3 }), {
      order: 'after-cell',
      inputFeeding: true,
    });
    expect(placementOf(chosen)).toEqual({ order: 'after-cell', inputFeeding: true });
  });

  test('names of parameters tell their block', () => {
    const names = built(complete().bridge(linearBridge()), (model) => Object.keys(model.parameters()));
    expect(names).toContain('encoder.embedding.weight');
    expect(names).toContain('bridge.h.0.weight');
    expect(names).toContain('decoder.fc_out.bias');
    expect(new Set(names.map((name) => name.split('.')[0]))).toEqual(
      new Set(['encoder', 'bridge', 'decoder']),
    );
  });

  test('a summary counts every number', () => {
    built(complete(), (model) => {
      const { parameters, total, text } = model.summary();
      // embedding 7 × 3, GRU 2 × 9 × 3 + 2 × 9; the same in the decoder, and the projection 7 × 3 + 7
      expect(total).toBe(2 * (21 + 72) + 28);
      expect(parameters[0]).toEqual({ name: 'encoder.embedding.weight', shape: [7, 3], size: 21 });
      expect(text.split('\n')).toHaveLength(parameters.length + 1);
      expect(text).toMatch(/total +214$/);
    });
  });
});

describe('parts that cannot work together', () => {
  const refused = (builder: Seq2SeqBuilder<never>, message: RegExp): void =>
    expect(() => builder.build()).toThrow(
      expect.objectContaining({
        code: 'incompatible-parts',
        message: expect.stringMatching(message) as string,
      }),
    );

  test('another width without a bridge that maps it', () => {
    refused(
      complete().decoder(recurrentDecoder({ units: 5 })),
      /^passBridge: expected recurrentEncoder to end with what recurrentDecoder starts from, 1 layer of 5 units .* Use linearBridge\(\)/,
    );
  });

  test('a decoder that never sees the source', () => {
    refused(
      complete().bridge(zeroBridge()),
      /^build: expected recurrentDecoder to see what recurrentEncoder read: .* received "zeroBridge and none of them"\. Use passBridge\(\)/,
    );
    built(
      complete()
        .bridge(zeroBridge())
        .attention(luongAttention({ score: 'dot' })),
      () => undefined,
    );
    built(
      complete()
        .bridge(zeroBridge())
        .decoder(recurrentDecoder({ units: 3, input: ['summary'] })),
      () => undefined,
    );
  });

  test('an attention over a transformer decoder, which has its own', () => {
    const builder = complete()
      .decoder(transformerDecoder({ width: 4, heads: 2 }))
      .attention(luongAttention({ score: 'general' }));
    refused(builder, /transformerDecoder/);
  });

  test('heads that do not divide the width of the decoder', () => {
    refused(
      complete().attention(multiHeadAttention({ heads: 2 })),
      /^multiHeadAttention: expected a number of heads that divides the width \(3\) but received 2\. .*The model: recurrentEncoder → passBridge → multiHeadAttention → recurrentDecoder\.$/,
    );
  });

  test('a decoder that reads an attention that is not there', () => {
    refused(
      complete().decoder(recurrentDecoder({ units: 3, readout: ['output', 'attention'] })),
      /^recurrentDecoder: expected an attention, .* Add \.attention\(…\)\. The model: recurrentEncoder → passBridge → recurrentDecoder\.$/,
    );
  });
});

describe('wrong arguments are refused at the call', () => {
  const refused = (run: () => unknown, message: string): void =>
    expect(run).toThrow(expect.objectContaining({ code: 'invalid-option', message }));
  const builder = seq2seq();

  test.each<[string, () => unknown, string]>([
    [
      'a decoder as encoder',
      () => builder.encoder(recurrentDecoder({ units: 3 }) as never),
      'encoder: expected the spec of the encoder but received "the decoder recurrentDecoder". Hand it to .decoder(…).',
    ],
    [
      'a built block',
      () => builder.bridge({} as never),
      'bridge: expected the spec of the bridge but received {}.',
    ],
    [
      'a spec that builds nothing',
      () => builder.encoder({ role: 'encoder' } as never),
      'encoder: expected the spec of the encoder but received {role}.',
    ],
    [
      'a factory without its call',
      () => builder.decoder(recurrentDecoder as never),
      'decoder: expected the spec of the decoder but received a Function. Call it: .decoder(recurrentDecoder({ … })).',
    ],
    [
      'no attention',
      () => builder.attention(undefined as never),
      'attention: expected the spec of the attention but received undefined.',
    ],
    [
      'another order',
      () => builder.attention(luongAttention({ score: 'dot' }), { order: 'inside' as never }),
      `attention: expected order to be one of 'before-cell', 'after-cell' but received "inside".`,
    ],
    [
      'another option of attention',
      () => builder.attention(luongAttention({ score: 'dot' }), { feed: true } as never),
      'attention: expected option names among order, inputFeeding but received "feed".',
    ],
    [
      'a source without a tokenizer',
      () => builder.source({ vocab } as never),
      'source: expected a vocab and a tokenizer but received {vocab}. Write .source({ vocab, tokenizer }).',
    ],
    [
      'a vocabulary as the source',
      () => builder.source(vocab as never),
      'source: expected a vocab and a tokenizer but received a Vocab. Write .source({ vocab, tokenizer }).',
    ],
    [
      'a tokenizer as the target',
      () => builder.target(tokenizer as never),
      'target: expected a vocab and a tokenizer but received {name, tokenize, detokenize, toJSON}. Write .target({ vocab, tokenizer }).',
    ],
    [
      'another option of source',
      () => builder.source({ ...text, lowercase: true } as never),
      'source: expected option names among vocab, tokenizer, addSos, addEos but received "lowercase".',
    ],
    [
      'no features',
      () => builder.source({ features: 0 }),
      'source: expected features to be a whole number of at least 1 but received 0.',
    ],
    [
      'features beside a vocabulary',
      () => builder.source({ features: 3, vocab } as never),
      'source: expected option names among features but received "vocab".',
    ],
    [
      'nothing as a target',
      () => builder.target(undefined as never),
      'target: expected a vocab and a tokenizer but received undefined. Write .target({ vocab, tokenizer }).',
    ],
    [
      'a bare function as a schedule',
      () => builder.teacherForcing((() => 1) as never),
      'teacherForcing: expected a schedule such as linearDecay(…) but received a Function. A function of your own goes to fit({ teacherForcing }): it cannot be saved with the model.',
    ],
    [
      'a ratio as a schedule',
      () => builder.teacherForcing(0.5 as never),
      'teacherForcing: expected a schedule such as linearDecay(…) but received 0.5. A function of your own goes to fit({ teacherForcing }): it cannot be saved with the model.',
    ],
    [
      'another unit',
      () => builder.teacherForcing(constantRatio(1), { per: 'epoch' as never }),
      `teacherForcing: expected per to be one of 'batch', 'step', 'token' but received "epoch".`,
    ],
    [
      'another option of build',
      () => complete().build({ random: 1 } as never),
      'build: expected option names among seed but received "random".',
    ],
    [
      'a wrong seed',
      () => complete().build({ seed: 0.5 }),
      'build: expected seed to be a whole number of at least 0 but received 0.5.',
    ],
    [
      'text to build a complete chain',
      () => complete().build('call .source() before .build()' as never),
      'build: expected an options object but received "call .source() before .build()".',
    ],
    [
      'no options',
      () => complete().build(null as never),
      'build: expected an options object but received null.',
    ],
  ])('%s', (_, run, message) => {
    refused(run, message);
  });
});
