import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import type { ParameterSet } from '../core/parameters.js';
import type { EncoderWiring } from '../contracts/encoder.js';
import { addEmbedding } from '../modules/embedding.js';
import { embeddingLookup } from '../ops/embeddingLookup.js';

/** How an encoder sees its source: tokens through an embedding, frames as they are. */
export interface SourceReader {
  /** Width of what {@link SourceReader.read} gives. */
  readonly size: number;
  /** Ids `[...]`, or frames `[..., features]`, as `[..., size]`. */
  read<T extends Tensor = Tensor3D>(source: Tensor): T;
}

/**
 * Adds `embedding.weight` where the source is tokens.
 *
 * @param embeddingSize the option, or `null` where it was left out; the embedding then has `units` columns
 * @throws `incompatible-parts` for an embedding of frames
 */
export function addSourceReader(
  parameters: ParameterSet,
  where: string,
  { source, random }: EncoderWiring,
  { embeddingSize, units }: { readonly embeddingSize: number | null; readonly units: number },
): SourceReader {
  if (source.kind === 'tokens') {
    const size = embeddingSize ?? units;
    const embedding = addEmbedding(parameters, source.vocabSize, size, random);
    return { size, read: (ids) => embeddingLookup(embedding, ids) as never };
  }
  if (embeddingSize === null) return { size: source.features, read: (frames) => frames as never };
  throw mismatch('incompatible-parts', {
    where,
    expected: 'no embeddingSize with a source of float frames',
    received: embeddingSize,
    hint: 'Leave embeddingSize out: frames are read as they are.',
  });
}
