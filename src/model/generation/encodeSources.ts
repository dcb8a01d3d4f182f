import { disposeTensors, tidyTensors } from '../../core/containers.js';
import { mismatch } from '../../core/errors.js';
import type { Decoder, DecoderStart } from '../../contracts/decoder.js';
import { sourceBatchOf } from '../../data/batchOf.js';
import { encodeInputs, sequenceOf, type EncodedInput, type SequenceInput } from '../input/encodeInput.js';
import { encodedSequences } from '../input/exampleBatches.js';
import { checkReadable } from '../input/unreadable.js';
import { checkAlive, readSource, type ModelCore } from '../modelCore.js';
import type { TargetSide } from '../modelParts.js';

/** What a decoder starts from for a batch of sources. */
export interface EncodedSources extends DecoderStart<unknown, unknown> {
  readonly sourceLengths: Int32Array;
  /** Frees the state and the constants. */
  dispose(): void;
}

/** Runs the encoder and starts the decoder. @throws `disposed` */
export function encodeSources(
  where: string,
  core: ModelCore<TargetSide>,
  sources: readonly EncodedInput[],
): EncodedSources {
  checkAlive(where, core);
  const sequences = encodedSequences(core.parts.source, sources.map(sequenceOf));
  const { source, sourceMask, sourceLengths, dispose } = sourceBatchOf(sequences);
  try {
    const started = tidyTensors(() =>
      core.blocks.decoder.start(readSource(core, source, sourceMask, { lengths: sourceLengths })),
    );
    return { ...started, sourceLengths, dispose: () => disposeTensors(started) };
  } finally {
    dispose();
  }
}

/**
 * Reads what a caller hands to `startDecoding`.
 *
 * @throws `invalid-input` for no sources, and one that is empty or too long for the encoder; `disposed`
 */
export function readInputs(
  where: string,
  core: ModelCore<TargetSide>,
  inputs: readonly SequenceInput[],
): EncodedInput[] {
  checkAlive(where, core);
  const sources = encodeInputs(where, core.parts.source, inputs);
  sources.forEach((source, i) => {
    checkReadable(`${where}: source ${i}`, core.parts, source, inputs[i] as SequenceInput);
  });
  if (sources.length > 0) return sources;
  throw mismatch('invalid-input', { where, expected: 'at least one source', received: inputs });
}

/** The decoder's step, which refuses to run once the model is gone. */
export function checkedStep(core: ModelCore<TargetSide>): Decoder['step'] {
  const { decoder } = core.blocks;
  return (last, state, position, constants) => {
    checkAlive('step', core);
    return decoder.step(last, state, position, constants);
  };
}
