import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { distancesToEdits } from '../../scripts/lib/unitSequencer.js';

const contents = {
  'src/low.ts': "import { add } from '@tensorflow/tfjs-core';",
  'src/middle.ts': "import type { Low } from './low.js';\nexport { low } from './low.js';",
  'src/high.ts': "import {\n  middle,\n} from './middle.js';",
  'test/low.test.ts': "import { low } from '../src/low.js';",
  'test/high.test.ts': "import '../src/high.js';",
  'test/other.test.ts': '',
};
let root = '';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'unit-sequencer-'));
  for (const [file, text] of Object.entries(contents)) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), text);
    utimesSync(join(root, file), 1, 1);
  }
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

/** Saves files one after the other, and counts the imports that lead to them. */
function distancesAfter(...saved: string[]): Record<string, number> {
  const paths = saved.map((file) => join(root, file));
  paths.forEach((path, i) => utimesSync(path, 2 + i, 2 + i));
  const distances = [...distancesToEdits(root, paths)];
  paths.forEach((path) => utimesSync(path, 1, 1));
  return Object.fromEntries(
    distances.map(([path, distance]) => [path.slice(root.length + 1).replaceAll('\\', '/'), distance]),
  );
}

test('counts the imports that lead to the source saved last', () => {
  expect(distancesAfter('src/high.ts', 'src/middle.ts')).toEqual({
    'src/middle.ts': 0,
    'src/high.ts': 1,
    'test/high.test.ts': 2,
  });
  expect(distancesAfter('test/other.test.ts', 'src/low.ts')).toEqual({
    'src/low.ts': 0,
    'src/middle.ts': 1,
    'test/low.test.ts': 1,
    'src/high.ts': 2,
    'test/high.test.ts': 3,
  });
});

test('a test that was changed after it is as near', () => {
  expect(distancesAfter('src/high.ts', 'test/other.test.ts')).toEqual({
    'src/high.ts': 0,
    'test/other.test.ts': 0,
    'test/high.test.ts': 1,
  });
});
