import { tensor1d, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Hypothesis } from '../../contracts/hypothesis.js';
import type { StepFunction } from '../../contracts/stepFunction.js';
import { mismatch } from '../../core/errors.js';
import { generationLoop } from '../generation/generationLoop.js';
import type { Selected } from '../ops/topK.js';
import { startHypothesis, type ActiveHypothesis } from './activeHypothesis.js';
import { readCandidates } from './candidates.js';
import { lastIds, type HypothesisNode } from './hypothesisNode.js';
import type { PreparedSearch } from './prepareSearch.js';
import type { Sentence } from './sentence.js';

/** What tells one search from another. */
export interface SearchMethod {
  /** Hypotheses that each sentence starts with. */
  readonly rowsPerSentence: number;
  /** Selects the tokens to go on with, on the device. Row `i` of the scores belongs to `active[i]`. */
  select(scores: Tensor2D, active: readonly ActiveHypothesis[]): Selected;
  /** Ends hypotheses of one sentence, and says how others go on. */
  extend(step: SentenceStep): Extension[];
}

/** One sentence at one step. Its rows are its active hypotheses; they are counted within the sentence. */
export interface SentenceStep {
  readonly sentence: Sentence;
  readonly position: number;
  /** The last token of each row; `null` before the first. */
  readonly nodes: readonly (HypothesisNode | null)[];
  /** What may follow a row, best first; nothing where every token is banned. */
  candidates(row: number): HypothesisNode[];
  /** Ends a hypothesis after `node` where a criterion or the length says so, and tells whether it did. */
  endIfDue(node: HypothesisNode): boolean;
}

/** Row `row` of a sentence goes on with `node`. */
export interface Extension {
  readonly row: number;
  readonly node: HypothesisNode;
}

/** Where a search stands after a step. */
export interface Progress {
  readonly sentences: readonly Sentence[];
  readonly active: readonly ActiveHypothesis[];
}

/** Searches all sentences together, and yields after each step. */
export async function* searchLoop<S, C>(
  step: StepFunction<S, C>,
  state: S,
  search: PreparedSearch<C>,
  { rowsPerSentence, select, extend }: SearchMethod,
): AsyncGenerator<Progress, Hypothesis[][], void> {
  const { where, setup, options, sentences, processors } = search;
  const { batchSize, sosId, eosId, sourceLengths } = setup;
  // The rows of one sentence stand together.
  let groups = sentences.map((sentence, s) =>
    Array.from({ length: rowsPerSentence }, (_, i) =>
      startHypothesis(sentence, s * rowsPerSentence + i, processors),
    ),
  );
  let active = groups.flat();
  const sentenceOfRow = (): number[] => active.map(({ sentence }) => sentence.index);
  yield* generationLoop<Tensor1D, S, C, Progress>(step, {
    ...options, // signal and onStep
    where,
    state,
    constants: setup.constants as C,
    batchSize,
    sentenceOfRow: sentenceOfRow(),
    input: () =>
      tensor1d(
        active.map(({ node }) => node?.id ?? sosId),
        'int32',
      ),
    async advance(result, position) {
      const process = (scores: Tensor2D): Tensor2D => applyProcessors(search, active, position, scores);
      const candidates = await readCandidates(where, result, active.length, eosId, {
        process: processors.length === 0 ? null : process,
        select: (scores) => select(scores, active),
      });
      const parents: number[] = [];
      let first = 0;
      const next = groups.map((group) => {
        const start = first;
        first += group.length;
        const { sentence } = group[0] as ActiveHypothesis;
        const extensions = extend({
          sentence,
          position,
          nodes: group.map(({ node }) => node),
          candidates: (row) =>
            candidates(start + row, (group[row] as ActiveHypothesis).node, sourceLengths?.[sentence.index]),
          endIfDue: (node) => endIfDue(search, sentence, position, node),
        });
        return extensions.map(({ row, node }) => {
          parents.push(start + row);
          return (group[row] as ActiveHypothesis).extend(node);
        });
      });
      groups = next.filter((group) => group.length > 0);
      active = groups.flat();
      return { parents, sentenceOfRow: sentenceOfRow(), progress: { sentences, active } };
    },
  });
  return sentences.map((sentence) => sentence.hypotheses());
}

function endIfDue(
  { options }: PreparedSearch<unknown>,
  sentence: Sentence,
  position: number,
  node: HypothesisNode,
): boolean {
  const { length, logProbability } = node;
  const last = (count: number): number[] => lastIds(node, count);
  const candidate = { sentence: sentence.number, length, logProbability, last };
  const stopped = options.stopping.some((criterion) => criterion.shouldStop(candidate));
  const due = stopped || (options.countEndToken && position === sentence.lastPosition);
  if (due) sentence.finish(node, stopped ? 'stopped' : 'length');
  return due;
}

function applyProcessors<C>(
  { where, processors, setup }: PreparedSearch<C>,
  active: readonly ActiveHypothesis[],
  position: number,
  scores: Tensor2D,
): Tensor2D {
  const vocabularySize = scores.shape[1];
  const rows = active.length;
  return processors.reduce((before, processor, i) => {
    const views = active.map((hypothesis) => hypothesis.view(i));
    const after = processor.process(before, { position, rows: views, vocabularySize, eosId: setup.eosId });
    if (after.shape.length !== 2 || after.shape[0] !== rows || after.shape[1] !== vocabularySize) {
      throw mismatch('invalid-shape', {
        where,
        expected: `processor ${processor.name} to return scores [${rows}, ${vocabularySize}]`,
        received: after.shape,
      });
    }
    return after;
  }, scores);
}

/** Ends the hypotheses of a sentence where every token that could extend them is banned. */
export function endStuck(
  { where, options }: PreparedSearch<unknown>,
  { sentence, position }: SentenceStep,
  nodes: SentenceStep['nodes'],
): void {
  if (options.onDeadEnd === 'stop') {
    for (const node of nodes) sentence.finish(node, 'stuck');
    return;
  }
  const suspects =
    'badTokens, allowedTokens (does it allow the end token?), forcedPrefix and your processors';
  throw mismatch('no-candidates', {
    where,
    expected: `a token that may follow at position ${position} of sentence ${sentence.number}`,
    received: 'bans on every token',
    hint: `Look at ${suspects}.`,
  });
}
