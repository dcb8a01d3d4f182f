import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFixture, type Fixture, type FixtureIndex } from './fixture.js';

/** Every case of every `index.json` in `folder` and below. */
export function* readFixtures(folder: string): Iterable<Fixture> {
  const index = join(folder, 'index.json');
  if (existsSync(index)) {
    const { cases } = JSON.parse(readFileSync(index, 'utf8')) as FixtureIndex;
    for (const entry of cases) {
      const json = JSON.parse(readFileSync(join(folder, `${entry.name}.json`), 'utf8')) as Fixture['json'];
      const tensors = entry.tensors ? readFileSync(join(folder, `${entry.name}.safetensors`)) : null;
      yield parseFixture(entry, json, tensors);
    }
  }
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) yield* readFixtures(join(folder, entry.name));
  }
}
