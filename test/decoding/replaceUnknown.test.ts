import { describe, expect, it } from 'vitest';
import type { Hypothesis } from '../../src/contracts/hypothesis.js';
import { greedy } from '../../src/decoding/greedySearch.js';
import { replaceUnknown } from '../../src/decoding/replaceUnknown.js';

const HYPOTHESIS: Hypothesis = {
  ids: [7, 3, 3],
  score: -1,
  logProbability: -1,
  tokenLogProbabilities: [-0.5, -0.25, -0.25],
  finishReason: 'length',
  attention: [
    new Float32Array([1, 0, 0]),
    new Float32Array([0.2, 0.7, 0.1]),
    new Float32Array([0.1, 0.2, 0.7]),
  ],
};
const CONTEXT = { tokens: ['dear', '<unk>', '<unk>'], sourceTokens: ['chère', 'Zoé', '<eos>'], unkId: 3 };

describe('replaceUnknown', () => {
  it('copies the source token that is attended to most', () => {
    expect(replaceUnknown(HYPOTHESIS, { ...CONTEXT, replacement: 'copy' })).toEqual(['dear', 'Zoé', '<eos>']);
  });

  it('passes over tokens that are never taken', () => {
    const excluded = ['<eos>'];
    expect(replaceUnknown(HYPOTHESIS, { ...CONTEXT, excluded, replacement: 'copy' })).toEqual([
      'dear',
      'Zoé',
      'Zoé',
    ]);
    const all = { ...CONTEXT, excluded: CONTEXT.sourceTokens, replacement: 'copy' as const };
    expect(replaceUnknown(HYPOTHESIS, all)).toEqual(CONTEXT.tokens);
  });

  it('looks it up, or asks a function', () => {
    const replacement = new Map([['Zoé', 'Zoe']]);
    expect(replaceUnknown(HYPOTHESIS, { ...CONTEXT, replacement })).toEqual(['dear', 'Zoe', '<eos>']);
    const upper = (token: string): string => token.toUpperCase();
    expect(replaceUnknown(HYPOTHESIS, { ...CONTEXT, replacement: upper })).toEqual(['dear', 'ZOÉ', '<EOS>']);
  });

  it('needs attention, but only where a token is unknown', () => {
    const { attention: _, ...plain } = HYPOTHESIS;
    expect(() => replaceUnknown(plain, { ...CONTEXT, replacement: 'copy' })).toThrow(
      'a hypothesis with attention',
    );
    expect(replaceUnknown(plain, { ...CONTEXT, unkId: 99, replacement: 'copy' })).toEqual(CONTEXT.tokens);
    expect(() => replaceUnknown(HYPOTHESIS, { ...CONTEXT, tokens: ['dear'], replacement: 'copy' })).toThrow(
      'one token an id, 3',
    );
  });

  it('is an option of every strategy, and of no bare search', () => {
    expect(greedy({ replaceUnknown: 'copy' }).options.replaceUnknown).toBe('copy');
    expect(() => greedy({ replaceUnknown: 'drop' as never })).toThrow(
      "replaceUnknown to be 'copy', a Map or a function",
    );
  });
});
