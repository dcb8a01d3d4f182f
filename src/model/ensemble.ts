import { disposeTensors } from '../core/containers.js';
import { mismatch } from '../core/errors.js';
import type { StepFunction } from '../contracts/stepFunction.js';
import { ensembleStep, readEnsembleOptions, type EnsembleOptions } from '../decoding/ensembleStep.js';
import { generationMethods, type GenerationMethods } from './generation/generationMethods.js';
import type { GeneratorSource, StartedDecoding, TextGenerator } from './generation/textGenerator.js';
import { encodeInputs, sequenceOf, type EncodedInput, type SequenceInput } from './input/encodeInput.js';
import { unreadable } from './input/unreadable.js';
import { isFrameSide, type ModelParts, type SourceSide, type TargetSide } from './modelParts.js';
import type { Seq2SeqModel } from './seq2seqModel.js';

/**
 * Several models that generate together. It has the methods of a `Seq2SeqModel` that generate.
 * Each member does for itself what an ensemble cannot: `fit`, `evaluate`, `score`, `align` and `save`.
 * An ensemble owns none of its members.
 */
export interface Ensemble extends GenerationMethods {
  /** Encodes sources, by every member, for a search of your own. */
  startDecoding(inputs: readonly SequenceInput[]): StartedDecoding;
}

/**
 * Lets models decide each token together. They must share the target vocabulary.
 * Each reads the source in its own way. The first one's target tokenizer makes the text.
 * Where learned positions end, the shortest table counts.
 * The attention is their mean. There is none unless all members have it and split the source alike.
 *
 * @param models at least one; the caller keeps owning them
 * @throws `incompatible-parts` where their target vocabularies differ; `invalid-option`
 * @example
 * ```ts
 * import { ensemble, recurrentDecoder, recurrentEncoder, seq2seq } from 'tfjs-seq2seq';
 * import { Vocab, whitespaceTokenizer } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const side = { vocab: Vocab.build([['a', 'b', 'c']]), tokenizer: whitespaceTokenizer() };
 * const untrained = seq2seq()
 *   .source(side)
 *   .target(side)
 *   .encoder(recurrentEncoder({ units: 8 }))
 *   .decoder(recurrentDecoder({ units: 8 }));
 * const members = [untrained.build({ seed: 1 }), untrained.build({ seed: 2 })];
 * const both = ensemble(members, { combine: 'probability' });
 * const [best] = await both.generate('a b');
 * console.log(best?.text);
 * ```
 */
export function ensemble(models: readonly Seq2SeqModel[], options: EnsembleOptions = {}): Ensemble {
  checkModels(models);
  const first = models[0] as Seq2SeqModel;
  checkWriteText(models);
  const vocabulary = JSON.stringify(first.parts.target.vocab);
  models.forEach(({ parts }, i) => {
    if (JSON.stringify(parts.target.vocab) === vocabulary) return;
    const hint = 'Train the members with the same target vocabulary.';
    const expected = 'all models to have the target vocabulary of the first';
    throw mismatch('incompatible-parts', {
      where: 'ensemble',
      expected,
      received: `another one in model ${i}`,
      hint,
    });
  });
  // Refuses wrong options now rather than at the first sentence.
  readEnsembleOptions('ensemble', models.length, options);

  const alike = models.every(({ parts }) => readAlike(parts.source, first.parts.source));
  const limits = models.flatMap(({ parts }) => parts.decoder.maxPositions ?? []);
  const start = (inputsOf: (member: number) => readonly SequenceInput[]): StartedDecoding => {
    const started: StartedDecoding[] = [];
    const dispose = (): void => started.forEach((member) => member.dispose());
    try {
      models.forEach((model, member) => started.push(model.startDecoding(inputsOf(member))));
    } catch (error) {
      dispose();
      throw error;
    }
    return {
      step: ensembleStep(
        started.map(({ step }) => (alike ? step : withoutAttention(step))),
        options,
      ) as StartedDecoding['step'],
      state: started.map((member) => member.state),
      setup: {
        ...(started[0] as StartedDecoding).setup,
        maxPositions: limits.length === 0 ? undefined : Math.min(...limits),
        constants: started.map((member) => member.setup.constants),
      },
      dispose,
    };
  };
  const generator: TextGenerator = {
    source: first.parts.source,
    target: first.parts.target,
    encode(where, inputs) {
      const encoded = models.map(({ parts }) => encodeInputs(where, parts.source, inputs));
      return inputs.map((_, i) => encoded.map((member) => member[i]) as unknown as GeneratorSource);
    },
    unreadable: (source) =>
      models
        .map(({ parts }, member) => unreadable(parts, source[member] as EncodedInput))
        .find((reason) => reason !== undefined),
    // Each member gets the ids that its own tokenizer and vocabulary made, so that it encodes nothing again.
    start: (sources) =>
      start((member) => sources.map((source) => sequenceOf(source[member] as EncodedInput))),
  };
  return {
    startDecoding: (inputs) => start(() => inputs),
    ...generationMethods(generator),
  };
}

function checkModels(models: readonly Seq2SeqModel[]): void {
  if (!Array.isArray(models) || models.length === 0) {
    const hint = 'Write ensemble([first, second], options).';
    const expected = 'a list of at least one model';
    throw mismatch('invalid-option', { where: 'ensemble', expected, received: models, hint });
  }
  for (const model of models as readonly Seq2SeqModel[]) {
    if (typeof model?.startDecoding === 'function' && typeof model.parts === 'object') continue;
    const hint = 'Hand in the members of another ensemble themselves.';
    const expected = 'models that were built or loaded';
    throw mismatch('invalid-option', { where: 'ensemble', expected, received: model, hint });
  }
}

/** Whether two sources become the same positions: only then can attention over them be averaged. */
function readAlike(a: SourceSide, b: SourceSide): boolean {
  const form = (side: SourceSide): string =>
    isFrameSide(side) ? 'frames' : JSON.stringify([side.tokenizer, side.addSos ?? true, side.addEos ?? true]);
  return form(a) === form(b);
}

function withoutAttention(step: StepFunction): StepFunction {
  return async (...given) => {
    const { attention, ...result } = await step(...given);
    disposeTensors(attention, [result, given]);
    return result;
  };
}

/** Models that write frames have no distributions to combine. */
function checkWriteText(models: readonly { readonly parts: ModelParts<TargetSide> }[]): void {
  const wrong = models.findIndex(({ parts }) => isFrameSide(parts.target));
  if (wrong < 0) return;
  const hint = 'Average the frames that each of them generates.';
  throw mismatch('incompatible-parts', {
    where: 'ensemble',
    expected: 'models that write text',
    received: `a target of float frames in model ${wrong}`,
    hint,
  });
}
