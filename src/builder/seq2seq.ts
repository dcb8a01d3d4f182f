import { mismatch, Seq2SeqError } from '../core/errors.js';
import { checkOptionNames, flag, oneOf, wholeNumber } from '../core/options.js';
import type { AttentionSpec } from '../contracts/attention.js';
import type { BridgeSpec } from '../contracts/bridge.js';
import type { AttentionPlacement, DecoderSpec } from '../contracts/decoder.js';
import type { EncoderSpec } from '../contracts/encoder.js';
import { passBridge } from '../bridges/passBridge.js';
import type { FrameSide, ModelParts, SourceTextSide, TextSide } from '../model/modelParts.js';
import { createModel, type BuildOptions, type Seq2SeqModel } from '../model/seq2seqModel.js';
import { constantRatio } from '../training/teacherForcing/constantRatio.js';
import type { ForcingUnit } from '../training/teacherForcing/decideForcing.js';
import type { ForcingSchedule } from '../training/teacherForcing/forcingSchedule.js';

/** The calls without which there is no model. */
export type RequiredCall = 'source' | 'target' | 'encoder' | 'decoder';

/** Options of `.attention()`: where it stands in a recurrent decoder. */
export interface AttentionOptions {
  /** Default: before the cell for `bahdanauAttention`, after it for all others. */
  readonly order?: AttentionPlacement['order'];
  /** Whether the attentional vector of a step is an input of the next; after the cell only. Default false. */
  readonly inputFeeding?: boolean;
}

/** Options of `.teacherForcing()`. */
export interface TeacherForcingOptions {
  /** What the ratio decides about at once. Default `'step'`. */
  readonly per?: ForcingUnit;
}

/**
 * A model under construction. Every call returns a new builder, so that branches do not disturb each other; a later call
 * replaces an earlier one.
 *
 * @typeParam Missing the required calls that have not been made
 */
export interface Seq2SeqBuilder<Missing extends RequiredCall = RequiredCall> {
  /** What the encoder reads: text, or frames of floats. */
  source(side: SourceTextSide | FrameSide): Seq2SeqBuilder<Exclude<Missing, 'source'>>;
  /** What the decoder writes. */
  target(side: TextSide): Seq2SeqBuilder<Exclude<Missing, 'target'>>;
  /** What reads the source. */
  encoder(spec: EncoderSpec): Seq2SeqBuilder<Exclude<Missing, 'encoder'>>;
  /** What writes the target. */
  decoder(spec: DecoderSpec): Seq2SeqBuilder<Exclude<Missing, 'decoder'>>;
  /** What lies between the two. Default `passBridge()`. */
  bridge(spec: BridgeSpec): Seq2SeqBuilder<Missing>;
  /** How a recurrent decoder looks back at the source. Default: it does not. */
  attention(spec: AttentionSpec, options?: AttentionOptions): Seq2SeqBuilder<Missing>;
  /** How often training feeds the reference. Default `constantRatio(1)`. */
  teacherForcing(schedule: ForcingSchedule, options?: TeacherForcingOptions): Seq2SeqBuilder<Missing>;
  /**
   * Makes the model with fresh weights. Does not compile while a required call is missing.
   *
   * @throws `incomplete-builder` naming the missing call; `incompatible-parts` where two parts cannot work together
   */
  build(
    ...options: [Missing] extends [never]
      ? [options?: BuildOptions]
      : [missing: `call .${Missing}() before .build()`]
  ): Seq2SeqModel;
}

/**
 * Opens the fluent builder.
 *
 * @example
 * ```ts
 * import { recurrentDecoder, recurrentEncoder, seq2seq, Vocab, whitespaceTokenizer } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const tokenizer = whitespaceTokenizer();
 * const vocab = Vocab.build([['a', 'b', 'c']]);
 * const model = seq2seq()
 *   .source({ vocab, tokenizer })
 *   .target({ vocab, tokenizer })
 *   .encoder(recurrentEncoder({ cell: 'gru', units: 16 }))
 *   .decoder(recurrentDecoder({ cell: 'gru', units: 16 }))
 *   .build({ seed: 1 });
 * console.log(model.summary().text);
 * model.dispose();
 * ```
 */
export function seq2seq(): Seq2SeqBuilder {
  return builder({});
}

function builder(parts: Partial<ModelParts>): Seq2SeqBuilder {
  const extended = (more: Partial<ModelParts>): Seq2SeqBuilder => builder({ ...parts, ...more });
  const made = {
    source: (side) =>
      extended({ source: checkSide('source', side, ['vocab', 'tokenizer', 'addSos', 'addEos']) }),
    target: (side) => extended({ target: checkSide('target', side, ['vocab', 'tokenizer']) }),
    encoder: (spec) => extended({ encoder: checkRole('encoder', spec) }),
    bridge: (spec) => extended({ bridge: checkRole('bridge', spec) }),
    decoder: (spec) => extended({ decoder: checkRole('decoder', spec) }),
    attention: (spec, options) =>
      extended({ attention: { spec: checkRole('attention', spec), placement: placement(spec, options) } }),
    teacherForcing(schedule, options = {}) {
      checkOptionNames('teacherForcing', options, ['per']);
      if (typeof schedule !== 'function' || typeof schedule.toJSON !== 'function') {
        const hint = `A function of your own goes to fit({ teacherForcing }): it cannot be saved with the model.`;
        throw mismatch('invalid-option', {
          where: 'teacherForcing',
          expected: 'a schedule such as linearDecay(…)',
          received: schedule,
          hint,
        });
      }
      const per = oneOf('teacherForcing', 'per', options.per ?? 'step', ['batch', 'step', 'token']);
      return extended({ teacherForcing: { schedule, per } });
    },
    build(options: BuildOptions | string = {}) {
      if (typeof options === 'string') throw incomplete(parts);
      checkOptionNames('build', options, ['seed']);
      const { source, target, encoder, decoder } = parts;
      if (source === undefined || target === undefined || encoder === undefined || decoder === undefined)
        throw incomplete(parts);
      const { bridge = passBridge(), attention = null } = parts;
      const teacherForcing = parts.teacherForcing ?? { schedule: constantRatio(1), per: 'step' };
      return createModel({ source, target, encoder, bridge, attention, decoder, teacherForcing }, options);
    },
  } as Seq2SeqBuilder<never>;
  return made as unknown as Seq2SeqBuilder;
}

function incomplete(parts: Partial<ModelParts>): Seq2SeqError {
  const missing = (['source', 'target', 'encoder', 'decoder'] as const).filter(
    (call) => parts[call] === undefined,
  );
  const calls = missing.map((call) => `.${call}(…)`).join(', ');
  return new Seq2SeqError(
    'incomplete-builder',
    `build: the model is not complete. Call ${calls} before .build().`,
  );
}

function checkRole<S extends { readonly role: string }>(role: S['role'], spec: S): S {
  if (spec?.role === role) return spec;
  throw mismatch('invalid-option', {
    where: role,
    expected: `an ${role} spec`.replace('an b', 'a b').replace('an d', 'a d'),
    received: spec,
  });
}

function checkSide<S extends SourceTextSide | FrameSide>(
  where: string,
  side: S,
  known: readonly string[],
): S {
  if (side !== null && typeof side === 'object' && 'features' in side) {
    checkOptionNames(where, side, ['features']);
    wholeNumber(where, 'features', side.features);
    return side;
  }
  checkOptionNames(where, side, known);
  const { vocab, tokenizer } = side as unknown as TextSide;
  if (typeof vocab?.encode !== 'function' || typeof tokenizer?.tokenize !== 'function') {
    throw mismatch('invalid-option', { where, expected: 'a vocab and a tokenizer', received: side });
  }
  return side;
}

function placement(spec: AttentionSpec, options: AttentionOptions = {}): AttentionPlacement {
  const where = 'attention';
  checkOptionNames(where, options, ['order', 'inputFeeding']);
  const usual = spec.kind === 'bahdanauAttention' ? 'before-cell' : 'after-cell';
  return {
    order: oneOf(where, 'order', options.order ?? usual, ['before-cell', 'after-cell']),
    inputFeeding: flag(where, 'inputFeeding', options.inputFeeding ?? false),
  };
}
