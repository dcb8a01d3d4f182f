import { mismatch, Seq2SeqError } from '../core/errors.js';
import { optionCheck, readOptions } from '../core/options.js';
import { at, checkNotBlank, readLines } from './readLines.js';
import type { TextPair } from './readParallel.js';

/** Options of {@link readJsonl}. */
export interface JsonlOptions {
  /** Key of the source text. Default `source`. */
  readonly source?: string;
  /** Key of the target text. Default `target`. */
  readonly target?: string;
}

/**
 * Reads pairs from a UTF-8 file with one JSON object a line, as a stream. Further keys are left out.
 *
 * @throws at once: `invalid-option`. While reading, each with file and line: `corrupt-file` for a line that
 * is no JSON, or bytes that are no UTF-8; `invalid-input` for a row without the two texts, a blank sentence,
 * or a file that is empty or cannot be read
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { readJsonl } from 'tfjs-seq2seq/node';
 *
 * await writeFile('pairs.jsonl', '{"en": "Hello.", "fr": "Bonjour."}\n');
 * const pairs = readJsonl('pairs.jsonl', { source: 'en', target: 'fr' });
 * for await (const { source, target } of pairs) console.log(source, '→', target);
 * ```
 */
export function readJsonl(
  path: string,
  options: JsonlOptions = {},
): AsyncGenerator<TextPair, void, undefined> {
  const where = 'readJsonl';
  const key = optionCheck<string>('the key of a text', (value) => typeof value === 'string');
  return rows(path, readOptions(where, options, { source: [key, 'source'], target: [key, 'target'] }));
}

async function* rows(path: string, keys: Required<JsonlOptions>): AsyncGenerator<TextPair, void, undefined> {
  const where = 'readJsonl';
  let any = false;
  for await (const { text, number } of readLines(where, path)) {
    any = true;
    const row = parse(text, at(where, path, number));
    const textOf = (name: 'source' | 'target'): string => {
      const key = keys[name];
      const value: unknown =
        typeof row === 'object' && row !== null && Object.hasOwn(row, key)
          ? Reflect.get(row, key)
          : undefined;
      if (typeof value !== 'string') {
        throw mismatch('invalid-input', {
          where: at(where, path, number),
          expected: `an object with a text under '${key}'`,
          received: value ?? row,
          hint: 'The options source and target name the keys.',
        });
      }
      checkNotBlank(where, path, number, `'${key}'`, value);
      return value;
    };
    yield { source: textOf('source'), target: textOf('target') };
  }
  if (!any) {
    throw mismatch('invalid-input', {
      where: at(where, path, 1),
      expected: 'rows',
      received: 'an empty file',
    });
  }
}

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Seq2SeqError('corrupt-file', `${place}: expected one JSON value, but: ${reason}.`, { cause });
  }
}
