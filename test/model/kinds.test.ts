import { describe, expect, test } from 'vitest';
import { TOKENIZER_KINDS } from '../../src/data/tokenizers/tokenizerKinds.js';
import * as library from '../../src/index.js';
import { BLOCKS, type BlockFactory } from '../../src/model/blockRegistry.js';

const exported = (form: RegExp): string[] => Object.keys(library).filter((name) => form.test(name));

/** The least that each block needs to be described. */
const options: Readonly<Record<string, object>> = {
  recurrentEncoder: { units: 2 },
  convolutionalEncoder: { units: 2 },
  transformerEncoder: { width: 4 },
  recurrentDecoder: { units: 2 },
  transformerDecoder: { width: 4 },
};

describe('what the package exports can be loaded again', () => {
  test('every block stands in the table', () => {
    expect(Object.keys(BLOCKS).sort()).toEqual(exported(/(Encoder|Bridge|Attention|Decoder)$/).sort());
  });

  test.each(Object.entries(BLOCKS))(
    '%s stands there by its kind, and reads its own config',
    (name, factory) => {
      const make = factory as (config?: object) => ReturnType<BlockFactory>;
      const { kind, config, role } = make(options[name]);
      expect(kind).toBe(name);
      expect(JSON.stringify(make(config).config)).toBe(JSON.stringify(config));
      expect(['encoder', 'bridge', 'attention', 'decoder']).toContain(role);
    },
  );

  test('every tokenizer stands in the table, but for those that users make', () => {
    const own = exported(/Tokenizer$/).filter((name) => name !== 'customTokenizer');
    expect(Object.keys(TOKENIZER_KINDS).sort()).toEqual(own.sort());
  });
});
