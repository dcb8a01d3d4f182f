/** Token ids of one sentence, as {@link Vocab.encode} gives them. */
export type Ids = readonly number[] | Int32Array;

/** One sequence of frames, `[time][features]`: speech, sensors, image columns. */
export type Frames = readonly (readonly number[] | Float32Array)[];

/** A source and the target that belongs to it, each as ids without start and end tokens, or as frames. */
export interface Example {
  /** What the encoder reads. */
  readonly source: Ids | Frames;
  /** What the decoder should write. */
  readonly target: Ids | Frames;
}

/** Whether a sequence is made of frames; an empty one counts as ids. */
export function isFrames(sequence: Ids | Frames): sequence is Frames {
  return typeof sequence[0] === 'object';
}
