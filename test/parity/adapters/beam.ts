import { dispose, tidy } from '@tensorflow/tfjs-core';
import {
  beamSearch,
  greedySearch,
  type BeamOptions,
  type DecoderStart,
  type Hypothesis,
  type LengthPenalty,
  type SearchSetup,
  type StepFunction,
} from '../../../src/index.js';
import type { Adapter, NumberCheck } from '../adapter.js';
import { TOLERANCE } from '../compare.js';
import { rowsOf, stored, type Fixture } from '../fixture.js';
import { seq2seqParts, type Config } from '../seq2seqParts.js';
import { teacherForcedBatch } from '../teacherForcedBatch.js';

interface BeamConfig extends Config {
  readonly sentences: number;
  /** Counts the end token. */
  readonly max_len: number;
  readonly banned: number[];
}

/** One hypothesis; the end token, where it was reached, is one of its ids. */
interface Golden {
  readonly ids: number[];
  readonly logp: number;
  readonly score?: number;
}

interface Ranking {
  readonly penalty: 'none' | 'gnmt' | 'length';
  readonly alpha: number;
}

interface BeamResult extends Ranking {
  readonly sentence: number;
  readonly variant: 'refill' | 'first' | 'shrink';
  readonly beam: number;
  readonly hypotheses: Golden[];
}

interface BestOfAll extends Ranking {
  readonly sentence: number;
  readonly best: Golden[];
}

interface Search {
  readonly what: string;
  readonly options: BeamOptions;
  /** One list a sentence. */
  readonly golden: (readonly Golden[])[];
}

/** A variant of the case, and every choice of options that must give its results. */
const VARIANTS: Readonly<Record<BeamResult['variant'], readonly BeamOptions[]>> = {
  refill: [{ earlyStopping: 'exact' }, { earlyStopping: 'never' }],
  first: [{ earlyStopping: 'first' }],
  shrink: [{ finished: 'shrink' }, { finished: 'shrink', earlyStopping: 'never' }],
};

/** The model of `seq2seq_attention`, searched in every way that the case lists, all its sentences at once. */
export const beam: Adapter = (fixture) => ({
  async numbers() {
    const config = fixture.config as unknown as BeamConfig;
    const parts = seq2seqParts(fixture, 'seq2seq_attention');
    if (parts === null) return [];
    const { encoder, bridge, decoder } = parts;
    const batch = teacherForcedBatch({
      source: rowsOf(fixture, 'in.src'),
      sourceLengths: [...stored(fixture, 'in.src_lengths').data],
      targetInput: [[config.sos]],
      targetOutput: [[config.eos]],
    });
    const { state, constants } = tidy(
      () => decoder.start(bridge.forward(encoder.forward(batch.source, batch.sourceMask))) as never,
    ) as DecoderStart<unknown, unknown>;
    const step: StepFunction = (tokens, before, position, kept) =>
      decoder.step(tokens, before, position, kept);
    const setup: SearchSetup & BeamOptions = {
      batchSize: config.sentences,
      sosId: config.sos,
      eosId: config.eos,
      bannedIds: config.banned,
      maxLength: config.max_len,
      countEndToken: true,
      constants,
    };
    const checks = compare(
      'greedy',
      await greedySearch(step, state, setup),
      (fixture.json['greedy'] as Golden[]).map((golden) => [golden]),
      config.eos,
    );
    for (const { what, options, golden } of [...beamSearches(fixture), ...fullWidthSearches(fixture)]) {
      const found = await beamSearch(step, state, { ...setup, ...options });
      checks.push(...compare(what, found, golden, config.eos));
    }
    dispose([state, constants] as never);
    batch.dispose();
    parts.dispose();
    return checks;
  },
});

function beamSearches({ json }: Fixture): Search[] {
  const groups = groupBy(json['results'] as BeamResult[], ({ variant, beam: width, penalty, alpha }) =>
    [variant, width, penalty, alpha].join(' '),
  );
  return [...groups].flatMap(([what, group]) => {
    const { variant, beam: width, ...ranking } = group[0] as BeamResult;
    const golden: Golden[][] = [];
    for (const { sentence, hypotheses } of group) golden[sentence] = hypotheses;
    const shared = { width, nBest: width, lengthPenalty: lengthPenalty(ranking) };
    return VARIANTS[variant].map((own) => ({ what, options: { ...shared, ...own }, golden }));
  });
}

/** A beam as wide as there are hypotheses finds the best ten of them all. */
function fullWidthSearches({ json, config }: Fixture): Search[] {
  const groups = groupBy((json['exhaustive'] ?? []) as BestOfAll[], ({ penalty, alpha }) =>
    [penalty, alpha].join(' '),
  );
  const { trg_vocab: vocabulary, max_len: longest } = config as unknown as BeamConfig;
  return [...groups].map(([what, group]) => {
    const golden: Golden[][] = [];
    for (const { sentence, best } of group) golden[sentence] = best;
    const nBest = golden[0]?.length ?? 0;
    const options = {
      width: Math.max(vocabulary ** (longest - 1), nBest),
      nBest,
      lengthPenalty: lengthPenalty(group[0] as BestOfAll),
    };
    return { what: `full width ${what}`, options, golden };
  });
}

function lengthPenalty({ penalty, alpha }: Ranking): LengthPenalty {
  return { none: 'none' as const, gnmt: { gnmt: alpha }, length: { length: alpha } }[penalty];
}

function compare(
  search: string,
  found: readonly (readonly Hypothesis[])[],
  golden: readonly (readonly Golden[])[],
  eosId: number,
): NumberCheck[] {
  return golden.flatMap((list, sentence) => {
    const hypotheses = found[sentence] ?? [];
    const checks = list.flatMap((expected, rank) => {
      const { ids = [], finishReason, logProbability, score } = hypotheses[rank] ?? {};
      const actual = finishReason === 'eos' ? [...ids, eosId] : ids;
      const what = `${search}, sentence ${sentence}, number ${rank}`;
      return [
        check(`${what}: length`, actual.length, expected.ids.length),
        ...expected.ids.map((id, i) => check(`${what}: id ${i}`, actual[i], id)),
        check(`${what}: log-probability`, logProbability, expected.logp, TOLERANCE.score),
        check(`${what}: score`, score, expected.score ?? expected.logp, TOLERANCE.score),
      ];
    });
    return [check(`${search}, sentence ${sentence}: hypotheses`, hypotheses.length, list.length), ...checks];
  });
}

function check(
  what: string,
  actual = NaN,
  expected: number,
  tolerance: number = TOLERANCE.metric,
): NumberCheck {
  return { what, actual, expected, tolerance };
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
