import { getBackend, matMul, memory, tensor2d } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as environment from '../../src/backend/isNode.js';
import { useBackend, type BackendName } from '../../src/backend/useBackend.js';
import { Seq2SeqError } from '../../src/core/errors.js';

vi.mock(import('../../src/backend/isNode.js'), { spy: true });

async function product(): Promise<number[]> {
  const a = tensor2d([[1, 2]]);
  const b = tensor2d([[3, 4]]);
  const result = matMul(a, b, false, true);
  const values = [...(await result.data())];
  for (const used of [a, b, result]) used.dispose();
  return values;
}

async function refusal(name: BackendName): Promise<Seq2SeqError> {
  const error: unknown = await useBackend(name).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Seq2SeqError);
  return error as Seq2SeqError;
}

describe('useBackend', () => {
  afterEach(() => vi.mocked(environment.isNode).mockReset());

  it.each(['cpu', 'wasm'] as const)('starts %s, again and again, and leaves no tensor', async (name) => {
    expect(await useBackend(name)).toBe(name);
    expect(getBackend()).toBe(name);
    const before = memory().numTensors;
    expect(await useBackend(name)).toBe(name);
    expect(memory().numTensors).toBe(before);
    expect(await product()).toEqual([11]);
    expect(memory().numTensors).toBe(before);
  });

  it('takes wasm in Node by itself', async () => {
    await useBackend('cpu');
    expect(await useBackend()).toBe('wasm');
    expect(getBackend()).toBe('wasm');
  });

  it('takes the first that works where there is no Node', async () => {
    vi.mocked(environment.isNode).mockReturnValue(false);
    await useBackend('cpu');
    expect(await useBackend('auto')).toBe('wasm'); // no GPU, and WebGL registers itself in pages alone
  });

  it('passes wasmPaths by once wasm runs', async () => {
    await useBackend('wasm');
    expect(await useBackend('wasm', { wasmPaths: '/elsewhere/' })).toBe('wasm');
  });

  it('names the package that is missing, and how to get it', async () => {
    const error = await refusal('tensorflow');
    expect(error.code).toBe('backend-unavailable');
    expect(error.message).toContain(
      'useBackend: expected the package @tensorflow/tfjs-node to be installed but received',
    );
    expect(error.message).toMatch(/Run: npm install @tensorflow\/tfjs-node$/);
  });

  it.each(['webgl', 'webgpu'] as const)('keeps the backend in use when %s does not start', async (name) => {
    await useBackend('cpu');
    const error = await refusal(name); // installed, but this is not a page
    expect(error.code).toBe('backend-unavailable');
    expect(error.message).toContain(`useBackend: expected the backend '${name}' to start here`);
    expect(getBackend()).toBe('cpu');
    expect(await product()).toEqual([11]);
  });

  it('refuses tfjs-node in a page', async () => {
    vi.mocked(environment.isNode).mockReturnValue(false);
    expect((await refusal('tensorflow')).message).toContain('a browser');
  });

  it('refuses unknown names and options', async () => {
    await expect(useBackend('gpu' as never)).rejects.toThrow(
      "useBackend: expected name to be one of 'auto', 'wasm', 'webgl', 'webgpu', 'cpu', 'tensorflow' but received \"gpu\".",
    );
    await expect(useBackend('cpu', { threads: 2 } as never)).rejects.toThrow('option names among wasmPaths');
    await expect(useBackend('cpu', { wasmPaths: '/' })).rejects.toThrow(
      "useBackend: expected wasmPaths with 'wasm' or 'auto' only but received \"cpu\".",
    );
  });
});
