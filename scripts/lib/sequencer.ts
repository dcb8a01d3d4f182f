import { statSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The order in which unit tests run. Where they follow an edit, the test of the file saved last comes first. Where all run, those
 * in which models learn come first, since the longest should not begin when the others end.
 */
export class UnitSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const first = this.ctx.config.related === undefined ? learns : savedAt;
    return sorted.toSorted((a, b) => first(b.moduleId) - first(a.moduleId));
  }
}

const learns = (test: string): number => Number(test.includes('/test/learning/'));

/** When a test or the source of the same name was saved, in milliseconds. */
function savedAt(test: string): number {
  const source = test.replace('/test/', '/src/').replace('.test.ts', '.ts');
  return Math.max(...[test, source].map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0));
}
