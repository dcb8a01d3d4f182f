import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { bareExamples, collectSnippets, type Snippet } from './snippets.js';

// Inside the repository, so that the snippets find the package by its own name: `dist`, as users get it.
const folder = resolve('.build/docs');
const snippets = collectSnippets();
/** They use the package by its name as well. */
const examples = readdirSync('examples', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => resolve('examples', file));
const errors = new Map<string, string[]>();

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'work'), { recursive: true });
  for (const snippet of snippets) {
    errors.set(fileOf(snippet), []);
    // Line numbers in messages are then those of the page.
    writeFileSync(fileOf(snippet), '\n'.repeat(snippet.line - 1) + snippet.code);
  }
  for (const example of examples) errors.set(example, []);
  compile();
  const toRun = snippets.filter((snippet) => snippet.run).map(fileOf);
  await Promise.all([0, 1].map((half) => runFiles(toRun.filter((_, index) => index % 2 === half))));
});

describe('code blocks', () => {
  it('are there to be tested', () => {
    expect(snippets.length).toBeGreaterThan(0);
  });

  it.each(snippets.map((snippet) => [snippet.at, snippet] as const))('%s', (_, snippet) => {
    const found = errors.get(fileOf(snippet)) ?? [];
    if (found.length > 0) expect.fail(`${snippet.at}\n${found.join('\n')}`);
  });

  it('of examples compile with the declarations that users get', () => {
    const found = examples.flatMap((file) => (errors.get(file) ?? []).map((error) => `${file} ${error}`));
    expect(found).toEqual([]);
  });

  it('stand in a fence after every @example', () => {
    expect(bareExamples()).toEqual([]);
  });
});

function fileOf({ file, line, extension }: Snippet): string {
  return join(folder, `${file.replace(/\W+/g, '_')}_${line}.${extension}`);
}

/** Type-checks all TypeScript snippets as one program. */
function compile(): void {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: Record<string, unknown> };
  };
  const { options } = ts.convertCompilerOptionsFromJson(
    {
      ...config.compilerOptions,
      paths: {}, // the package's own name means `dist`
      isolatedDeclarations: false,
      declaration: false,
      moduleDetection: 'force',
    },
    '.',
  );
  const files = [...snippets.map(fileOf), ...examples].filter((file) => file.endsWith('.ts'));
  const program = ts.createProgram(files, { ...options, noUnusedLocals: false, noUnusedParameters: false });
  for (const { file, start, messageText } of ts.getPreEmitDiagnostics(program)) {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line + 1;
    const text = `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    const known = file === undefined ? undefined : errors.get(resolve(file.fileName));
    if (known === undefined) throw new Error(`${file?.fileName ?? ''} ${text}`);
    known.push(text);
  }
}

/** Runs modules one after the other in a process of their own. */
async function runFiles(files: string[]): Promise<void> {
  const missing = new Set(files);
  let rest = files;
  while (rest.length > 0) {
    const output = await nodeOutput(rest);
    for (const line of output.split('\n').filter((text) => text.startsWith('{'))) {
      const { file, error, printed } = JSON.parse(line) as {
        file: string;
        error: string | null;
        printed: string[];
      };
      missing.delete(file);
      if (error !== null) errors.get(file)?.push([error, ...printed].join('\n'));
    }
    // A snippet that ends its process takes the blame; the others go on without it.
    const culprit = rest.find((file) => missing.has(file));
    if (culprit === undefined) return;
    missing.delete(culprit);
    errors.get(culprit)?.push(`${basename(culprit)} ended the process:\n${output.slice(-2000)}`);
    rest = rest.slice(rest.indexOf(culprit) + 1);
  }
}

function nodeOutput(files: string[]): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', resolve('test/docs/runSnippets.mjs'), ...files],
      {
        cwd: join(folder, 'work'),
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    child.on('error', fail);
    child.on('close', () => {
      done(output);
    });
  });
}
