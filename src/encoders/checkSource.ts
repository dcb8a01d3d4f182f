import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import type { SequenceKind } from '../contracts/encoder.js';
import { checkLengths } from '../ops/checkLengths.js';

/** Refuses a source whose rank, dtype or width is not what the encoder was built for, or that disagrees with its mask. */
export function checkSource(
  where: string,
  kind: SequenceKind,
  source: Tensor,
  mask: Tensor2D,
  lengths?: Int32Array,
): void {
  const fits =
    kind.kind === 'tokens'
      ? source.rank === 2 && source.dtype === 'int32'
      : source.rank === 3 && source.dtype === 'float32' && source.shape[2] === kind.features;
  if (!fits) {
    throw mismatch('invalid-shape', {
      where,
      expected:
        kind.kind === 'tokens'
          ? 'ids [batch, time] of dtype int32'
          : `frames [batch, time, ${kind.features}] of dtype float32`,
      received: `${source.dtype} [${source.shape}]`,
    });
  }
  if (mask.rank !== 2 || mask.shape[0] !== source.shape[0] || mask.shape[1] !== source.shape[1]) {
    throw mismatch('invalid-shape', {
      where,
      expected: `a mask of the source's batch and time, [${source.shape.slice(0, 2)}]`,
      received: `[${mask.shape}]`,
      hint: 'The mask is 1 at real positions and 0 at padding.',
    });
  }
  if (lengths !== undefined) checkLengths(where, 'source', lengths, mask);
}
