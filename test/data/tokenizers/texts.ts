import fc from 'fast-check';

/**
 * Pieces that trip tokenizers up: quotes, joiners, marks, scripts, spaces, emoji, halves of surrogate pairs.
 */
const tricky: fc.Arbitrary<string> = fc.constantFrom(
  ...[
    ' ',
    '  ',
    '\n',
    '\t',
    '\u00A0',
    '\u3000',
    '\uFEFF',
    "'",
    '’',
    '"',
    '“',
    '-',
    '.',
    ',',
    ':',
    '(',
    ')',
    '$',
    '…',
    '</w>',
    '@@',
    '▁',
  ],
  ...[
    'I’m',
    "don't",
    '3.14',
    '1,000',
    '10:30',
    'e\u0301',
    '\u0301',
    'İ',
    'Σ',
    'ﬁ',
    'Å',
    'ΑΣ',
    'ß',
    '\u200D',
    '\u200C',
    '\uFE0F',
  ],
  ...[
    '我来到',
    '北京',
    'カタカナ',
    'สวัสดี',
    'ครับ',
    '한국어',
    'می‌خواهم',
    '，',
    '。',
    '👩‍👧',
    '🇫🇷',
    '👍🏽',
    '\uD800',
    '\uDC00',
    '__proto__',
  ],
  ...['a', 'B', 'é', 'Привет', '7', '\\', '\0'],
);

/** Any Unicode text, weighted towards what goes wrong; unlike `fc.string`, often with several words. */
export const unicodeText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      tricky,
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    ),
    {
      maxLength: 12,
    },
  )
  .map((pieces) => pieces.join(''));
