import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { namedKernels, type Kernels } from '../../../src/backend/wasm/generated/kernels.js';
import { sharedModule } from '../../../src/backend/wasm/generated/sharedModule.js';
import { unsharedModule } from '../../../src/backend/wasm/generated/unsharedModule.js';

type Kernel = (named: Record<string, number>) => number | undefined;

const folder = new URL('../../../src/backend/wasm/assembly/', import.meta.url);
const sources = readdirSync(folder)
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .join('\n');
const names = Object.keys(namedKernels({})) as (keyof Kernels)[];

/** The names of the parameters, as they stand in the AssemblyScript source. */
function parametersOf(name: string): string[] {
  const found = new RegExp(`^export function ${name}\\(([^)]*)\\)`, 'm').exec(sources);
  if (found === null) throw new Error(`no function ${name} in the sources`);
  return [...(found[1] as string).matchAll(/(\w+):/g)].map((match) => match[1] as string);
}

describe('the generated callers of kernels', () => {
  it.each(Object.entries({ unsharedModule, sharedModule }))('are those that the %s exports', (_, text) => {
    const module = new WebAssembly.Module(Buffer.from(text, 'base64'));
    const functions = WebAssembly.Module.exports(module).filter(({ kind }) => kind === 'function');
    expect(functions.map(({ name }) => name).sort()).toEqual([...names].sort());
  });

  it.each(names)('%s: pass arguments in the order of the source, however they are named', (name) => {
    const parameters = parametersOf(name);
    const received: number[] = [];
    const exported = (...values: number[]): number => received.push(...values);
    const kernel = namedKernels({ [name]: exported })[name] as Kernel;
    kernel(Object.fromEntries(parameters.map((parameter, i) => [parameter, i + 1]).reverse()) as never);
    expect(received).toEqual(parameters.map((_, i) => i + 1));
  });
});
