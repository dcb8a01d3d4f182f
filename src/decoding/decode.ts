import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Hypothesis } from '../contracts/hypothesis.js';
import type { StepFunction } from '../contracts/stepFunction.js';
import { deviceError } from '../core/device.js';
import { mismatch } from '../core/errors.js';
import { createPause } from '../core/pause.js';
import { readCandidates, type Candidates, type Selected } from './candidates.js';
import { LiveRow } from './liveRow.js';
import { lastIds, type Path } from './path.js';
import type { PreparedSearch } from './prepareSearch.js';
import { RowTensors } from './rowTensors.js';
import type { Sentence } from './sentence.js';
import { throwIfAborted } from './throwIfAborted.js';

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
  /** Its live rows; each is row `first + i` of the tensors. */
  readonly rows: readonly LiveRow[];
  readonly first: number;
  readonly candidates: Candidates;
  /** The path of row `i` with its candidate of this rank. */
  extend(i: number, rank: number): Path;
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

/** The one loop under every search: steps all sentences together, a yield after each step. */
export async function* decode<S, C>(
  step: StepFunction<S, C>,
  initialState: S,
  search: PreparedSearch<C>,
  method: SearchMethod,
): AsyncGenerator<Progress, Hypothesis[][], void> {
  const { where, setup, sentences, processors } = search;
  const tensors = new RowTensors(where, initialState, setup.constants as C, setup.batchSize);
  const pause = createPause();
  let rows = sentences.flatMap((sentence) =>
    Array.from({ length: method.rowsPerSentence }, (_, i) =>
      LiveRow.start(sentence, sentence.index * method.rowsPerSentence + i, processors),
    ),
  );
  try {
    throwIfAborted(where, search.signal);
    const starts = rows.map(({ sentence }) => sentence.index);
    tensors.reorder(starts, starts);
    for (let position = 0; rows.length > 0; position++) {
      const worked = rows.length;
      const ids = rows.map(({ path }) => path?.id ?? setup.sosId);
      const result = await tensors.step(step, ids, position);
      let candidates: Candidates;
      try {
        candidates = await readCandidates(where, result, worked, setup.eosId, {
          process:
            processors.length === 0 ? null : (scores) => applyProcessors(search, rows, position, scores),
          select: (scores) => method.select(scores, rows),
        });
      } finally {
        tensors.release(result);
      }
      throwIfAborted(where, search.signal);

      const parents: number[] = [];
      const next: LiveRow[] = [];
      for (const [first, group] of bySentence(rows)) {
        const work = sentenceWork(search, position, group, first, candidates);
        for (const { row, path } of method.advance(work)) {
          parents.push(first + row);
          next.push((group[row] as LiveRow).extend(path, processors));
        }
      }
      rows = next;
      const living = rows.map(({ sentence }) => sentence.index);
      if (rows.length > 0) tensors.reorder(parents, living);

      const finishedSentences = setup.batchSize - new Set(living).size;
      await search.onStep?.({ position, rows: worked, finishedSentences, batchSize: setup.batchSize });
      yield { sentences, rows };
      await pause();
      throwIfAborted(where, search.signal);
    }
    return sentences.map((sentence) => sentence.hypotheses());
  } catch (error) {
    throw deviceError(error);
  } finally {
    tensors.dispose();
  }
}

/** The rows of each sentence, with the number of the first; rows of one sentence stand together. */
function* bySentence(rows: readonly LiveRow[]): Iterable<[first: number, group: readonly LiveRow[]]> {
  for (let first = 0, end = 0; first < rows.length; first = end) {
    while (end < rows.length && rows[end]?.sentence === rows[first]?.sentence) end++;
    yield [first, rows.slice(first, end)];
  }
}

function sentenceWork<C>(
  search: PreparedSearch<C>,
  position: number,
  rows: readonly LiveRow[],
  first: number,
  candidates: Candidates,
): SentenceWork {
  const { sentence } = rows[0] as LiveRow;
  const sourceLength = search.setup.sourceLengths?.[sentence.index];
  const attentions = new Map<number, Float32Array | null>();
  const attentionOf = (row: number): Float32Array | null => {
    const known = attentions.get(row) ?? candidates.attention(row, sourceLength);
    attentions.set(row, known);
    return known;
  };
  return {
    sentence,
    position,
    rows,
    first,
    candidates,
    extend(i, rank) {
      const row = first + i;
      const parent = (rows[i] as LiveRow).path;
      const tokenLogProbability = candidates.logProbability(row, rank);
      return {
        parent,
        id: candidates.id(row, rank),
        length: position + 1,
        score: (parent?.score ?? 0) + candidates.score(row, rank),
        tokenLogProbability,
        logProbability: (parent?.logProbability ?? 0) + tokenLogProbability,
        attention: attentionOf(row),
      };
    },
    endIfDue(path) {
      const { length, logProbability } = path;
      const candidate = {
        sentence: sentence.number,
        length,
        logProbability,
        last: (count: number): number[] => lastIds(path, count),
      };
      if (search.stopping.some((criterion) => criterion.shouldStop(candidate)))
        sentence.finish(path, 'stopped');
      else if (search.countEndToken && position === sentence.lastPosition) sentence.finish(path, 'length');
      else return false;
      return true;
    },
  };
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
