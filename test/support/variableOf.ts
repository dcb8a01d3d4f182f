import { tensor, variable, type TensorLike, type Variable } from '@tensorflow/tfjs-core';

/** A variable that alone owns its data. */
export function variableOf<V extends Variable = Variable>(values: TensorLike, trainable = true): V {
  const initial = tensor(values);
  const created = variable(initial, trainable);
  initial.dispose();
  return created as V;
}
