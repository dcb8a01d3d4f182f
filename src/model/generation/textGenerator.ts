import type { FinishReason } from '../../contracts/hypothesis.js';
import type { StepFunction } from '../../contracts/stepFunction.js';
import type { SearchSetup } from '../../contracts/strategy.js';
import type { EncodedInput, SequenceInput } from '../input/encodeInput.js';
import type { SourceSide, TextSide } from '../modelParts.js';

/** What generation needs of a model, or of several that decide together. */
export interface TextGenerator {
  readonly source: SourceSide;
  readonly target: TextSide;
  /** Checks sources and encodes each, once, in the way of every model. */
  encode(where: string, inputs: readonly SequenceInput[]): GeneratorSource[];
  /** Why one of the models cannot read a source; see {@link unreadable}. */
  unreadable(source: GeneratorSource): FinishReason | undefined;
  /** Runs the encoders, and gives what a search needs. */
  start(sources: readonly GeneratorSource[]): StartedDecoding;
}

/** A source as the models of a generator read it: one form a model. They begin with that of the first. */
export type GeneratorSource = readonly [EncodedInput, ...EncodedInput[]];

/** A model that has read its sources: what any search over a step function needs. */
export interface StartedDecoding {
  /** The model, a token at a time: what `greedySearch`, `beamSearch` and `sampleSearch` take. */
  readonly step: StepFunction;
  /** The state before the first step; the search does not dispose of it. */
  readonly state: unknown;
  /** What a search must know: batch size, special ids, constants, source lengths. */
  readonly setup: SearchSetup & { readonly constants: unknown; readonly sourceLengths: Int32Array };
  /** Frees the state and the constants. */
  dispose(): void;
}
