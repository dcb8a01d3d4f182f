import { mismatch } from './errors.js';

/**
 * Refuses option names that nobody reads, so that a typing mistake cannot pass for a default.
 *
 * @param where the public function, for the message
 * @param options what the caller passed
 * @param known every option name that `where` reads
 */
export function checkOptionNames(where: string, options: object, known: readonly string[]): void {
  if (options === null || typeof options !== 'object') {
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

/** Refuses a wrong value of the option `name`. */
export type OptionCheck = (where: string, name: string, value: unknown) => unknown;

/**
 * Refuses names that have no check and are not among `otherNames`, and values that their check refuses; `undefined` is as good
 * as left out.
 */
export function checkOptions(
  where: string,
  options: object,
  checks: Readonly<Record<string, OptionCheck>>,
  otherNames: readonly string[] = [],
): void {
  checkOptionNames(where, options, [...Object.keys(checks), ...otherNames]);
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) checks[name]?.(where, name, value);
  }
}

/** Returns `value` if it is a whole number from 0. */
export function count(where: string, name: string, value: unknown): number {
  return wholeNumber(where, name, value, 0);
}

/** Returns `value` if it is a whole number of at least `least` (default 1). */
export function wholeNumber(where: string, name: string, value: unknown, least = 1): number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number;
  throw mismatch('invalid-option', {
    where,
    expected: `${name} to be a whole number of at least ${least}`,
    received: value,
  });
}

/** Limits for {@link finiteNumber}; each is inclusive unless its name says `above` or `below`. */
export interface NumberRange {
  min?: number;
  max?: number;
  above?: number;
  below?: number;
}

/** Returns `value` if it is a finite number inside `range`. */
export function finiteNumber(where: string, name: string, value: unknown, range: NumberRange = {}): number {
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = range;
  const number = value as number; // isFinite is false for all that is no number
  if (Number.isFinite(value) && number >= min && number <= max && number > above && number < below) {
    return number;
  }
  const limits = Object.entries(range).map(([limit, bound]) => `${limit} ${bound}`);
  throw mismatch('invalid-option', {
    where,
    expected: `${name} to be a finite number${limits.length > 0 ? ` (${limits.join(', ')})` : ''}`,
    received: value,
  });
}

/** Returns `value` if it is one of `choices`. */
export function oneOf<T extends string>(
  where: string,
  name: string,
  value: unknown,
  choices: readonly T[],
): T {
  if (choices.includes(value as T)) return value as T;
  throw mismatch('invalid-option', {
    where,
    expected: `${name} to be one of ${choices.map((choice) => `'${choice}'`).join(', ')}`,
    received: value,
  });
}

/** Returns `value` if it is true or false. */
export function flag(where: string, name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw mismatch('invalid-option', { where, expected: `${name} to be true or false`, received: value });
}

/** Returns `value` if it is an AbortSignal. */
export function abortSignal(where: string, name: string, value: unknown): AbortSignal {
  if (typeof (value as AbortSignal | null)?.aborted === 'boolean') return value as AbortSignal;
  throw mismatch('invalid-option', { where, expected: `${name} to be an AbortSignal`, received: value });
}

/** Returns `value` if it is a function. */
export function callback(where: string, name: string, value: unknown): unknown {
  if (typeof value === 'function') return value;
  throw mismatch('invalid-option', { where, expected: `${name} to be a function`, received: value });
}

/** Leaves a value to whoever reads it. */
export const anything: OptionCheck = (_where, _name, value) => value;
