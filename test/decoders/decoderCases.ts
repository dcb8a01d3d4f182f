import { randomNormal, tensor, tidy, variable } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { luongAttention } from '../../src/attention/luongAttention.js';
import { multiHeadAttention } from '../../src/attention/multiHeadAttention.js';
import type { Attention, AttentionSpec } from '../../src/contracts/attention.js';
import type { Batch } from '../../src/contracts/batch.js';
import type { Context } from '../../src/contracts/context.js';
import type { AttentionPlacement, Decoder } from '../../src/contracts/decoder.js';
import { disposeTensors } from '../../src/core/containers.js';
import { createRandom } from '../../src/core/random.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import type { DecoderReadout, RecurrentDecoderOptions } from '../../src/decoders/recurrent/options.js';
import { cells, hasCellState } from '../support/cells.js';

/** The vocabulary, or the numbers of a frame. */
export const size = 7;
const [sourceTime, memorySize, summarySize, units, embeddingSize] = [3, 5, 4, 2, 3];
export const placements: Record<string, AttentionPlacement | null> = {
  none: null,
  before: { order: 'before-cell', inputFeeding: false },
  after: { order: 'after-cell', inputFeeding: false },
  feeding: { order: 'after-cell', inputFeeding: true },
};

/** A decoder, a batch, and what of it is fed. */
export interface DecoderCase {
  readonly kind: 'tokens' | 'frames';
  readonly cell: (typeof cells)[number];
  readonly layers: number;
  readonly dropout: number;
  /** One of {@link placements}. */
  readonly placement: string;
  /** Multi-head attention instead of Luong's. */
  readonly heads: boolean;
  readonly reads: readonly ('previous' | 'summary')[];
  readonly readout: readonly ('previous' | 'summary')[];
  readonly lengths: readonly number[];
  /** Positions past the end of the longest row. */
  readonly padding: number;
  /** What is forced or free together, or the one position that is free. */
  readonly unit: 'token' | 'position' | 'sequence' | 'first' | 'last';
  readonly seed: number;
}

export const decoderCases: fc.Arbitrary<DecoderCase> = fc.record<DecoderCase>({
  kind: fc.constantFrom('tokens', 'frames'),
  cell: fc.constantFrom(...cells),
  layers: fc.integer({ min: 1, max: 3 }),
  dropout: fc.constantFrom(0, 0.3),
  placement: fc.constantFrom(...Object.keys(placements)),
  heads: fc.boolean(),
  reads: fc.subarray(['previous', 'summary'] as const),
  readout: fc.subarray(['previous', 'summary'] as const),
  lengths: fc
    .tuple(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 }), fc.boolean())
    .filter(([lengths]) => Math.max(...lengths) > 0)
    .map(([lengths, leave]) => (leave ? lengths.sort((a, b) => b - a) : lengths)),
  padding: fc.constantFrom(0, 0, 2),
  unit: fc.constantFrom('token', 'position', 'sequence', 'first', 'last'),
  seed: fc.integer({ min: 1, max: 1000 }),
});

/** One case, to change what matters. */
export const plainCase: DecoderCase = {
  kind: 'tokens',
  cell: 'gru',
  layers: 2,
  dropout: 0.3,
  placement: 'none',
  heads: false,
  reads: ['previous'],
  readout: [],
  lengths: [4, 2],
  padding: 0,
  unit: 'sequence',
  seed: 1,
};

/** @param wrap what stands in for the attention */
export function buildDecoder(
  { kind, cell, layers, dropout, placement, heads, reads, readout, seed }: DecoderCase,
  wrap = (attention: Attention): Attention => attention,
): Decoder {
  const before = placement === 'before';
  const embeds = kind === 'tokens' && [...reads, ...readout].includes('previous');
  const options: RecurrentDecoderOptions = {
    cell,
    units,
    layers,
    dropout: layers > 1 || embeds ? dropout : 0,
    ...(embeds ? { embeddingSize } : {}),
    input: [...reads, ...(before ? (['attention'] as const) : [])],
    readout: [
      'output',
      ...readout,
      ...(placement === 'none' ? [] : ['attention' as const]),
    ] as DecoderReadout[],
  };
  const placed = placements[placement] as AttentionPlacement | null;
  // After the cell it is left out of the choice, so that the rule would feed something else.
  const attentionDropout = placement === 'after' ? 0 : dropout;
  const spec: AttentionSpec = heads
    ? multiHeadAttention({ heads: 2, dropout: attentionDropout })
    : luongAttention();
  return recurrentDecoder(options).build({
    target: kind === 'tokens' ? { kind, vocabSize: size, padId: 0 } : { kind, features: size },
    memorySize,
    summarySize,
    attention: placed && {
      spec: { ...spec, build: (wiring) => wrap(spec.build(wiring)) },
      placement: placed,
    },
    random: createRandom(seed),
  });
}

/** The tensors that gradients flow to are variables. */
export function contextFor({ cell, layers, lengths, seed }: DecoderCase): Context {
  let next = seed + 1;
  const random = <T extends Tensor>(...shape: number[]): T =>
    tidy(() => variable(randomNormal(shape, 0, 1, 'float32', next++))) as unknown as T;
  const batch = lengths.length;
  return {
    memory: random<Tensor3D>(batch, sourceTime, memorySize),
    mask: tensor(
      lengths.flatMap((_, row) => [1, 1, row % 2]),
      [batch, sourceTime],
    ),
    summary: random<Tensor2D>(batch, summarySize),
    state: Array.from({ length: layers }, () =>
      hasCellState(cell)
        ? { h: random<Tensor2D>(batch, units), c: random<Tensor2D>(batch, units) }
        : { h: random<Tensor2D>(batch, units) },
    ),
  };
}

export const timeOf = ({ lengths, padding }: DecoderCase): number => Math.max(...lengths) + padding;

/** What is fed, `width` numbers a position. */
export function batchOf(given: DecoderCase, fed: Float32Array): Batch {
  const [rows, time] = [given.lengths.length, timeOf(given)];
  const mask = given.lengths.flatMap((length) => Array.from({ length: time }, (_, t) => +(t < length)));
  const input =
    given.kind === 'tokens' ? tensor([...fed], [rows, time], 'int32') : tensor(fed, [rows, time, size]);
  const tensors = { targetInput: input, targetMask: tensor(mask, [rows, time]) as Tensor2D };
  const none = null as never;
  return {
    ...tensors,
    source: none,
    sourceMask: none,
    sourceLengths: none,
    targetOutput: none,
    targetLengths: Int32Array.from(given.lengths),
    dispose: () => disposeTensors(tensors),
  };
}

/** What is fed from the reference, and what is not. */
export function teacherForcingMaskOf(given: DecoderCase): Uint8Array {
  const { lengths, unit, seed } = given;
  const time = timeOf(given);
  const random = createRandom(seed);
  const perPosition = Array.from({ length: time }, () => random.integer(2));
  const last = Math.max(...lengths) - 1;
  return Uint8Array.from({ length: lengths.length * time }, (_, i) => {
    const t = i % time;
    if (unit === 'first') return +(t !== 1);
    if (unit === 'last') return +(t !== last);
    if (unit === 'sequence') return 0;
    return unit === 'position' ? (perPosition[t] as number) : random.integer(2);
  });
}
