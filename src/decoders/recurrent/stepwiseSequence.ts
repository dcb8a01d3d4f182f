import { add, concat, expandDims, gather, slice, split, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { firstRows } from '../../core/containers.js';
import { noGradient } from '../../core/noGradient.js';
import { linear } from '../../ops/linear.js';
import { gatherTokens, type RealTokens } from '../../ops/realTokens.js';
import type { ActiveRows } from '../activeRows.js';
import { atPosition, mixPredictions, sampledPositions } from '../scheduledSampling.js';
import { dropoutAt } from './dropout.js';
import { firstWeights, inputColumns, positionReader, type PositionsRead } from './inputProjection.js';
import { has, type ReadoutValues } from './layout.js';
import { predictNext } from './outputProjection.js';
import type { RecurrentDecoderParts } from './parts.js';
import type { SequenceInputs, SequenceOutputs } from './sequenceInputs.js';
import { recurrentDecoderStep, type StepInputs } from './step.js';

/**
 * All steps of a decoder whose steps wait for each other: one reads what the step before found in the memory.
 * The loop computes only what must wait.
 *
 * Tensors are in the packed order of `ActiveRows`, or are one step of it: step `t` has the first
 * `batchSizes[t]` rows of the batch. The results are put into the order of tokens at the end.
 */
export function stepwiseSequence(parts: RecurrentDecoderParts, inputs: SequenceInputs): SequenceOutputs {
  const { active, dropout } = inputs;
  const { batchSizes, packed } = active;
  const sampled = sampledPositions(inputs.teacherForcingMask, active);
  const read = stepReader(parts, inputs, sampled);
  const addWaiting = waitingProjection(parts);
  const packedMask = expandDims<Tensor2D>(gatherTokens<Tensor1D>(inputs.mask, packed), 1); // [packed, 1]
  const masks = splitSteps(packedMask, batchSizes);
  const outputs: Tensor2D[] = []; // these three: one a step, [batchSizes[t], size]
  const contexts: Tensor2D[] = [];
  const previous: Tensor2D[] = [];
  let { state, constants } = inputs;
  let chosen: Tensor | null = null;
  batchSizes.forEach((rows, t) => {
    constants = firstRows(constants, rows);
    const fed = read(t, chosen);
    const step = recurrentDecoderStep(parts, {
      previous: fed.previous,
      state: firstRows(state, rows),
      constants,
      mask: masks[t] as Tensor2D,
      project: (_, values) => addWaiting(fed.projected, values),
      between: (below, layer) => dropoutAt(below, dropout?.between[layer], t),
      training: inputs.training,
    });
    state = step.state;
    outputs.push(step.readout.output as Tensor2D);
    if (step.readout.attention !== null) contexts.push(step.readout.attention);
    if (fed.previous !== null) previous.push(fed.previous);
    chosen = sampled.includes(t + 1) ? choose(parts, inputs, step.readout, t + 1) : null;
  });
  const tokensInPacked = tensor1d(active.tokensInPacked, 'int32');
  const toTokens = (steps: Tensor2D[]): Tensor2D | null =>
    steps.length === 0 ? null : gather(concat(steps), tokensInPacked); // [tokens, size]
  return { previous: toTokens(previous), output: toTokens(outputs), attention: toTokens(contexts) };
}

/** What the rows that go on are fed at a sampled position: `[rows]` or `[rows, features]`. */
function choose(
  parts: RecurrentDecoderParts,
  { reference, teacherForcingMask, active: { batchSizes } }: SequenceInputs,
  readout: ReadoutValues,
  position: number,
): Tensor {
  return noGradient(() => {
    const rows = batchSizes[position] as number;
    const predicted = predictNext(parts, firstRows(readout, rows));
    const forced = firstRows(atPosition(reference, position), rows);
    return mixPredictions(forced, predicted, teacherForcingMask, [position, batchSizes.length]);
  });
}

/**
 * Reads what the steps are fed. What is forced is known from the start, so that one product projects all of
 * it. A sampled step is read when it is chosen.
 *
 * @returns what a step reads, from what was chosen for it: `[rows]` or `[rows, features]`
 */
function stepReader(
  parts: RecurrentDecoderParts,
  { reference, active, constants: { summary }, dropout }: SequenceInputs,
  sampled: readonly number[],
): (t: number, chosen: Tensor | null) => PositionsRead {
  const { batchSizes } = active;
  const isRead = has(parts.layout.readout, 'previous');
  const drop = dropout?.previous ?? null;
  const read = positionReader(parts, summary);

  const forced = [...batchSizes.keys()].filter((t) => !sampled.includes(t));
  const sizes = forced.map((t) => batchSizes[t] as number);
  const known = read({ fed: reference, dropout: drop }, packedSteps(active, forced));
  const projected = splitSteps(known.projected, sizes);
  const previous = isRead && known.previous !== null ? splitSteps(known.previous, sizes) : null;

  const embed = sampled.length > 0 ? parts.target.deferredEmbed() : parts.target.embed;
  return (t, chosen) => {
    if (chosen === null) {
      const i = forced.indexOf(t);
      return { projected: projected[i] as Tensor2D, previous: previous?.[i] ?? null };
    }
    const rows = batchSizes[t] as number;
    const step = {
      fed: expandDims(chosen, 1),
      dropout: drop && slice(drop, [0, t, 0], [rows, 1, drop.shape[2]]),
    };
    const result = read(step, wholeStep(rows), embed);
    return { projected: result.projected, previous: isRead ? result.previous : null };
  };
}

/** Adds the parts that a step waits for to what is projected for its first layer: `[rows, gates * units]`. */
function waitingProjection({
  stack,
  layout: { inputs },
}: RecurrentDecoderParts): (known: Tensor2D, values: Parameters<StepInputs['project']>[1]) => Tensor2D {
  const { inputWeight } = firstWeights(stack);
  const waiting = (['attention', 'attentional'] as const)
    .filter((name) => has(inputs, name))
    .map((name) => ({ name, weight: inputColumns(inputWeight, inputs, name) }));
  return (known, values) =>
    waiting.reduce((sum, { name, weight }) => add(sum, linear(values[name] as Tensor2D, weight)), known);
}

/** The part of the packed order that belongs to some steps. */
function packedSteps({ packed, batchSizes }: ActiveRows, steps: readonly number[]): RealTokens {
  const isKept = batchSizes.flatMap((rows, t) => new Array<boolean>(rows).fill(steps.includes(t)));
  const rows = packed.rows.filter((_, i) => isKept[i]);
  return { count: rows.length, positions: packed.positions.filter((_, i) => isKept[i]), rows };
}

/** All rows of one step, as a batch of one position a row. */
function wholeStep(rows: number): RealTokens {
  return { count: rows, positions: null, rows: Int32Array.from({ length: rows }, (_, row) => row) };
}

/** Cuts `[packed, size]` into its steps. The gradient of tfjs's `split` fails where there is only one. */
function splitSteps(values: Tensor2D, batchSizes: readonly number[]): Tensor2D[] {
  return batchSizes.length === 1 ? [values] : split(values, [...batchSizes]);
}
