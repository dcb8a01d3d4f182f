import { tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import type { BridgeSpec } from '../../src/contracts/bridge.js';
import type { StepResult } from '../../src/contracts/stepFunction.js';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import { seq2seq } from '../../src/builder/seq2seq.js';
import { disposeTensors } from '../../src/core/containers.js';
import { createRandom } from '../../src/core/random.js';
import { whitespaceTokenizer } from '../../src/data/tokenizers/whitespaceTokenizer.js';
import { Vocab } from '../../src/data/vocab.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import type { RecurrentDecoderOptions } from '../../src/decoders/recurrent/options.js';
import { recurrentEncoder, type RecurrentEncoderOptions } from '../../src/encoders/recurrentEncoder.js';
import type { StartedDecoding } from '../../src/model/generation/textGenerator.js';
import type { Seq2SeqModel } from '../../src/model/seq2seqModel.js';

export const tokenizer: ReturnType<typeof whitespaceTokenizer> = whitespaceTokenizer();
/** a 4, b 5, c 6, d 7, e 8 */
export const vocab: Vocab = Vocab.build([['a', 'b', 'c', 'd', 'e']]);

/** A sentence pair of plain text. */
export interface TextPair {
  readonly source: string;
  readonly target: string;
}

/** Sentences of 1 to 7 letters. A target is its source backwards, without the last letter of long ones. */
export const pairs: readonly TextPair[] = [
  'a',
  'b a',
  'c c d',
  'd a e b',
  'e d c b a',
  'a b c d e a',
  'b b e d c a c',
].map((source) => {
  const reversed = source.split(' ').reverse();
  return { source, target: (reversed.length > 4 ? reversed.slice(1) : reversed).join(' ') };
});

/** `count` pairs to copy, of 1 to 5 letters. */
export function copyPairs(count: number, seed: number): TextPair[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const letters = Array.from({ length: 1 + random.integer(5) }, () => 'abcde'[random.integer(5)] as string);
    return { source: letters.join(' '), target: letters.join(' ') };
  });
}

export interface TinyOptions {
  readonly encoder?: Partial<RecurrentEncoderOptions>;
  readonly decoder?: Partial<RecurrentDecoderOptions>;
  readonly bridge?: BridgeSpec;
  readonly seed?: number;
}

/** An encoder of 5 units, a linear bridge and a decoder of 7 units; other sizes where the options say so. */
export function tinyModel({
  encoder,
  decoder,
  bridge = linearBridge(),
  seed = 1,
}: TinyOptions = {}): Seq2SeqModel {
  return seq2seq()
    .source({ vocab, tokenizer })
    .target({ vocab, tokenizer })
    .encoder(recurrentEncoder({ units: 5, ...encoder }))
    .bridge(bridge)
    .decoder(recurrentDecoder({ units: 7, ...decoder }))
    .build({ seed });
}

/** Every weight as plain numbers, for comparing bit for bit. */
export function weightsOf(model: Seq2SeqModel): Record<string, number[]> {
  const entries = Object.entries(model.parameters()).map(([name, variable]) => [
    name,
    [...variable.dataSync()],
  ]);
  return Object.fromEntries(entries) as Record<string, number[]>;
}

/** Gives the named weights new values; the others stay. */
export function setWeights(model: Seq2SeqModel, values: Readonly<Record<string, readonly number[]>>): void {
  const parameters = model.parameters();
  for (const [name, flat] of Object.entries(values)) {
    const variable = parameters[name];
    if (variable === undefined) throw new Error(`no parameter ${name}`);
    tidy(() => variable.assign(tensor([...flat], variable.shape)));
  }
}

/** The logits of one row after `token`, and the next state. The given state is freed, but for the first. */
export function stepOnce(
  started: StartedDecoding,
  token: number,
  state: unknown,
  position: number,
): { values: number[]; state: unknown } {
  const last: Tensor1D = tensor1d([token], 'int32');
  const result = started.step(last, state, position, started.setup.constants) as StepResult;
  const values = [...result.logits.dataSync()];
  disposeTensors([last, result.logits, result.attention ?? null]);
  if (position > 0) disposeTensors(state, result.state);
  return { values, state: result.state };
}
