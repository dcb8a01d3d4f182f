/** The functions of the compiled module (`assembly/index.ts`). Every pointer is a byte offset into tfjs's memory. */
export interface KernelExports {
  /** Bytes of scratch memory that every `scratch` parameter stands for. */
  scratchBytes(): number;
  /**
   * c = start + a · b; a transposed operand is stored as [depth, rows] or [columns, depth]. `start` is 0 for nothing, c itself,
   * or a row for every row of c.
   */
  matMul(
    a: number,
    transposeA: number,
    b: number,
    transposeB: number,
    c: number,
    rows: number,
    columns: number,
    depth: number,
    start: number,
    scratch: number,
  ): void;
  /** Bytes of a packed right operand. */
  packedBytes(columns: number, depth: number): number;
  /** Packs b, which is stored as [columns, depth] if transposed. */
  packRight(b: number, transposed: number, columns: number, depth: number, packed: number): void;
  /** c = bias + a · b, where b is there packed as well; the bias is a row, or 0 for none. */
  matMulPacked(
    a: number,
    b: number,
    transposed: number,
    packed: number,
    c: number,
    rows: number,
    columns: number,
    depth: number,
    bias: number,
    scratch: number,
  ): void;
  segmentSum(x: number, ids: number, count: number, size: number, segments: number, out: number): void;
  /** The position of the first int32 number outside [0, size), or -1. */
  findOutside(ids: number, count: number, size: number): number;
  /** Picks rows of `bytes` by number. */
  gatherRows(
    x: number,
    ids: number,
    out: number,
    batch: number,
    outer: number,
    size: number,
    count: number,
    bytes: number,
  ): void;
  /** Copies runs of bytes that stand `stride` bytes apart. */
  copyRuns(from: number, to: number, count: number, bytes: number, stride: number): void;
  /** Sums x `[outer, rows, columns]` over its rows. */
  sumRows(x: number, out: number, outer: number, rows: number, columns: number): void;
  logSumExp(x: number, rows: number, size: number, out: number): void;
  topK(x: number, rows: number, size: number, k: number, values: number, indices: number): void;
  tanh(x: number, out: number, count: number): void;
  sigmoid(x: number, out: number, count: number): void;
  /** In place; `assembly/unary.ts` numbers the activations. */
  activate(activation: number, x: number, count: number, slope: number): void;
  recurrentForwardBytes(cell: number, batch: number, units: number): number;
  recurrentForward(
    cell: number,
    reverse: number,
    batch: number,
    time: number,
    units: number,
    x: number,
    places: number,
    mask: number,
    h0: number,
    c0: number,
    weight: number,
    bias: number,
    outputs: number,
    outputBytes: number,
    h: number,
    c: number,
    stateBytes: number,
    states: number,
    gates: number,
    work: number,
    scratch: number,
  ): void;
  recurrentBackwardBytes(cell: number, batch: number, time: number, units: number): number;
  recurrentBackward(
    cell: number,
    reverse: number,
    batch: number,
    time: number,
    units: number,
    dy: number,
    places: number,
    mask: number,
    h0: number,
    c0: number,
    weight: number,
    states: number,
    gates: number,
    dx: number,
    dh: number,
    dc: number,
    dWeight: number,
    dBias: number,
    work: number,
    scratch: number,
  ): void;
  projectedCrossEntropy(
    features: number,
    weight: number,
    bias: number,
    targets: number,
    scales: number,
    classWeights: number,
    rows: number,
    size: number,
    classes: number,
    smoothing: number,
    chunk: number,
    dFeatures: number,
    dWeight: number,
    dBias: number,
    logits: number,
    scratch: number,
  ): number;
  adam(
    parameter: number,
    gradient: number,
    m: number,
    v: number,
    scale: number,
    parameterOut: number,
    mOut: number,
    vOut: number,
    count: number,
    learningRate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    correction1: number,
    correction2: number,
  ): void;
  scale(x: number, factor: number, out: number, count: number): void;
  sumOfSquares(x: number, count: number): number;
  dropoutMask(out: number, count: number, seed: number, threshold: number, kept: number): void;
  layerNorm(
    x: number,
    scale: number,
    shift: number,
    rows: number,
    size: number,
    epsilon: number,
    y: number,
    mean: number,
    rstd: number,
  ): void;
  layerNormGrad(
    dy: number,
    x: number,
    scale: number,
    mean: number,
    rstd: number,
    rows: number,
    size: number,
    dx: number,
    dScale: number,
    dShift: number,
  ): void;
  additiveScores(
    queries: number,
    keys: number,
    energy: number,
    batch: number,
    queryCount: number,
    keyCount: number,
    units: number,
    scores: number,
  ): void;
  additiveScoresGrad(
    dy: number,
    queries: number,
    keys: number,
    energy: number,
    batch: number,
    queryCount: number,
    keyCount: number,
    units: number,
    dQueries: number,
    dKeys: number,
    dEnergy: number,
  ): void;
  filterGradient(
    x: number,
    dy: number,
    batch: number,
    height: number,
    width: number,
    channels: number,
    filterHeight: number,
    filterWidth: number,
    strideHeight: number,
    strideWidth: number,
    top: number,
    left: number,
    outHeight: number,
    outWidth: number,
    outChannels: number,
    chunk: number,
    out: number,
    work: number,
    scratch: number,
  ): void;
}
