import type { Tokenizer } from '../../contracts/tokenizer.js';
import { mismatch } from '../../core/errors.js';
import { boolean, readOptions } from '../../core/options.js';
import { checkedTokenizer } from './tokenizerKinds.js';
import { collapseSpaces } from './normalizeText.js';
import { joinPieces, piecesToTokens } from './spacedPieces.js';

/** What is needed of jieba; the packages `jieba-wasm`, `@node-rs/jieba` and `nodejieba` have it. */
export interface Jieba {
  /** Text to words. */
  cut(text: string, hmm?: boolean): string[];
}

/** Options of {@link jiebaTokenizer}. */
export interface JiebaOptions {
  /** Whether jieba may guess words that its dictionary lacks, by its hidden Markov model. Default true. */
  readonly hmm?: boolean;
}

/**
 * Splits Chinese into words with a jieba that you install and load. It cannot travel in a saved model: hand
 * it in when loading.
 *
 * Normal form: NFC, with every run of white space one space and none at the ends. A space between two words
 * of a script that has spaces is implied. Any other is a token `' '`.
 *
 * @param jieba such as the module `jieba-wasm`
 * @throws `invalid-option`
 * @example
 * ```ts
 * import * as jieba from 'jieba-wasm';
 * import { jiebaTokenizer } from 'tfjs-seq2seq';
 *
 * const tokenizer = jiebaTokenizer(jieba);
 * const tokens = tokenizer.tokenize('我来到北京清华大学'); // ['我', '来到', '北京', '清华大学']
 * console.log(tokenizer.detokenize(tokens)); // '我来到北京清华大学'
 * ```
 */
export function jiebaTokenizer(jieba: Jieba, options: JiebaOptions = {}): Tokenizer {
  const where = 'jiebaTokenizer';
  const { hmm } = readOptions(where, options, { hmm: [boolean, true] });
  if (typeof jieba?.cut !== 'function') {
    throw mismatch('invalid-option', {
      where,
      expected: 'a jieba with a function cut(text, hmm)',
      received: jieba,
      hint: "Such as: import * as jieba from 'jieba-wasm'.",
    });
  }
  return checkedTokenizer(where, {
    tokenize(text) {
      const normal = collapseSpaces(text.normalize('NFC'));
      return normal === '' ? [] : piecesToTokens(jieba.cut(normal, hmm));
    },
    detokenize: joinPieces,
    options: { hmm },
  });
}
