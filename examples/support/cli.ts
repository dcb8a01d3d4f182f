import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** One option of a command line: what stands where nobody sets it, and how its value is checked. */
export interface Option<T> {
  readonly type: 'string' | 'boolean';
  readonly fallback: string | boolean | undefined;
  /** @throws an error of one line for a value that cannot be */
  readonly read: (value: string | boolean | undefined, name: string) => T;
}

/** The checked values of some options, by their names. */
export type Settings<Options extends { readonly [name: string]: Option<unknown> }> = {
  readonly [Name in keyof Options]: Options[Name] extends Option<infer T> ? T : never;
};

/** Text that may be left out. */
export function optionalText(): Option<string | undefined> {
  return { type: 'string', fallback: undefined, read: (value) => value as string | undefined };
}

export function text(fallback: string): Option<string> {
  return { type: 'string', fallback, read: String };
}

/** One of a few words. */
export function choice<const Word extends string>(words: readonly Word[], fallback: Word): Option<Word> {
  return {
    type: 'string',
    fallback,
    read: (value, name) => {
      const found = words.find((word) => word === value);
      if (found !== undefined) return found;
      throw new Error(`--${name} is ${value}; it can be ${words.join(' or ')}.`);
    },
  };
}

/** True where the option is there; it takes no value. */
export function flag(): Option<boolean> {
  return { type: 'boolean', fallback: false, read: (value) => value === true };
}

/** A whole number of at most nine digits. */
export function wholeNumber(fallback: number, least?: number): Option<number> {
  return numberOption(
    fallback,
    (value) => /^\d{1,9}$/.test(value) && Number(value) >= (least ?? 0),
    `a whole number${least === undefined ? '' : ` from ${least}`}`,
  );
}

export function anyNumber(fallback: number): Option<number> {
  return numberOption(fallback, (value) => value !== '' && Number.isFinite(Number(value)), 'a number');
}

export function positiveNumber(fallback: number): Option<number> {
  return numberOption(fallback, (value) => Number(value) > 0, 'above 0');
}

function numberOption(fallback: number, fits: (value: string) => boolean, expected: string): Option<number> {
  return {
    type: 'string',
    fallback: String(fallback),
    read: (value, name) => {
      if (typeof value === 'string' && fits(value)) return Number(value);
      throw new Error(`--${name} is ${value}; it must be ${expected}.`);
    },
  };
}

/**
 * What nearly every example takes: data to train on, how much data it makes, how long it trains, and a seed.
 */
export type CommonOptions = {
  readonly train: Option<string | undefined>;
  readonly examples: Option<number>;
  readonly epochs: Option<number>;
  readonly seed: Option<number>;
};

/** {@link CommonOptions} with these defaults. */
export function commonOptions(fallback: Record<'examples' | 'epochs', number>): CommonOptions {
  return {
    train: optionalText(),
    examples: wholeNumber(fallback.examples),
    epochs: wholeNumber(fallback.epochs),
    seed: wholeNumber(1),
  };
}

/**
 * Runs an example with what its command line says.
 *
 * `--help` prints the comment at the head of the example instead. An error ends the program with its message
 * alone, and with exit code 1.
 *
 * @param url `import.meta.url` of the example
 */
export async function runExample<Options extends { readonly [name: string]: Option<unknown> }>(
  url: string,
  options: Options,
  main: (settings: Settings<Options>) => Promise<void>,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  try {
    const settings = readSettings(options, args);
    if (settings === null) console.log(headComment(url));
    else await main(settings);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/** The checked command line; `null` where it asks for help. */
function readSettings<Options extends { readonly [name: string]: Option<unknown> }>(
  options: Options,
  args: readonly string[],
): Settings<Options> | null {
  const entries = Object.entries(options);
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(entries.map(([name, { type }]) => [name, { type }])),
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return null;
  const read = entries.map(([name, option]) => [
    name,
    option.read((values as Record<string, string | boolean | undefined>)[name] ?? option.fallback, name),
  ]);
  return Object.fromEntries(read) as Settings<Options>;
}

/** The comment at the head of a file, without its stars. */
function headComment(url: string): string {
  const [head = ''] = readFileSync(new URL(url), 'utf8').split('*/');
  return head.slice('/**\n'.length).replace(/^ \* ?/gm, '');
}
