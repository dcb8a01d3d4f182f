import { cast, concat, tidy, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { StepResult } from '../../contracts/stepFunction.js';
import { readAndDispose } from '../../core/device.js';
import { mismatch } from '../../core/errors.js';
import { isBanned } from '../ops/bans.js';
import { gatherColumns } from '../ops/gatherColumns.js';
import { normalise } from '../ops/logProbabilities.js';
import { logSumExp } from '../ops/logSumExp.js';
import type { Selected } from '../ops/topK.js';
import type { HypothesisNode } from './hypothesisNode.js';

/** How a search finds the tokens to go on with. All of it runs on the device. */
export interface TokenSelection {
  /** From log-probabilities to scores; `null` where they are the same. */
  readonly process: ((logProbabilities: Tensor2D) => Tensor2D) | null;
  /** A constant added to all scores of a row must not change which tokens it selects. */
  select(scores: Tensor2D): Selected;
}

/**
 * What may follow each row: one node for each selected token that is not banned, best first.
 *
 * @param row its number among the rows of the step
 * @param parent its last token so far
 * @param sourceLength how many positions of the attention are no padding; default all
 */
export type Candidates = (
  row: number,
  parent: HypothesisNode | null,
  sourceLength?: number,
) => HypothesisNode[];

/**
 * From logits to candidates with a single read of the device. Ids, scores, log-probabilities and attention
 * come in one tensor.
 */
export async function readCandidates(
  where: string,
  result: StepResult,
  rows: number,
  eosId: number,
  selection: TokenSelection,
): Promise<Candidates> {
  checkResult(where, result, rows, eosId);
  const { logits, attention } = result;
  let count = 0;
  const packed = tidy(() => {
    const { ids, scores, model, normaliser } = selectTokens(logits, selection);
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
    const nodes: HypothesisNode[] = [];
    for (let rank = 0; rank < count && !isBanned(at(row, count + rank)); rank++) {
      const tokenLogProbability = at(row, 2 * count + rank);
      nodes.push({
        parent,
        id: at(row, rank),
        length: (parent?.length ?? 0) + 1,
        score: (parent?.score ?? 0) + at(row, count + rank),
        tokenLogProbability,
        logProbability: (parent?.logProbability ?? 0) + tokenLogProbability,
        attention: weights ?? null,
      });
    }
    return nodes;
  };
}

/** The selected tokens of each row, `[rows, count]`. */
interface SelectedTokens {
  readonly ids: Tensor2D;
  readonly scores: Tensor2D;
  /** Log-probabilities under the unmodified model. */
  readonly model: Tensor2D;
  /** `[rows, 1]`, the log-sum-exp of the logits. */
  readonly normaliser: Tensor2D;
}

/**
 * Passes over the whole vocabulary are what a search costs beside the model. So without processors the logits
 * are not normalised before the selection: only what it selects is.
 */
function selectTokens(logits: Tensor2D, { process, select }: TokenSelection): SelectedTokens {
  const normaliser = logSumExp(logits);
  if (process !== null) {
    const logProbabilities = normalise(logits, normaliser);
    const { ids, scores } = select(process(logProbabilities));
    return { ids, scores, model: gatherColumns(logProbabilities, ids), normaliser };
  }
  const { ids, scores, entries } = select(logits);
  const model = normalise(entries ? scores : gatherColumns(logits, ids), normaliser);
  return { ids, scores: entries ? model : scores, model, normaliser };
}

function checkResult(where: string, { logits, attention }: StepResult, rows: number, eosId: number): void {
  const refuse = (expected: string, received: unknown, hint = ''): Error =>
    mismatch('invalid-shape', { where, expected: `the step function to return ${expected}`, received, hint });
  const hasRows = ({ shape }: Tensor2D): boolean => shape.length === 2 && shape[0] === rows;
  if (!hasRows(logits) || logits.shape[1] <= eosId) {
    const expected = `logits [${rows}, vocabulary] with a vocabulary beyond the end token's id ${eosId}`;
    throw refuse(expected, logits.shape);
  }
  if (logits.dtype !== 'float32')
    throw refuse('logits of dtype float32', logits.dtype, 'Convert them with tf.cast.');
  if (attention !== undefined && !hasRows(attention))
    throw refuse(`attention [${rows}, sourceTime]`, attention.shape);
}
