/**
 * Calls that must not compile. The type checker fails where a marked line has no error. Nothing here runs.
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Batch } from '../../src/contracts/batch.js';
import type { EncoderSpec } from '../../src/contracts/encoder.js';
import type { StepFunction } from '../../src/contracts/stepFunction.js';
import type { Seq2SeqError } from '../../src/core/errors.js';

declare const batch: Batch;
declare const error: Seq2SeqError;
declare const logits: Tensor2D;
declare const hidden: Tensor1D;

// @ts-expect-error a batch is read-only
batch.source = batch.targetInput;

// @ts-expect-error an error's code is one of the documented ones
if (error.code === 'no-such-code') throw error;

export const step: StepFunction<{ h: Tensor2D }> = (_, state) => ({ logits, state });

// @ts-expect-error logits have a row a hypothesis
export const flat: StepFunction<null> = () => ({ logits: hidden, state: null });

// @ts-expect-error the state that a step returns has the form of the state it was given
export const reshaped: StepFunction<{ h: Tensor2D }> = () => ({ logits, state: { c: logits } });

// @ts-expect-error an encoder says what it can rebuild itself from
export const spec: EncoderSpec = { role: 'encoder', kind: 'mine', build: () => null as never };
