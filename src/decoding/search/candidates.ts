import { cast, clipByValue, concat, sub, tidy, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { StepResult } from '../../contracts/stepFunction.js';
import { readAndDispose } from '../../core/device.js';
import { describe, mismatch } from '../../core/errors.js';
import { logSumExp } from '../ops/logSumExp.js';
import { entriesAt } from '../ops/gatherColumns.js';
import type { Path } from './hypothesisNode.js';
import { BAN, isBanned } from '../processors/banned.js';

/** Tokens that a selection found for each row, best first. */
export interface Selected {
  /** `[rows, count]` int32 */
  readonly ids: Tensor2D;
  /** `[rows, count]` what the search ranks by. */
  readonly scores: Tensor2D;
  /** Whether `scores` are entries of the scores that were selected from, and not worked out anew. */
  readonly entries: boolean;
}

/** Scores of the next token, and how a method finds the ones to go on with, all on the device. */
export interface Choice {
  /** From log-probabilities to scores; `null` where they are the same. */
  readonly process: ((logProbabilities: Tensor2D) => Tensor2D) | null;
  /** Must not mind a constant added to all scores of a row. */
  select(scores: Tensor2D): Selected;
}

/**
 * What may follow each row, read back from the device: the row's path with each candidate that is not banned, best first.
 *
 * @param row its number among the rows of the step
 * @param parent its path so far
 * @param sourceLength how many positions of the attention are no padding; default all
 */
export type Candidates = (row: number, parent: Path | null, sourceLength?: number) => Path[];

/** From logits to candidates with a single read of the device: ids, scores, log-probabilities and attention in one. */
export async function readCandidates(
  where: string,
  result: StepResult,
  rows: number,
  eosId: number,
  choice: Choice,
): Promise<Candidates> {
  checkResult(where, result, rows, eosId);
  const { logits, attention } = result;
  let count = 0;
  const packed = tidy(() => {
    const { ids, scores, model, normaliser } = choose(logits, choice);
    count = ids.shape[1];
    const columns: Tensor[] = [cast(ids, 'float32'), scores, model, normaliser];
    if (attention !== undefined) columns.push(attention);
    return concat(columns as Tensor2D[], 1); // [rows, 3 * count + 1 + sourceTime]
  });
  const width = packed.shape[1];
  const data = await readAndDispose(packed);
  const at = (row: number, column: number): number => data[row * width + column] as number;
  for (let row = 0; row < rows; row++) {
    const normaliser = at(row, 3 * count);
    if (Number.isFinite(normaliser)) continue;
    throw mismatch('not-finite', {
      where,
      expected: 'logits without NaN and with a finite maximum',
      received: `a row whose log-sum-exp is ${normaliser}`,
      hint: 'Look at the model: did training diverge, or is every logit of the row masked?',
    });
  }
  return (row, parent, sourceLength = Infinity) => {
    const start = row * width + 3 * count + 1;
    const weights = attention && data.slice(start, Math.min(start + sourceLength, (row + 1) * width));
    const paths: Path[] = [];
    for (let rank = 0; rank < count && !isBanned(at(row, count + rank)); rank++) {
      const tokenLogProbability = at(row, 2 * count + rank);
      paths.push({
        parent,
        id: at(row, rank),
        length: (parent?.length ?? 0) + 1,
        score: (parent?.score ?? 0) + at(row, count + rank),
        tokenLogProbability,
        logProbability: (parent?.logProbability ?? 0) + tokenLogProbability,
        attention: weights ?? null,
      });
    }
    return paths;
  };
}

/** What a choice finds, with the log-probabilities under the model and the log-sum-exp of each row, `[rows, 1]`. */
interface Chosen {
  readonly ids: Tensor2D;
  readonly scores: Tensor2D;
  readonly model: Tensor2D;
  readonly normaliser: Tensor2D;
}

/** Passes over the whole vocabulary are what a search costs beside the model, so none is made that can be spared. */
function choose(logits: Tensor2D, { process, select }: Choice): Chosen {
  const normaliser = logSumExp(logits);
  if (process !== null) {
    const logProbabilities = logProbability(logits, normaliser);
    const { ids, scores } = select(process(logProbabilities));
    return { ids, scores, model: entriesAt(logProbabilities, ids), normaliser };
  }
  const { ids, scores, entries } = select(logits);
  const model = logProbability(entries ? scores : entriesAt(logits, ids), normaliser);
  return { ids, scores: entries ? model : scores, model, normaliser };
}

/** The log-probabilities of some tokens of each row, `[rows, count]`, as a search gives them. */
export function logProbabilitiesOf(logits: Tensor2D, ids: Tensor2D): Tensor2D {
  return logProbability(entriesAt(logits, ids), logSumExp(logits));
}

/** Tokens at -Infinity become banned, and rounding does not lift a probability above 1. */
function logProbability(logits: Tensor2D, normaliser: Tensor2D): Tensor2D {
  return clipByValue(sub<Tensor2D>(logits, normaliser), BAN, 0);
}

function checkResult(where: string, { logits, attention }: StepResult, rows: number, eosId: number): void {
  if (logits.shape.length !== 2 || logits.shape[0] !== rows || logits.shape[1] <= eosId) {
    throw mismatch('invalid-shape', {
      where,
      expected: `the step function to return logits [${rows}, vocabulary] with a vocabulary beyond the end token's id ${eosId}`,
      received: `shape ${describe(logits.shape)}`,
    });
  }
  if (logits.dtype !== 'float32') {
    throw mismatch('invalid-shape', {
      where,
      expected: 'the step function to return logits of dtype float32',
      received: logits.dtype,
      hint: 'Convert them with tf.cast.',
    });
  }
  if (attention !== undefined && (attention.shape.length !== 2 || attention.shape[0] !== rows)) {
    throw mismatch('invalid-shape', {
      where,
      expected: `the step function to return attention [${rows}, sourceTime]`,
      received: `shape ${describe(attention.shape)}`,
    });
  }
}
