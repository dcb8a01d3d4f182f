import { argMax, cast, equal, stack, sum, tidy, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { checkOptionNames, wholeNumber } from '../core/options.js';
import type { Batch } from '../contracts/batch.js';
import type { Strategy } from '../contracts/strategy.js';
import { batches } from '../data/batches.js';
import { collate } from '../data/collate.js';
import { corpusBleu } from '../metrics/corpusBleu.js';
import { exactMatch } from '../metrics/exactMatch.js';
import { softmaxCrossEntropy } from '../ops/softmaxCrossEntropy.js';
import { greedy } from '../decoding/greedy.js';
import { encodePairs, listPairs } from './encodePairs.js';
import { sideOptions, type Pair } from './encodeInput.js';
import { inputTokens } from './inputTokens.js';
import { generateBatch } from './generate.js';
import { checkAlive, countTokens, readBatch, type ModelCore } from './modelCore.js';
import { asGenerator } from './startDecoding.js';

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** How many pairs are worked on at once, from 1. Default 64. */
  readonly batchSize?: number;
  /** How translations are generated for `exactMatch` and `bleu`. Default `greedy()`. */
  readonly strategy?: Strategy;
}

/** How well a model does on a dataset. */
export interface Evaluation {
  /** Mean cross-entropy of a target token, in nats, when the reference is fed (teacher forcing). */
  readonly loss: number;
  /** exp(`loss`). */
  readonly perplexity: number;
  /** The same, when the model is fed its own predictions: how much it suffers from its own mistakes. */
  readonly freeRunningPerplexity: number;
  /** Share of target tokens, the end token included, that are the most probable one when the reference is fed. */
  readonly tokenAccuracy: number;
  /** Share of generated sequences that equal the reference, token by token. */
  readonly exactMatch: number;
  /** Corpus BLEU of the generated tokens, in percent (Papineni et al. 2002, as sacreBLEU defines it). */
  readonly bleu: number;
  /** Target tokens, end tokens included. */
  readonly tokens: number;
}

/** Measures a model on pairs; nothing is trained. */
export async function evaluate(
  core: ModelCore,
  pairs: Iterable<Pair>,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const where = 'evaluate';
  checkAlive(where, core);
  checkOptionNames(where, options, ['batchSize', 'strategy']);
  const batchSize = wholeNumber(where, 'batchSize', options.batchSize ?? 64);
  const list = listPairs(where, pairs);
  const examples = encodePairs(where, core.parts, list);
  const sides = { source: sideOptions(core.parts.source), target: sideOptions(core.parts.target) };
  const totals = { loss: 0, freeRunning: 0, correct: 0, tokens: 0 };
  for (const group of batches(examples, { batchSize, shuffle: false })) {
    const batch = collate(group, sides);
    try {
      const tokens = countTokens(batch);
      const [loss, correct, freeRunning] = await measure(core, batch);
      totals.loss += loss * tokens;
      totals.freeRunning += freeRunning * tokens;
      totals.correct += correct;
      totals.tokens += tokens;
    } finally {
      batch.dispose();
    }
  }
  const sources = list.map((pair) => pair.source);
  const generated = await generateBatch(asGenerator(core), sources, options.strategy ?? greedy(), {
    batchSize,
  });
  const hypotheses = generated.map((found) => found[0]?.tokens ?? []);
  const references = list.map((pair) => inputTokens(core.parts.target, pair.target));
  const loss = totals.loss / totals.tokens;
  return {
    loss,
    perplexity: Math.exp(loss),
    freeRunningPerplexity: Math.exp(totals.freeRunning / totals.tokens),
    tokenAccuracy: totals.correct / totals.tokens,
    exactMatch: exactMatch(hypotheses, references).accuracy,
    bleu: corpusBleu(hypotheses, [references]).score,
    tokens: totals.tokens,
  };
}

/** The mean loss, the number of tokens that are right, and the mean loss when the model runs freely. */
async function measure(core: ModelCore, batch: Batch): Promise<[number, number, number]> {
  const { decoder } = core.blocks;
  const measured = tidy(() => {
    const { features, targets } = readBatch(core, batch, null);
    const logits = decoder.logits(features);
    const correct = sum(cast(equal(argMax(logits, 1), targets), 'float32'));
    const free = readBatch(core, batch, new Uint8Array(batch.targetMask.size));
    const freeLoss = softmaxCrossEntropy({ logits: decoder.logits(free.features), targets });
    return stack([softmaxCrossEntropy({ logits, targets }), correct, freeLoss] as Scalar[]);
  });
  return [...(await readAndFree(measured))] as [number, number, number];
}

async function readAndFree(tensor: Tensor): Promise<Float32Array> {
  try {
    return await tensor.data<'float32'>();
  } finally {
    tensor.dispose();
  }
}
