import { tensor1d, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Hypothesis } from '../../contracts/hypothesis.js';
import type { StepFunction } from '../../contracts/stepFunction.js';
import { mismatch } from '../../core/errors.js';
import { readCandidates, type Selected } from './candidates.js';
import { startRow, type LiveRow } from './activeHypothesis.js';
import { lastIds, type Path } from './hypothesisNode.js';
import type { PreparedSearch } from './prepareSearch.js';
import type { Sentence } from './sentence.js';
import { stepThrough } from '../generation/generationLoop.js';

/** What tells one search from another. */
export interface SearchMethod {
  /** Hypotheses that each sentence starts with. */
  readonly rowsPerSentence: number;
  /** Finds the tokens to go on with, on the device. */
  select(scores: Tensor2D, rows: readonly LiveRow[]): Selected;
  /** Ends hypotheses of one sentence and says which go on. */
  advance(work: SentenceWork): Continuation[];
}

/** One sentence at one step. */
export interface SentenceWork {
  readonly sentence: Sentence;
  readonly position: number;
  /** The paths of its live rows; `null` before the first token. */
  readonly paths: readonly (Path | null)[];
  /** What may follow row `i`, best first; nothing where every token is banned. */
  extensions(i: number): Path[];
  /** Ends a path for good where a criterion or the length says so, and tells whether it did. */
  endIfDue(path: Path): boolean;
}

/** Row `row` of a sentence's live rows goes on as `path`. */
export interface Continuation {
  readonly row: number;
  readonly path: Path;
}

/** Where a search stands after a step. */
export interface Progress {
  readonly sentences: readonly Sentence[];
  readonly rows: readonly LiveRow[];
}

/** Searches all sentences together, a yield after each step. */
export async function* decode<S, C>(
  step: StepFunction<S, C>,
  state: S,
  search: PreparedSearch<C>,
  { rowsPerSentence, select, advance }: SearchMethod,
): AsyncGenerator<Progress, Hypothesis[][], void> {
  const { where, setup, sentences, processors } = search;
  const { batchSize, sosId, eosId, sourceLengths } = setup;
  // The rows of one sentence stand together.
  let groups = sentences.map((sentence, s) =>
    Array.from({ length: rowsPerSentence }, (_, i) =>
      startRow(sentence, s * rowsPerSentence + i, processors),
    ),
  );
  let rows = groups.flat();
  const sentencesOfRows = (): number[] => rows.map(({ sentence }) => sentence.index);
  yield* stepThrough<Tensor1D, S, C, Progress>(step, {
    ...search,
    state,
    constants: setup.constants as C,
    batchSize,
    rows: sentencesOfRows(),
    input: () =>
      tensor1d(
        rows.map(({ path }) => path?.id ?? sosId),
        'int32',
      ),
    async advance(result, position) {
      const process = (scores: Tensor2D): Tensor2D => applyProcessors(search, rows, position, scores);
      const candidates = await readCandidates(where, result, rows.length, eosId, {
        process: processors.length === 0 ? null : process,
        select: (scores) => select(scores, rows),
      });
      const parents: number[] = [];
      let first = 0;
      const next = groups.map((group) => {
        const start = first;
        first += group.length;
        const { sentence } = group[0] as LiveRow;
        const continuations = advance({
          sentence,
          position,
          paths: group.map(({ path }) => path),
          extensions: (i) =>
            candidates(start + i, (group[i] as LiveRow).path, sourceLengths?.[sentence.index]),
          endIfDue: (path) => endIfDue(search, sentence, position, path),
        });
        return continuations.map(({ row, path }) => {
          parents.push(start + row);
          return (group[row] as LiveRow).extend(path);
        });
      });
      groups = next.filter((group) => group.length > 0);
      rows = groups.flat();
      return { parents, sentences: sentencesOfRows(), progress: { sentences, rows } };
    },
  });
  return sentences.map((sentence) => sentence.hypotheses());
}

function endIfDue(
  { stopping, countEndToken }: PreparedSearch<unknown>,
  sentence: Sentence,
  position: number,
  path: Path,
): boolean {
  const { length, logProbability } = path;
  const last = (count: number): number[] => lastIds(path, count);
  const candidate = { sentence: sentence.number, length, logProbability, last };
  const stopped = stopping.some((criterion) => criterion.shouldStop(candidate));
  const due = stopped || (countEndToken && position === sentence.lastPosition);
  if (due) sentence.finish(path, stopped ? 'stopped' : 'length');
  return due;
}

function applyProcessors<C>(
  { where, processors, setup }: PreparedSearch<C>,
  rows: readonly LiveRow[],
  position: number,
  scores: Tensor2D,
): Tensor2D {
  const vocabularySize = scores.shape[1];
  return processors.reduce((before, processor, i) => {
    const context = { position, rows: rows.map((row) => row.view(i)), vocabularySize, eosId: setup.eosId };
    const after = processor.process(before, context);
    if (after.shape.length !== 2 || after.shape[0] !== rows.length || after.shape[1] !== vocabularySize) {
      throw mismatch('invalid-shape', {
        where,
        expected: `processor ${processor.name} to return scores [${rows.length}, ${vocabularySize}]`,
        received: after.shape,
      });
    }
    return after;
  }, scores);
}
