/**
 * Chains that must not compile. The type checker fails where a marked line has no error. Nothing here runs.
 */
import type { BridgeSpec } from '../../src/contracts/bridge.js';
import type { DecoderSpec } from '../../src/contracts/decoder.js';
import type { EncoderSpec } from '../../src/contracts/encoder.js';
import type { SourceTextSide, TextSide } from '../../src/model/modelParts.js';
import type { Seq2SeqModel } from '../../src/model/seq2seqModel.js';
import { seq2seq } from '../../src/builder/seq2seq.js';

declare const text: TextSide;
declare const marked: SourceTextSide;
declare const encoder: EncoderSpec;
declare const decoder: DecoderSpec;
declare const bridge: BridgeSpec;

export const complete: Seq2SeqModel = seq2seq()
  .source(text)
  .target(text)
  .encoder(encoder)
  .decoder(decoder)
  .build();

export const inAnyOrder: Seq2SeqModel = seq2seq()
  .decoder(decoder)
  .bridge(bridge)
  .encoder(encoder)
  .target(text)
  .source({ features: 13 })
  .build({ seed: 1 });

// @ts-expect-error .source() is missing
seq2seq().target(text).encoder(encoder).decoder(decoder).build();

// @ts-expect-error .target() is missing
seq2seq().source(text).encoder(encoder).decoder(decoder).build();

// @ts-expect-error .encoder() is missing
seq2seq().source(text).target(text).decoder(decoder).build();

// @ts-expect-error .decoder() is missing
seq2seq().source(text).target(text).encoder(encoder).build();

// @ts-expect-error options do not stand in for a missing call
seq2seq().source(text).target(text).encoder(encoder).build({ seed: 1 });

// @ts-expect-error everything is missing
seq2seq().build();

// @ts-expect-error optional calls do not stand in for required ones
seq2seq().source(text).target(text).encoder(encoder).bridge(bridge).build();

// @ts-expect-error a decoder is no encoder
seq2seq().encoder(decoder);

// @ts-expect-error a text needs a tokenizer
seq2seq().source({ vocab: marked.vocab });

// @ts-expect-error build reads a seed alone
seq2seq().source(text).target(text).encoder(encoder).decoder(decoder).build({ random: 1 });

void complete.fit([], { teacherForcing: (step) => 1 / (step + 1) });
void complete.fit([], { teacherForcing: { schedule: (step) => 1 / (step + 1), per: 'token' } });
void complete.fit([], { teacherForcing: { per: 'batch' } });

// @ts-expect-error the unit stands beside the schedule
void complete.fit([], { forcingUnit: 'token' });

// @ts-expect-error there is no such unit
void complete.fit([], { teacherForcing: { per: 'word' } });
