import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The distance from which on it counts no longer. */
const FAR = 4;

/**
 * The order in which unit tests run. Where they follow an edit, the nearest come first: tests that changed
 * themselves, tests that import the source saved last, tests that import what imports it.
 */
export class UnitSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const { related, root } = this.ctx.config;
    if (related === undefined) return sorted;
    const distances = distancesToEdits(root, related);
    // What is further away stays in one piece, since each change between shared and own processes takes time.
    const distance = ({ moduleId }: TestSpecification): number =>
      Math.min(distances.get(resolve(moduleId)) ?? FAR, FAR);
    return sorted.toSorted((a, b) => distance(a) - distance(b));
  }
}

/**
 * How many imports lead from each file of `src` and `test` to the source that was saved last, or to a test
 * that was changed after it.
 *
 * @param changed the files that the branch changes
 */
export function distancesToEdits(root: string, changed: readonly string[]): ReadonlyMap<string, number> {
  const [sources, tests] = ['src', 'test'].map((folder) => filesOf(join(root, folder))) as [
    string[],
    string[],
  ];
  const importers = new Map<string, string[]>([...sources, ...tests].map((file) => [file, []]));
  for (const file of importers.keys())
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import) '(\.[^']+)'/g))
      importers.get(resolve(dirname(file), path.replace(/\.js$/, '.ts')))?.push(file);

  const savedAt = (file: string): number => statSync(file).mtimeMs;
  const saved = sources.map((file) => [file, savedAt(file)] as const);
  const [source, time] = saved.reduce((a, b) => (b[1] > a[1] ? b : a));
  const changedTests = tests.filter((file) => changed.includes(file) && savedAt(file) > time);
  const distances = new Map([source, ...changedTests].map((file) => [file, 0]));
  for (const [file, distance] of distances)
    for (const importer of importers.get(file) ?? [])
      if (!distances.has(importer)) distances.set(importer, distance + 1);
  return distances;
}

function filesOf(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}
