/** A tensor as it stands in a safetensors file; `BOOL` holds bytes of 0 and 1. */
export interface StoredTensor {
  readonly dtype: 'F32' | 'I32' | 'BOOL';
  readonly shape: number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

interface Entry {
  readonly dtype: StoredTensor['dtype'];
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

/** Reads the safetensors format: header length (u64), JSON header, then raw little-endian data. */
export function readSafetensors(file: Uint8Array): Map<string, StoredTensor> {
  const { buffer, byteOffset, byteLength } = file;
  const headerLength = Number(new DataView(buffer, byteOffset, byteLength).getBigUint64(0, true));
  const header = new TextDecoder().decode(file.subarray(8, 8 + headerLength));
  const { __metadata__: _, ...entries } = JSON.parse(header) as Record<string, Entry>;
  return new Map(
    Object.entries(entries).map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [start, end],
        },
      ]) => {
        // A copy, which is aligned.
        const bytes = new Uint8Array(file.subarray(8 + headerLength + start, 8 + headerLength + end)).buffer;
        const view = { F32: Float32Array, I32: Int32Array, BOOL: Uint8Array }[dtype];
        return [name, { dtype, shape, data: new view(bytes) }];
      },
    ),
  );
}
