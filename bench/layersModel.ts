import {
  dispose,
  logSoftmax,
  mean,
  mul,
  neg,
  oneHot,
  reshape,
  sum,
  tensor2d,
  tidy,
  train,
  variableGrads,
  zeros,
  type Scalar,
  type Tensor,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { createRandom } from '../src/core/random.js';
import type { ModelSizes } from './modelSizes.js';

/** The same model in tfjs-layers, trained step by step. Its GRU applies the reset gate before the product. */
export interface LayersModel {
  /** One update; reads the loss. */
  step(): number;
  dispose(): void;
}

/**
 * Builds it with random weights and random ids. It has no attention: tfjs-layers has no additive one. Its
 * layers are called one by one, since a `tf.model` passes the initial state of one recurrent layer on to the
 * next and then refuses it.
 */
export function layersModel({
  vocabulary,
  embedding,
  units,
  layers: depth,
  batch,
  length,
  dropout,
}: ModelSizes): LayersModel {
  const drop = layers.dropout({ rate: dropout });
  const side = () => ({
    embedding: layers.embedding({ inputDim: vocabulary, outputDim: embedding }),
    cells: Array.from({ length: depth }, () =>
      layers.gru({
        units,
        returnSequences: true,
        returnState: true,
        recurrentActivation: 'sigmoid',
        recurrentInitializer: 'glorotUniform',
      }),
    ),
  });
  const [encoder, decoder] = [side(), side()];
  const projection = layers.dense({ units: vocabulary });
  const all = [encoder, decoder]
    .flatMap(({ embedding: table, cells }) => [table, ...cells])
    .concat(projection as never);
  const training = { training: true };
  const run = ({ embedding: table, cells }: typeof encoder, ids: Tensor2D, start: Tensor[] | null) => {
    let x = drop.apply(table.apply(ids) as Tensor, training) as Tensor;
    const states = cells.map((cell, layer) => {
      const initialState = start === null ? {} : { initialState: [start[layer]] };
      const [output, state] = cell.apply(x, { ...training, ...initialState }) as [Tensor, Tensor];
      x = layer < depth - 1 ? (drop.apply(output, training) as Tensor) : output;
      return state;
    });
    return { states, features: x };
  };

  const random = createRandom(2);
  const ids = (time: number): Tensor2D =>
    tensor2d(
      Int32Array.from({ length: batch * time }, () => random.integer(vocabulary)),
      [batch, time],
      'int32',
    );
  const [sources, targets, labels] = [ids(length), ids(length - 1), ids(length - 1)] as const;
  const optimizer = train.adam(1e-3);
  const logits = (source: Tensor2D, target: Tensor2D): Tensor => {
    const { features } = run(decoder, target, run(encoder, source, null).states);
    return projection.apply(features) as Tensor;
  };
  const loss = (): Scalar => {
    const scores = reshape(logits(sources, targets), [-1, vocabulary]);
    const truth = oneHot(reshape(labels, [-1]), vocabulary, 1, 0, 'float32');
    return neg(mean(sum(mul(logSoftmax(scores), truth), 1))) as Scalar;
  };
  // A layer makes its weights when it first runs.
  tidy(() => logits(zeros([1, 1], 'int32'), zeros([1, 1], 'int32')));
  const weights = all.flatMap((layer) => layer.trainableWeights.map((weight) => weight.read() as Variable));
  return {
    step() {
      const { value, grads } = variableGrads(loss, weights);
      optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
      dispose(grads);
      const [number] = value.dataSync();
      value.dispose();
      return number as number;
    },
    dispose() {
      dispose([sources, targets, labels]);
      for (const layer of all) layer.dispose();
      optimizer.dispose();
    },
  };
}
