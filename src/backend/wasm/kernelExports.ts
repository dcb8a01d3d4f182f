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
}
