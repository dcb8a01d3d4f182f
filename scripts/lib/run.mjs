import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

const PATH = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);

/**
 * Runs a command (a local tool by its name) in the repository's root with this terminal's input and output.
 *
 * @returns its exit code
 */
export function exitCode(command, args = [], { cwd = root, env = {}, onOutput } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, PATH, ...env },
      stdio: onOutput === undefined ? 'inherit' : ['inherit', 'pipe', 'inherit'],
      shell: process.platform === 'win32' && command !== process.execPath,
    });
    child.stdout?.on('data', (chunk) => {
      process.stdout.write(chunk);
      onOutput(String(chunk));
    });
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
