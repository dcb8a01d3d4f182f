/**
 * What a target of frames changes in the types. The type checker fails where a marked line has no error.
 * Nothing here runs.
 */
import type { DecoderSpec } from '../../src/contracts/decoder.js';
import type { EncoderSpec } from '../../src/contracts/encoder.js';
import { seq2seq } from '../../src/builder/seq2seq.js';
import { greedy } from '../../src/decoding/greedySearch.js';
import { ensemble } from '../../src/model/ensemble.js';
import type { FrameModel } from '../../src/model/frameModel.js';
import { loadSeq2Seq } from '../../src/model/loadSeq2Seq.js';
import type { TextSide } from '../../src/model/modelParts.js';
import type { Seq2SeqModel } from '../../src/model/seq2seqModel.js';
import { crossEntropy } from '../../src/training/losses/crossEntropy.js';
import { frameLoss } from '../../src/training/losses/frameLoss.js';

declare const text: TextSide;
declare const encoder: EncoderSpec;
declare const decoder: DecoderSpec;

const parts = seq2seq().source({ features: 3 }).encoder(encoder).decoder(decoder);
export const frames: FrameModel = parts.target({ features: 2 }).build();
export const words: Seq2SeqModel = parts.target({ features: 2 }).target(text).build();
export const loaded: Promise<FrameModel> = loadSeq2Seq('indexeddb://frames', { target: 'frames' });
export const loadedText: Promise<Seq2SeqModel> = loadSeq2Seq('indexeddb://text');

// @ts-expect-error a target of frames does not write text
export const wrong: Seq2SeqModel = parts.target({ features: 2 }).build();

// @ts-expect-error frames have no start token
parts.target({ features: 2, addSos: true });

// @ts-expect-error there is nothing to search
void frames.generate([[1, 2, 3]], greedy());

// @ts-expect-error there are no log-probabilities
void frames.score([[1, 2, 3]], [[1, 2]]);

// @ts-expect-error there is no BLEU
void frames.evaluate([], { strategy: greedy() });

// @ts-expect-error a target is made of frames
void frames.fit([{ source: [[1, 2, 3]], target: 'text' }]);

// @ts-expect-error a loss of tokens
void frames.fit([], { loss: crossEntropy() });

// @ts-expect-error a loss of frames
void words.fit([], { loss: frameLoss() });

// @ts-expect-error frames are no distributions
ensemble([frames]);

// @ts-expect-error a model of text is the default
export const unasked: Promise<FrameModel> = loadSeq2Seq('indexeddb://frames');
