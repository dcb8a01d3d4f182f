import type { Batch } from '../../contracts/batch.js';
import { batchOf, type EncodedSequences } from '../../data/batchOf.js';
import { batchIndices, type BatchOptions, type ExampleLengths } from '../../data/batchIndices.js';
import type { Example, Frames, Ids } from '../../data/example.js';
import { withStartAndEnd } from '../../data/sequenceOptions.js';
import { isFrameSide, type ModelParts, type SourceSide, type TargetSide } from '../modelParts.js';

type Sides = Pick<ModelParts<TargetSide>, 'source' | 'target'>;

/** Sequences of one side, checked already, as the blocks read them: ids with the start and end token. */
export function encodedSequences(side: SourceSide, sequences: readonly (Ids | Frames)[]): EncodedSequences {
  if (isFrameSide(side))
    return { kind: 'frames', rows: sequences as readonly Frames[], features: side.features };
  const { padId, sosId, eosId } = side.vocab;
  const rows = (sequences as readonly Ids[]).map((ids) => withStartAndEnd(ids, [sosId, eosId], side));
  return { kind: 'tokens', rows, padId };
}

/** A batch of examples that are checked already; the caller disposes of it. */
export function exampleBatch({ source, target }: Sides, examples: readonly Example[]): Batch {
  const sources = examples.map((example) => example.source);
  const targets = examples.map((example) => example.target);
  return batchOf(encodedSequences(source, sources), encodedSequences(target, targets));
}

/** Cuts examples into batches, one at a time; the caller disposes of each. */
export function* exampleBatches(
  sides: Sides,
  examples: readonly Example[],
  options: BatchOptions,
): Iterable<Batch> {
  for (const places of batchIndices(examples.map(exampleLengths), options)) {
    const group = places.map((place) => examples[place] as Example);
    // The longest target first, so that the decoder can let rows go as they end.
    group.sort((a, b) => b.target.length - a.target.length);
    yield exampleBatch(sides, group);
  }
}

/** What decides which examples share a batch. */
export function exampleLengths({ source, target }: Example): ExampleLengths {
  return { source: source.length, target: target.length };
}

/**
 * Works on sources in groups, those of similar length together, so that little is padding.
 *
 * @param sequence what decides a source's length
 * @param skip the result of a source that there is nothing to work on
 * @param work gives one result a source of its group; `places` are those of the group among all sources
 * @returns the results in the order of the sources
 */
export async function mapByLength<S, R>(
  sources: readonly S[],
  sequence: (source: S) => { readonly length: number },
  batchSize: number,
  skip: (source: S) => R | undefined,
  work: (group: S[], places: readonly number[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const lengths = sources.map((source) => sequence(source).length);
  const results = sources.map(skip);
  const order = [...lengths.keys()]
    .filter((i) => results[i] === undefined)
    .sort((a, b) => (lengths[a] as number) - (lengths[b] as number) || a - b);
  for (let from = 0; from < order.length; from += batchSize) {
    const places = order.slice(from, from + batchSize);
    const found = await work(
      places.map((i) => sources[i] as S),
      places,
    );
    places.forEach((i, row) => {
      results[i] = found[row];
    });
  }
  return results as R[];
}
