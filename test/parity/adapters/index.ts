import type { Adapter } from '../adapter.js';
import { decoder } from './decoder.js';
import { loss } from './loss.js';
import { metrics } from './metrics.js';
import { recurrent } from './recurrent.js';
import { seq2seq } from './seq2seq.js';

/** One adapter a kind of case. */
export const ADAPTERS: ReadonlyMap<string, Adapter> = new Map(
  Object.entries({ decoder, loss, metrics, recurrent, seq2seq }),
);
