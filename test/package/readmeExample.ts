import { readFileSync } from 'node:fs';
import { transformSync } from 'esbuild';
import { codeBlocks } from '../docs/markdown.js';

/** The first TypeScript example of the README that uses the package: what a newcomer copies. */
export function readmeExample(): string {
  const block = codeBlocks(readFileSync('README.md', 'utf8')).find(
    ({ tags, code }) => tags[0] === 'ts' && code.includes("from 'tfjs-seq2seq'"),
  );
  if (block === undefined) throw new Error("README.md has no ts block with an import from 'tfjs-seq2seq'");
  return block.code;
}

/** The same without its types. */
export function readmeExampleAsJavaScript(): string {
  return transformSync(readmeExample(), { loader: 'ts', format: 'esm', target: 'es2022' }).code;
}

/** The specifiers of all entry points, such as `tfjs-seq2seq/backend`. */
export function entryPoints(): string[] {
  const { name, exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    name: string;
    exports: Record<string, unknown>;
  };
  return Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => name + path.slice(1));
}
