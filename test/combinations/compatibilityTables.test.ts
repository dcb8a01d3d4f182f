import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withTables } from './compatibilityTables.js';

test("the guide's tables are up to date: `npm run docs:compatibility` writes them", () => {
  const guide = readFileSync('docs/choosing-blocks.md', 'utf8');
  expect(guide).toBe(withTables(guide));
});
