import type { Strategy } from '../../contracts/strategy.js';
import { greedy } from '../../decoding/greedySearch.js';
import type { SequenceInput } from '../input/encodeInput.js';
import { generateBatch, type GenerateBatchOptions, type TextHypothesis } from './generateText.js';
import { streamText, type TextToken } from './streamText.js';
import type { TextGenerator } from './textGenerator.js';

/** The methods by which a model, or several together, write text. */
export interface GenerationMethods {
  /**
   * Generates for one source.
   *
   * @param strategy default `greedy()`
   * @returns best first; as many as the strategy's `nBest`
   */
  generate(input: SequenceInput, strategy?: Strategy): Promise<TextHypothesis[]>;
  /**
   * Generates for many sources at once; a list a source, in their order. A source that is empty, or longer
   * than the encoder's learned positions, gets one empty hypothesis in its place.
   *
   * @param strategy default `greedy()`
   */
  generateBatch(
    inputs: readonly SequenceInput[],
    strategy?: Strategy,
    options?: GenerateBatchOptions,
  ): Promise<TextHypothesis[][]>;
  /**
   * Generates for one source, token by token: the first comes before the second step runs.
   * The generator returns the hypotheses. Leaving early frees every tensor.
   *
   * @param strategy default `greedy()`
   */
  stream(input: SequenceInput, strategy?: Strategy): AsyncGenerator<TextToken, TextHypothesis[], void>;
}

/** Gives a generator its methods. */
export function generationMethods(generator: TextGenerator): GenerationMethods {
  return {
    async generate(input, strategy = greedy()) {
      const [found] = await generateBatch(generator, [input], strategy, {}, 'generate');
      return found as TextHypothesis[];
    },
    generateBatch: (inputs, strategy = greedy(), how) => generateBatch(generator, inputs, strategy, how),
    stream: (input, strategy = greedy()) => streamText(generator, input, strategy),
  };
}
