import { attribute, input, type NativeKernel } from '../nativeKernel.js';

/** Bytes of the logits that stand in memory at once. */
const CHUNK_BYTES = 8 * 1024 * 1024;

/**
 * The output projection with its loss and all gradients, as `src/ops/crossEntropy/projectedCrossEntropy.ts`
 * says.
 */
export const projectedCrossEntropy: NativeKernel = {
  name: 'Seq2SeqProjectedCrossEntropy',
  run(heap, call) {
    const features = input(call, 'features');
    const weight = input(call, 'weight');
    const { classWeights } = call.inputs;
    const training = attribute<boolean>(call, 'training');
    const [rows, size] = features.shape as [number, number];
    const classes = weight.shape[0] as number;
    // Chunks are about equal, have 32 rows or more where there are so many, and whole tiles of four.
    const most = Math.max(32, Math.floor(CHUNK_BYTES / (4 * Math.max(classes, 1))));
    const chunk = Math.max(4, 4 * Math.ceil(rows / Math.ceil(rows / most || 1) / 4));
    const loss = heap.output([]);
    const gradients = training
      ? [heap.output(features.shape), heap.output(weight.shape), heap.output([classes])]
      : [];
    const [dFeatures = 0, dWeight = 0, dBias = 0] = gradients.map((gradient) => heap.address(gradient));
    heap.borrow(4 * chunk * classes, (logits) => {
      const sum = heap.kernels.projectedCrossEntropy({
        features: heap.address(features),
        weight: heap.address(weight),
        bias: heap.address(input(call, 'bias')),
        targets: heap.address(input(call, 'targets')),
        scales: heap.address(input(call, 'scales')),
        classWeights: classWeights === undefined ? 0 : heap.address(classWeights),
        rows,
        size,
        classes,
        smoothing: attribute<number>(call, 'labelSmoothing'),
        chunk,
        dFeatures,
        dWeight,
        dBias,
        logits,
        scratch: heap.scratch,
      });
      heap.write(loss, sum);
    });
    return [loss, ...gradients];
  },
};
