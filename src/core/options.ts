import { mismatch } from './errors.js';

/**
 * Takes the value of the option `name` and returns it, perhaps in another form, or throws `invalid-option`.
 * `where` is the public function, for the message.
 */
export type OptionCheck<T = unknown> = (where: string, name: string, value: unknown) => T;

/**
 * How each option is read: one row an option. All options that `O` declares must be here.
 *
 * - `[check]`: the option is required.
 * - `[check, default]`: the option may be left out.
 * - `[check, undefined]`: the option may be left out, and then the result does not have it.
 */
export type OptionTable<O = object> = {
  readonly [K in keyof O]-?: readonly [check: OptionCheck, fallback?: O[K] | null | undefined];
};

/** A table whose result is `Config`. Tables that several blocks share are declared with this type. */
export type TableOf<Config> = {
  readonly [K in keyof Config]-?: undefined extends Config[K]
    ? readonly [check: OptionCheck<Exclude<Config[K], undefined>>, fallback: Config[K] | undefined]
    : readonly [check: OptionCheck<Config[K]>, fallback?: Config[K]];
};

/** The names of the options that the result may not have. */
type OpenNames<Table> = {
  [K in keyof Table]: Table[K] extends readonly [OptionCheck, infer Fallback]
    ? undefined extends Fallback
      ? K
      : never
    : never;
}[keyof Table];

/**
 * What {@link readOptions} returns. A value has the type that its check returns. Where that is `unknown`, it
 * has the type that the options declare.
 */
export type ReadOptions<O, Table> = Flat<
  { readonly [K in Exclude<keyof Table, OpenNames<Table>>]: Value<O, K, Table[K]> } & {
    readonly [K in OpenNames<Table>]?: Value<O, K, Table[K]>;
  }
>;

type Flat<T> = { readonly [K in keyof T]: T[K] };

type Value<O, K, Row> = Row extends readonly [OptionCheck<infer T>, unknown?]
  ? Exclude<unknown extends T ? Declared<O, K> : T, undefined>
  : never;

type Declared<O, K> = K extends keyof O ? O[K] : unknown;

/**
 * Reads options: refuses unknown names and wrong values, and fills in the defaults. The result has the order
 * of `table`. An option that is `undefined` counts as left out. Defaults go through their checks too, so that
 * a check may return another form.
 *
 * @param where the public function, for messages
 * @throws `invalid-option`
 * @example
 * ```ts no-check
 * const { units, dropout } = readOptions('block', options, {
 *   units: [positiveInteger],
 *   dropout: [finiteNumber({ min: 0, below: 1 }), 0],
 * });
 * ```
 */
export function readOptions<O extends object, const Table extends OptionTable<O>>(
  where: string,
  options: O,
  table: Table,
): ReadOptions<O, Table> {
  checkOptionNames(where, options, Object.keys(table));
  const read: Record<string, unknown> = {};
  for (const name in table) {
    const row: readonly [OptionCheck, unknown?] = table[name];
    const { [name]: value = row[1] } = options as Record<string, unknown>;
    if (value !== undefined || row.length < 2) read[name] = row[0](where, name, value);
  }
  return read as ReadOptions<O, Table>;
}

/**
 * Refuses option names that nobody reads, so that a typing mistake cannot pass for a default. It serves
 * options whose values are checked elsewhere. {@link readOptions} checks both.
 *
 * @param where the public function, for the message
 * @param options what the caller passed
 * @param known every option name that `where` reads
 */
export function checkOptionNames(where: string, options: object, known: readonly string[]): void {
  if (typeof (options ?? 0) !== 'object') {
    throw mismatch('invalid-option', { where, expected: 'an options object', received: options });
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw mismatch('invalid-option', {
      where,
      expected: `option names among ${known.join(', ')}`,
      received: name,
    });
  }
}

/** Takes what `isRight`; `what` says in a message what that is. */
export function optionCheck<T>(what: string, isRight: (value: unknown) => boolean): OptionCheck<T> {
  return (where, name, value) => {
    if (isRight(value)) return value as T;
    throw mismatch('invalid-option', { where, expected: `${name} to be ${what}`, received: value });
  };
}

/** Takes `null`, and what `check` takes. */
export function orNull<T>(check: OptionCheck<T>): OptionCheck<T | null> {
  return (where, name, value) => (value === null ? null : check(where, name, value));
}

/** Takes a whole number of at least `least`. */
export function integerFrom(least: number): OptionCheck<number> {
  return optionCheck(
    `a whole number of at least ${least}`,
    (value) => Number.isSafeInteger(value) && (value as number) >= least,
  );
}

/** Takes a whole number from 0. */
export const nonNegativeInteger: OptionCheck<number> = /* @__PURE__ */ integerFrom(0);

/** Takes a whole number from 1. */
export const positiveInteger: OptionCheck<number> = /* @__PURE__ */ integerFrom(1);

/** Limits for {@link finiteNumber}. `min` and `max` are inclusive, `above` and `below` are not. */
export interface NumberRange {
  min?: number;
  max?: number;
  above?: number;
  below?: number;
}

/** Takes a finite number inside `range`. */
export function finiteNumber(range: NumberRange = {}): OptionCheck<number> {
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = range;
  const limits = Object.entries(range).map(([limit, bound]) => `${limit} ${bound}`);
  return optionCheck(`a finite number${limits.length > 0 ? ` (${limits.join(', ')})` : ''}`, (value) => {
    const number = value as number; // isFinite is false for all that is no number
    return Number.isFinite(value) && number >= min && number <= max && number > above && number < below;
  });
}

/** Takes one of `choices`. */
export function oneOf<const T extends string>(choices: readonly T[]): OptionCheck<T> {
  return optionCheck(`one of '${choices.join("', '")}'`, (value) => choices.includes(value as T));
}

/** Takes true or false. */
export const boolean: OptionCheck<boolean> = /* @__PURE__ */ optionCheck(
  'true or false',
  (value) => typeof value === 'boolean',
);

/** Takes an AbortSignal. */
export const abortSignal: OptionCheck<AbortSignal> = /* @__PURE__ */ optionCheck(
  'an AbortSignal',
  (value) => typeof (value as AbortSignal | null)?.aborted === 'boolean',
);

/** Takes a function. Its declared type says which. */
export const callback: OptionCheck = /* @__PURE__ */ optionCheck(
  'a function',
  (value) => typeof value === 'function',
);

/** Leaves a value to whoever reads it. */
export const unchecked: OptionCheck = (_where, _name, value) => value;
