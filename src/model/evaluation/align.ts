import { stack, tensor1d, tidy, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { disposeTensors, tidyTensors } from '../../core/containers.js';
import { readAndDispose } from '../../core/device.js';
import { mismatch } from '../../core/errors.js';
import { checkedStep, encodeSources } from '../generation/encodeSources.js';
import { sourceTokens, targetTokens, type EncodedText, type Pair } from '../input/encodeInput.js';
import { encodePair, type EncodedPair } from '../input/encodePairs.js';
import { checkAlive, type ModelCore } from '../modelCore.js';
import { isFrameSide, type TextSide } from '../modelParts.js';

/** Which source positions each target token looked at. */
export interface Alignment {
  /**
   * What the encoder read, start and end token included where they are added.
   * `null` where the source is frames.
   */
  readonly sourceTokens: string[] | null;
  /** The target's tokens, then the end token. */
  readonly targetTokens: string[];
  /** One row a target token: weights over the source positions, which sum to 1. */
  readonly weights: Float32Array[];
}

/** Which source positions each token of a given target looks at; see `Seq2SeqModel.align`. */
export async function align(core: ModelCore, pair: Pair): Promise<Alignment> {
  const where = 'align';
  checkAlive(where, core);
  const encoded = encodePair(`${where}: `, core.parts, pair);
  const [alignment] = await alignPairs(where, core, [encoded]);
  return alignment as Alignment;
}

/**
 * Feeds a model the targets of pairs, all at once, and collects its attention.
 *
 * @throws `incompatible-parts` where the model has no attention
 */
export async function alignPairs(
  where: string,
  core: ModelCore,
  pairs: readonly EncodedPair<TextSide>[],
): Promise<Alignment[]> {
  const { source, target } = core.parts;
  const { attention, sourceLengths } = attend(where, core, pairs);
  const [, rows, width] = attention.shape;
  const values = await readAndDispose(attention);
  return pairs.map((pair, row) => ({
    sourceTokens: isFrameSide(source) ? null : sourceTokens(source, pair.source as EncodedText),
    targetTokens: targetTokens(target, pair.target),
    weights: Array.from({ length: pair.target.ids.length + 1 }, (_, t) => {
      const start = (t * rows + row) * width;
      return values.slice(start, start + (sourceLengths[row] as number));
    }),
  }));
}

/**
 * The attention of every step, `[time, pairs, sourceTime]`.
 * A row whose target has ended is fed its end token.
 */
function attend(
  where: string,
  core: ModelCore,
  pairs: readonly EncodedPair<TextSide>[],
): { attention: Tensor3D; sourceLengths: Int32Array } {
  const { sosId, eosId } = core.parts.target.vocab;
  const sources = pairs.map((pair) => pair.source);
  const targets = pairs.map((pair) => pair.target.ids);
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
