/** The functions of the compiled module (`assembly/index.ts`). Every pointer is a byte offset into tfjs's memory. */
export interface KernelExports {
  /** Bytes of scratch memory that every `scratch` parameter stands for. */
  scratchBytes(): number;
  /** c (+)= a · b; a transposed operand is stored as [depth, rows] or [columns, depth]. */
  matMul(
    a: number,
    transposeA: number,
    b: number,
    transposeB: number,
    c: number,
    rows: number,
    columns: number,
    depth: number,
    accumulate: number,
    scratch: number,
  ): void;
  /** c += bias, row by row. */
  addBias(c: number, bias: number, rows: number, columns: number): void;
  segmentSum(x: number, ids: number, count: number, size: number, segments: number, out: number): void;
  tanh(x: number, out: number, count: number): void;
  sigmoid(x: number, out: number, count: number): void;
  relu(x: number, out: number, count: number): void;
  recurrentForwardBytes(cell: number, batch: number, units: number): number;
  recurrentForward(
    cell: number,
    reverse: number,
    batch: number,
    time: number,
    units: number,
    x: number,
    mask: number,
    h0: number,
    c0: number,
    weight: number,
    bias: number,
    bundle: number,
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
}
