import { mismatch } from '../../core/errors.js';
import { checkText } from '../checkText.js';
import type { BpeMerge } from './learnBpe.js';

/**
 * Reads the merges of a codes file that subword-nmt's `learn-bpe` wrote (format 0.2).
 *
 * @param text the whole file
 * @returns the merges, for `bpeTokenizer`
 * @throws `corrupt-file`, naming the line
 * @example
 * ```ts
 * import { bpeTokenizer, parseBpeCodes } from 'tfjs-seq2seq';
 *
 * const merges = parseBpeCodes('#version: 0.2\nl o\nlo w</w>\n');
 * console.log(bpeTokenizer({ merges }).tokenize('low')); // ['low</w>']
 * ```
 */
export function parseBpeCodes(text: string): BpeMerge[] {
  const where = 'parseBpeCodes';
  const [header = '', ...lines] = checkText(where, text)
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  if (!/^\uFEFF?#version: 0\.2$/.test(header)) {
    throw mismatch('corrupt-file', {
      where: `${where}: line 1`,
      expected: '#version: 0.2',
      received: header,
      hint: 'Learn the codes again with subword-nmt 0.2 or later.',
    });
  }
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => {
    const [left, right, ...rest] = line.split(' ');
    if (left && right && rest.length === 0) return [left, right] as const;
    throw mismatch('corrupt-file', {
      where: `${where}: line ${index + 2}`,
      expected: 'two symbols and a space',
      received: line,
    });
  });
}
