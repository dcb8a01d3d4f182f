import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/**
 * Runs a command (a local tool by its name) in the repository's root with this terminal's input and output.
 *
 * @param options `node` is the folder of another Node, for it and all that it starts; `onOutput` gets what
 * would be printed
 * @returns its exit code
 */
export function exitCode(command, args = [], { cwd = root, env = {}, node, onOutput } = {}) {
  const folders = [node, join(root, 'node_modules', '.bin'), process.env.PATH].filter(Boolean);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env, PATH: folders.join(delimiter) },
      stdio: onOutput === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && command !== process.execPath,
    });
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', onOutput);
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', forward);
    process.on('SIGTERM', forward);
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('SIGINT', forward);
      process.off('SIGTERM', forward);
      resolve(code ?? 1);
    });
  });
}

/** Like {@link exitCode}, but where the command fails, this process ends with the same code. */
export async function run(command, args, options) {
  const code = await exitCode(command, args, options);
  if (code === 0) return;
  console.error(`${[command, ...args].join(' ')} ended with code ${code}`);
  process.exit(code);
}
