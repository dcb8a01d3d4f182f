import { concat, expandDims, gather, slice, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { disposeTensors, firstRows, tidyTensors } from '../../core/containers.js';
import { recordingGradients } from '../../core/engine.js';
import { noGradient } from '../../core/noGradient.js';
import type { LayerState } from '../../contracts/context.js';
import { realTokens, type RealTokens } from '../../ops/realTokens.js';
import { joinRecords, recordingRun, type RecurrentRecord } from '../../ops/recurrent/replay.js';
import { runRecurrentLayers } from '../../ops/recurrent/recurrentLayers.js';
import { dropoutAt } from './dropout.js';
import { positionReader } from './inputProjection.js';
import { at, chooseFed, freePositions } from '../scheduledSampling.js';
import type { SequenceInputs } from './sequenceInputs.js';
import { attentionalVector, lookBack, type RecurrentDecoderParts, type StepOutputs } from './step.js';

/** What is fed at every position, and what each layer did with it, unless all is forced. */
export interface RecordedInputs {
  /** Ids `[batch, time]` int32, or frames `[batch, time, features]`. */
  readonly fed: Tensor;
  readonly records: readonly RecurrentRecord[] | null;
}

/**
 * Chooses what a decoder is fed whose layers wait for nothing else: all positions up to the next free one are run at once, off
 * the tape, and what the layers did is kept, so that training need not run them again.
 */
export function recordInputs(parts: RecurrentDecoderParts, inputs: SequenceInputs): RecordedInputs {
  const { reference, forcing, predict } = inputs;
  const { counts } = inputs.steps;
  const free = freePositions(forcing, inputs.steps);
  if (free.length === 0) return { fed: reference, records: null };
  const [, time] = inputs.mask.shape;
  const isTaped = recordingGradients();

  return noGradient(() => {
    const read = positionReader(parts, inputs.constants.summary);
    const records: RecurrentRecord[][] = parts.stack.map(() => []);
    const fed: Tensor[] = [];
    let { state, constants } = inputs;
    let chosen: Tensor | null = null; // for the first of the positions that come next, `[batch, 1, …]`
    [0, ...free].forEach((from, i) => {
      const to = free[i] ?? time;
      const ran = tidyTensors(() => {
        const range: [number, number] = [from, to];
        const here = fedPositions(reference, chosen, range);
        const segment = { ...inputs, state, isTaped };
        const { layers, kept, previous } = runPositions(parts, segment, read, here, range);
        const result = { layers, kept, here, constants, chosen: null };
        if (to === time) return result;
        const few = firstRows({ layers, previous, constants }, counts[to] as number);
        const next = chooseFed(at(reference, to), predict(readings(parts, few)), forcing, [to, time]);
        return { ...result, chosen: expandDims(next, 1), constants: few.constants };
      });
      ran.kept.forEach((record, layer) => records[layer]?.push(record));
      fed.push(ran.here);
      disposeTensors(constants, [inputs.constants, ran.constants]);
      ({ chosen, constants } = ran);
      state = { layers: ran.layers, attentional: null };
    });
    return { fed: concat(fed, 1), records: records.map(joinRecords) };
  });
}

/** What is fed at the positions `[from, to)`: the reference, after what was chosen for the first. */
function fedPositions(reference: Tensor, chosen: Tensor | null, [from, to]: [number, number]): Tensor {
  if (chosen === null) return positions(reference, from, to - from);
  return to === from + 1 ? chosen : concat([chosen, positions(reference, from + 1, to - from - 1)], 1);
}

/** Where the layers stand after some positions. */
interface Ran {
  readonly layers: readonly LayerState[];
  /** What each row read last, `[batch, size]`, if the output projection reads it too. */
  readonly previous: Tensor2D | null;
}

/** Runs the layers over the positions `[from, to)`, fed `[batch, to - from, …]`, and keeps what they did. */
function runPositions(
  parts: RecurrentDecoderParts,
  { mask, steps: { lengths }, state, dropout, isTaped }: SequenceInputs & { readonly isTaped: boolean },
  read: ReturnType<typeof positionReader>,
  fed: Tensor,
  [from, to]: [number, number],
): Ran & { kept: readonly RecurrentRecord[] } {
  const size = to - from;
  const tokens = realTokens(
    lengths.map((length) => Math.min(Math.max(length - from, 0), size)),
    size,
  );
  const here = <T extends Tensor>(sequence: T): T => positions(sequence, from, size);
  const drop = dropout?.previous ? here(dropout.previous) : null;
  const { previous, projected } = read({ fed, dropout: drop }, tokens);
  const kept: RecurrentRecord[] = [];
  const { states: layers } = runRecurrentLayers(
    parts.stack,
    parts.cell,
    {
      project: () => projected,
      tokens,
      mask: here(mask),
      initial: state.layers,
      between: (below, layer) => dropoutAt(below, dropout?.between[layer], from),
    },
    recordingRun(kept, isTaped),
  );
  const isRead = parts.layout.readout.some(({ name }) => name === 'previous');
  return {
    layers,
    kept,
    previous: isRead && previous !== null ? lastOfRows(previous, tokens, mask.shape[0]) : null,
  };
}

/** The last token of each row of `[tokens, size]`: `[batch, size]`; any where a row has none. */
function lastOfRows(values: Tensor2D, { rows }: RealTokens, batch: number): Tensor2D {
  const last = new Int32Array(batch);
  rows.forEach((row, token) => (last[row] = token));
  return gather(values, tensor1d(last, 'int32'));
}

/** What the output projection reads after the positions that ran. */
function readings(
  parts: RecurrentDecoderParts,
  { layers, previous, constants }: Ran & Pick<SequenceInputs, 'constants'>,
): StepOutputs['parts'] {
  const { h } = layers.at(-1) as LayerState;
  const { summary } = constants;
  if (parts.layout.order === null) return { output: h, previous, summary, attention: null };
  const { context } = lookBack(parts, h, constants, false);
  return { output: attentionalVector(parts, context, h), previous, summary, attention: context };
}

/** `size` positions of a sequence `[batch, time, …]`. */
function positions<T extends Tensor>(sequence: T, from: number, size: number): T {
  const [batch, , ...rest] = sequence.shape as [number, number, ...number[]];
  return slice(sequence, [0, from], [batch, size, ...rest]);
}
