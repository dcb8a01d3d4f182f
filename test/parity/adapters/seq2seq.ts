import { dispose, reshape, stack, unstack } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import {
  crossEntropy,
  gatherTokens,
  realTokens,
  type Batch,
  type Context,
  type Decoder,
} from '../../../src/index.js';
import type { Adapter, BatchName } from '../adapter.js';
import { rowsOf, stored, type Fixture } from '../fixture.js';
import { greedyIds, type Greedy } from '../greedyIds.js';
import { seq2seqParts, type Config } from '../seq2seqParts.js';
import { teacherForcedBatch } from '../teacherForcedBatch.js';

export const seq2seq: Adapter = (fixture) => {
  const parts = seq2seqParts(fixture, fixture.name);
  if (parts === null) return null;
  const { encoder, bridge, decoder, parameters } = parts;
  const config = fixture.config as unknown as Config;

  const whole = batchOf(fixture, 'in', false);
  const batches = new Map<BatchName, Batch>();
  for (const name of ['in', 'batch1', 'batch2'] as const) {
    if (fixture.stored.has(`${name}.trg`)) batches.set(name, batchOf(fixture, name, true));
  }
  const time = whole.targetInput.shape[1] as number;
  const flags = fixture.stored.get('in.forced')?.data;
  const teacherForcingMask =
    flags === undefined
      ? null
      : Uint8Array.from({ length: config.batch * time }, (_, i) => flags[i % time] as number);
  const attends = fixture.stored.has('out.attention');
  const greedy = fixture.json['greedy'] as Greedy | undefined;
  const bridged = (batch: Batch): Bridged => {
    const encoded = encoder.forward(batch.source, batch.sourceMask);
    return { encoded, context: bridge.forward(encoded) };
  };
  return {
    parameters,
    inputs: {},
    outputs() {
      const { encoded, context } = bridged(whole);
      const logits = decoder.logits(decoder.features(whole, context, teacherForcingMask));
      const [first] = context.state ?? [];
      return {
        logits: reshape(logits, [config.batch, time, config.trg_vocab]),
        state: stack(encoded.state?.map(({ h }) => h) ?? []),
        ...(first !== undefined && { bridge_h: first.h }),
        ...(first?.c !== undefined && { bridge_c: first.c }),
        ...(attends && {
          bridge: first?.h as Tensor2D,
          encoder_outputs: encoded.memory,
          attention: attentionOf(decoder, context, whole),
        }),
      };
    },
    ...(greedy !== undefined && {
      async numbers() {
        const { encoded, context } = bridged(whole);
        const checks = await greedyIds(decoder, context, config, greedy);
        dispose([encoded, context] as never);
        return checks;
      },
    }),
    loss(name) {
      const batch = batches.get(name) as Batch;
      const features = decoder.features(batch, bridged(batch).context, teacherForcingMask);
      const tokens = realTokens(batch.targetLengths, batch.targetInput.shape[1] as number);
      const targets = gatherTokens<Tensor1D>(batch.targetOutput, tokens);
      return crossEntropy()({ features, ...decoder.projection(), targets }) as Scalar;
    },
    dispose: () => [parts, whole, ...batches.values()].forEach((owned) => owned.dispose()),
  };
};

/** The weights of every step, from single steps fed with the reference: `[batch, time, sourceTime]`. */
function attentionOf(decoder: Decoder, context: Context, batch: Batch): Tensor {
  const { state: initial, constants } = decoder.start(context);
  let state = initial;
  const inputs = unstack(batch.targetInput, 1) as Tensor1D[];
  return stack(
    inputs.map((tokens, position) => {
      const result = decoder.step(tokens, state, position, constants);
      state = result.state;
      return result.attention as Tensor2D;
    }),
    1,
  );
}

/** What the encoder returned, before and after the bridge. */
interface Bridged {
  readonly encoded: Context;
  readonly context: Context;
}

/** `trg` holds start and end: the decoder is fed all but the last column, and answers all but the first. */
function batchOf(fixture: Fixture, name: BatchName, skipPadding: boolean): Batch {
  const { pad } = fixture.config as unknown as Config;
  const targets = rowsOf(fixture, `${name}.trg`);
  const targetOutput = targets.map((row) => row.slice(1));
  return teacherForcedBatch({
    source: rowsOf(fixture, `${name}.src`),
    targetInput: targets.map((row) => row.slice(0, -1)),
    targetOutput,
    ...(fixture.stored.has(`${name}.src_lengths`) && {
      sourceLengths: [...stored(fixture, `${name}.src_lengths`).data],
    }),
    ...(skipPadding && { targetLengths: targetOutput.map((row) => row.filter((id) => id !== pad).length) }),
  });
}
