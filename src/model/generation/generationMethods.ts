import { greedy } from '../../decoding/greedySearch.js';
import { generateBatch, type Generator, type TextHypothesis } from './generateText.js';
import type { Seq2SeqModel } from '../seq2seqModel.js';
import { streamText } from './streamText.js';

/** The methods by which a model, or several together, write text. */
export function generationMethods(
  generator: Generator,
): Pick<Seq2SeqModel, 'generate' | 'generateBatch' | 'stream'> {
  return {
    async generate(input, strategy = greedy()) {
      const [found] = await generateBatch(generator, [input], strategy, {}, 'generate');
      return found as TextHypothesis[];
    },
    generateBatch: (inputs, strategy = greedy(), how) => generateBatch(generator, inputs, strategy, how),
    stream: (input, strategy = greedy()) => streamText(generator, input, strategy),
  };
}
