import { readdirSync, readFileSync } from 'node:fs';
import { codeBlocks, markdownFiles } from './markdown.js';

/** A code block of the documentation that the tests compile, and run unless it says `no-run`. */
export interface Snippet {
  /** `README.md:12`. */
  readonly at: string;
  readonly file: string;
  readonly line: number;
  readonly extension: 'ts' | 'js';
  readonly run: boolean;
  readonly code: string;
}

const extensions: Record<string, 'ts' | 'js'> = { ts: 'ts', typescript: 'ts', js: 'js', javascript: 'js' };

/** Every `ts` and `js` block of the Markdown pages and of the doc comments in `src`. */
export function collectSnippets(): Snippet[] {
  const pages = markdownFiles().map((file) => ({ file, markdown: readFileSync(file, 'utf8') }));
  const sources = sourceFiles().map((file) => ({
    file,
    markdown: commentsAsMarkdown(readFileSync(file, 'utf8')),
  }));
  return [...pages, ...sources].flatMap(({ file, markdown }) =>
    codeBlocks(markdown).flatMap(({ line, tags: [language = '', ...tags], code }) => {
      const extension = extensions[language];
      if (extension === undefined || tags.includes('no-check')) return [];
      return [{ at: `${file}:${line}`, file, line, extension, run: !tags.includes('no-run'), code }];
    }),
  );
}

/** Doc comments whose `@example` has no fenced block, and so cannot run: `file:line` of each. */
export function bareExamples(): string[] {
  return sourceFiles().flatMap((file) => {
    const lines = commentsAsMarkdown(readFileSync(file, 'utf8')).split('\n');
    return lines.flatMap((text, index) => {
      if (!text.trimStart().startsWith('@example')) return [];
      const next = lines.slice(index + 1).find((line) => line.trim() !== '');
      return next?.trimStart().startsWith('```') === true ? [] : [`${file}:${index + 1}`];
    });
  });
}

function sourceFiles(): string[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((name) => `src/${name.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.ts') && !/\/(generated|assembly)\//.test(file))
    .sort();
}

/** The doc comments of a source alone, without their stars; every line keeps its number. */
function commentsAsMarkdown(source: string): string {
  let inside = false;
  return source
    .split('\n')
    .map((line) => {
      const opens = !inside && /^\s*\/\*\*/.test(line);
      if (!inside && !opens) return '';
      inside = !line.includes('*/');
      return line
        .replace(/^\s*\/\*\*\s?/, '')
        .replace(/\s*\*\/.*$/, '')
        .replace(/^\s*\* ?/, '');
    })
    .join('\n');
}
