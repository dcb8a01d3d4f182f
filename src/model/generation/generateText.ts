import { mismatch } from '../../core/errors.js';
import { positiveInteger, readOptions } from '../../core/options.js';
import type { Hypothesis } from '../../contracts/hypothesis.js';
import type { Strategy } from '../../contracts/strategy.js';
import { replaceUnknown } from '../../decoding/replaceUnknown.js';
import {
  sequenceOf,
  sourceTokens,
  startAndEnd,
  type EncodedText,
  type SequenceInput,
} from '../input/encodeInput.js';
import { mapByLength } from '../input/exampleBatches.js';
import { isFrameSide } from '../modelParts.js';
import type { GeneratorSource, TextGenerator } from './textGenerator.js';

/** One generated sequence, as text too. */
export interface TextHypothesis extends Hypothesis {
  /** The tokens of `ids`, unknown ones replaced where the strategy says so. */
  readonly tokens: string[];
  /** The tokens joined by the target's tokenizer. */
  readonly text: string;
}

/** Options of `generateBatch`. */
export interface GenerateBatchOptions {
  /** How many sentences are worked on at once, from 1. Default 64. */
  readonly batchSize?: number;
}

/**
 * Generates for many sources, those of similar length together.
 *
 * @param where the public function, for messages
 * @returns a list a source, best first, in the order of the inputs; one empty hypothesis for a source that
 * cannot be read
 */
export async function generateBatch(
  generator: TextGenerator,
  inputs: readonly SequenceInput[],
  strategy: Strategy,
  options: GenerateBatchOptions = {},
  where = 'generateBatch',
): Promise<TextHypothesis[][]> {
  const { batchSize } = readOptions(where, options, { batchSize: [positiveInteger, 64] });
  checkStrategy(where, strategy, generator);
  return generateEncoded(where, generator, generator.encode(where, inputs), strategy, batchSize);
}

/** {@link generateBatch} for sources that were encoded before, and a strategy that was checked. */
export async function generateEncoded(
  where: string,
  generator: TextGenerator,
  sources: readonly GeneratorSource[],
  strategy: Strategy,
  batchSize: number,
): Promise<TextHypothesis[][]> {
  checkPrefixes(where, strategy, sources.length);
  const ofFirst = ([first]: GeneratorSource) => sequenceOf(first);
  const skip = (source: GeneratorSource) => withoutSource(generator, source, strategy);
  return mapByLength(sources, ofFirst, batchSize, skip, async (group, places) => {
    const started = generator.start(group);
    try {
      const setup = { ...started.setup, sentenceNumbers: places };
      const found = await strategy.search(started.step, started.state, setup);
      if (found.length !== group.length) {
        const expected = `strategy ${strategy.name} to return a list for each of ${group.length} sources`;
        throw mismatch('invalid-input', { where, expected, received: `${found.length} lists` });
      }
      return group.map((source, row) => asText(generator, found[row] as Hypothesis[], source, strategy));
    } finally {
      started.dispose();
    }
  });
}

/** The empty result of a source that cannot be read; `undefined` for others. */
export function withoutSource(
  generator: TextGenerator,
  source: GeneratorSource,
  strategy: Strategy,
): TextHypothesis[] | undefined {
  const finishReason = generator.unreadable(source);
  if (finishReason === undefined) return undefined;
  const empty = { ids: [], score: 0, logProbability: 0, tokenLogProbabilities: [], finishReason };
  return asText(generator, [empty], source, strategy);
}

/**
 * Refuses what cannot search.
 *
 * @throws `invalid-option` for anything but a strategy;
 * `incompatible-parts` for one that is to copy words out of frames
 */
export function checkStrategy(
  where: string,
  strategy: Strategy,
  { source }: Pick<TextGenerator, 'source'>,
): void {
  // An object, since a string has a method `search` too.
  if (typeof strategy !== 'object' || typeof strategy?.search !== 'function' || !strategy.options) {
    const hint = 'Pass greedy(), beam({ width }) or sample().';
    throw mismatch('invalid-option', { where, expected: 'a strategy', received: strategy, hint });
  }
  if (strategy.options.replaceUnknown === undefined || !isFrameSide(source)) return;
  throw mismatch('incompatible-parts', {
    where: 'replaceUnknown',
    expected: 'a source of tokens to copy from',
    received: 'a source of float frames',
    hint: 'Leave replaceUnknown out.',
  });
}

/** Whether each input has its prefix shows only here: a search sees some of the inputs at a time. */
function checkPrefixes(where: string, { options }: Strategy, inputs: number): void {
  const { forcedPrefix = [] } = options;
  if (forcedPrefix.length === 0 || typeof forcedPrefix[0] === 'number' || forcedPrefix.length === inputs)
    return;
  const expected = `forcedPrefix to have one list an input, ${inputs}`;
  throw mismatch('invalid-option', { where, expected, received: `${forcedPrefix.length} lists` });
}

/** Adds the tokens and the text to the hypotheses of one source. */
export function asText(
  { source, target }: Pick<TextGenerator, 'source' | 'target'>,
  hypotheses: readonly Hypothesis[],
  [encoded]: GeneratorSource,
  { options }: Strategy,
): TextHypothesis[] {
  const { vocab, tokenizer } = target;
  const replacement = options.replaceUnknown;
  return hypotheses.map((hypothesis) => {
    let tokens = vocab.decode(hypothesis.ids);
    if (replacement !== undefined && !isFrameSide(source)) {
      // Not only once a token is unknown, which may be long after the model was put to use.
      const attends = hypothesis.attention !== undefined || hypothesis.tokenLogProbabilities.length === 0;
      if (!attends) throw lacksAttention();
      tokens = replaceUnknown(hypothesis, {
        tokens,
        sourceTokens: sourceTokens(source, encoded as EncodedText),
        unkId: vocab.unkId,
        replacement,
        excluded: startAndEnd(source),
      });
    }
    return { ...hypothesis, tokens, text: tokenizer.detokenize(tokens) };
  });
}

function lacksAttention(): Error {
  return mismatch('incompatible-parts', {
    where: 'replaceUnknown',
    expected: 'a model with attention',
    received: 'one that gives none',
    hint: 'Leave replaceUnknown out, or add .attention(…) to the builder.',
  });
}
