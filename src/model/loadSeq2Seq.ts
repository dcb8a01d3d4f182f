import '#io'; // some bundlers drop the handlers of URLs, which tfjs registers beside what is imported
import { io } from '@tensorflow/tfjs-core';
import { mismatch, Seq2SeqError, shorten } from '../core/errors.js';
import type { JsonValue } from '../core/json.js';
import { boolean, oneOf, positiveInteger, readOptions, unchecked } from '../core/options.js';
import { createParameterBudget } from '../core/parameters.js';
import type { AttentionSpec } from '../contracts/attention.js';
import type { BridgeSpec } from '../contracts/bridge.js';
import type { AttentionPlacement, DecoderSpec } from '../contracts/decoder.js';
import type { EncoderSpec } from '../contracts/encoder.js';
import type { Tokenizer, TokenizerJson } from '../contracts/tokenizer.js';
import { tokenizerFromJSON } from '../data/tokenizers/tokenizerFromJSON.js';
import { Vocab } from '../data/vocab.js';
import { FORCING_UNITS } from '../training/teacherForcing/drawTeacherForcingMask.js';
import type { ForcingScheduleJson } from '../training/teacherForcing/forcingSchedule.js';
import { restoreForcingSchedule } from '../training/teacherForcing/restoreForcingSchedule.js';
import { restoreBlock, type BlockFactory } from './blockRegistry.js';
import { checkBackend } from '../core/engine.js';
import { corrupt, isObject, unpackArtifacts, type ModelDescription } from './weights/artifacts.js';
import { createFrameModel, type FrameModel } from './frameModel.js';
import {
  isFrameSide,
  type ModelParts,
  type SourceSide,
  type SourceTextSide,
  type TargetSide,
} from './modelParts.js';
import { createModel, type Seq2SeqModel } from './seq2seqModel.js';

const WHERE = 'loadSeq2Seq';

/** Options of {@link loadSeq2Seq}: what cannot travel inside a file. */
export interface LoadOptions<Target extends 'text' | 'frames' = 'text'> {
  /** What the saved model writes: `'frames'` loads a `FrameModel`. Default `'text'`. */
  readonly target?: Target;
  /** Tokenizers that hold a foreign object or your own functions, such as `jiebaTokenizer(jieba)`. */
  readonly tokenizers?: readonly Tokenizer[];
  /** Factories of your own blocks, by kind. */
  readonly blocks?: Readonly<Record<string, BlockFactory>>;
}

/**
 * Loads a model that `save` wrote. Files are not trusted: format, sizes, dtypes, shapes and a checksum are
 * checked before anything of their size is allocated.
 *
 * @param urlOrHandler a tfjs URL (`indexeddb://name`, `https://…/model.json`) or IO handler, such as
 * `fileSystemHandler(directory)` of `tfjs-seq2seq/node`
 * @returns a model that generates what the saved one did; the caller disposes of it
 * @throws `load-failed` where nothing was saved, or the server or store fails (its own error is the `cause`);
 * `corrupt-file` for a damaged, altered or foreign file;
 * `missing-part` for a tokenizer or block to hand in;
 * `incompatible-parts` where the model writes something else than `target` says;
 * `backend-unavailable` where none was started
 *
 * @example
 * ```ts
 * import { loadSeq2Seq, recurrentDecoder, recurrentEncoder, seq2seq } from 'tfjs-seq2seq';
 * import { Vocab, whitespaceTokenizer } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { fileSystemHandler } from 'tfjs-seq2seq/node'; // in a browser: 'indexeddb://my-model'
 *
 * await useBackend('cpu');
 * const side = { vocab: Vocab.build([['a', 'b']]), tokenizer: whitespaceTokenizer() };
 * const model = seq2seq()
 *   .source(side)
 *   .target(side)
 *   .encoder(recurrentEncoder({ units: 4 }))
 *   .decoder(recurrentDecoder({ units: 4 }))
 *   .build();
 * await model.save(fileSystemHandler('my-model'));
 * const loaded = await loadSeq2Seq(fileSystemHandler('my-model'));
 * const [best] = await loaded.generate('a b');
 * console.log(best?.text);
 * ```
 */
export async function loadSeq2Seq<Target extends 'text' | 'frames' = 'text'>(
  urlOrHandler: string | io.IOHandler,
  options: LoadOptions<Target> = {},
): Promise<ModelByTarget[Target]> {
  const given: LoadOptions<'text' | 'frames'> = options;
  const how = readOptions(WHERE, given, {
    target: [oneOf(['text', 'frames']), 'text'],
    tokenizers: [tokenizerList, []],
    blocks: [unchecked, {}],
  });
  checkBackend(WHERE);
  const { description, weights } = unpackArtifacts(await read(urlOrHandler));
  const budget = createParameterBudget(weights.reduce((sum, { values }) => sum + values.length, 0));
  const { target, ...rest } = restore(() => restoreParts(description, how));
  checkKind(how.target, isFrameSide(target) ? 'frames' : 'text');
  const model = restore(() =>
    isFrameSide(target)
      ? createFrameModel({ ...rest, target }, {}, budget)
      : createModel({ ...rest, target }, {}, budget),
  );
  try {
    restore(() => {
      model.setWeights(Object.fromEntries(weights.map((weight) => [weight.name, weight])));
    });
    return model as ModelByTarget[Target];
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** What {@link loadSeq2Seq} gives for its `target` option. */
export interface ModelByTarget {
  /** A target of tokens. */
  readonly text: Seq2SeqModel;
  /** A target of float frames. */
  readonly frames: FrameModel;
}

/** Handlers of tfjs say in errors of their own, each in its way, that nothing is there. */
async function read(urlOrHandler: string | io.IOHandler): Promise<io.ModelArtifacts> {
  try {
    const handler = typeof urlOrHandler === 'string' ? io.getLoadHandlers(urlOrHandler)[0] : urlOrHandler;
    if (typeof handler?.load === 'function') return await handler.load();
  } catch (error) {
    if (error instanceof Seq2SeqError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Seq2SeqError('load-failed', `${WHERE}: no model could be read: ${reason}`, { cause: error });
  }
  const browser = `in a browser 'indexeddb://name' or a URL.`;
  const hint = `In Node use fileSystemHandler(directory) of tfjs-seq2seq/node; ${browser}`;
  const expected = 'a URL or IO handler that can load';
  throw mismatch('invalid-input', { where: WHERE, expected, received: urlOrHandler, hint });
}

/** Takes a list of tokenizers. */
function tokenizerList(where: string, name: string, value: unknown): readonly Tokenizer[] {
  if (Array.isArray(value) && value.every((one?: Tokenizer) => typeof one?.tokenize === 'function'))
    return value as Tokenizer[];
  const hint = 'Write { tokenizers: [myTokenizer] }.';
  const expected = `${name} to be a list of tokenizers`;
  throw mismatch('invalid-option', { where, expected, received: value, hint });
}

function checkKind(wanted: 'text' | 'frames', saved: 'text' | 'frames'): void {
  if (wanted === saved) return;
  const hint = `Load it with { target: '${saved}' }.`;
  throw mismatch('incompatible-parts', {
    where: WHERE,
    expected: `a model that writes ${wanted}`,
    received: saved,
    hint,
  });
}

/**
 * An option or a size that is refused while a file is read means that the file is damaged.
 * What the machine says of itself stays as it is.
 */
function restore<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    const { code } = error as Partial<Seq2SeqError>;
    if (/^(missing-part|corrupt-file|device-failed|out-of-memory)$/.test(code ?? '')) throw error;
    const text = `loadSeq2Seq: the file describes a model that cannot be built: ${String(error)}`;
    throw new Seq2SeqError('corrupt-file', shorten(text, 1000), { cause: error });
  }
}

function restoreParts(
  description: ModelDescription,
  { tokenizers, blocks }: Required<Pick<LoadOptions, 'tokenizers' | 'blocks'>>,
): ModelParts<TargetSide> {
  const { source, target, encoder, bridge, attention, decoder, teacherForcing } = description;
  if (!isObject(teacherForcing) || !isObject(teacherForcing['schedule']))
    throw corrupt('a schedule', teacherForcing);
  return {
    source: restoreSide('source', source, tokenizers),
    target: restoreSide('target', target, tokenizers) as SourceTextSide,
    encoder: restoreBlock<EncoderSpec>('encoder', encoder, blocks),
    bridge: restoreBlock<BridgeSpec>('bridge', bridge, blocks),
    attention:
      attention === null || attention === undefined
        ? null
        : {
            spec: restoreBlock<AttentionSpec>('attention', attention, blocks),
            placement: restorePlacement(attention),
          },
    decoder: restoreBlock<DecoderSpec>('decoder', decoder, blocks),
    teacherForcing: {
      schedule: restoreForcingSchedule(teacherForcing['schedule'] as ForcingScheduleJson),
      per: oneOf(FORCING_UNITS)(WHERE, 'per', teacherForcing['per']),
    },
  };
}

function restorePlacement(attention: JsonValue): AttentionPlacement {
  const placement = isObject(attention) ? attention['placement'] : undefined;
  if (!isObject(placement)) throw corrupt('the place of the attention', placement);
  return {
    order: oneOf(['before-cell', 'after-cell'])(WHERE, 'order', placement['order']),
    inputFeeding: boolean(WHERE, 'inputFeeding', placement['inputFeeding']),
  };
}

function restoreSide(name: string, side: unknown, tokenizers: readonly Tokenizer[]): SourceSide {
  if (!isObject(side)) throw corrupt(`a ${name}`, side);
  if ('features' in side) return { features: positiveInteger(WHERE, 'features', side['features']) };
  return {
    vocab: Vocab.fromJSON(side['vocab']),
    tokenizer: tokenizerFromJSON(side['tokenizer'] as TokenizerJson, tokenizers),
    addSos: side['addSos'] !== false,
    addEos: side['addEos'] !== false,
  };
}
