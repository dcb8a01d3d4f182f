/** What `readOptions` returns, by types alone, and calls that must not compile. Nothing here runs. */
import {
  boolean,
  callback,
  finiteNumber,
  oneOf,
  orNull,
  positiveInteger,
  readOptions,
  unchecked,
  type OptionCheck,
  type TableOf,
} from '../../src/core/options.js';

interface Options {
  readonly units: number;
  readonly layers?: number;
  readonly cell?: 'gru' | 'lstm';
  readonly maxLength?: number;
  readonly embeddingSize?: number;
  readonly dilation?: number | readonly number[];
  readonly rate?: number | ((step: number) => number);
  readonly onStep?: (step: number) => void;
  readonly state?: { readonly h: number };
}

declare const options: Options;
declare const numbers: OptionCheck<readonly number[]>;
declare const schedule: OptionCheck<(step: number) => number>;

/** Compiles where `A` and `B` are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same =
  <A>(_value: A) =>
  <B>(answer: Same<A, B>): boolean =>
    answer;

const read = readOptions('f', options, {
  units: [positiveInteger],
  layers: [positiveInteger, 2],
  cell: [oneOf(['gru', 'lstm']), 'gru'],
  maxLength: [positiveInteger, undefined],
  embeddingSize: [orNull(positiveInteger), null],
  dilation: [numbers, [1]],
  rate: [schedule],
  onStep: [callback, undefined],
  state: [unchecked, undefined],
});

same(read)<{
  readonly units: number;
  readonly layers: number;
  readonly cell: 'gru' | 'lstm';
  readonly maxLength?: number;
  readonly embeddingSize: number | null;
  readonly dilation: readonly number[];
  readonly rate: (step: number) => number;
  readonly onStep?: (step: number) => void;
  readonly state?: { readonly h: number };
}>(true);

// Without a declared type, what a check leaves open is unknown.
const bare = readOptions('f', {} as object, { shared: [boolean, false], any: [unchecked] });
same(bare)<{ readonly shared: boolean; readonly any: unknown }>(true);

interface Few {
  readonly units: number;
  readonly cell?: 'gru' | 'lstm';
}
declare const few: Few;

// @ts-expect-error an option that is declared and not read
readOptions('f', few, { units: [positiveInteger] });

// @ts-expect-error a default that the option does not take
readOptions('f', few, { units: [positiveInteger], cell: [oneOf(['gru', 'lstm']), 'rnn'] });

// @ts-expect-error finiteNumber makes a check from its range
readOptions('f', few, { units: [finiteNumber, 1], cell: [unchecked, undefined] }).units.toFixed();

interface Shared {
  readonly width: number;
  readonly cell: 'gru' | 'lstm';
  readonly size: number | null;
  readonly maxLength?: number;
}
const table: TableOf<Shared> = {
  width: [positiveInteger],
  cell: [oneOf(['gru', 'lstm']), 'gru'],
  size: [orNull(positiveInteger), null],
  maxLength: [positiveInteger, undefined],
};

// A table that is declared for a config gives that config, and more where rows are added.
const more = readOptions('f', {} as object, { ...table, shared: [boolean, false] });
same(more)<{
  readonly width: number;
  readonly cell: 'gru' | 'lstm';
  readonly size: number | null;
  readonly maxLength?: number;
  readonly shared: boolean;
}>(true);

// @ts-expect-error a check of another type than the config has
export const wrong: TableOf<Pick<Shared, 'width'>> = { width: [boolean] };
