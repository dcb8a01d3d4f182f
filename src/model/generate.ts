import { mismatch } from '../core/errors.js';
import { checkOptionNames, wholeNumber } from '../core/options.js';
import type { Hypothesis } from '../contracts/hypothesis.js';
import type { Strategy } from '../contracts/strategy.js';
import type { SequenceInput } from './encodeInput.js';
import type { ModelCore } from './modelCore.js';
import type { TextSide } from './modelParts.js';
import { startDecoding } from './startDecoding.js';

/** One generated sequence, as text too. */
export interface TextHypothesis extends Hypothesis {
  /** The tokens of `ids`. */
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
 * @returns a list a source, best first, in the order of the inputs
 */
export async function generateBatch(
  core: ModelCore,
  inputs: readonly SequenceInput[],
  strategy: Strategy,
  options: GenerateBatchOptions = {},
): Promise<TextHypothesis[][]> {
  const where = 'generateBatch';
  checkOptionNames(where, options, ['batchSize']);
  const batchSize = wholeNumber(where, 'batchSize', options.batchSize ?? 64);
  if (typeof strategy?.search !== 'function') {
    const hint = 'Pass greedy(), beam({ width }) or sample().';
    throw mismatch('invalid-option', { where, expected: 'a strategy', received: strategy, hint });
  }
  const order = inputs.map((_, i) => i).sort((a, b) => lengthOf(inputs[a]) - lengthOf(inputs[b]) || a - b);
  const results = new Array<TextHypothesis[]>(inputs.length);
  for (let from = 0; from < order.length; from += batchSize) {
    const chunk = order.slice(from, from + batchSize);
    const found = await search(
      core,
      chunk.map((i) => inputs[i] as SequenceInput),
      strategy,
    );
    chunk.forEach((i, row) => (results[i] = found[row] as TextHypothesis[]));
  }
  return results;
}

async function search(
  core: ModelCore,
  inputs: readonly SequenceInput[],
  strategy: Strategy,
): Promise<TextHypothesis[][]> {
  const started = startDecoding(core, inputs);
  try {
    const found = await strategy.search(started.step, started.state, started.setup);
    return found.map((hypotheses) => hypotheses.map((hypothesis) => asText(core.parts.target, hypothesis)));
  } finally {
    started.dispose();
  }
}

/** Adds the tokens and the text. */
export function asText({ vocab, tokenizer }: TextSide, hypothesis: Hypothesis): TextHypothesis {
  const tokens = vocab.decode(hypothesis.ids);
  return { ...hypothesis, tokens, text: tokenizer.detokenize(tokens) };
}

function lengthOf(input: SequenceInput | undefined): number {
  return input?.length ?? 0;
}
