/** The sizes of a workload, as `baselines/torch_bench.py` of the project has them. */
export interface ModelSizes {
  readonly vocabulary: number;
  readonly embedding: number;
  readonly units: number;
  readonly layers: number;
  readonly attention: boolean;
  readonly batch: number;
  /** Tokens of a source and of a target, start and end included. */
  readonly length: number;
  readonly dropout: number;
}

/** Workloads by name; ids are drawn from the whole vocabulary, and no row is padded. */
export const modelSizes: Readonly<Record<string, ModelSizes>> = {
  gru2: {
    vocabulary: 10000,
    embedding: 256,
    units: 512,
    layers: 2,
    attention: false,
    batch: 32,
    length: 22,
    dropout: 0.5,
  },
  'gru2-browser': {
    vocabulary: 4000,
    embedding: 128,
    units: 256,
    layers: 1,
    attention: false,
    batch: 64,
    length: 12,
    dropout: 0.5,
  },
  attention: {
    vocabulary: 10000,
    embedding: 256,
    units: 512,
    layers: 1,
    attention: true,
    batch: 32,
    length: 22,
    dropout: 0.5,
  },
  'attention-browser': {
    vocabulary: 4000,
    embedding: 128,
    units: 256,
    layers: 1,
    attention: true,
    batch: 64,
    length: 12,
    dropout: 0.5,
  },
};
