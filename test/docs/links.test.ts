import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, markdownFiles, proseOf } from './markdown.js';

const link = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|^\s*\[[^\]]+\]:\s*(\S+)|(?:href|src)="([^"]+)"/gm;

/** The links of a page that stay inside the repository, with their line. */
function localLinks(page: string): { line: number; target: string }[] {
  const prose = proseOf(readFileSync(page, 'utf8'));
  return [...prose.matchAll(link)]
    .map((match) => ({
      line: prose.slice(0, match.index).split('\n').length,
      target: match[1] ?? match[2] ?? match[3] ?? '',
    }))
    .filter(({ target }) => !/^[a-z][a-z+.-]*:|^\/\//i.test(target));
}

/** What is wrong with a link, or null. */
function problem(page: string, target: string): string | null {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path)));
  // The reference is written by `npm run docs`.
  if (file.replaceAll('\\', '/').startsWith('docs/api')) return null;
  if (path.startsWith('/') || file.startsWith('..')) return `${target} leads out of the repository`;
  if (!existsSync(file)) return `${target}: there is no ${file}`;
  if (anchor === undefined || anchor === '' || !file.endsWith('.md') || statSync(file).isDirectory())
    return null;
  return anchorsOf(readFileSync(file, 'utf8')).has(anchor)
    ? null
    : `${target}: ${file} has no heading #${anchor}`;
}

describe('links', () => {
  it.each(markdownFiles())('of %s lead somewhere', (page) => {
    const broken = localLinks(page)
      .map(({ line, target }) => ({ line, problem: problem(page, target) }))
      .filter((found) => found.problem !== null)
      .map((found) => `${page}:${found.line}: ${found.problem ?? ''}`);
    expect(broken).toEqual([]);
  });
});

describe('anchorsOf', () => {
  it('follows GitHub: lower case, hyphens, numbered copies', () => {
    expect([...anchorsOf('# A `b` & c!\n## Größe\n# A b\n# A b\n```\n# no\n```\n')]).toEqual([
      'a-b--c',
      'größe',
      'a-b',
      'a-b-1',
    ]);
  });
});
