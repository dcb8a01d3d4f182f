import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, inject, it } from 'vitest';

describe('the tarball', () => {
  it('has nothing that publint finds', async () => {
    const tarball = new Uint8Array(readFileSync(inject('tarball'))).buffer;
    const { messages, pkg } = await publint({ pack: { tarball }, level: 'warning', strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('has nothing that "are the types wrong" finds', () => {
    const attw = resolve('node_modules/@arethetypeswrong/cli/dist/index.js');
    const args = [attw, inject('tarball'), '--profile', 'esm-only', '--no-emoji', '--no-color'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
  });

  it('declares as dependencies nothing but its peers', () => {
    const path = join(inject('consumer'), 'node_modules/tfjs-seq2seq/package.json');
    const pkg = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    expect(pkg.dependencies).toBeUndefined();
    expect(pkg.scripts).not.toHaveProperty('postinstall');
    expect(pkg.scripts).not.toHaveProperty('install');
  });
});
