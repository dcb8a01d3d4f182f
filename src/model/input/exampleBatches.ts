import type { Batch } from '../../contracts/batch.js';
import { batchOf, type Side } from '../../data/batchOf.js';
import { cutBatches, type BatchOptions, type ExampleLengths } from '../../data/batchIndices.js';
import type { Example, Frames, Ids } from '../../data/example.js';
import { isFrameSide, type ModelParts, type SourceSide, type TargetSide } from '../modelParts.js';

type Sides = Pick<ModelParts<TargetSide>, 'source' | 'target'>;

/** Sequences of one side, checked already, as the blocks read them: ids with the start and end token. */
export function sideOf(side: SourceSide, sequences: readonly (Ids | Frames)[]): Side {
  if (isFrameSide(side))
    return { kind: 'frames', rows: sequences as readonly Frames[], features: side.features };
  const { vocab, addSos = true, addEos = true } = side;
  const before = addSos ? [vocab.sosId] : [];
  const after = addEos ? [vocab.eosId] : [];
  const rows = (sequences as readonly Ids[]).map((ids) => [...before, ...ids, ...after]);
  return { kind: 'tokens', rows, padId: vocab.padId };
}

/** A batch of examples that are checked already; the caller disposes of it. */
export function exampleBatch({ source, target }: Sides, examples: readonly Example[]): Batch {
  return batchOf(
    sideOf(
      source,
      examples.map((example) => example.source),
    ),
    sideOf(
      target,
      examples.map((example) => example.target),
    ),
  );
}

/** Cuts examples into batches, one at a time; the caller disposes of each. */
export function* exampleBatches(
  sides: Sides,
  examples: readonly Example[],
  options: BatchOptions,
): Iterable<Batch> {
  for (const places of cutBatches(examples.map(lengthsOf), options)) {
    const group = places.map((place) => examples[place] as Example);
    // The longest target first, so that the decoder can let rows go as they end.
    yield exampleBatch(
      sides,
      group.sort((a, b) => b.target.length - a.target.length),
    );
  }
}

/** What decides which examples share a batch. */
export function lengthsOf({ source, target }: Example): ExampleLengths {
  return { source: source.length, target: target.length };
}
