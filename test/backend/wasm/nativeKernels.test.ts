import { readdirSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { nativeKernels } from '../../../src/backend/wasm/nativeKernels.js';
import { runKernel, type KernelDefinition } from '../../../src/core/engine.js';
import { CELLS, type RecurrentCell } from '../../../src/ops/recurrent/cells.js';
import { recurrentKernels } from '../../../src/ops/recurrent/kernels.js';
import { runExample, type Run } from './kernelExamples.js';
import { createRandom, largestError, useWasmKernels } from './reference.js';
import { runFenced } from './runFenced.js';

/** Definitions that wasm composes of tfjs operations, because no native kernel computes them. */
const composedOnWasm: string[] = [];

const source = new URL('../../../src/', import.meta.url);
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
  .map((file) => ({ file, text: readFileSync(new URL(file, source), 'utf8') }));

const definitions = (Object.keys(CELLS) as RecurrentCell[]).flatMap((cell): KernelDefinition[] => {
  const { forward, gradient } = recurrentKernels(cell);
  return [forward, gradient];
});
for (const { file } of files.filter(({ text }) => text.includes(': KernelDefinition = {'))) {
  const values = Object.values((await import(new URL(file, source).href)) as Record<string, unknown>);
  const own = values.filter((value) => typeof value === 'object' && value !== null && 'compose' in value);
  definitions.push(...(own as KernelDefinition[]));
}

const natives = nativeKernels.map(({ name }) => name);
const native: Run = (definition, inputs, attributes) => [runKernel(definition, inputs, attributes)].flat();
const fenced: Run = ({ name }, inputs, attributes) => {
  const kernel = nativeKernels.find((other) => other.name === name);
  if (kernel === undefined) throw new Error(`nothing computes ${name}`);
  return runFenced(kernel, inputs, attributes);
};
const composed: Run = ({ compose }, inputs, attrs = {}) =>
  [compose({ inputs, attrs, backend: {} })].flat() as tf.Tensor[];

describe('the definitions of kernels', () => {
  const names = definitions.map(({ name }) => name);

  it('are exported, so that this test finds each of them', () => {
    const written = files.flatMap(({ text }) => [...text.matchAll(/name: ['`](Seq2Seq\w+)/g)]);
    expect(written.length).toBeGreaterThan(10);
    const found = (start: string): boolean => names.some((name) => name.startsWith(start));
    expect(written.map((match) => match[1] as string).filter((start) => !found(start))).toEqual([]);
  });

  it('have a native kernel on wasm, but for those named above', () => {
    expect(names.filter((name) => !natives.includes(name))).toEqual(composedOnWasm);
  });

  it('and the kernels of tfjs are all that native kernels compute, each once', () => {
    const known = [...names, ...Object.values<unknown>({ ...tf })];
    expect(natives.filter((name) => !known.includes(name))).toEqual([]);
    expect(new Set(natives).size).toBe(natives.length);
  });
});

describe.each(definitions.filter(({ name }) => !composedOnWasm.includes(name)))('$name', (definition) => {
  beforeAll(useWasmKernels);

  it('is computed by native kernels alone', async () => {
    const { kernels } = await tf.profile(() => {
      tf.tidy(() => void runExample(definition, native, createRandom(1)));
      return [];
    });
    const names = kernels.map(({ name }) => name);
    expect(names).toContain(definition.name);
    expect(names.filter((name) => !name.startsWith('Seq2Seq'))).toEqual([]);
  });

  it.each([
    ['gives what its composition gives', native],
    ['reads and writes its own memory alone', fenced],
  ])('%s', (_, run) => {
    tf.tidy(() => {
      const expected = runExample(definition, composed, createRandom(1));
      const actual = runExample(definition, run, createRandom(1));
      expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
      actual.forEach((tensor, i) => {
        const error = largestError(tensor.dataSync(), (expected[i] as tf.Tensor).dataSync());
        expect(error, `output ${i}`).toBeLessThan(1e-5);
      });
    });
  });
});
