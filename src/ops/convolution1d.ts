import {
  add,
  concat,
  customGrad,
  matMul,
  pad,
  reshape,
  slice,
  sum,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { addAll } from '../core/addAll.js';

/**
 * A convolution over time that keeps the length: `y[t] = bias + Σ_k weight[k] x[t + k * dilation - left]`,
 * where `left` is `floor(dilation * (kernel - 1) / 2)` and the input is 0 outside.
 *
 * The windows are laid side by side and multiplied once, so that it trains on every backend (tfjs has no
 * gradient of a convolution on wasm). The backward pass lays them out again instead of keeping them.
 *
 * @param x `[batch, time, in]`
 * @param weight `[out, in, kernel]`, PyTorch's layout
 * @param bias `[out]`
 * @param dilation distance between the taps of the kernel, from 1
 * @returns `[batch, time, out]`
 *
 * @example
 * ```ts
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { convolution1d } from 'tfjs-seq2seq';
 * import { tensor1d, tensor3d } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const y = convolution1d(tensor3d([[[1], [2], [3]]]), tensor3d([[[1, 10, 100]]]), tensor1d([0]), 1);
 * console.log(y.arraySync()); // [[[210], [321], [32]]]
 * ```
 */
export function convolution1d(x: Tensor3D, weight: Tensor3D, bias: Tensor1D, dilation: number): Tensor3D {
  const [batch, time, inputs] = x.shape;
  const [outputs, , kernel] = weight.shape;
  const left = Math.floor((dilation * (kernel - 1)) / 2);
  const offsets = Array.from({ length: kernel }, (_, tap) => tap * dilation - left);
  const rows = batch * time;

  const windows = (input: Tensor3D): Tensor2D =>
    reshape(
      concat(
        offsets.map((offset) => shift(input, offset)),
        2,
      ),
      [rows, kernel * inputs],
    );
  const matrix = (filters: Tensor3D): Tensor2D =>
    reshape(transpose(filters, [0, 2, 1]), [outputs, kernel * inputs]);

  const convolve = customGrad((...all: unknown[]) => {
    const [input, filters, shiftBy, save] = all as [
      Tensor3D,
      Tensor3D,
      Tensor1D,
      (tensors: Tensor[]) => void,
    ];
    save([input, filters]);
    const product = matMul(windows(input), matrix(filters), false, true);
    const value = reshape(add(product, shiftBy), [batch, time, outputs]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] =>
      tidy(() => {
        const [keptInput, keptFilters] = saved as [Tensor3D, Tensor3D];
        const dRows = reshape(dy, [rows, outputs]);
        const dMatrix = reshape(matMul(dRows, windows(keptInput), true), [outputs, kernel, inputs]);
        const flat = matMul(dRows, matrix(keptFilters));
        const dWindows = reshape<Rank.R3>(flat, [batch, time, kernel * inputs]);
        const dTaps = offsets.map((offset, tap) =>
          shift(slice(dWindows, [0, 0, tap * inputs], [batch, time, inputs]), -offset),
        );
        return [addAll(dTaps), transpose(dMatrix, [0, 2, 1]), sum(dRows, 0)];
      });
    return { value, gradFunc };
  });
  return convolve(x, weight, bias) as Tensor3D;
}

/** `y[t] = x[t + offset]`, and 0 where that lies outside. */
function shift(x: Tensor3D, offset: number): Tensor3D {
  const [batch, time, size] = x.shape;
  const missing = Math.abs(offset);
  if (missing === 0) return x;
  if (missing >= time) return zeros([batch, time, size]);
  const kept = slice(x, [0, Math.max(offset, 0), 0], [batch, time - missing, size]);
  return pad(kept, [[0, 0], offset > 0 ? [0, missing] : [missing, 0], [0, 0]]);
}
