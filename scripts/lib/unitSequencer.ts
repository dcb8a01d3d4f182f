import { statSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The order of unit tests: where they follow an edit, the test of the file saved last comes first. */
export class UnitSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    if (this.ctx.config.related === undefined) return sorted;
    return sorted.toSorted((a, b) => savedAt(b.moduleId) - savedAt(a.moduleId));
  }
}

/** When a test or the source of the same name was saved, in milliseconds. */
function savedAt(test: string): number {
  const source = test.replace('/test/', '/src/').replace('.test.ts', '.ts');
  return Math.max(...[test, source].map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0));
}
