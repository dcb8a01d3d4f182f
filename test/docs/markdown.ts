import { existsSync, readdirSync } from 'node:fs';

/** A fenced code block. */
export interface CodeBlock {
  /** Of its first line of code, from 1. */
  readonly line: number;
  /** What follows the fence, such as `ts no-run`. */
  readonly tags: readonly string[];
  readonly code: string;
}

/** Every Markdown page of the repository that people read. */
export function markdownFiles(): string[] {
  const pages = ['docs', 'examples', 'bench']
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(
        (name) => `${folder}/${name.replaceAll('\\', '/')}`,
      ),
    )
    .filter((path) => path.endsWith('.md') && !/^docs\/api\/|\/node_modules\//.test(path));
  return [
    ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'RELEASING.md', 'SECURITY.md'].filter((file) =>
      existsSync(file),
    ),
    ...pages.sort(),
  ];
}

/** The fenced code blocks of a Markdown text, indented ones as well. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { fence: string; indent: number; line: number; tags: string[]; lines: string[] } | null = null;
  for (const [index, text] of markdown.split('\n').entries()) {
    const [, indent = '', fence = '', info = ''] = /^(\s*)(`{3,}|~{3,})(.*)$/.exec(text) ?? [];
    if (open === null) {
      if (fence !== '')
        open = { fence, indent: indent.length, line: index + 2, tags: info.trim().split(/\s+/), lines: [] };
    } else if (fence.startsWith(open.fence) && info.trim() === '') {
      blocks.push({ line: open.line, tags: open.tags, code: open.lines.join('\n') });
      open = null;
    } else {
      open.lines.push(text.slice(Math.min(open.indent, text.length - text.trimStart().length)));
    }
  }
  return blocks;
}

/** The text without fenced blocks, inline code and comments; lines keep their numbers. */
export function proseOf(markdown: string): string {
  const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
  return markdown
    .replace(/^(\s*)(`{3,}|~{3,})[\s\S]*?^\s*\2`*\s*$/gm, blank)
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/(`+)[^`\n]+?\1/g, blank);
}

/** The anchors that GitHub gives the headings of a page, and those that the page sets itself. */
export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  const withoutBlocks = markdown.replace(/^(\s*)(`{3,}|~{3,})[\s\S]*?^\s*\2`*\s*$/gm, '');
  for (const [, heading = ''] of withoutBlocks.matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)) {
    const text = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/<[^>]*>/g, '');
    const slug = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let copy = 1; anchors.has(anchor); copy++) anchor = `${slug}-${copy}`;
    anchors.add(anchor);
  }
  for (const [, id = ''] of withoutBlocks.matchAll(/<[^>]+\s(?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}
