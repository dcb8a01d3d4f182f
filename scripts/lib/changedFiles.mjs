import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

/** The files that differ from where this branch left `main`: committed, not committed, and new ones. */
export function changedFiles() {
  const base = ['origin/main', 'main'].map((main) => git('merge-base', 'HEAD', main)).find(Boolean) ?? 'HEAD';
  const names = `${git('diff', '--name-only', base)}\n${git('ls-files', '--others', '--exclude-standard')}`;
  return names.split('\n').filter((name) => name !== '' && existsSync(join(root, name)));
}

/** What git says, or nothing where it fails: without such a branch, or in a folder that is no clone. */
function git(...args) {
  try {
    return execFileSync('git', ['-c', 'core.quotePath=off', ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}
