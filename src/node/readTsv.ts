import { mismatch } from '../core/errors.js';
import { nonNegativeInteger, readOptions } from '../core/options.js';
import { at, checkNotBlank, readLines } from './readLines.js';
import type { TextPair } from './readParallel.js';

/** Options of {@link readTsv}. */
export interface TsvOptions {
  /** Column of the source, from 0. Default 0. */
  readonly sourceColumn?: number;
  /** Column of the target, from 0. Default 1. */
  readonly targetColumn?: number;
}

/**
 * Reads pairs from a UTF-8 file, as a stream. The file has one pair a line, and tabs between its columns.
 * Further columns, such as attributions, are left out. Quotes and backslashes are text like any other.
 *
 * @throws at once: `invalid-option`. While reading, each with file and line: `invalid-input` for a missing
 * column, a blank sentence, or a file that is empty or cannot be read; `corrupt-file` for bytes that are no
 * UTF-8
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { readTsv } from 'tfjs-seq2seq/node';
 *
 * await writeFile('pairs.tsv', 'Hello.\tBonjour.\nThanks!\tMerci !\n');
 * for await (const { source, target } of readTsv('pairs.tsv')) console.log(source, '→', target);
 * ```
 */
export function readTsv(path: string, options: TsvOptions = {}): AsyncGenerator<TextPair, void, undefined> {
  const where = 'readTsv';
  const { sourceColumn, targetColumn } = readOptions(where, options, {
    sourceColumn: [nonNegativeInteger, 0],
    targetColumn: [nonNegativeInteger, 1],
  });
  if (sourceColumn === targetColumn) {
    throw mismatch('invalid-option', {
      where,
      expected: 'two different columns',
      received: [sourceColumn, targetColumn],
    });
  }
  return rows(path, sourceColumn, targetColumn);
}

async function* rows(
  path: string,
  sourceColumn: number,
  targetColumn: number,
): AsyncGenerator<TextPair, void, undefined> {
  const where = 'readTsv';
  let any = false;
  for await (const { text, number } of readLines(where, path)) {
    any = true;
    const columns = text.split('\t');
    const source = columns[sourceColumn];
    const target = columns[targetColumn];
    if (source === undefined || target === undefined) {
      throw mismatch('invalid-input', {
        where: at(where, path, number),
        expected: `at least ${Math.max(sourceColumn, targetColumn) + 1} columns with tabs between them`,
        received: `${columns.length}: ${text}`,
      });
    }
    checkNotBlank(where, path, number, 'the source', source);
    checkNotBlank(where, path, number, 'the target', target);
    yield { source, target };
  }
  if (!any) {
    throw mismatch('invalid-input', {
      where: at(where, path, 1),
      expected: 'rows',
      received: 'an empty file',
    });
  }
}
