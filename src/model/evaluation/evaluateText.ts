import { argMax, cast, equal, slice, stack, sum, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { addAll } from '../../core/addAll.js';
import { readAndDispose } from '../../core/device.js';
import { boolean, readOptions, unchecked } from '../../core/options.js';
import { createPause } from '../../core/pause.js';
import type { Batch } from '../../contracts/batch.js';
import type { Strategy } from '../../contracts/strategy.js';
import { BLEU_ORDER, bleuOf, countMatches } from '../../metrics/bleuScore.js';
import { sameSequence } from '../../metrics/exactMatch.js';
import { CHUNK_ELEMENTS, projectedCrossEntropy } from '../../ops/crossEntropy/projectedCrossEntropy.js';
import { greedy } from '../../decoding/greedySearch.js';
import { throwIfAborted } from '../../core/throwIfAborted.js';
import { checkStrategy, generateEncoded } from '../generation/generateText.js';
import { asGenerator } from '../generation/startDecoding.js';
import type { TextGenerator } from '../generation/textGenerator.js';
import { exampleOf, type EncodedPair } from '../input/encodePairs.js';
import { checkAlive, countTokens, readBatch, type ModelCore } from '../modelCore.js';
import type { TextSide } from '../modelParts.js';
import { accumulateBatches, BATCH_OPTIONS } from './accumulateBatches.js';
import { alignPairs, type Alignment } from './align.js';

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** How many pairs are worked on at once, from 1. Default 64. */
  readonly batchSize?: number;
  /** Stops between two batches. */
  readonly signal?: AbortSignal;
  /** How translations are generated for `exactMatch` and `bleu`. Default `greedy()`. */
  readonly strategy?: Strategy;
  /**
   * Whether to return the alignment of every reference, as `align` gives it.
   * The model must have an attention. Default false.
   */
  readonly alignments?: boolean;
}

/** How well a model does on a dataset. */
export interface Evaluation {
  /** Mean cross-entropy of a target token, in nats, when the reference is fed (teacher forcing). */
  readonly loss: number;
  /** exp(`loss`). */
  readonly perplexity: number;
  /** The same, when the model is fed its own predictions: how much it suffers from its own mistakes. */
  readonly freeRunningPerplexity: number;
  /**
   * Share of target tokens that are the most probable one when the reference is fed.
   * The end token counts.
   */
  readonly tokenAccuracy: number;
  /** Share of generated sequences that equal the reference, token by token. */
  readonly exactMatch: number;
  /** Corpus BLEU of the generated tokens, in percent (Papineni et al. 2002, as sacreBLEU defines it). */
  readonly bleu: number;
  /** Target tokens, end tokens included. */
  readonly tokens: number;
  /**
   * What the tokens of each reference looked at, one a pair, in their order.
   * They are there where the option `alignments` asks for them.
   */
  readonly alignments?: readonly Alignment[];
}

/**
 * Measures a model on pairs; nothing is trained.
 *
 * @param pairs may be encoded while they are gone through, which is after the options were checked
 * @throws `invalid-input` for an empty dataset or source; `invalid-option`; `aborted`;
 * `incompatible-parts` where there is no attention to give alignments of
 */
export async function evaluate(
  core: ModelCore,
  pairs: Iterable<EncodedPair<TextSide>>,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const where = 'evaluate';
  checkAlive(where, core);
  const how = readOptions(where, options, {
    ...BATCH_OPTIONS,
    strategy: [unchecked, greedy()],
    alignments: [boolean, false],
  });
  const { batchSize, signal, strategy } = how;
  const examples = [...pairs];
  checkStrategy(where, strategy, core.parts);
  // First of all, so that a model without attention says so before the work.
  const alignments = how.alignments ? { alignments: await alignAll(core, examples, batchSize, signal) } : {};
  const sums = await accumulateBatches(core, examples.map(exampleOf), how, (batch) => measure(core, batch));
  const [tokens, loss, freeRunning, correct] = sums as [number, number, number, number];
  const sources = examples.map(({ source }) => [source] as const);
  const generator = abortable(asGenerator(core), signal);
  const generated = await generateEncoded(where, generator, sources, strategy, batchSize);
  const hypotheses = generated.map((found) => found[0]?.tokens ?? []);
  const references = examples.map(({ target }) => target.tokens);
  const right = hypotheses.filter((tokens, n) => sameSequence(tokens, references[n] as readonly string[]));
  return {
    loss: loss / tokens,
    perplexity: Math.exp(loss / tokens),
    freeRunningPerplexity: Math.exp(freeRunning / tokens),
    tokenAccuracy: correct / tokens,
    exactMatch: right.length / hypotheses.length,
    bleu: bleuOf(countMatches(hypotheses, [references], BLEU_ORDER)).score,
    tokens,
    ...alignments,
  };
}

/** The alignments of all pairs, in their order. */
async function alignAll(
  core: ModelCore,
  pairs: readonly EncodedPair<TextSide>[],
  batchSize: number,
  signal: AbortSignal | undefined,
): Promise<Alignment[]> {
  const pause = createPause();
  const found: Alignment[] = [];
  for (let from = 0; from < pairs.length; from += batchSize) {
    throwIfAborted('evaluate', signal);
    found.push(...(await alignPairs('evaluate', core, pairs.slice(from, from + batchSize))));
    await pause();
  }
  return found;
}

/** A generator that starts no batch once the signal has fired. */
function abortable(generator: TextGenerator, signal: AbortSignal | undefined): TextGenerator {
  const start: TextGenerator['start'] = (inputs) => {
    throwIfAborted('evaluate', signal);
    return generator.start(inputs);
  };
  return { ...generator, start };
}

/** The number of tokens, their losses, their losses when the model runs freely, and how many are right. */
async function measure(core: ModelCore, batch: Batch): Promise<number[]> {
  const tokens = countTokens(batch);
  const forced = tidy(() => {
    const read = readBatch(core, batch, null);
    return stack<Scalar>([lossOf(core, read), countCorrect(core, read)]);
  });
  const [loss, correct] = (await readAndDispose(forced)) as unknown as [number, number];
  const free = tidy(() => lossOf(core, readBatch(core, batch, new Uint8Array(batch.targetMask.size))));
  const [freeRunning] = (await readAndDispose(free)) as unknown as [number];
  return [tokens, loss * tokens, freeRunning * tokens, correct];
}

interface Read {
  readonly features: Tensor2D;
  readonly targets: Tensor1D;
}

function lossOf({ blocks }: ModelCore, read: Read): Scalar {
  return projectedCrossEntropy({ ...read, ...blocks.decoder.projection() });
}

/** How many targets are the most probable token; the logits exist only a chunk of rows at a time. */
function countCorrect({ blocks, parts }: ModelCore, { features, targets }: Read): Scalar {
  const [rows] = features.shape;
  const step = Math.max(1, Math.floor(CHUNK_ELEMENTS / parts.target.vocab.size));
  const counts: Scalar[] = [];
  for (let start = 0; start < rows; start += step) {
    const size = Math.min(step, rows - start);
    counts.push(
      tidy(() => {
        const best = argMax(blocks.decoder.logits(slice(features, [start, 0], [size, -1])), 1);
        return sum(cast(equal(best, slice(targets, start, size)), 'float32'));
      }),
    );
  }
  return addAll(counts);
}
