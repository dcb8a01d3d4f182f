import type { ErrorCode, TextHypothesis } from 'tfjs-seq2seq';
import type { BackendName } from 'tfjs-seq2seq/backend';

/** What the page may ask of its worker. */
export type Request =
  | { readonly type: 'start'; readonly backend: BackendName | 'auto' }
  | { readonly type: 'train'; readonly pairs: number; readonly epochs: number }
  | { readonly type: 'stop' }
  | { readonly type: 'translate'; readonly text: string }
  | { readonly type: 'save' }
  | { readonly type: 'load' };

/** What the worker tells the page. */
export type Reply =
  | { readonly type: 'ready'; readonly backend: BackendName; readonly saved: boolean }
  | ({ readonly type: 'progress' } & Progress)
  | { readonly type: 'samples'; readonly samples: readonly Sample[] }
  | ({ readonly type: 'trained' } & Outcome)
  | { readonly type: 'token'; readonly token: string; readonly probability: number }
  | ({ readonly type: 'translated' } & Translation)
  | { readonly type: 'saved' }
  | { readonly type: 'loaded'; readonly weights: number }
  | ({ readonly type: 'failed' } & Failure);

/** How far training is. */
export interface Progress {
  /** Weight updates so far. */
  readonly update: number;
  /** How many there will be. */
  readonly updates: number;
  /** Mean loss a token since the last message. */
  readonly loss: number;
  readonly tokensPerSecond: number;
  readonly secondsLeft: number | null;
}

/** A sentence that training never sees, and what the model makes of it so far. */
export interface Sample {
  readonly source: string;
  readonly translation: string;
  readonly reference: string;
}

/** What went wrong, in words. */
export interface Failure {
  readonly task: Request['type'];
  /** `null` for what the library did not expect. */
  readonly code: ErrorCode | null;
  readonly message: string;
}

/** How training ended. */
export interface Outcome {
  /** Whether it was stopped early. */
  readonly stopped: boolean;
  /** Of the sentences that it never saw, the share that comes out exactly right; from 0 to 1. */
  readonly exact: number;
  /** How many those were. */
  readonly tested: number;
}

/** All there is to show of one translated sentence. */
export interface Translation {
  /** What the encoder read, with its start and end token. */
  readonly source: readonly SourceToken[];
  /** Best first. */
  readonly best: readonly TextHypothesis[];
}

/** A word as the model reads it. */
export interface SourceToken {
  readonly text: string;
  /** Whether the vocabulary has it. */
  readonly known: boolean;
}

/** A function for every type of message, which gets the messages of that type. */
export type Handlers<Message extends { readonly type: string }, Result> = {
  readonly [Type in Message['type']]: (message: Extract<Message, { readonly type: Type }>) => Result;
};
