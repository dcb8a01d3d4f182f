import type { Tokenizer } from '../../contracts/tokenizer.js';
import { mismatch, Seq2SeqError } from '../../core/errors.js';
import { canonicalJson } from '../../core/json.js';
import { bpeTokenizer, type BpeTokenizerOptions } from './bpeTokenizer.js';
import { charTokenizer } from './charTokenizer.js';
import { segmenterTokenizer } from './segmenterTokenizer.js';
import type { FileTokenizer } from './tokenizerKinds.js';
import { whitespaceTokenizer } from './whitespaceTokenizer.js';
import { wordTokenizer } from './wordTokenizer.js';

/** Tokenizers that are handed in, in a list or under any keys; they are found by their own `name`. */
export type HandedTokenizers = readonly Tokenizer[] | { readonly [key: string]: Tokenizer };

/**
 * Makes the tokenizer again that `toJSON` described. Those of jieba, of Hugging Face and of your own cannot
 * travel in a file: they are taken from those handed in.
 *
 * @param json of any origin
 * @param tokenizers what cannot travel
 * @throws `missing-part` for a tokenizer that must be handed in; `incompatible-parts` where the one handed in
 * has other options; `corrupt-file` for anything that `toJSON` does not give
 * @example
 * ```ts
 * import { tokenizerFromJSON, wordTokenizer } from 'tfjs-seq2seq';
 *
 * const json = JSON.stringify(wordTokenizer({ lowercase: true }));
 * console.log(tokenizerFromJSON(JSON.parse(json)).tokenize('Oui !')); // ['oui', '!']
 * ```
 */
export function tokenizerFromJSON(json: unknown, tokenizers: HandedTokenizers = []): Tokenizer {
  const where = 'tokenizerFromJSON';
  if (typeof json !== 'object' || json === null || !('name' in json) || typeof json.name !== 'string') {
    throw mismatch('corrupt-file', { where, expected: 'a tokenizer with a name', received: json });
  }
  const { name, ...options } = json as { readonly name: string };
  if (Object.hasOwn(FACTORIES, name)) {
    try {
      return FACTORIES[name as FileTokenizer](options as never, tokenizers);
    } catch (cause) {
      // A bad option is the file's fault here; a language that this engine lacks is told as it is.
      if (
        !(cause instanceof Seq2SeqError) ||
        cause.code !== 'invalid-option' ||
        name === 'segmenterTokenizer'
      )
        throw cause;
      const text = `${where}: the file's ${name} is damaged. ${cause.message}`;
      throw new Seq2SeqError('corrupt-file', text, { cause });
    }
  }
  const handed = Object.values(tokenizers).find((tokenizer) => tokenizer.name === name);
  if (handed === undefined) {
    throw mismatch('missing-part', {
      where,
      expected: `a tokenizer named '${name}' to be handed in, as it cannot travel in a file,`,
      received: Object.values(tokenizers).map((tokenizer) => tokenizer.name),
      hint: 'Make it as before saving and pass it, such as { tokenizers: [myTokenizer] }.',
    });
  }
  const saved = canonicalJson(where, json);
  const given = canonicalJson(where, JSON.parse(JSON.stringify(handed.toJSON())));
  if (given === saved) return handed;
  throw mismatch('incompatible-parts', {
    where,
    expected: `the tokenizer '${name}' with the options ${saved}, as when it was saved,`,
    received: given,
  });
}

/** How each tokenizer of a file is made again, from what its `toJSON` gave besides the name. */
const FACTORIES: {
  readonly [Kind in FileTokenizer]: (options: never, tokenizers: HandedTokenizers) => Tokenizer;
} = {
  whitespaceTokenizer: () => whitespaceTokenizer(),
  charTokenizer,
  wordTokenizer,
  segmenterTokenizer,
  bpeTokenizer: bpeFromJSON,
};

function bpeFromJSON(options: { readonly words?: unknown }, tokenizers: HandedTokenizers): Tokenizer {
  const { words, ...rest } = options;
  const own = rest as BpeTokenizerOptions;
  if (words === undefined) return bpeTokenizer(own);
  if ((words as { name?: unknown } | null)?.name === 'bpeTokenizer') {
    throw mismatch('corrupt-file', {
      where: 'tokenizerFromJSON',
      expected: 'words that are not split by another bpeTokenizer',
      received: words,
    });
  }
  return bpeTokenizer({ ...own, words: tokenizerFromJSON(words, tokenizers) });
}
