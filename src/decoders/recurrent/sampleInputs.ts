import { concat, expandDims, gather, slice, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { disposeTensors, firstRows, tidyTensors } from '../../core/containers.js';
import { recordingGradients } from '../../core/engine.js';
import { noGradient } from '../../core/noGradient.js';
import type { LayerState } from '../../contracts/context.js';
import { realTokens, type RealTokens } from '../../ops/realTokens.js';
import { joinRecords, recordForward, type LayerRecord } from '../../ops/recurrent/recordForward.js';
import { runRecurrentLayers } from '../../ops/recurrent/recurrentLayers.js';
import { atPosition, mixPredictions, sampledPositions } from '../scheduledSampling.js';
import { dropoutAt } from './dropout.js';
import { positionReader } from './inputProjection.js';
import { has, type ReadoutValues } from './layout.js';
import { predictNext } from './outputProjection.js';
import type { RecurrentDecoderParts } from './parts.js';
import type { SequenceInputs } from './sequenceInputs.js';
import { attendStep, attentionalVector } from './step.js';

/** What is fed at every position. */
export interface SampledInputs {
  /** Ids `[batch, time]` int32, or frames `[batch, time, features]`. */
  readonly fed: Tensor;
  /** What each layer did with it; `null` where all is forced, so that nothing has run yet. */
  readonly records: readonly LayerRecord[] | null;
}

/**
 * Chooses what is fed to a decoder whose layers wait for nothing but that (scheduled sampling).
 *
 * The sampled positions cut the sequence into segments. Each segment runs at once, off the tape. The
 * prediction after its last position is what the next segment starts with. What the layers did is kept, so
 * that training need not run them again.
 */
export function sampleInputs(parts: RecurrentDecoderParts, inputs: SequenceInputs): SampledInputs {
  const { reference, teacherForcingMask, active } = inputs;
  const sampled = sampledPositions(teacherForcingMask, active);
  if (sampled.length === 0) return { fed: reference, records: null };
  const [, time] = inputs.mask.shape;
  const forGradient = recordingGradients();

  return noGradient(() => {
    const read = positionReader(parts, inputs.constants.summary);
    const fed: Tensor[] = [];
    const records: LayerRecord[][] = parts.stack.map(() => []);
    let { constants } = inputs;
    let { layers } = inputs.state;
    let chosen: Tensor | null = null; // what the next segment starts with, `[batch, 1, …]`
    [0, ...sampled].forEach((from, i) => {
      const to = sampled[i] ?? time;
      const segment: Segment = { ...inputs, from, size: to - from, layers, forGradient };
      const ran = tidyTensors(() => {
        const here = fedInSegment(segment, chosen);
        const { previous, ...after } = runSegment(parts, segment, read, here);
        if (to === time) return { ...after, here, constants, chosen: null };
        const rows = active.batchSizes[to] as number;
        const goingOn = firstRows({ layers: after.layers, previous, constants }, rows);
        const predicted = predictNext(parts, lastReadout(parts, goingOn));
        const next = mixPredictions(atPosition(reference, to), predicted, teacherForcingMask, [to, time]);
        return { ...after, here, constants: goingOn.constants, chosen: expandDims(next, 1) };
      });
      fed.push(ran.here);
      ran.records.forEach((record, layer) => records[layer]?.push(record));
      disposeTensors(constants, [inputs.constants, ran.constants]);
      ({ layers, constants, chosen } = ran);
    });
    return { fed: concat(fed, 1), records: records.map(joinRecords) };
  });
}

/** Some positions that follow each other, and the states before them. */
interface Segment extends Pick<SequenceInputs, 'reference' | 'mask' | 'active' | 'dropout'> {
  readonly from: number;
  readonly size: number;
  readonly layers: readonly LayerState[];
  readonly forGradient: boolean;
}

/** What a segment is fed, `[batch, size, …]`: what was chosen for its first position, then the reference. */
function fedInSegment({ reference, from, size }: Segment, chosen: Tensor | null): Tensor {
  if (chosen === null) return positions(reference, from, size);
  return size === 1 ? chosen : concat([chosen, positions(reference, from + 1, size - 1)], 1);
}

/** Where the layers stand after a segment. */
interface AfterSegment {
  readonly layers: readonly LayerState[];
  /** What each row read last, `[batch, size]`, if the output projection reads it too. */
  readonly previous: Tensor2D | null;
}

/** Runs the layers over a segment, fed `[batch, size, …]`. */
function runSegment(
  parts: RecurrentDecoderParts,
  { mask, active, dropout, from, size, layers, forGradient }: Segment,
  read: ReturnType<typeof positionReader>,
  fed: Tensor,
): AfterSegment & { readonly records: readonly LayerRecord[] } {
  const lengths = active.lengths.map((length) => Math.min(Math.max(length - from, 0), size));
  const tokens = realTokens(lengths, size);
  const drop = dropout?.previous ? positions(dropout.previous, from, size) : null;
  const { previous, projected } = read({ fed, dropout: drop }, tokens);
  const records: LayerRecord[] = [];
  const { states } = runRecurrentLayers(
    parts.stack,
    parts.cell,
    {
      project: () => projected,
      tokens,
      mask: positions(mask, from, size),
      initial: layers,
      between: (below, layer) => dropoutAt(below, dropout?.between[layer], from),
    },
    recordForward(records, forGradient),
  );
  const isRead = has(parts.layout.readout, 'previous');
  return {
    layers: states,
    previous: isRead && previous !== null ? lastOfRows(previous, tokens, mask.shape[0]) : null,
    records,
  };
}

/** The last token of each row of `[tokens, size]`: `[batch, size]`; any where a row has none. */
function lastOfRows(values: Tensor2D, { rows }: RealTokens, batch: number): Tensor2D {
  const last = new Int32Array(batch);
  rows.forEach((row, token) => (last[row] = token));
  return gather(values, tensor1d(last, 'int32'));
}

/** What the output projection reads after the last position of a segment. */
function lastReadout(
  parts: RecurrentDecoderParts,
  { layers, previous, constants }: AfterSegment & Pick<SequenceInputs, 'constants'>,
): ReadoutValues {
  const { h } = layers.at(-1) as LayerState;
  const { summary } = constants;
  if (parts.layout.order === null) return { output: h, previous, summary, attention: null };
  const { context } = attendStep(parts, h, constants, false);
  return { output: attentionalVector(parts, context, h), previous, summary, attention: context };
}

/** Some positions of a sequence `[batch, time, …]`: `[batch, size, …]`. */
function positions<T extends Tensor>(sequence: T, from: number, size: number): T {
  const [batch, , ...rest] = sequence.shape as [number, number, ...number[]];
  return slice(sequence, [0, from], [batch, size, ...rest]);
}
