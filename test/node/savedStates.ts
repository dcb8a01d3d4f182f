import type { io } from '@tensorflow/tfjs-core';

/** What a save of number `state` writes: every weight is that number, and so is the metadata. */
export function artifactsOf(state: number, floats = 1000): io.ModelArtifacts {
  return {
    modelTopology: { kind: 'test' },
    format: 'tfjs-seq2seq',
    weightSpecs: [{ name: 'kernel', shape: [floats], dtype: 'float32' }],
    weightData: new Float32Array(floats).fill(state).buffer,
    userDefinedMetadata: { state },
  };
}

/** The number of the one save that artifacts are of. @throws where they are not whole */
export function stateOf({ weightData, userDefinedMetadata }: io.ModelArtifacts): number {
  const { state } = userDefinedMetadata as { state: number };
  for (const part of [weightData ?? []].flat()) {
    if (!new Float32Array(part).every((value) => value === state))
      throw new Error(`not all of save ${state}`);
  }
  return state;
}
