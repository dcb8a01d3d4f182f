import { keep, slice, tidy, type Tensor } from '@tensorflow/tfjs-core';

/**
 * A tensor, or tensors nested in arrays and plain objects. Leaves of `null` and `undefined` stay as they are.
 */
export type TensorContainer =
  Tensor | null | undefined | readonly TensorContainer[] | { readonly [key: string]: TensorContainer };

/**
 * Tells a tensor from the containers around it. There may be several copies of tfjs, so `instanceof` would
 * not do.
 */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'dataId' in value && 'shape' in value;
}

/** Applies `change` to every tensor and returns a container of the same form. */
export function mapTensors<T>(container: T, change: (tensor: Tensor) => Tensor): T {
  if (container === null || container === undefined) return container;
  if (isTensor(container)) return change(container) as T;
  if (Array.isArray(container)) return container.map((item) => mapTensors(item as unknown, change)) as T;
  if (typeof container !== 'object') return container;
  const entries = Object.entries(container).map(([key, item]) => [key, mapTensors(item as unknown, change)]);
  return Object.fromEntries(entries) as T;
}

/** The first `rows` rows of every tensor. A tensor that has no more stays what it is. */
export function firstRows<T>(container: T, rows: number): T {
  return mapTensors(container, (tensor) => (tensor.shape[0] === rows ? tensor : slice(tensor, [0], [rows])));
}

/** Every tensor of a container, each once, in the order of its properties. */
export function tensorsOf(container: unknown): Tensor[] {
  const found = new Set<Tensor>();
  mapTensors(container, (tensor) => {
    found.add(tensor);
    return tensor;
  });
  return [...found];
}

/**
 * Disposes of every tensor of `container` that `kept` does not hold as well. Tensors may be shared, or
 * disposed of already.
 */
export function disposeTensors(container: unknown, kept?: unknown): void {
  const spared = new Set(tensorsOf(kept));
  for (const tensor of tensorsOf(container)) {
    if (!spared.has(tensor) && !tensor.isDisposed) tensor.dispose();
  }
}

/** Protects every tensor of `container` from the `tf.tidy` around the caller, and returns the container. */
export function keepTensors<T>(container: T): T {
  for (const tensor of tensorsOf(container)) keep(tensor);
  return container;
}

/** `tf.tidy` for any container: frees what `compute` makes, but for the tensors of its result. */
export function tidyTensors<T>(compute: () => T): T {
  return tidy(() => compute() as never) as T;
}
