import {
  add,
  concat,
  expandDims,
  gather,
  slice,
  split as splitTensor,
  tensor1d,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { firstRows } from '../../core/containers.js';
import { noGradient } from '../../core/noGradient.js';
import { linear } from '../../ops/linear.js';
import { gatherTokens, type RealTokens } from '../../ops/realTokens.js';
import { dropoutAt } from './dropout.js';
import { firstWeights, has, inputColumns, positionReader, type PositionsRead } from './inputProjection.js';
import { at, chooseFed, freePositions } from '../scheduledSampling.js';
import type { SequenceInputs, SequenceOutputs } from './sequenceInputs.js';
import { recurrentDecoderStep, type RecurrentDecoderParts } from './step.js';
import type { StepRows } from '../activeRows.js';

/**
 * All steps of a decoder where each waits for what the one before found in the memory: a loop over what must wait alone. What is
 * forced is known before the first step, and projected at once.
 */
export function steppedSequence(parts: RecurrentDecoderParts, inputs: SequenceInputs): SequenceOutputs {
  const { layout } = parts;
  const { forcing, predict, dropout } = inputs;
  const { counts, order, tokens } = inputs.steps;
  const { inputWeight } = firstWeights(parts.stack);
  const reads = stepReads(parts, inputs);
  const masks = split(expandDims<Tensor2D>(gatherTokens<Tensor1D>(inputs.mask, order), 1), counts);
  const waiting = (['attention', 'feeding'] as const)
    .filter((name) => has(layout.inputs, name))
    .map((name) => ({ name, weight: inputColumns(inputWeight, layout.inputs, name) }));
  const free = freePositions(forcing, inputs.steps);
  const outputs: Tensor2D[] = [];
  const contexts: Tensor2D[] = [];
  const previous: Tensor2D[] = [];
  let { state, constants } = inputs;
  let chosen: Tensor | null = null;
  counts.forEach((rows, t) => {
    constants = firstRows(constants, rows);
    const read = reads(t, chosen);
    const step = recurrentDecoderStep(parts, {
      previous: read.previous,
      state: firstRows(state, rows),
      constants,
      mask: masks[t] as Tensor2D,
      project: (_, values) =>
        waiting.reduce(
          (sum, { name, weight }) => add(sum, linear(values[name] as Tensor2D, weight)),
          read.projected,
        ),
      between: (below, layer) => dropoutAt(below, dropout?.between[layer], t),
      training: inputs.training,
    });
    state = step.state;
    outputs.push(step.parts.output as Tensor2D);
    if (step.parts.attention !== null) contexts.push(step.parts.attention);
    if (read.previous !== null) previous.push(read.previous);
    const next = t + 1;
    chosen = free.includes(next)
      ? noGradient(() => {
          const goingOn = counts[next] as number;
          const reference = firstRows(at(inputs.reference, next), goingOn);
          const predicted = predict(firstRows(step.parts, goingOn));
          return chooseFed(reference, predicted, forcing, [next, counts.length]);
        })
      : null;
  });
  const bySentence = tensor1d(tokens, 'int32');
  const real = (values: Tensor2D[]): Tensor2D | null =>
    values.length === 0 ? null : gather(concat(values), bySentence);
  return { previous: real(previous), output: real(outputs), attention: real(contexts) };
}

/** What each step reads: known from the start where it is forced, else of what was chosen for it, `[rows]` or `[rows, features]`. */
function stepReads(
  parts: RecurrentDecoderParts,
  { reference, forcing, steps, constants: { summary }, dropout }: SequenceInputs,
): (t: number, chosen: Tensor | null) => PositionsRead {
  const { counts, order } = steps;
  const isRead = parts.layout.readout.some(({ name }) => name === 'previous');
  const drop = dropout?.previous ?? null;
  const read = positionReader(parts, summary);
  const free = freePositions(forcing, steps);
  const forced = [...counts.keys()].filter((t) => !free.includes(t));
  const known = read({ fed: reference, dropout: drop }, atSteps(order, counts, forced));
  const sizes = forced.map((t) => counts[t] as number);
  const projected = split(known.projected, sizes);
  const previous = isRead && known.previous !== null ? split(known.previous, sizes) : null;
  const embed = free.length > 0 ? parts.embedInTurn() : parts.embed;
  return (t, chosen) => {
    if (chosen === null) {
      const i = forced.indexOf(t);
      return { projected: projected[i] as Tensor2D, previous: previous?.[i] ?? null };
    }
    const rows = counts[t] as number;
    const mask = drop && slice(drop, [0, t, 0], [rows, 1, drop.shape[2]]);
    const all = { count: rows, positions: null, rows: Int32Array.from({ length: rows }, (_, row) => row) };
    const { previous: fed, ...rest } = read({ fed: expandDims(chosen, 1), dropout: mask }, all, embed);
    return { ...rest, previous: isRead ? fed : null };
  };
}

/** The part of an order that belongs to some steps. */
function atSteps(order: StepRows['order'], counts: readonly number[], steps: readonly number[]): RealTokens {
  const isKept = counts.flatMap((rows, t) => new Array<boolean>(rows).fill(steps.includes(t)));
  const rows = order.rows.filter((_, i) => isKept[i]);
  return { count: rows.length, positions: order.positions.filter((_, i) => isKept[i]), rows };
}

/** The rows of each step; tfjs's gradient of `split` fails where there is only one part. */
function split(values: Tensor2D, counts: readonly number[]): Tensor2D[] {
  return counts.length === 1 ? [values] : splitTensor(values, [...counts]);
}
