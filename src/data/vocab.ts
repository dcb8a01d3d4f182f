import { mismatch } from '../core/errors.js';
import { checkOptionNames, wholeNumber } from '../core/options.js';
import {
  resolveSpecialTokens,
  specialTokenNames,
  type SpecialToken,
  type SpecialTokenName,
  type SpecialTokens,
} from './specialTokens.js';

/** Options of {@link Vocab.build} and {@link Vocab.buildAsync}. */
export interface VocabOptions {
  /** How often a token must occur to get an id of its own. At least 1; default 1. */
  readonly minFrequency?: number;
  /** Most ids, the special tokens' included; the most frequent tokens stay. Default: no limit. */
  readonly maxSize?: number;
  /** Texts and ids of the special tokens. Default `<pad>` 0, `<sos>` 1, `<eos>` 2, `<unk>` 3. */
  readonly specialTokens?: SpecialTokens;
}

/** A vocabulary as plain data: the token of each id, and the ids of the special tokens. */
export type VocabJson = {
  readonly tokens: readonly string[];
  readonly specialIds: { readonly [name in SpecialTokenName]: number };
};

/**
 * Maps tokens to ids and back. It never changes after it is built.
 *
 * Tokens are ordered by falling frequency, then by their text (UTF-16 code units, the order of `<`), so that the same
 * corpus always gives the same ids, whatever its order. A special token's text in the corpus stands for that token.
 *
 * @example
 * ```ts
 * import { Vocab, whitespaceTokenizer } from 'tfjs-seq2seq';
 *
 * const { tokenize } = whitespaceTokenizer();
 * const vocab = Vocab.build(['the cat', 'the dog'].map(tokenize));
 * const ids = vocab.encode(['the', 'bird']); // [4, 3]: the first token after the special ones, and <unk>
 * console.log(ids, vocab.decode(ids)); // [4, 3] ['the', '<unk>']
 * ```
 */
export class Vocab {
  readonly #tokens: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly padId: number;
  readonly sosId: number;
  readonly eosId: number;
  readonly unkId: number;

  private constructor({ tokens, specialIds }: VocabJson) {
    this.#tokens = tokens;
    this.#ids = new Map(tokens.map((token, id) => [token, id]));
    this.padId = specialIds.pad;
    this.sosId = specialIds.sos;
    this.eosId = specialIds.eos;
    this.unkId = specialIds.unk;
  }

  /**
   * Counts the tokens of a corpus in one pass and numbers them.
   *
   * @param sequences one list of tokens a sentence
   * @throws `invalid-input` for an empty corpus or a sentence that is no list of tokens; `invalid-option`
   */
  static build(sequences: Iterable<readonly string[]>, options: VocabOptions = {}): Vocab {
    const counts = new Map<string, number>();
    for (const sequence of sequences) count(sequence, counts);
    return new Vocab(number(counts, options));
  }

  /** {@link Vocab.build} for a corpus that arrives bit by bit, such as a file that is read as a stream. */
  static async buildAsync(
    sequences: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
    options: VocabOptions = {},
  ): Promise<Vocab> {
    const counts = new Map<string, number>();
    for await (const sequence of sequences) count(sequence, counts);
    return new Vocab(number(counts, options));
  }

  /** Rebuilds what {@link Vocab.toJSON} gave. @throws `corrupt-file` when `json` is anything else */
  static fromJSON(json: unknown): Vocab {
    const { tokens, specialIds } = (json ?? {}) as { tokens?: unknown; specialIds?: Record<string, unknown> };
    if (!Array.isArray(tokens) || !tokens.every((token) => typeof token === 'string'))
      throw corrupt('a list of tokens', tokens);
    if (new Set(tokens).size < tokens.length) throw corrupt('tokens that all differ', tokens);
    const ids = specialTokenNames.map((name) => {
      const id = specialIds?.[name];
      if (!Number.isInteger(id) || !((id as number) in tokens))
        throw corrupt(`the id of '${name}' below ${tokens.length}`, id);
      return [name, id as number] as const;
    });
    if (new Set(ids.map(([, id]) => id)).size < ids.length)
      throw corrupt('special ids that all differ', specialIds);
    return new Vocab({ tokens: [...tokens], specialIds: Object.fromEntries(ids) as VocabJson['specialIds'] });
  }

  /** How many ids there are, the special tokens' included. */
  get size(): number {
    return this.#tokens.length;
  }

  /** Whether `token` has an id of its own. */
  has(token: string): boolean {
    return this.#ids.has(token);
  }

  /** The id of `token`, or `unkId` where it has none. */
  idOf(token: string): number {
    return this.#ids.get(token) ?? this.unkId;
  }

  /** The token of an id. @throws `invalid-input` for an id that does not exist */
  tokenOf(id: number): string {
    const token = this.#tokens[id];
    if (token !== undefined) return token;
    throw mismatch('invalid-input', {
      where: 'Vocab',
      expected: `a whole id from 0 to ${this.size - 1}`,
      received: id,
    });
  }

  /** The id of each token; nothing is added before or after. @throws `invalid-input` for text instead of tokens */
  encode(tokens: readonly string[]): number[] {
    if (!Array.isArray(tokens)) throw notTokens('Vocab.encode', tokens);
    return tokens.map((token: string) => this.idOf(token));
  }

  /** The token of each id, special tokens included. @throws `invalid-input` for an id that does not exist */
  decode(ids: Iterable<number>): string[] {
    return Array.from(ids, (id) => this.tokenOf(id));
  }

  /** Plain data for {@link Vocab.fromJSON}. */
  toJSON(): VocabJson {
    return {
      tokens: [...this.#tokens],
      specialIds: { pad: this.padId, sos: this.sosId, eos: this.eosId, unk: this.unkId },
    };
  }
}

function count(sequence: readonly string[], counts: Map<string, number>): void {
  if (!Array.isArray(sequence)) throw notTokens('Vocab.build', sequence);
  for (const token of sequence as readonly string[]) counts.set(token, (counts.get(token) ?? 0) + 1);
}

function number(counts: Map<string, number>, options: VocabOptions): VocabJson {
  const where = 'Vocab.build';
  checkOptionNames(where, options, ['minFrequency', 'maxSize', 'specialTokens']);
  const { minFrequency = 1, maxSize, specialTokens = {} } = options;
  wholeNumber(where, 'minFrequency', minFrequency);
  if (maxSize !== undefined) wholeNumber(where, 'maxSize', maxSize, specialTokenNames.length);
  const special = resolveSpecialTokens(where, specialTokens);
  if (counts.size === 0) {
    throw mismatch('invalid-input', {
      where,
      expected: 'a corpus with at least one token',
      received: 'an empty one',
      hint: 'Was the iterable used up before, or the file empty?',
    });
  }
  const reserved = new Map<number, SpecialToken>();
  for (const token of Object.values(special)) {
    reserved.set(token.id, token);
    counts.delete(token.token);
  }
  const ranked = [...counts]
    .filter(([, frequency]) => frequency >= minFrequency)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, maxSize === undefined ? undefined : maxSize - reserved.size);

  const size = ranked.length + reserved.size;
  let next = 0;
  const tokens = Array.from(
    { length: size },
    (_, id) => reserved.get(id)?.token ?? ranked[next++]?.[0] ?? '',
  );
  for (const { id } of reserved.values()) {
    if (id >= size) {
      throw mismatch('invalid-option', {
        where,
        expected: `special ids below the vocabulary's size, ${size}`,
        received: id,
      });
    }
  }
  const ids = specialTokenNames.map((name) => [name, special[name].id]);
  return { tokens, specialIds: Object.fromEntries(ids) as VocabJson['specialIds'] };
}

function notTokens(where: string, received: unknown): Error {
  return mismatch('invalid-input', {
    where,
    expected: 'a list of tokens',
    received,
    hint: 'Split text with a tokenizer first.',
  });
}

function corrupt(expected: string, received: unknown): Error {
  return mismatch('corrupt-file', { where: 'Vocab.fromJSON', expected, received });
}
