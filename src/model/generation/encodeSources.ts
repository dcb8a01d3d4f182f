import { disposeTensors, tidyTensors } from '../../core/containers.js';
import { mismatch } from '../../core/errors.js';
import type { Decoder, DecoderStart } from '../../contracts/decoder.js';
import { sourceBatchOf } from '../../data/batchOf.js';
import { encodeInput, type SequenceInput } from '../input/encodeInput.js';
import { sideOf } from '../input/exampleBatches.js';
import { checkAlive, readSource, type ModelCore } from '../modelCore.js';
import type { TargetSide } from '../modelParts.js';
import { checkSourceList } from '../splitSources.js';

/** What a decoder starts from for a batch of sources. */
export interface EncodedSources extends DecoderStart<unknown, unknown> {
  readonly sourceLengths: Int32Array;
  /** Frees the state and the constants. */
  dispose(): void;
}

/**
 * Encodes sources and starts the decoder.
 *
 * @throws `invalid-input` for no sources or an empty one; `disposed`
 */
export function encodeSources(
  where: string,
  core: ModelCore<TargetSide>,
  inputs: readonly SequenceInput[],
): EncodedSources {
  checkAlive(where, core);
  checkSourceList(where, inputs);
  if (inputs.length === 0)
    throw mismatch('invalid-input', { where, expected: 'at least one source', received: inputs });
  const side = core.parts.source;
  const rows = inputs.map((input, i) => encodeInput(`${where}: source ${i}`, side, input));
  const { source, sourceMask, sourceLengths, dispose } = sourceBatchOf(sideOf(side, rows));
  try {
    const started = tidyTensors(() =>
      core.blocks.decoder.start(readSource(core, source, sourceMask, { lengths: sourceLengths })),
    );
    return { ...started, sourceLengths, dispose: () => disposeTensors(started) };
  } finally {
    dispose();
  }
}

/** The decoder's step, which refuses to run once the model is gone. */
export function checkedStep(core: ModelCore<TargetSide>): Decoder['step'] {
  const { decoder } = core.blocks;
  return (last, state, position, constants) => {
    checkAlive('step', core);
    return decoder.step(last, state, position, constants);
  };
}
