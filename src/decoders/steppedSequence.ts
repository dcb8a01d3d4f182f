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
import { firstRows } from '../core/containers.js';
import { noGradient } from '../core/noGradient.js';
import { linear } from '../ops/linear.js';
import { gatherTokens, type RealTokens } from '../ops/realTokens.js';
import type { RecurrentLayerWeights } from '../ops/recurrentLayers.js';
import { dropoutAt } from './decoderDropout.js';
import { has, inputColumns, readPositions, type FedSequence } from './decoderInputs.js';
import { at, chooseFed, freePositions } from './feeding.js';
import type { SequenceInputs, SequenceOutputs } from './recurrentDecoderSequence.js';
import { recurrentDecoderStep, type RecurrentDecoderParts } from './recurrentDecoderStep.js';
import type { StepRows } from './stepRows.js';

/**
 * All steps of a decoder where each waits for what the one before found in the memory: a loop over what must wait alone. What is
 * forced is known before the first step, and projected at once.
 */
export function steppedSequence(parts: RecurrentDecoderParts, inputs: SequenceInputs): SequenceOutputs {
  const { layout } = parts;
  const { forcing, predict, dropout } = inputs;
  const { counts, order, tokens } = inputs.steps;
  const first = (parts.stack[0] as readonly RecurrentLayerWeights[])[0] as RecurrentLayerWeights;
  const reads = stepReads(parts, first, inputs);
  const masks = split(expandDims<Tensor2D>(gatherTokens<Tensor1D>(inputs.mask, order), 1), counts);
  const waiting = (['attention', 'feeding'] as const)
    .filter((name) => has(layout.inputs, name))
    .map((name) => ({ name, weight: inputColumns(first.inputWeight, layout.inputs, name) }));
  const free = freePositions(forcing, counts);
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
          const predicted = predict(firstRows(step.parts, counts[next] as number));
          return chooseFed(at(inputs.reference, next), predicted, forcing, [next, counts.length]);
        })
      : null;
  });
  const bySentence = tensor1d(tokens, 'int32');
  const real = (values: Tensor2D[]): Tensor2D | null =>
    values.length === 0 ? null : gather(concat(values), bySentence);
  return { previous: real(previous), output: real(outputs), attention: real(contexts) };
}

/** What a step reads besides what it waits for: `[rows, …]`. */
interface StepRead {
  readonly projected: Tensor2D;
  /** If the output projection reads it too. */
  readonly previous: Tensor2D | null;
}

/** What each step reads: known from the start where it is forced, else of what was chosen, `[batch]` or `[batch, features]`. */
function stepReads(
  parts: RecurrentDecoderParts,
  first: RecurrentLayerWeights,
  { reference, forcing, steps: { counts, order }, constants: { summary }, dropout }: SequenceInputs,
): (t: number, chosen: Tensor | null) => StepRead {
  const isRead = parts.layout.readout.some(({ name }) => name === 'previous');
  const drop = dropout?.previous ?? null;
  const read = (fed: FedSequence, at: RealTokens): StepRead => {
    const { previous, project } = readPositions(parts, fed, at);
    return { projected: project(first), previous: isRead ? previous : null };
  };
  const free = freePositions(forcing, counts);
  const forced = [...counts.keys()].filter((t) => !free.includes(t));
  const known = read({ fed: reference, summary, dropout: drop }, atSteps(order, counts, forced));
  const sizes = forced.map((t) => counts[t] as number);
  const projected = split(known.projected, sizes);
  const previous = known.previous && split(known.previous, sizes);
  return (t, chosen) => {
    if (chosen === null) {
      const i = forced.indexOf(t);
      return { projected: projected[i] as Tensor2D, previous: previous?.[i] ?? null };
    }
    const rows = counts[t] as number;
    const mask = drop && slice(drop, [0, t, 0], [rows, 1, drop.shape[2]]);
    const fed = expandDims(firstRows(chosen, rows), 1);
    const all = { count: rows, positions: null, rows: Int32Array.from({ length: rows }, (_, row) => row) };
    return read({ fed, summary, dropout: mask }, all);
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
