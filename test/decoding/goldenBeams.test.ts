import { memory, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LengthPenalty } from '../../src/contracts/generationOptions.js';
import type { Hypothesis } from '../../src/contracts/hypothesis.js';
import { disposeTensors } from '../../src/core/containers.js';
import { beamSearch, type BeamOptions } from '../../src/decoding/beamSearch.js';
import { greedySearch } from '../../src/decoding/greedySearch.js';
import { attentionModel, readCase } from './attentionModel.js';

interface Golden {
  ids: number[];
  logp: number;
  score: number;
}
interface Result {
  sentence: number;
  variant: 'refill' | 'first' | 'shrink';
  beam: number;
  penalty: 'none' | 'gnmt' | 'length';
  alpha: number;
  hypotheses: Golden[];
}
interface BeamCase {
  config: { sentences: number; max_len: number; sos: number; eos: number; banned: number[] };
  greedy: { ids: number[]; logp: number }[];
  results: Result[];
  exhaustive?: { sentence: number; penalty: Result['penalty']; alpha: number; best: Golden[] }[];
}

const VARIANTS: Record<string, Partial<BeamOptions>> = {
  refill: { earlyStopping: 'exact' },
  'refill ': { earlyStopping: 'never' },
  first: { earlyStopping: 'first' },
  shrink: { finished: 'shrink', earlyStopping: 'exact' },
  'shrink ': { finished: 'shrink', earlyStopping: 'never' },
  'shrink  ': { finished: 'shrink', earlyStopping: 'first' },
};

function penalty({ penalty: name, alpha }: { penalty: Result['penalty']; alpha: number }): LengthPenalty {
  return name === 'none' ? 'none' : name === 'gnmt' ? { gnmt: alpha } : { length: alpha };
}

function withEnd({ ids, finishReason }: Hypothesis, eosId: number): number[] {
  return finishReason === 'eos' ? [...ids, eosId] : ids;
}

function expectSame(found: Hypothesis[], golden: Golden[], eosId: number): void {
  expect(found.map((hypothesis) => withEnd(hypothesis, eosId))).toEqual(golden.map(({ ids }) => ids));
  found.forEach(({ score, logProbability }, i) => {
    expect(Math.abs(score - (golden[i] as Golden).score)).toBeLessThan(1e-4);
    expect(Math.abs(logProbability - (golden[i] as Golden).logp)).toBeLessThan(1e-4);
  });
}

describe.each(['wasm', 'cpu'])('the golden beam searches on %s', (backend) => {
  beforeAll(() => setBackend(backend));

  describe.each(['beam_attention_tiny', 'beam_attention'])('%s', (name) => {
    const { config, greedy, results, exhaustive = [] } = readCase<BeamCase>(name);
    const setup = {
      batchSize: config.sentences,
      sosId: config.sos,
      eosId: config.eos,
      bannedIds: config.banned,
      maxLength: config.max_len,
      countEndToken: true,
    };

    it.each(Object.keys(VARIANTS))('%s', async (variant) => {
      const { step, state, constants } = attentionModel(name);
      const before = memory().numTensors;
      const searches = new Map<string, Result[]>();
      for (const result of results.filter((candidate) => candidate.variant === variant.trim())) {
        const key = `${result.beam} ${result.penalty} ${result.alpha}`;
        searches.set(key, [...(searches.get(key) ?? []), result]);
      }
      expect(searches.size).toBe(16);
      for (const group of searches.values()) {
        const [first] = group as [Result];
        const found = await beamSearch(step, state, {
          ...setup,
          ...VARIANTS[variant],
          constants,
          width: first.beam,
          nBest: first.beam,
          lengthPenalty: penalty(first),
        });
        for (const { sentence, hypotheses } of group) {
          expectSame(found[sentence] as Hypothesis[], hypotheses, config.eos);
        }
      }
      expect(memory().numTensors).toBe(before);
      disposeTensors([state, constants]);
    });

    it('greedy', async () => {
      const { step, state, constants } = attentionModel(name);
      const found = await greedySearch(step, state, { ...setup, constants });
      found.forEach(([best], i) => {
        expect(withEnd(best as Hypothesis, config.eos)).toEqual(greedy[i]?.ids);
        expect((best as Hypothesis).logProbability).toBeCloseTo(greedy[i]?.logp as number, 4);
      });
      disposeTensors([state, constants]);
    });

    if (exhaustive.length > 0 && backend === 'wasm')
      it('a full-width beam finds the best of all hypotheses', async () => {
        const { step, state, constants } = attentionModel(name);
        for (const { sentence, best, ...ranking } of exhaustive) {
          if (sentence > 0) continue;
          const found = await beamSearch(step, state, {
            ...setup,
            constants,
            width: 7 ** 4,
            nBest: 10,
            lengthPenalty: penalty(ranking),
            earlyStopping: 'never',
          });
          for (const [i, hypotheses] of found.entries()) {
            const golden = exhaustive.find(
              (entry) =>
                entry.sentence === i && entry.penalty === ranking.penalty && entry.alpha === ranking.alpha,
            );
            expectSame(hypotheses, golden?.best as Golden[], config.eos);
          }
        }
        disposeTensors([state, constants]);
      });
  });
});
