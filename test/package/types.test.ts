import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, inject, it } from 'vitest';
import { entryPoints, readmeExample } from './readmeExample.js';

const consumer = inject('consumer');

describe('the declarations in the tarball', () => {
  it.each([
    ['nodenext', ts.ModuleKind.NodeNext, ts.ModuleResolutionKind.NodeNext],
    ['bundler', ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler],
  ])('type-check under %s, strictly', (name, module, moduleResolution) => {
    const imports = entryPoints().map((entry, index) => `import * as entry${index} from '${entry}';`);
    const uses = imports.map((_, index) => `export { entry${index} };`);
    const files = {
      [join(consumer, `entries-${name}.ts`)]: [...imports, ...uses].join('\n'),
      [join(consumer, `readme-${name}.ts`)]: `${readmeExample()}\nexport {};\n`,
    };
    for (const [file, code] of Object.entries(files)) writeFileSync(file, code);
    const program = ts.createProgram(Object.keys(files), {
      module,
      moduleResolution,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
      typeRoots: [resolve('node_modules/@types')],
      types: ['node'],
    });
    // tfjs-layers' own declarations have errors; ours must have none.
    const ours = ts
      .getPreEmitDiagnostics(program)
      .filter(
        ({ file }) => file === undefined || !/node_modules\/(?!tfjs-seq2seq\/)/.test(relative(file.fileName)),
      );
    expect(ours.map(describeDiagnostic)).toEqual([]);
  });
});

function relative(file: string): string {
  return file.replaceAll('\\', '/').replace(consumer.replaceAll('\\', '/'), '');
}

function describeDiagnostic({ file, start, messageText }: ts.Diagnostic): string {
  const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line + 1;
  return `${file === undefined ? '' : relative(file.fileName)}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
}
