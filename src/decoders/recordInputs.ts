import { concat, expandDims, gather, slice, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { firstRows, tidyTensors } from '../core/containers.js';
import { noGradient } from '../core/noGradient.js';
import type { LayerState } from '../contracts/context.js';
import { realTokens, type RealTokens } from '../ops/realTokens.js';
import { joinRecords, recordingRun, type RecurrentRecord } from '../ops/recurrentRecord.js';
import { runRecurrentLayers } from '../ops/runRecurrentLayers.js';
import { dropoutAt } from './decoderDropout.js';
import { readPositions } from './decoderInputs.js';
import { at, chooseFed, freePositions } from './feeding.js';
import type { SequenceInputs } from './recurrentDecoderSequence.js';
import {
  attentionalVector,
  lookBack,
  type RecurrentDecoderParts,
  type StepOutputs,
} from './recurrentDecoderStep.js';

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
  const free = freePositions(forcing, counts);
  if (free.length === 0) return { fed: reference, records: null };
  const [, time] = inputs.mask.shape;

  return noGradient(() => {
    const records: RecurrentRecord[][] = parts.stack.map(() => []);
    let fed = reference;
    let { state, constants } = inputs;
    [0, ...free].forEach((from, i) => {
      const to = free[i] ?? time;
      const ran = tidyTensors(() => {
        const { layers, kept, previous } = runPositions(parts, { ...inputs, state }, fed, [from, to]);
        const result = { layers, kept, fed, constants };
        if (to === time) return result;
        const few = firstRows({ layers, previous, constants }, counts[to] as number);
        const predicted = predict(readings(parts, few));
        const chosen = expandDims(chooseFed(at(fed, to), predicted, forcing, [to, time]), 1);
        const tail = to + 1 < time ? [positions(fed, to + 1, time - to - 1)] : [];
        const next = concat([positions(fed, 0, to), chosen, ...tail], 1);
        return { ...result, fed: next, constants: few.constants };
      });
      ran.kept.forEach((record, layer) => records[layer]?.push(record));
      ({ fed, constants } = ran);
      state = { layers: ran.layers, attentional: null };
    });
    return { fed, records: records.map(joinRecords) };
  });
}

/** Where the layers stand after some positions. */
interface Ran {
  readonly layers: readonly LayerState[];
  /** What each row read last, `[batch, size]`, if the output projection reads it too. */
  readonly previous: Tensor2D | null;
}

/** Runs the layers over the positions `[from, to)`, and keeps what they did. */
function runPositions(
  parts: RecurrentDecoderParts,
  { mask, lengths, state, constants: { summary }, dropout }: SequenceInputs,
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
  const { previous, project } = readPositions(parts, { fed: here(fed), summary, dropout: drop }, tokens);
  const kept: RecurrentRecord[] = [];
  const { states: layers } = runRecurrentLayers(
    parts.stack,
    parts.cell,
    {
      project,
      tokens,
      mask: here(mask),
      initial: state.layers,
      between: (below, layer) => dropoutAt(below, dropout?.between[layer], from),
    },
    recordingRun(kept),
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
