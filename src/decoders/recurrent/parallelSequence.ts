import { mul, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Attention, PreparedMemory } from '../../contracts/attention.js';
import { gatherTokens, realTokens } from '../../ops/realTokens.js';
import { backwardOnly } from '../../ops/recurrent/backwardOnly.js';
import { ORDINARY_RUN, runRecurrentLayers } from '../../ops/recurrent/recurrentLayers.js';
import { positionReader } from './inputProjection.js';
import { sampleInputs } from './sampleInputs.js';
import type { SequenceInputs, SequenceOutputs } from './sequenceInputs.js';
import type { RecurrentDecoderParts } from './parts.js';
import { attentionalVector } from './step.js';

/** All steps of a decoder whose layers wait for nothing but what they are fed: one pass a layer. */
export function parallelSequence(parts: RecurrentDecoderParts, inputs: SequenceInputs): SequenceOutputs {
  const { mask, state, constants, dropout, training } = inputs;
  const tokens = realTokens(inputs.active.lengths, mask.shape[1]);
  const { fed, records } = sampleInputs(parts, inputs);
  const run = records === null ? ORDINARY_RUN : backwardOnly(records);
  const read = positionReader(parts, constants.summary, run.linear);
  const { previous, projected } = read({ fed, dropout: dropout?.previous ?? null }, tokens);
  const { output } = runRecurrentLayers(
    parts.stack,
    parts.cell,
    {
      project: () => projected,
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
