import { add, mul, slice, type Tensor2D, type Tensor3D, type Variable } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import { oneOf, positiveInteger, type TableOf } from '../core/options.js';
import { normalInitializer, type ParameterSet } from '../core/parameters.js';
import type { Random } from '../core/random.js';
import { sinusoidalPositions } from '../ops/sinusoidalPositions.js';

/** Where a block takes its position encodings from. */
export type PositionKind = 'sinusoidal' | 'learned';

/** Tells a block where each vector stands. */
export interface Positions {
  /**
   * Adds the encodings of the positions from `first` on to `x` `[batch, time, width]`.
   *
   * @throws `invalid-input` past the last learned position
   */
  addTo(x: Tensor3D, first?: number): Tensor3D;
}

/** What {@link addPositions} needs to know. */
export interface PositionsOptions {
  /** The public function that asks, for messages. */
  readonly where: string;
  readonly kind: PositionKind;
  readonly width: number;
  /** How many positions are learned; of no use to sinusoids. */
  readonly maxLength: number;
  /** Standard deviation of a learned encoding at the start. */
  readonly deviation: number;
  /** What a learned encoding is multiplied with. */
  readonly scale: number;
  readonly random: Random;
}

/** Sinusoids, or a learned table `positions.weight` `[maxLength, width]` that joins `parameters`. */
export function addPositions(parameters: ParameterSet, options: PositionsOptions): Positions {
  const { where, kind, width, maxLength, deviation, scale, random } = options;
  if (kind === 'sinusoidal') {
    return { addTo: (x, first = 0) => add(x, sinusoidalPositions(first, x.shape[1], width)) };
  }
  const table = parameters.add<Variable & Tensor2D>(
    'positions.weight',
    [maxLength, width],
    normalInitializer(random, deviation),
  );
  return {
    addTo(x, first = 0) {
      const time = x.shape[1];
      if (first + time > maxLength) {
        throw mismatch('invalid-input', {
          where,
          expected: `sequences of at most maxLength (${maxLength}) positions`,
          received: first + time,
          hint: "Raise maxLength, or use positions: 'sinusoidal', which have no end.",
        });
      }
      const rows = slice(table, [first, 0], [time, width]);
      return add(x, scale === 1 ? rows : mul(rows, scale));
    },
  };
}

/** Where a block's positions come from, plain JSON. */
export type PositionConfig<P extends string> = { readonly positions: P; readonly maxLength?: number };

/**
 * How the options `positions` and `maxLength` are read.
 *
 * @param given the options, not checked yet: learned positions have a default length
 * @param choices the first is the default
 */
export function positionTable<const P extends string>(
  given: { readonly positions?: P },
  choices: readonly [P, ...P[]],
): TableOf<PositionConfig<P>> {
  return {
    positions: [oneOf(choices), choices[0]],
    maxLength: [positiveInteger, given?.positions === 'learned' ? 512 : undefined],
  };
}

/** Refuses a `maxLength` of positions that are not learned. @throws `invalid-option` */
export function checkPositions(where: string, { positions, maxLength }: PositionConfig<string>): void {
  if (positions === 'learned' || maxLength === undefined) return;
  const expected = "maxLength only with positions: 'learned'";
  throw mismatch('invalid-option', { where, expected, received: maxLength, hint: 'Others have no end.' });
}
