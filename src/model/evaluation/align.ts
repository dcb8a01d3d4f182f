import { stack, tensor1d, tidy, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { disposeTensors, tidyTensors } from '../../core/containers.js';
import { readAndDispose } from '../../core/device.js';
import { mismatch } from '../../core/errors.js';
import type { Ids } from '../../data/example.js';
import { encodeTarget, type Pair } from '../input/encodeInput.js';
import { checkedStep, encodeSources } from '../generation/encodeSources.js';
import { inputTokens, sourceTokens } from '../inputTokens.js';
import type { ModelCore } from '../modelCore.js';
import { isFrameSide } from '../modelParts.js';

/** Which source positions each target token looked at. */
export interface Alignment {
  /** What the encoder read, start and end token included where they are added; `null` where the source is frames. */
  readonly sourceTokens: string[] | null;
  /** The target's tokens, then the end token. */
  readonly targetTokens: string[];
  /** One row a target token: weights over the source positions, which sum to 1. */
  readonly weights: Float32Array[];
}

/**
 * Feeds a model the targets of pairs, all at once, and collects its attention.
 *
 * @throws `incompatible-parts` where the model has no attention
 */
export async function alignPairs(
  where: string,
  core: ModelCore,
  pairs: readonly Pair[],
): Promise<Alignment[]> {
  const { source, target } = core.parts;
  const { vocab } = target;
  const targets = pairs.map((pair) => encodeTarget(`${where}: target`, target, pair.target));
  const { attention, sourceLengths } = attend(where, core, pairs, targets);
  const [, rows, width] = attention.shape;
  const values = await readAndDispose(attention);
  return pairs.map((pair, row) => ({
    sourceTokens: isFrameSide(source) ? null : sourceTokens(source, pair.source),
    targetTokens: [...inputTokens(target, pair.target), vocab.tokenOf(vocab.eosId)],
    weights: Array.from({ length: (targets[row] as Ids).length + 1 }, (_, t) => {
      const start = (t * rows + row) * width;
      return values.slice(start, start + (sourceLengths[row] as number));
    }),
  }));
}

/** The attention of every step, `[time, pairs, sourceTime]`. A row whose target has ended is fed its end token. */
function attend(
  where: string,
  core: ModelCore,
  pairs: readonly Pair[],
  targets: readonly Ids[],
): { attention: Tensor3D; sourceLengths: Int32Array } {
  const { sosId, eosId } = core.parts.target.vocab;
  const sources = pairs.map((pair) => pair.source);
  const { state: first, constants, sourceLengths, dispose } = encodeSources(where, core, sources);
  const step = checkedStep(core);
  const steps = 1 + Math.max(...targets.map(({ length }) => length));
  const collected: Tensor2D[] = [];
  let state = first;
  try {
    for (let position = 0; position < steps; position++) {
      const fed = targets.map((ids) => (position === 0 ? sosId : (ids[position - 1] ?? eosId)));
      const result = tidyTensors(() => step(tensor1d(fed, 'int32'), state, position, constants));
      result.logits.dispose();
      if (state !== first) disposeTensors(state, [result.state, first]);
      state = result.state;
      if (result.attention === undefined) throw lacksAttention(where, core.parts.decoder.kind);
      collected.push(result.attention);
    }
    return { attention: tidy(() => stack(collected) as Tensor3D), sourceLengths };
  } finally {
    disposeTensors(collected);
    if (state !== first) disposeTensors(state, first);
    dispose();
  }
}

function lacksAttention(where: string, kind: string): Error {
  return mismatch('incompatible-parts', {
    where,
    expected: 'a model with attention',
    received: kind,
    hint: 'Add .attention(…) to the builder.',
  });
}
