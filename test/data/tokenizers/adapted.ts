import { Tokenizer as HuggingFace } from '@huggingface/tokenizers';
import type { Tokenizer } from '../../../src/contracts/tokenizer.js';
import { customTokenizer } from '../../../src/data/tokenizers/customTokenizer.js';

const wordPiece = {
  version: '1.0',
  added_tokens: [
    {
      id: 0,
      content: '[UNK]',
      special: true,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    },
  ],
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: null,
  decoder: { type: 'WordPiece', prefix: '##', cleanup: false },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: { '[UNK]': 0, low: 1, '##est': 2, '##er': 3, new: 4, '.': 5 },
  },
};

/** A tokenizer of another library. */
export const huggingFace: HuggingFace = new HuggingFace(wordPiece, { clean_up_tokenization_spaces: false });

/** A tokenizer of a user. */
export const commas: Tokenizer = customTokenizer({
  name: 'commas',
  tokenize: (text) => text.split(','),
  detokenize: (tokens) => tokens.join(','),
});
