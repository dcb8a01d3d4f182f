import { serialization } from '@tensorflow/tfjs-core';
import { BahdanauAttention } from './bahdanauAttention.js';
import { GRU } from './gru.js';
import { LSTM } from './lstm.js';
import { LuongAttention } from './luongAttention.js';
import { MultiHeadAttention } from './multiHeadAttention.js';
import { ScaledDotProductAttention } from './scaledDotProductAttention.js';
import { SimpleRNN } from './simpleRnn.js';

/**
 * Tells tfjs-layers about the layers of this library, so that `loadLayersModel` can make them again. Call it
 * once before loading; a second call does no harm. Their serialised names start with `Seq2Seq`.
 *
 * @example
 * ```ts
 * import { registerLayers } from 'tfjs-seq2seq/layers';
 *
 * registerLayers();
 * // const model = await loadLayersModel('file://model/model.json');
 * ```
 */
export function registerLayers(): void {
  serialization.registerClass(BahdanauAttention);
  serialization.registerClass(LuongAttention);
  serialization.registerClass(ScaledDotProductAttention);
  serialization.registerClass(MultiHeadAttention);
  serialization.registerClass(GRU);
  serialization.registerClass(LSTM);
  serialization.registerClass(SimpleRNN);
}
