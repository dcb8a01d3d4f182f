import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('every error code has its section in docs/troubleshooting.md, and no other', () => {
  const source = readFileSync('src/core/errors.ts', 'utf8');
  const union = /export type ErrorCode =([^;]+);/.exec(source)?.[1] ?? '';
  const codes = [...union.matchAll(/'([a-z-]+)'/g)].map(([, code]) => code);
  const page = readFileSync('docs/troubleshooting.md', 'utf8');
  const sections = [...page.matchAll(/^### `([a-z-]+)`$/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(5);
  expect(sections).toEqual(codes);
});
