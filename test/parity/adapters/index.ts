import type { Adapter } from '../adapter.js';
import { attention } from './attention.js';
import { beam } from './beam.js';
import { conv } from './conv.js';
import { decoder } from './decoder.js';
import { loss } from './loss.js';
import { metrics } from './metrics.js';
import { multiheadAttention } from './multihead_attention.js';
import { recurrent } from './recurrent.js';
import { seq2seq } from './seq2seq.js';
import { transformer } from './transformer.js';
import { transformerLayer } from './transformer_layer.js';

/** One adapter a kind of case. */
export const ADAPTERS: ReadonlyMap<string, Adapter> = new Map(
  Object.entries({
    attention,
    beam,
    conv,
    decoder,
    loss,
    metrics,
    multihead_attention: multiheadAttention,
    recurrent,
    seq2seq,
    transformer,
    transformer_layer: transformerLayer,
  }),
);
