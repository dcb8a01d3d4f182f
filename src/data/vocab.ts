import { mismatch, type ErrorCode } from '../core/errors.js';
import { isAsyncIterable, isIterable } from '../core/iterables.js';
import { checkOptionNames, integerFrom } from '../core/options.js';
import { checkTokens, isTokens } from './checkText.js';
import { specialTokenNames, type SpecialTokenName, type SpecialTokens } from './specialTokens.js';

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
  /** By id. */
  readonly tokens: readonly string[];
  /** Where the special tokens stand among them. */
  readonly specialIds: { readonly [name in SpecialTokenName]: number };
};

const WHERE = 'Vocab.build';

/** In the order of `specialTokenNames`. */
type SpecialIds = [pad: number, sos: number, eos: number, unk: number];

/**
 * Maps tokens to ids and back. It never changes after it is built.
 *
 * Tokens are ordered by falling frequency, then by their text (UTF-16 code units, the order of `<`).
 * So the same corpus always gives the same ids, whatever its order.
 * A special token's text in the corpus stands for that token.
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
  /** The padding token’s id; 0 unless configured. */
  readonly padId: number;
  /** The start token’s id; 1 unless configured. */
  readonly sosId: number;
  /** The end token’s id; 2 unless configured. */
  readonly eosId: number;
  /** The unknown token’s id; 3 unless configured. */
  readonly unkId: number;

  /** Checks everything: it may come from options or from a file. `where` and `code` say whose fault it is. */
  private constructor(
    tokens: unknown,
    ids: readonly number[],
    where = WHERE,
    code: ErrorCode = 'invalid-option',
  ) {
    const list = isTokens(tokens) ? [...tokens] : [];
    this.#tokens = list;
    this.#ids = new Map(list.map((token, id) => [token, id]));
    const real = ids.filter((id) => Number.isSafeInteger(id) && id in list);
    // Neither is larger than its list.
    if (this.#ids.size + new Set(real).size < list.length + ids.length) {
      const expected = 'tokens that all differ, and ids of four of them';
      throw mismatch(code, { where, expected, received: [tokens, ids] });
    }
    [this.padId, this.sosId, this.eosId, this.unkId] = ids as SpecialIds;
  }

  /**
   * Counts the tokens of a corpus in one pass and numbers them.
   *
   * @param sequences one list of tokens a sentence
   * @throws `invalid-input` for an empty corpus or a sentence that is no list of texts; `invalid-option`
   */
  static build(sequences: Iterable<readonly string[]>, options: VocabOptions = {}): Vocab {
    const counts = new Map<string, number>();
    for (const sequence of listOf(WHERE, sequences)) count(sequence, counts);
    return new Vocab(...number(counts, options));
  }

  /** {@link Vocab.build} for a corpus that arrives bit by bit, such as a file that is read as a stream. */
  static async buildAsync(
    sequences: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
    options: VocabOptions = {},
  ): Promise<Vocab> {
    const counts = new Map<string, number>();
    for await (const sequence of isAsyncIterable(sequences) ? sequences : listOf(WHERE, sequences))
      count(sequence, counts);
    return new Vocab(...number(counts, options));
  }

  /** Rebuilds what {@link Vocab.toJSON} gave. @throws `corrupt-file` when `json` is anything else */
  static fromJSON(json: unknown): Vocab {
    const { tokens, specialIds } = Object(json) as Partial<VocabJson>;
    const ids = specialTokenNames.map((name) => specialIds?.[name] as number);
    return new Vocab(tokens, ids, 'Vocab.fromJSON', 'corrupt-file');
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
    if (id in this.#tokens) return this.#tokens[id] as string;
    throw mismatch('invalid-input', { where: 'Vocab', expected: `an id below ${this.size}`, received: id });
  }

  /**
   * The id of each token. Nothing is added before or after.
   *
   * @throws `invalid-input` for text instead of tokens
   */
  encode(tokens: readonly string[]): number[] {
    return checkTokens('Vocab.encode', tokens).map((token) => this.idOf(token));
  }

  /** The token of each id, special tokens included. @throws `invalid-input` for an id that does not exist */
  decode(ids: Iterable<number>): string[] {
    return Array.from(listOf('Vocab.decode', ids), (id) => this.tokenOf(id));
  }

  /** Plain data for {@link Vocab.fromJSON}. */
  toJSON(): VocabJson {
    return {
      tokens: [...this.#tokens],
      specialIds: { pad: this.padId, sos: this.sosId, eos: this.eosId, unk: this.unkId },
    };
  }
}

/** What can be gone through. @throws `invalid-input` */
function listOf<T>(where: string, list: Iterable<T>): Iterable<T> {
  if (isIterable(list)) return list;
  throw mismatch('invalid-input', { where, expected: 'a list', received: list });
}

function count(sequence: readonly string[], counts: Map<string, number>): void {
  for (const token of checkTokens(WHERE, sequence)) counts.set(token, (counts.get(token) ?? 0) + 1);
}

/** The token of each id, and the ids of the special ones in the order of their names. */
function number(counts: Map<string, number>, options: VocabOptions): [tokens: string[], ids: number[]] {
  checkOptionNames(WHERE, options, ['minFrequency', 'maxSize', 'specialTokens']);
  const { minFrequency = 1, maxSize = 2e9, specialTokens = {} } = options;
  checkOptionNames(WHERE, specialTokens, specialTokenNames);
  integerFrom(1)(WHERE, 'minFrequency', minFrequency);
  integerFrom(specialTokenNames.length)(WHERE, 'maxSize', maxSize);
  if (counts.size === 0)
    throw mismatch('invalid-input', { where: WHERE, expected: 'a corpus with tokens', received: [] });
  const special = specialTokenNames.map((name, id) => {
    const given = specialTokens[name] ?? `<${name}>`;
    return typeof given === 'object' ? given : { token: given, id };
  });
  for (const { token } of special) counts.delete(token);
  const tokens = [...counts]
    .filter(([, frequency]) => frequency >= minFrequency)
    .sort(([a, most], [b, least]) => least - most || (a < b ? -1 : 1))
    .slice(0, maxSize - special.length)
    .map(([token]) => token);
  // Ordinary tokens fill the ids around the special ones; an id beyond the end is found by the constructor.
  for (const { token, id } of [...special].sort((a, b) => a.id - b.id)) tokens.splice(id, 0, token);
  return [tokens, special.map(({ id }) => id)];
}
