import { mul, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Attention, PreparedMemory } from '../contracts/attention.js';
import { linear } from '../ops/linear.js';
import { gatherTokens, realTokens } from '../ops/realTokens.js';
import { replayingRun } from '../ops/recurrentRecord.js';
import { recurrentSequence } from '../ops/recurrentSequence.js';
import { runRecurrentLayers } from '../ops/runRecurrentLayers.js';
import { readPositions } from './decoderInputs.js';
import { recordInputs } from './recordInputs.js';
import type { SequenceInputs, SequenceOutputs } from './recurrentDecoderSequence.js';
import { attentionalVector, type RecurrentDecoderParts } from './recurrentDecoderStep.js';

/** All steps of a decoder whose layers wait for nothing but what they are fed: each layer in one pass. */
export function fusedSequence(parts: RecurrentDecoderParts, inputs: SequenceInputs): SequenceOutputs {
  const { lengths, mask, state, constants, dropout, training } = inputs;
  const tokens = realTokens(lengths, mask.shape[1]);
  const { fed, records } = recordInputs(parts, inputs);
  const run = records === null ? { linear, sequence: recurrentSequence } : replayingRun(records);
  const read = { fed, summary: constants.summary, dropout: dropout?.previous ?? null };
  const { previous, project } = readPositions(parts, read, tokens, run.linear);
  const { output } = runRecurrentLayers(
    parts.stack,
    parts.cell,
    {
      project,
      tokens,
      mask,
      initial: state.layers,
      between: (below, layer) => (dropout === null ? below : mul(below, dropout.between[layer] as Tensor3D)),
    },
    run,
  );
  const real = gatherTokens<Tensor2D>(output, tokens);
  if (parts.layout.order === null) return { previous, output: real, attention: null };
  const memory = constants.memory as PreparedMemory;
  const { context } = (parts.attention as Attention).attend(output, memory, { training });
  const attention = gatherTokens<Tensor2D>(context, tokens);
  return { previous, output: attentionalVector(parts, attention, real), attention };
}
