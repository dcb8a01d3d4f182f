import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import { readAtOnce } from '../core/engine.js';

/**
 * Checks what an attention is to look at. Rows without any allowed position are refused on the backends cpu,
 * wasm and tensorflow, where reading the mask waits for nothing. On a GPU their context is 0.
 *
 * @param memory `[batch, sourceTime, memorySize]`
 * @param mask `[batch, sourceTime]`, or `[batch, queries, sourceTime]` where `perQuery`
 * @throws `invalid-shape` if shapes disagree, `invalid-input` for a row that is masked altogether
 */
export function checkMemory(
  where: string,
  memory: Tensor3D,
  mask: Tensor,
  memorySize: number,
  perQuery = false,
): void {
  if (memory.rank !== 3 || memory.shape[2] !== memorySize) {
    throw mismatch('invalid-shape', {
      where,
      expected: `memory of [batch, sourceTime, ${memorySize}]`,
      received: memory.shape,
    });
  }
  const [batch, time] = memory.shape;
  const fits =
    mask.shape[0] === batch &&
    mask.shape.at(-1) === time &&
    (mask.rank === 2 || (perQuery && mask.rank === 3));
  if (!fits) {
    throw mismatch('invalid-shape', {
      where,
      expected: `a mask of [${batch}, ${time}], as the memory has`,
      received: mask.shape,
    });
  }
  const values = readAtOnce(mask);
  for (let start = 0; values !== null && start < values.length; start += time) {
    let allowed = start;
    while (allowed < start + time && values[allowed] === 0) allowed++;
    if (allowed === start + time) {
      throw mismatch('invalid-input', {
        where,
        expected: 'at least one allowed position in every row of the mask',
        received: `only zeros in row ${start / time}`,
        hint: 'Leave empty sequences out of the batch.',
      });
    }
  }
}

/** @throws `invalid-shape` unless `queries` is `[batch, queries, querySize]` with the memory's batch */
export function checkQueries(where: string, queries: Tensor3D, batch: number, querySize: number): void {
  if (queries.rank === 3 && queries.shape[0] === batch && queries.shape[2] === querySize) return;
  throw mismatch('invalid-shape', {
    where,
    expected: `queries of [${batch}, queries, ${querySize}]`,
    received: queries.shape,
  });
}
