import { io } from '@tensorflow/tfjs-core';
import { crc32 } from '../../core/checksum.js';
import { mismatch, type Seq2SeqError } from '../../core/errors.js';
import { canonicalJson, type JsonObject, type JsonValue } from '../../core/json.js';

/** What a saved model says of itself, besides its weights. */
export type ModelDescription = JsonObject & { readonly format: string; readonly version: number };

/** The name and the version of the format. */
export const FORMAT = 'tfjs-seq2seq';
export const VERSION = 1;

/** One saved variable. */
export interface SavedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Packs a description and weights as tfjs artifacts, with a checksum over both. */
export function packArtifacts(
  description: ModelDescription,
  weights: readonly SavedWeight[],
): io.ModelArtifacts {
  const weightSpecs = weights.map(({ name, shape }) => ({
    name,
    shape: [...shape],
    dtype: 'float32' as const,
  }));
  const data = new Float32Array(weights.reduce((sum, { values }) => sum + values.length, 0));
  let offset = 0;
  for (const { values } of weights) {
    data.set(values, offset);
    offset += values.length;
  }
  const text = canonicalJson('save', [description, weightSpecs], 'invalid-input');
  const checksum = checksumOf(text, new Uint8Array(data.buffer));
  return {
    format: FORMAT,
    generatedBy: FORMAT,
    convertedBy: null,
    modelTopology: { ...description, checksum },
    weightSpecs,
    weightData: data.buffer,
  };
}

/**
 * Checks what can be checked of artifacts before anything is built: format, names, sizes, dtypes and the
 * checksum.
 *
 * @throws `corrupt-file`
 */
export function unpackArtifacts(artifacts: io.ModelArtifacts): {
  description: ModelDescription;
  weights: SavedWeight[];
} {
  const { modelTopology: topology, weightSpecs: specs, weightData } = artifacts;
  if (!isObject(topology) || topology['format'] !== FORMAT)
    throw corrupt(`a model saved by ${FORMAT}`, topology);
  if (topology['version'] !== VERSION) throw corrupt(`version ${VERSION} of the format`, topology['version']);
  if (!Array.isArray(specs) || weightData === undefined) throw corrupt('weights', typeof weightData);
  const bytes = new Uint8Array(io.CompositeArrayBuffer.join(weightData));
  const sizes = specs.map((spec: unknown) => {
    if (
      !isObject(spec) ||
      typeof spec['name'] !== 'string' ||
      spec['dtype'] !== 'float32' ||
      !isShape(spec['shape'])
    ) {
      throw corrupt('float32 weights with a name and a shape', spec);
    }
    return spec['shape'].reduce((product, size) => product * size, 1);
  });
  const twice = firstRepeated(specs.map(({ name }) => name));
  if (twice !== undefined) throw corrupt('every weight once', twice);
  const expected = 4 * sizes.reduce((sum, size) => sum + size, 0);
  if (expected !== bytes.length) throw corrupt(`${expected} bytes of weights`, bytes.length);
  const { checksum, ...description } = topology;
  const found = checksumOf(canonicalJson('loadSeq2Seq', [description, specs]), bytes);
  if (found !== checksum) throw corrupt(`checksum ${found}, that of the content,`, checksum);

  const data = new Float32Array(bytes.buffer);
  let offset = 0;
  const weights = specs.map(({ name, shape }, i) => {
    const values = data.subarray(offset, offset + (sizes[i] as number));
    offset += values.length;
    return { name, shape, values };
  });
  return { description: description as unknown as ModelDescription, weights };
}

/** The error for a file that is damaged, altered or of another kind. */
export function corrupt(expected: string, received: unknown): Seq2SeqError {
  const hint = 'The file is damaged, was altered, or is no model of this library; save it again.';
  return mismatch('corrupt-file', { where: 'loadSeq2Seq', expected, received, hint });
}

/** The first name that came before. */
function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

/** Tells a plain JSON object from everything else. */
export function isObject(value: unknown): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isShape(value: JsonValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}

/** A checksum over the canonical text and the weights. */
function checksumOf(text: string, bytes: Uint8Array): string {
  return crc32(bytes, crc32(new TextEncoder().encode(text)))
    .toString(16)
    .padStart(8, '0');
}
