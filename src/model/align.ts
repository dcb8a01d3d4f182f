import { tensor1d, type Tensor2D } from '@tensorflow/tfjs-core';
import { disposeTensors } from '../core/containers.js';
import { mismatch } from '../core/errors.js';
import { encodeTarget, type SequenceInput } from './encodeInput.js';
import { inputTokens, sourceTokens } from './inputTokens.js';
import type { ModelCore } from './modelCore.js';
import { isFrameSide } from './modelParts.js';
import { startDecoding } from './startDecoding.js';

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
 * Feeds a model a given target and collects its attention.
 *
 * @throws `incompatible-parts` where the model has no attention
 */
export async function align(
  core: ModelCore,
  source: SequenceInput,
  target: SequenceInput,
): Promise<Alignment> {
  const { parts } = core;
  const { vocab } = parts.target;
  const ids = [...encodeTarget('align: target', parts.target, target)];
  const started = startDecoding(core, [source]);
  const weights: Float32Array[] = [];
  let state = started.state;
  try {
    for (const [position, id] of [vocab.sosId, ...ids].entries()) {
      const last = tensor1d([id], 'int32');
      const result = await started.step(last, state, position, started.setup.constants);
      if (state !== started.state) disposeTensors(state, [result.state, started.state]);
      state = result.state;
      disposeTensors([last, result.logits]);
      weights.push(await readAttention(parts.decoder.kind, result.attention));
    }
  } finally {
    if (state !== started.state) disposeTensors(state, started.state);
    started.dispose();
  }
  return {
    sourceTokens: isFrameSide(parts.source) ? null : sourceTokens(parts.source, source),
    targetTokens: [...inputTokens(parts.target, target), vocab.tokenOf(vocab.eosId)],
    weights,
  };
}

async function readAttention(kind: string, attention: Tensor2D | undefined): Promise<Float32Array> {
  if (attention === undefined) {
    throw mismatch('incompatible-parts', {
      where: 'align',
      expected: 'a model with attention',
      received: kind,
      hint: 'Add .attention(…) to the builder.',
    });
  }
  const values = (await attention.data<'float32'>()).slice();
  attention.dispose();
  return values;
}
