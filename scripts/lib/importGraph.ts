import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';

/** The files that each file imports, by their paths from the repository's root, with slashes. */
export type ImportGraph = ReadonlyMap<string, ReadonlySet<string>>;

/** What each folder of `src` may import besides itself: folders, or parts of them such as `decoding/ops`. */
export type AllowedImports = Readonly<Record<string, readonly string[]>>;

/** Every source file below the folders. */
export function sourceFiles(root: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((file) => /\.m?[jt]s$/.test(file) && !/\.d\.m?ts$|\/(assembly|generated)\//.test(file))
      .sort(),
  );
}

/** Reads what files import from each other: values, types, and what they re-export; packages are left out. */
export function readImports(root: string, files: readonly string[]): ImportGraph {
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true);
      const targets = importedFiles
        .filter(({ fileName }) => fileName.startsWith('.'))
        .map(({ fileName }) => posix.join(dirname(file), fileName))
        .map((path) => (known.has(path) ? path : path.replace(/js$/, 'ts')))
        .filter((path) => known.has(path));
      return [file, new Set(targets)] as const;
    }),
  );
}

/** One circle of every group of files that import each other, directly or through others: `[a, b, a]`. */
export function circles(graph: ImportGraph): string[][] {
  const found: string[][] = [];
  const seen = new Set<string>();
  for (const file of graph.keys()) {
    if (seen.has(file)) continue;
    const circle = shortestWay(graph, file, file);
    if (circle === null) continue;
    found.push(circle);
    // What is in the same group has a way to this file and back.
    for (const other of graph.keys())
      if (shortestWay(graph, file, other) !== null && shortestWay(graph, other, file) !== null)
        seen.add(other);
  }
  return found;
}

/** The files on the shortest way of at least one import, or null where there is none. */
function shortestWay(graph: ImportGraph, from: string, to: string): string[] | null {
  const ways = [[from]];
  const reached = new Set<string>();
  for (const way of ways) {
    for (const next of graph.get(way.at(-1) as string) ?? []) {
      if (next === to) return [...way, next];
      if (reached.has(next)) continue;
      reached.add(next);
      ways.push([...way, next]);
    }
  }
  return null;
}

/**
 * Compares what the folders of `src` import from each other with what they may. Entry points (`index.ts`) are
 * for users and may name anything.
 *
 * @returns a sentence for each import that is not allowed, and for each allowance that no file needs
 */
export function compareImports(graph: ImportGraph, mayImport: AllowedImports): string[] {
  const folderOf = (file: string): string => /^src\/(\w+)\//.exec(file)?.[1] ?? '';
  const problems: string[] = [];
  const needed = new Set<string>();
  for (const [file, targets] of graph) {
    const folder = folderOf(file);
    if (folder === '' || file.endsWith('/index.ts')) continue;
    for (const target of targets) {
      if (folderOf(target) === folder) continue;
      const allowance = mayImport[folder]?.find((other) => target.startsWith(`src/${other}/`));
      if (allowance === undefined) problems.push(`${file} may not import ${target}`);
      else needed.add(`${folder} ${allowance}`);
    }
  }
  for (const [folder, others] of Object.entries(mayImport))
    for (const other of others)
      if (!needed.has(`${folder} ${other}`))
        problems.push(`src/${folder} may import src/${other}, but no file of it does`);
  return problems;
}
