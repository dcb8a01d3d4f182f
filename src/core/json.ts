import { mismatch, type ErrorCode } from './errors.js';

/** What survives `JSON.stringify` and `JSON.parse` unchanged. */
export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A plain object of {@link JsonValue}s. */
export type JsonObject = { readonly [key: string]: JsonValue };

const DEEPEST = 100;

/**
 * JSON with sorted keys: the same for equal values, whatever storage did to their order. Keys without a value
 * are left out, as `JSON.stringify` does.
 *
 * @param where the public function, for messages
 * @throws `code` for a value of more than 100 levels, before it can fill the stack
 */
export function canonicalJson(where: string, value: unknown, code: ErrorCode = 'corrupt-file'): string {
  const write = (part: unknown, level: number): string => {
    if (typeof part !== 'object' || part === null) return JSON.stringify(part) ?? 'null';
    if (level > DEEPEST) {
      throw mismatch(code, { where, expected: `JSON of at most ${DEEPEST} levels`, received: value });
    }
    if (Array.isArray(part)) return `[${part.map((one) => write(one, level + 1)).join()}]`;
    const entries = Object.entries(part)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${write(one, level + 1)}`).join()}}`;
  };
  return write(value, 1);
}
