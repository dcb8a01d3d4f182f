import { product } from './product';

/**
 * The windows of one image, each as a row: [outHeight * outWidth, filterHeight * filterWidth * channels].
 * It holds 0 where a window stands out over the image. Channels are last everywhere.
 */
function windows(
  x: usize, height: i32, width: i32, channels: i32, filterHeight: i32, filterWidth: i32,
  strideHeight: i32, strideWidth: i32, top: i32, left: i32, outHeight: i32, outWidth: i32, out: usize,
): void {
  const pixel = <usize>channels << 2;
  for (let row = 0; row < outHeight; row++) {
    for (let column = 0; column < outWidth; column++) {
      for (let i = 0; i < filterHeight; i++) {
        const y = row * strideHeight + i - top;
        for (let j = 0; j < filterWidth; j++) {
          const at = column * strideWidth + j - left;
          if (y >= 0 && y < height && at >= 0 && at < width) {
            memory.copy(out, x + <usize>(y * width + at) * pixel, pixel);
          } else {
            memory.fill(out, 0, pixel);
          }
          out += pixel;
        }
      }
    }
  }
}

/**
 * The gradient of a convolution for its filter: windowsᵀ dy, with the windows of `chunk` images at a time.
 *
 * @param work room for the windows of `chunk` images
 */
export function filterGradient(
  x: usize, dy: usize, batch: i32, height: i32, width: i32, channels: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, top: i32, left: i32,
  outHeight: i32, outWidth: i32, outChannels: i32, chunk: i32, out: usize, work: usize, scratch: usize,
): void {
  const positions = outHeight * outWidth, window = filterHeight * filterWidth * channels;
  const windowRow = <usize>window << 2, outRow = <usize>outChannels << 2;
  const image = <usize>(height * width * channels) << 2;
  if (batch == 0) memory.fill(out, 0, <usize>window * outRow);
  for (let start = 0; start < batch; start += chunk) {
    const count = min(chunk, batch - start);
    for (let b = 0; b < count; b++) {
      windows(
        x + <usize>(start + b) * image, height, width, channels, filterHeight, filterWidth,
        strideHeight, strideWidth, top, left, outHeight, outWidth, work + <usize>(b * positions) * windowRow,
      );
    }
    const d = dy + <usize>(start * positions) * outRow;
    const before: usize = start > 0 ? out : 0, depth = count * positions;
    product(work, 4, windowRow, d, outRow, 4, out, outRow, window, outChannels, depth, before, scratch);
  }
}
