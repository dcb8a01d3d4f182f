import { readFileSync } from 'node:fs';
import {
  add,
  concat,
  expandDims,
  gather,
  matMul,
  mul,
  pad,
  reshape,
  sigmoid,
  slice,
  softmax,
  split,
  stack,
  sub,
  sum,
  tanh,
  tensor,
  tensor2d,
  tidy,
  transpose,
  zeros,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import type { StepFunction } from '../../src/contracts/stepFunction.js';

const FOLDER = new URL('../fixtures/torch/', import.meta.url);

/** The JSON of a golden case. */
export function readCase<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as T;
}

/** The tensors of a golden case, by name. */
function readTensors(name: string): (key: string) => Tensor {
  const bytes = readFileSync(new URL(`${name}.safetensors`, FOLDER));
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  return (key) => {
    const entry = header[key];
    if (entry === undefined) throw new Error(`${name} holds no ${key}`);
    const [from, to] = entry.data_offsets.map((offset) => offset + 8 + length) as [number, number];
    const buffer = new Uint8Array(bytes.subarray(from, to)).buffer;
    return entry.dtype === 'F32'
      ? tensor(new Float32Array(buffer), entry.shape, 'float32')
      : tensor(new Int32Array(buffer), entry.shape, 'int32');
  };
}

interface AttentionModel {
  step: StepFunction<Tensor2D, Memory>;
  state: Tensor2D;
  constants: Memory;
}

type Memory = { readonly outputs: Tensor3D; readonly mask: Tensor2D };

/**
 * The model of the golden beam searches, written out with tfjs operations: a model that is not this
 * library's.
 */
export function attentionModel(name: string): AttentionModel {
  const get = readTensors(name);
  const linear = (x: Tensor2D, prefix: string): Tensor2D =>
    add(matMul(x, get(`param.${prefix}weight`) as Tensor2D, false, true), get(`param.${prefix}bias`));
  const gru = (x: Tensor2D, h: Tensor2D, prefix: string, suffix: string): Tensor2D => {
    const of = (side: string, input: Tensor2D): Tensor2D[] =>
      split(
        add(
          matMul(input, get(`param.${prefix}weight_${side}_l0${suffix}`) as Tensor2D, false, true),
          get(`param.${prefix}bias_${side}_l0${suffix}`),
        ),
        3,
        1,
      );
    const [xr, xz, xn] = of('ih', x) as [Tensor2D, Tensor2D, Tensor2D];
    const [hr, hz, hn] = of('hh', h) as [Tensor2D, Tensor2D, Tensor2D];
    const z = sigmoid(add(xz, hz));
    const n = tanh(add(xn, mul(sigmoid(add(xr, hr)), hn)));
    return add(mul(sub(1, z), n), mul(z, h));
  };

  const encode = (ids: Tensor1D, time: number): [Tensor2D, Tensor2D] => {
    const embedded = gather(get('param.encoder.embedding.weight'), ids) as Tensor2D;
    const length = ids.shape[0];
    const hidden = (get('param.encoder.rnn.weight_hh_l0') as Tensor2D).shape[1];
    const run = (order: number[], suffix: string): Tensor2D[] => {
      let h: Tensor2D = zeros([1, hidden]);
      return order.map((t) => (h = gru(slice(embedded, [t, 0], [1, -1]), h, 'encoder.rnn.', suffix)));
    };
    const times = Array.from({ length }, (_, t) => t);
    const forward = run(times, '');
    const backward = run(times.toReversed(), '_reverse').toReversed();
    const outputs = concat(
      times.map((t) => concat([forward[t] as Tensor2D, backward[t] as Tensor2D], 1)),
      0,
    ); // [length, 2 * hidden]
    const summary = concat([forward.at(-1) as Tensor2D, backward[0] as Tensor2D], 1);
    // prettier-ignore
    return [pad(outputs, [[0, time - length], [0, 0]]), tanh(linear(summary, 'encoder.fc.'))];
  };

  const [outputs, state, mask] = tidy(() => {
    const source = get('in.src') as Tensor2D;
    const lengths = [...get('in.src_lengths').dataSync()];
    const time = source.shape[1];
    const encoded = lengths.map((length, i) =>
      encode(reshape(slice(source, [i, 0], [1, length]), [length]), time),
    );
    return [
      stack(encoded.map(([memory]) => memory)) as Tensor3D,
      concat(encoded.map(([, start]) => start), 0), // prettier-ignore
      tensor2d(lengths.map((length) => Array.from({ length: time }, (_, t) => (t < length ? 1 : 0)))),
    ];
  });

  const step: StepFunction<Tensor2D, Memory> = (last, h, _position, { outputs: memory, mask: real }) => {
    const [logits, next, attention] = tidy(() => {
      const [rows, time, size] = memory.shape;
      const embedded = gather(get('param.decoder.embedding.weight'), last) as Tensor2D;
      const query = mul(expandDims(h, 1), zeros([rows, time, h.shape[1]]));
      const joined = concat([add(query, expandDims(h, 1)), memory], 2);
      const energy = tanh(
        linear(reshape(joined, [rows * time, h.shape[1] + size]), 'decoder.attention.attn.'),
      );
      const scores = reshape(matMul(energy, transpose(get('param.decoder.attention.v.weight') as Tensor2D)), [
        rows,
        time,
      ]);
      const weights = softmax(add<Tensor2D>(scores, mul(sub(real, 1), 1e9)));
      const context = sum(mul(memory, expandDims(weights, 2)), 1) as Tensor2D;
      const output = gru(concat([embedded, context], 1), h, 'decoder.rnn.', '');
      return [linear(concat([output, context, embedded], 1), 'decoder.fc_out.'), output, weights];
    });
    return { logits, state: next, attention };
  };
  return { step, state, constants: { outputs, mask } };
}
