import { mismatch, Seq2SeqError } from '../core/errors.js';
import { boolean, checkOptionNames, oneOf, positiveInteger, readOptions } from '../core/options.js';
import type { AttentionSpec } from '../contracts/attention.js';
import type { BridgeSpec } from '../contracts/bridge.js';
import type { AttentionPlacement, DecoderSpec } from '../contracts/decoder.js';
import type { EncoderSpec } from '../contracts/encoder.js';
import { passBridge } from '../bridges/passBridge.js';
import { createFrameModel, type FrameModel } from '../model/frameModel.js';
import type { BuildOptions } from '../model/modelBase.js';
import type { FrameSide, ModelParts, SourceSide, TargetSide, TextSide } from '../model/modelParts.js';
import { isFrameSide } from '../model/modelParts.js';
import { createModel, type Seq2SeqModel } from '../model/seq2seqModel.js';
import { constantRatio } from '../training/teacherForcing/constantRatio.js';
import { FORCING_UNITS, type ForcingUnit } from '../training/teacherForcing/drawTeacherForcingMask.js';
import type { ForcingSchedule } from '../training/teacherForcing/forcingSchedule.js';

/** The calls without which there is no model. */
export type RequiredCall = 'source' | 'target' | 'encoder' | 'decoder';

/** Options of `.attention()`: where it stands in a recurrent decoder. */
export interface AttentionOptions {
  /** Default: what the attention's spec says, before the cell for `bahdanauAttention`; else after it. */
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
 * A model under construction. A later call replaces an earlier one.
 * Every call returns a new builder, so that branches do not disturb each other.
 *
 * @typeParam Missing the required calls that have not been made
 * @typeParam Target what the decoder writes, which decides what `build()` returns
 */
export interface Seq2SeqBuilder<
  Missing extends RequiredCall = RequiredCall,
  Target extends TargetSide = TextSide,
> {
  /** What the encoder reads: text, or frames of floats. */
  source(side: SourceSide): Seq2SeqBuilder<Exclude<Missing, 'source'>, Target>;
  /** What the decoder writes: text. */
  target(side: TextSide): Seq2SeqBuilder<Exclude<Missing, 'target'>>;
  /** What the decoder writes: frames of floats; `build()` then makes a `FrameModel`. */
  target(side: FrameSide): Seq2SeqBuilder<Exclude<Missing, 'target'>, FrameSide>;
  /** What reads the source. */
  encoder(spec: EncoderSpec): Seq2SeqBuilder<Exclude<Missing, 'encoder'>, Target>;
  /** What writes the target. */
  decoder(spec: DecoderSpec): Seq2SeqBuilder<Exclude<Missing, 'decoder'>, Target>;
  /** What lies between the two. Default `passBridge()`. */
  bridge(spec: BridgeSpec): Seq2SeqBuilder<Missing, Target>;
  /** How a recurrent decoder looks back at the source. Default: it does not. */
  attention(spec: AttentionSpec, options?: AttentionOptions): Seq2SeqBuilder<Missing, Target>;
  /** How often training feeds the reference. Default `constantRatio(1)`. */
  teacherForcing(schedule: ForcingSchedule, options?: TeacherForcingOptions): Seq2SeqBuilder<Missing, Target>;
  /**
   * Makes the model with fresh weights. Does not compile while a required call is missing.
   *
   * @throws `incomplete-builder` naming the missing call; `backend-unavailable` where no backend was started;
   * `incompatible-parts` where two parts cannot work together
   */
  build(
    ...options: [Missing] extends [never]
      ? [options?: BuildOptions]
      : [missing: `call .${Missing}() before .build()`]
  ): ModelOf<Target>;
}

/** The model that writes a kind of target. */
export type ModelOf<Target extends TargetSide> = Target extends FrameSide ? FrameModel : Seq2SeqModel;

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

function builder(parts: Partial<ModelParts<TargetSide>>): Seq2SeqBuilder {
  const extended = (more: Partial<ModelParts<TargetSide>>): Seq2SeqBuilder => builder({ ...parts, ...more });
  const made = {
    source: (side) =>
      extended({ source: checkSide('source', side, ['vocab', 'tokenizer', 'addSos', 'addEos']) }),
    target: (side: TargetSide) => extended({ target: checkSide('target', side, ['vocab', 'tokenizer']) }),
    encoder: (spec) => extended({ encoder: checkRole('encoder', spec) }),
    bridge: (spec) => extended({ bridge: checkRole('bridge', spec) }),
    decoder: (spec) => extended({ decoder: checkRole('decoder', spec) }),
    attention: (spec, options) =>
      extended({ attention: { spec: checkRole('attention', spec), placement: placement(spec, options) } }),
    teacherForcing(schedule, options = {}) {
      const { per } = readOptions('teacherForcing', options, { per: [oneOf(FORCING_UNITS), 'step'] });
      if (typeof schedule !== 'function' || typeof schedule.toJSON !== 'function') {
        const hint =
          'A function of your own goes to fit({ teacherForcing }): it cannot be saved with the model.';
        throw mismatch('invalid-option', {
          where: 'teacherForcing',
          expected: 'a schedule such as linearDecay(…)',
          received: schedule,
          hint,
        });
      }
      return extended({ teacherForcing: { schedule, per } });
    },
    build(options?: BuildOptions) {
      const { source, target, encoder, decoder } = parts;
      if (source === undefined || target === undefined || encoder === undefined || decoder === undefined)
        throw incomplete(parts);
      const { bridge = passBridge(), attention = null } = parts;
      const teacherForcing = parts.teacherForcing ?? { schedule: constantRatio(1), per: 'step' };
      const rest = { source, encoder, bridge, attention, decoder, teacherForcing };
      return isFrameSide(target)
        ? createFrameModel({ ...rest, target }, options)
        : createModel({ ...rest, target }, options);
    },
  } as Seq2SeqBuilder<never>;
  return made as unknown as Seq2SeqBuilder;
}

function incomplete(parts: Partial<ModelParts<TargetSide>>): Seq2SeqError {
  const missing = (['source', 'target', 'encoder', 'decoder'] as const).filter(
    (call) => parts[call] === undefined,
  );
  const calls = missing.map((call) => `.${call}(…)`).join(', ');
  return new Seq2SeqError(
    'incomplete-builder',
    `build: the model is not complete. Call ${calls} before .build().`,
  );
}

function checkRole<S extends { readonly role: string; readonly kind: string; build(wiring: never): unknown }>(
  role: S['role'],
  spec: S,
): S {
  const isSpec = typeof spec?.build === 'function';
  if (isSpec && spec.role === role) return spec;
  const received = isSpec ? `the ${spec.role} ${spec.kind}` : spec;
  let hint = isSpec ? `Hand it to .${spec.role}(…).` : '';
  if (spec instanceof Function) hint = `Call it: .${role}(${spec.name}({ … })).`;
  throw mismatch('invalid-option', { where: role, expected: `the spec of the ${role}`, received, hint });
}

function checkSide<S extends SourceSide>(where: string, side: S, known: readonly string[]): S {
  if (side !== null && typeof side === 'object' && 'features' in side) {
    readOptions(where, side as FrameSide, { features: [positiveInteger] });
    return side;
  }
  const { vocab, tokenizer } = (side ?? {}) as Partial<TextSide>;
  if (typeof vocab?.encode !== 'function' || typeof tokenizer?.tokenize !== 'function') {
    const hint = `Write .${where}({ vocab, tokenizer }).`;
    throw mismatch('invalid-option', { where, expected: 'a vocab and a tokenizer', received: side, hint });
  }
  checkOptionNames(where, side, known);
  return side;
}

function placement(spec: AttentionSpec, options: AttentionOptions = {}): AttentionPlacement {
  return readOptions('attention', options, {
    order: [oneOf(['before-cell', 'after-cell']), spec.order ?? 'after-cell'],
    inputFeeding: [boolean, false],
  });
}
