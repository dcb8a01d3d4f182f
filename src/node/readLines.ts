import { createReadStream } from 'node:fs';
import { mismatch, Seq2SeqError } from '../core/errors.js';

/** One line of a text file, without its end. */
export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/** A line longer than this, in bytes, means that the file is no text of lines. */
const longestLine = 64 * 2 ** 20;
const lineFeed = 10;

/**
 * Reads a UTF-8 file line by line, with one piece of it in memory. A byte order mark at its start is left
 * out, and so are carriage returns before line feeds. Newlines at the end of the file, however many, start no
 * further line.
 *
 * @param where the public function, for messages
 * @throws `invalid-input` where the file cannot be read; `corrupt-file` for bytes that are no UTF-8, or a
 * line above 64 MiB
 */
export async function* readLines(where: string, path: string): AsyncGenerator<Line, void, undefined> {
  let empty = 0; // lines that were read, but stand at the end unless another follows
  for await (const line of allLines(where, path)) {
    if (line.text === '') {
      empty++;
      continue;
    }
    for (; empty > 0; empty--) yield { text: '', number: line.number - empty };
    yield line;
  }
}

async function* allLines(where: string, path: string): AsyncGenerator<Line, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest: Uint8Array[] = [];
  let restLength = 0;
  let number = 0;
  const toLine = (bytes: Uint8Array): Line => {
    number++;
    const text = decode(decoder, bytes, () => at(where, path, number)).replace(/\r$/, '');
    return { text: number === 1 && text.startsWith('\uFEFF') ? text.slice(1) : text, number };
  };
  for await (const chunk of chunksOf(where, path)) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      const part = chunk.subarray(start, end);
      yield toLine(restLength === 0 ? part : Buffer.concat([...rest, part]));
      rest = [];
      restLength = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    rest.push(chunk.subarray(start));
    restLength += chunk.length - start;
    if (restLength > longestLine) {
      throw mismatch('corrupt-file', {
        where: at(where, path, number + 1),
        expected: `lines of at most ${longestLine} bytes`,
        received: 'a longer one',
        hint: 'Is it a text file?',
      });
    }
  }
  if (restLength > 0) yield toLine(Buffer.concat(rest));
}

/** How every message says which line of which file is wrong. */
export function at(where: string, path: string, line: number): string {
  return `${where}: ${path}:${line}`;
}

/** Refuses an empty or blank side of a pair. */
export function checkNotBlank(where: string, path: string, line: number, name: string, text: string): void {
  if (text.trim() !== '') return;
  throw mismatch('invalid-input', {
    where: at(where, path, line),
    expected: `${name} not to be empty`,
    received: text,
    hint: 'Leave the pair out, on both sides.',
  });
}

async function* chunksOf(where: string, path: string): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Buffer;
  } catch (cause) {
    if (cause instanceof Seq2SeqError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Seq2SeqError('invalid-input', `${where}: cannot read ${path}: ${reason}. Check the path.`, {
      cause,
    });
  }
}

function decode(decoder: TextDecoder, bytes: Uint8Array, place: () => string): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw mismatch('corrupt-file', {
      where: place(),
      expected: 'text in UTF-8',
      received: 'bytes that are not',
      hint: 'Save the file as UTF-8.',
    });
  }
}
