/**
 * Stable names of everything that can go wrong; `docs/troubleshooting.md` explains each.
 *
 * - `invalid-option`: an option has a wrong name, type or value.
 * - `invalid-input`: data does not fit: empty, out of range, lengths that disagree.
 * - `invalid-shape`: a tensor has the wrong rank, size or dtype.
 * - `incompatible-parts`: two parts of a model cannot work together.
 * - `incomplete-builder`: `build()` was called before a required part was given.
 * - `missing-part`: a file refers to a tokenizer or block that was not handed in.
 * - `load-failed`: no model could be read from a URL, a store or a folder: nothing is there, or reading
 *   fails.
 * - `save-failed`: a model could not be written to a URL, a store or a folder: no room, no permission,
 *   another process that saved there at the same time.
 * - `corrupt-file`: a saved model or a data file is damaged or of another format.
 * - `not-finite`: a loss, gradient or logit is NaN or infinite.
 * - `disposed`: the object was used after `dispose()`.
 * - `aborted`: the caller's `AbortSignal` fired.
 * - `backend-unavailable`: a tfjs backend is not installed, does not start here, or was never asked for.
 * - `device-failed`: the GPU under the backend is gone, and all tensors with it, or refuses work.
 * - `out-of-memory`: a backend has no room for another tensor.
 * - `no-candidates`: every continuation is banned, and the option `onDeadEnd` is `'throw'`.
 */
export type ErrorCode =
  | 'invalid-option'
  | 'invalid-input'
  | 'invalid-shape'
  | 'incompatible-parts'
  | 'incomplete-builder'
  | 'missing-part'
  | 'load-failed'
  | 'save-failed'
  | 'corrupt-file'
  | 'not-finite'
  | 'disposed'
  | 'aborted'
  | 'backend-unavailable'
  | 'device-failed'
  | 'out-of-memory'
  | 'no-candidates';

/**
 * Every error that this library throws on purpose. Branch on `code`; the text may improve between versions.
 *
 * @example
 * ```ts
 * import { Seq2SeqError, Vocab } from 'tfjs-seq2seq';
 *
 * try {
 *   Vocab.build([]);
 * } catch (error) {
 *   if (!(error instanceof Seq2SeqError)) throw error;
 *   console.log(error.code, error.message); // invalid-input, and what to do
 * }
 * ```
 */
export class Seq2SeqError extends Error {
  /** What went wrong, by its stable name. */
  declare readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'Seq2SeqError';
    this.code = code;
  }
}

/** What was wrong, in the parts that every message of this library has. */
export interface Mismatch {
  /** The public function that noticed, such as `recurrentEncoder`. */
  where: string;
  /** What it needed, such as `units to be a positive whole number`. */
  expected: string;
  /** What came instead; values are printed, strings in quotes. */
  received: unknown;
  /** What to do about it, as a sentence. */
  hint?: string;
  /** The error behind it. */
  cause?: Error;
}

/** The one place where messages are worded: `where: expected … but received …. Hint`. */
export function mismatch(
  code: ErrorCode,
  { where, expected, received, hint, cause }: Mismatch,
): Seq2SeqError {
  const text = shorten(`${where}: expected ${expected} but received ${describe(received)}.`, 900);
  return new Seq2SeqError(code, hint ? `${text} ${hint}` : text, cause && { cause });
}

/** A short rendering of any value for an error message. JSON of untrusted files cannot make it fail. */
export function describe(value: unknown, depth: number = 3): string {
  if (typeof value === 'string') return JSON.stringify(shorten(value));
  if (Array.isArray(value))
    return value.length > 8 || !depth
      ? `an array of ${value.length}`
      : `[${value.map((one) => describe(one, depth - 1)).join(', ')}]`;
  if (Object(value) !== value) return String(value);
  // The prototype is asked, since a key named `constructor` is only data.
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null;
  const name = prototype?.constructor?.name;
  if (name && name !== 'Object') return `a ${name}`;
  return `{${shorten(Object.keys(value as object).join(', '))}}`;
}

/** The start of a text that may be long. */
export function shorten(text: string, most: number = 80): string {
  return text.length > most ? `${text.slice(0, most - 3)}...` : text;
}
