import { reshape, slice, zeros, type Tensor2D, type Variable } from '@tensorflow/tfjs-core';
import { createRandom, recurrentDecoder, type Context } from '../../../src/index.js';
import type { Adapter } from '../adapter.js';
import { assignParameters } from '../assignParameters.js';
import { rowsOf, variableOf } from '../fixture.js';
import { teacherForcedBatch } from '../teacherForcedBatch.js';

interface Config {
  readonly batch: number;
  readonly time: number;
  readonly vocab: number;
  readonly emb: number;
  readonly hidden: number;
  readonly feed: readonly ('embedding' | 'context' | 'zeros')[];
  readonly context_is_state: boolean;
  readonly readout: readonly ('embedding' | 'output' | 'context')[];
}

/** PyTorch's names for what this library calls otherwise; a vector of zeros is a summary of zeros. */
const PARTS = { embedding: 'previous', context: 'summary', zeros: 'summary', output: 'output' } as const;

export const decoder: Adapter = (fixture) => {
  const { batch, time, vocab, emb, hidden, feed, context_is_state, readout } =
    fixture.config as unknown as Config;
  const zeroSummary = feed.includes('zeros');
  const sizes = { previous: emb, summary: hidden, output: hidden };
  const input = feed.map((part) => PARTS[part]);
  const parts = readout.map((part) => PARTS[part]);
  const built = recurrentDecoder({
    cell: 'gru',
    units: hidden,
    ...([...input, ...parts].includes('previous') ? { embeddingSize: emb } : {}),
    input,
    readout: parts,
  }).build({
    target: { kind: 'tokens', vocabSize: vocab, padId: 0 },
    memorySize: hidden,
    summarySize: zeroSummary ? emb : hidden,
    attention: null,
    random: createRandom(1),
  });
  assignParameters(fixture, built.parameters());
  const context = variableOf<Variable & Tensor2D>(fixture, 'in.context');
  const previous = rowsOf(fixture, 'in.previous');
  const data = teacherForcedBatch({ source: [[0]], targetInput: previous, targetOutput: previous });
  const before = parts.slice(0, parts.indexOf('output')).reduce((sum, part) => sum + sizes[part], 0);
  return {
    parameters: built.parameters(),
    inputs: { context },
    outputs() {
      const given: Context = {
        memory: zeros([batch, 1, hidden]),
        mask: zeros([batch, 1]),
        summary: zeroSummary ? zeros([batch, emb]) : context,
        state: [{ h: context_is_state ? context : zeros([batch, hidden]) }],
      };
      const features = built.features(data, given, null);
      return {
        logits: reshape(built.logits(features), [batch, time, vocab]),
        states: reshape(slice(features, [0, before], [-1, hidden]), [batch, time, hidden]),
      };
    },
    dispose: () => [built, context, data].forEach((owned) => owned.dispose()),
  };
};
