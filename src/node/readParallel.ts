import { mismatch } from '../core/errors.js';
import { at, checkNotBlank, readLines, type Line } from './readLines.js';

/** A sentence and its counterpart. */
export interface TextPair {
  /** The text to read. */
  readonly source: string;
  /** The text to write. */
  readonly target: string;
}

/**
 * Reads two UTF-8 text files side by side. Line `n` of one belongs to line `n` of the other. Both are
 * streams, so that they may be larger than the memory.
 *
 * @throws while reading, each with file and line: `invalid-input` for a blank line, for files of different
 * lengths, without any line, or that cannot be read; `corrupt-file` for bytes that are no UTF-8
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { readParallel } from 'tfjs-seq2seq/node';
 *
 * await writeFile('corpus.en', 'Hello.\nThanks!\n');
 * await writeFile('corpus.fr', 'Bonjour.\nMerci !\n');
 * const pairs = readParallel('corpus.en', 'corpus.fr');
 * for await (const { source, target } of pairs) console.log(source, '→', target);
 * ```
 */
export async function* readParallel(
  sourcePath: string,
  targetPath: string,
): AsyncGenerator<TextPair, void, undefined> {
  const where = 'readParallel';
  const sources = readLines(where, sourcePath);
  const targets = readLines(where, targetPath);
  try {
    for (let line = 1; ; line++) {
      const source = await nextOf(sources);
      const target = await nextOf(targets);
      if (source === undefined && target === undefined) {
        if (line > 1) return;
        throw mismatch('invalid-input', {
          where: at(where, sourcePath, 1),
          expected: 'lines',
          received: 'an empty file',
        });
      }
      if (source === undefined || target === undefined) {
        const [shorter, longer] = source === undefined ? [sourcePath, targetPath] : [targetPath, sourcePath];
        throw mismatch('invalid-input', {
          where: at(where, shorter, line),
          expected: `as many lines as ${longer} has`,
          received: `only ${line - 1}`,
          hint: 'Every source line needs its target line.',
        });
      }
      checkNotBlank(where, sourcePath, line, 'the source', source.text);
      checkNotBlank(where, targetPath, line, 'the target', target.text);
      yield { source: source.text, target: target.text };
    }
  } finally {
    // Closes both files, also where the caller or an error stops half-way.
    await sources.return();
    await targets.return();
  }
}

async function nextOf(lines: AsyncGenerator<Line, void, undefined>): Promise<Line | undefined> {
  const { value } = await lines.next();
  return value ?? undefined;
}
