import { tensor, variable, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { readSafetensors, type StoredTensor } from '../support/safetensors.js';

/** One case of the golden files; see the README beside them for the names of the tensors. */
export interface Fixture {
  readonly name: string;
  readonly kind: string;
  /** The whole JSON file. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly scalars: Readonly<Record<string, number>>;
  readonly stored: ReadonlyMap<string, StoredTensor>;
}

/** What `index.json` lists. A case has the file `NAME.json` and, if it has tensors, `NAME.safetensors`. */
export interface FixtureIndex {
  readonly cases: readonly FixtureEntry[];
}

/** One case of the index. */
export interface FixtureEntry {
  readonly name: string;
  readonly kind: string;
  readonly tensors: boolean;
}

/** A case from the contents of its files. */
export function parseFixture(
  { name, kind }: FixtureEntry,
  json: Fixture['json'],
  tensors: Uint8Array | null,
): Fixture {
  const stored = tensors === null ? new Map<string, StoredTensor>() : readSafetensors(tensors);
  return { name, kind, json, config: object(json['config']), scalars: object(json['scalars']), stored };
}

function object<T>(value: unknown): Record<string, T> {
  return (value ?? {}) as Record<string, T>;
}

/** The stored tensor of that name, which must be there. */
export function stored({ name, stored }: Fixture, tensorName: string): StoredTensor {
  const found = stored.get(tensorName);
  if (found === undefined) throw new Error(`${name} has no tensor ${tensorName}`);
  return found;
}

/** A tfjs tensor with the stored values: float32 or int32. */
export function tensorOf<T extends Tensor = Tensor>(fixture: Fixture, tensorName: string): T {
  const { data, shape, dtype } = stored(fixture, tensorName);
  return tensor(data, shape, dtype === 'F32' ? 'float32' : 'int32') as T;
}

/** A variable with the stored values. */
export function variableOf<V extends Variable = Variable>(fixture: Fixture, tensorName: string): V {
  const initial = tensorOf(fixture, tensorName);
  const created = variable(initial);
  initial.dispose();
  return created as V;
}

/** The stored tensors whose name starts with `prefix.`, by the rest of the name. */
export function withPrefix({ stored }: Fixture, prefix: string): [name: string, tensor: StoredTensor][] {
  const start = `${prefix}.`;
  return [...stored].flatMap(([name, value]) =>
    name.startsWith(start) ? [[name.slice(start.length), value]] : [],
  );
}

/** Ids as rows of plain numbers. */
export function rowsOf(fixture: Fixture, tensorName: string): number[][] {
  const { data, shape } = stored(fixture, tensorName);
  const [rows, columns] = shape as [number, number];
  return Array.from({ length: rows }, (_, row) => [...data.slice(row * columns, (row + 1) * columns)]);
}
