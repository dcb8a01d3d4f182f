import { expect, test } from 'vitest';
import { crc32 } from '../../src/core/checksum.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

// The check value of the CRC catalogue, and sums that zip and PNG files hold.
test.each([
  ['', 0],
  ['a', 0xe8b7be43],
  ['123456789', 0xcbf43926],
  ['IEND', 0xae426082],
  ['The quick brown fox jumps over the lazy dog', 0x414fa339],
])('crc32 of %o', (text, expected) => {
  expect(crc32(bytes(text))).toBe(expected);
});

test('a sum goes on from an earlier one', () => {
  expect(crc32(bytes('56789'), crc32(bytes('1234')))).toBe(0xcbf43926);
});

test('every single flipped bit shows', () => {
  const data = bytes('weights');
  const sum = crc32(data);
  for (let bit = 0; bit < 8 * data.length; bit++) {
    const altered = data.slice();
    altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7));
    expect(crc32(altered)).not.toBe(sum);
  }
});
