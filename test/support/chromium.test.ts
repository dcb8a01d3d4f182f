import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { chromiumPath } from './chromium.js';

afterEach(() => vi.unstubAllEnvs());

test('finds what is on the PATH, or says how to install it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chromium-'));
  vi.stubEnv('PATH', [join(folder, 'nothing'), folder].join(delimiter));
  expect(chromiumPath).toThrow('apt-get install -y chromium');
  const program = join(folder, 'google-chrome');
  writeFileSync(program, '');
  expect(chromiumPath).toThrow('No chromium');
  chmodSync(program, 0o755);
  expect(chromiumPath()).toBe(program);
  rmSync(folder, { recursive: true });
});
