// Writes the tables of docs/choosing-blocks.md from what test/combinations asserts:
//   npm run docs:compatibility
import { readFile, writeFile } from 'node:fs/promises';
import { withTables } from '../test/combinations/compatibilityTables.js';

const file = new URL('../docs/choosing-blocks.md', import.meta.url);
await writeFile(file, withTables(await readFile(file, 'utf8')));
