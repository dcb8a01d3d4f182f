import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCode, root } from './run.mjs';

/**
 * Brings another Node into `.build`, from the npm registry, where each platform's binary is a package.
 *
 * @param major such as `24`: its newest release, or the one that is there from an earlier call
 * @returns the folder of its `node`
 */
export async function installNode(major, { onOutput } = {}) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const home = join(root, '.build', `node-${major}`);
  const folder = join(home, 'node_modules', name, 'bin');
  if (!existsSync(folder)) {
    await mkdir(home, { recursive: true });
    const options = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
    const args = ['install', '--prefix', home, ...options, `${name}@${major}`];
    if ((await exitCode('npm', args, { onOutput })) !== 0)
      throw new Error(`Node ${major} could not be installed: is there a package ${name}@${major}?`);
  }
  return folder;
}
