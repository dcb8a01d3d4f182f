import type { Tokenizer } from '../../contracts/tokenizer.js';
import { mismatch } from '../../core/errors.js';
import { readOptions } from '../../core/options.js';
import { checkedTokenizer, tokenizerName } from './tokenizerKinds.js';

/**
 * What is needed of a Hugging Face tokenizer. `Tokenizer` of `@huggingface/tokenizers` has it, and so have
 * the tokenizers of `@huggingface/transformers`.
 */
export interface HuggingFaceTokenizer {
  /** Text to tokens. */
  tokenize(text: string, options?: { add_special_tokens?: boolean }): string[];
  /** Ids to text: how tokens are joined. */
  decode(ids: number[], options?: { skip_special_tokens?: boolean }): string;
  /** The id of a token, in `@huggingface/tokenizers`. */
  token_to_id?(token: string): number | undefined;
  /** The ids of tokens, in some versions of `@huggingface/transformers` … */
  convert_tokens_to_ids?(tokens: string[]): (number | null | undefined)[];
  /** … and here in others. */
  readonly model?: {
    /** The ids of tokens. */
    convert_tokens_to_ids?(tokens: string[]): (number | null | undefined)[];
  } | null;
}

/** Options of {@link huggingFaceTokenizer}. */
export interface HuggingFaceOptions {
  /** Tells several of them apart when a saved model is loaded. Default `huggingFaceTokenizer`. */
  readonly name?: string;
}

/**
 * Uses a Hugging Face tokenizer that you load yourself. It adds no special tokens, since `collate` does. It
 * cannot travel in a saved model: hand it in when loading.
 *
 * Normal form: what the tokenizer's decoder makes of its tokens. Tokens that it does not know stay as they
 * are.
 *
 * @throws `invalid-option`
 * @example
 * ```ts
 * import { Tokenizer } from '@huggingface/tokenizers';
 * import { huggingFaceTokenizer } from 'tfjs-seq2seq';
 *
 * // Usually the tokenizer.json and tokenizer_config.json of a model.
 * const json = {
 *   version: '1.0',
 *   added_tokens: [],
 *   normalizer: { type: 'Lowercase' },
 *   post_processor: null,
 *   pre_tokenizer: { type: 'Whitespace' },
 *   decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
 *   model: {
 *     type: 'WordPiece',
 *     unk_token: '[UNK]',
 *     continuing_subword_prefix: '##',
 *     max_input_chars_per_word: 100,
 *     vocab: { '[UNK]': 0, low: 1, '##est': 2 },
 *   },
 * };
 * const tokenizer = huggingFaceTokenizer(new Tokenizer(json, {}));
 * const tokens = tokenizer.tokenize('Lowest low'); // ['low', '##est', 'low']
 * console.log(tokenizer.detokenize(tokens)); // 'lowest low'
 * ```
 */
export function huggingFaceTokenizer(
  tokenizer: HuggingFaceTokenizer,
  options: HuggingFaceOptions = {},
): Tokenizer {
  const where = 'huggingFaceTokenizer';
  const { name = where } = readOptions(where, options, { name: [tokenizerName, undefined] });
  const idOf = idFunction(tokenizer);
  if (
    typeof tokenizer?.tokenize !== 'function' ||
    typeof tokenizer.decode !== 'function' ||
    idOf === undefined
  ) {
    throw mismatch('invalid-option', {
      where,
      expected: 'a tokenizer with tokenize, decode and token_to_id',
      received: tokenizer,
      hint: 'Such as new Tokenizer(…) of @huggingface/tokenizers, or AutoTokenizer.from_pretrained(…) of transformers.js.',
    });
  }
  return checkedTokenizer(name, {
    tokenize: (text) => tokenizer.tokenize(text, { add_special_tokens: false }),
    detokenize(tokens) {
      const parts: string[] = [];
      let ids: number[] = [];
      const decode = (): void => {
        if (ids.length > 0) parts.push(tokenizer.decode(ids, { skip_special_tokens: false }));
        ids = [];
      };
      for (const token of tokens) {
        const id = idOf(token);
        if (id === undefined) {
          decode();
          parts.push(token);
        } else {
          ids.push(id);
        }
      }
      decode();
      return parts.join(' ');
    },
  });
}

/** How this kind of tokenizer finds the id of a token. */
function idFunction(tokenizer: HuggingFaceTokenizer): ((token: string) => number | undefined) | undefined {
  if (typeof tokenizer?.token_to_id === 'function') return (token) => tokenizer.token_to_id?.(token);
  const owner = [tokenizer, tokenizer?.model].find(
    (part) => typeof part?.convert_tokens_to_ids === 'function',
  );
  return owner ? (token) => owner.convert_tokens_to_ids?.([token])[0] ?? undefined : undefined;
}
