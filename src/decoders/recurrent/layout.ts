import type { Tensor2D } from '@tensorflow/tfjs-core';
import { mismatch } from '../../core/errors.js';
import type { DecoderWiring } from '../../contracts/decoder.js';
import { WHERE, type DecoderInput, type DecoderReadout, type RecurrentDecoderConfig } from './options.js';

/** What the first layer of a decoder can read; `attentional` is the attentional vector of the step before. */
export type InputPart = 'previous' | 'summary' | 'attention' | 'attentional';

/** The parts that stand side by side in the columns of `weight_ih_l0`, in this order, and their widths. */
export type InputParts = readonly { readonly name: InputPart; readonly size: number }[];

/** What the output projection can read, `[rows, size]`; `null` is what this decoder has not. */
export type ReadoutValues = Readonly<Record<DecoderReadout, Tensor2D | null>>;

/** How the parts of one decoder fit together, once its neighbours are known. */
export interface RecurrentDecoderLayout {
  /** Width of the token embeddings; `null` where no token is read, or frames are. */
  readonly embeddingSize: number | null;
  readonly inputs: InputParts;
  /** Width of all inputs together: the columns of `weight_ih_l0`. */
  readonly inputSize: number;
  readonly readout: readonly { readonly name: DecoderReadout; readonly size: number }[];
  /** Width of the whole readout: the columns of `fc_out.weight`. */
  readonly featureSize: number;
  /** Whether the previous token or frame is read by the first layer or the output projection. */
  readonly usesPrevious: boolean;
  /** The same of the summary. */
  readonly usesSummary: boolean;
  /** Width of the attention's context vectors, or 0. */
  readonly contextSize: number;
  readonly order: 'before-cell' | 'after-cell' | null;
  /** Whether the attentional vector of the step before is read, too. */
  readonly inputFeeding: boolean;
}

/**
 * @param contextSize width of the attention's context vectors, 0 without one
 * @throws `incompatible-parts` where a part is read that is not there
 */
export function recurrentDecoderLayout(
  config: RecurrentDecoderConfig,
  { target, attention, summarySize }: Pick<DecoderWiring, 'target' | 'attention' | 'summarySize'>,
  contextSize: number,
): RecurrentDecoderLayout {
  const { units } = config;
  const order = attention?.placement.order ?? null;
  const inputFeeding = attention?.placement.inputFeeding ?? false;
  const before = order === 'before-cell';
  const input = config.input ?? (before ? ['previous', 'attention'] : ['previous']);
  const readout = config.readout ?? (before ? ['output', 'attention'] : ['output']);
  const uses = (part: 'previous' | 'summary'): boolean => input.includes(part) || readout.includes(part);
  checkAttention(input, readout, order, inputFeeding);
  if (readout.every((name) => name === 'previous')) {
    const hint = `The previous token alone never sees the source.`;
    throw incompatible(`'output', 'summary' or 'attention' in its readout`, readout, hint);
  }
  checkEmbedding(config, target.kind, uses('previous'));

  const previousSize = target.kind === 'frames' ? target.features : (config.embeddingSize ?? units);
  const sizes = {
    previous: previousSize,
    summary: summarySize,
    attention: contextSize,
    output: units,
    attentional: units,
  };
  const sized = <T extends keyof typeof sizes>(names: readonly T[]): { name: T; size: number }[] =>
    names.map((name) => ({ name, size: sizes[name] }));
  const inputs = sized<InputPart>(inputFeeding ? [...input, 'attentional'] : input);
  const features = sized(readout);
  const featureSize = totalSize(features);
  if (config.tieEmbeddings && featureSize !== previousSize) {
    const hint = `With readout ['output'], set embeddingSize to units (${units}).`;
    const expected = `a readout as wide as the embedding (${previousSize}), to tie them,`;
    throw incompatible(expected, featureSize, hint);
  }
  return {
    embeddingSize: target.kind === 'tokens' && uses('previous') ? previousSize : null,
    inputs,
    inputSize: totalSize(inputs),
    readout: features,
    featureSize,
    usesPrevious: uses('previous'),
    usesSummary: uses('summary'),
    contextSize,
    order,
    inputFeeding,
  };
}

/** Whether a part is among those that are read. */
export function has<N extends string>(parts: readonly { readonly name: N }[], name: N): boolean {
  return parts.some((part) => part.name === name);
}

function totalSize(parts: readonly { readonly size: number }[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0);
}

/** Refuses an attention that nobody reads, that is read but not there, or that is read before it can be. */
function checkAttention(
  input: readonly DecoderInput[],
  readout: readonly DecoderReadout[],
  order: RecurrentDecoderLayout['order'],
  inputFeeding: boolean,
): void {
  const isRead = input.includes('attention') || readout.includes('attention');
  if (order === null && isRead) {
    const expected = `an attention, since 'attention' is among its input or readout,`;
    throw incompatible(expected, 'none', 'Add .attention(…).');
  }
  if (order === 'after-cell' && input.includes('attention')) {
    const hint = `Use inputFeeding: true to feed the last attentional vector, or order: 'before-cell'.`;
    throw incompatible(`no 'attention' in input`, `an attention after the cell`, hint);
  }
  if (order === 'before-cell' && inputFeeding) {
    const hint = `Put 'attention' in input instead.`;
    throw incompatible(`inputFeeding only with order 'after-cell'`, order, hint);
  }
  if (order === 'before-cell' && !isRead) {
    const received = [...input, ...readout];
    throw incompatible(`'attention' among its input or readout`, received, 'Or leave the attention out.');
  }
}

/** Where nothing is embedded, refuses an embedding's options, and dropout with one layer: both do nothing. */
function checkEmbedding(
  { embeddingSize, tieEmbeddings, dropout, layers }: RecurrentDecoderConfig,
  kind: 'tokens' | 'frames',
  usesPrevious: boolean,
): void {
  if (kind === 'tokens' && usesPrevious) return;
  const [target, remedy] =
    kind === 'frames'
      ? ['over float frames', 'Leave it out: frames are read as they are.']
      : [`where 'previous' is not read`, `Leave it out, or put 'previous' in input or readout.`];
  if (dropout > 0 && layers === 1) {
    const hint =
      'It acts on embeddings and between layers, and here is neither: leave it out, or add layers.';
    throw incompatible(`no dropout with one layer ${target}`, dropout, hint);
  }
  const given = tieEmbeddings ? 'tieEmbeddings' : embeddingSize !== null ? 'embeddingSize' : null;
  if (given !== null) throw incompatible(`no options of an embedding ${target}`, given, remedy);
}

function incompatible(expected: string, received: unknown, hint: string): Error {
  return mismatch('incompatible-parts', { where: WHERE, expected, received, hint });
}
