import '@tensorflow/tfjs-backend-cpu';
import {
  add,
  customGrad,
  memory,
  mul,
  onesLike,
  relu,
  reshape,
  scalar,
  setBackend,
  square,
  sum,
  tensor1d,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { disposeTensors } from '../../src/core/containers.js';
import { recordingGradients } from '../../src/core/engine.js';
import { softmaxCrossEntropy } from '../../src/ops/crossEntropy/softmaxCrossEntropy.js';
import { computeGradients } from '../../src/training/computeGradients.js';
import { expectValues } from '../support/closeTo.js';
import { variableOf } from '../support/variableOf.js';

beforeAll(() => setBackend('cpu'));
let before = 0;
beforeEach(() => void (before = memory().numTensors));

describe('computeGradients', () => {
  it('differentiates, with zeros where the loss does not reach', () => {
    const parameters = { w: variableOf([1, -2]), idle: variableOf([5, 6, 7]) };
    const { loss, gradients } = computeGradients(() => sum(relu(mul(parameters.w, 3))) as Scalar, parameters);
    expectValues(loss.dataSync(), [3]);
    expectValues(gradients['w']?.dataSync() as Float32Array, [3, 0]);
    expectValues(gradients['idle']?.dataSync() as Float32Array, [0, 0, 0]);
    disposeTensors([parameters, loss, gradients]);
    expect(memory().numTensors).toBe(before);
  });

  it('gives zeros where the loss reaches no parameter at all', () => {
    const w = variableOf(1);
    const { loss, gradients } = computeGradients(() => scalar(2), { w });
    expectValues(gradients['w']?.dataSync() as Float32Array, [0]);
    disposeTensors([w, loss, gradients]);
    expect(memory().numTensors).toBe(before);
  });

  it('leaves out frozen parameters and second names, and adds up a shared gradient', () => {
    const shared = variableOf([1, 2]);
    const frozen = variableOf([1, 2], false);
    const parameters = { first: shared, frozen, second: shared };
    const all = () => add(sum(mul(shared, frozen)), sum(square(shared))) as Scalar;
    const { loss, gradients } = computeGradients(all, parameters);
    expect(Object.keys(gradients)).toEqual(['first']);
    expectValues(gradients['first']?.dataSync() as Float32Array, [3, 6]);
    disposeTensors([parameters, loss, gradients]);
    expect(memory().numTensors).toBe(before);
  });

  it('tells operations whether they are being recorded', () => {
    const w = variableOf([1, 2]);
    const seen: boolean[] = [];
    const operation = customGrad((x: unknown) => {
      seen.push(recordingGradients());
      return { value: sum(x as Tensor), gradFunc: (dy: Tensor) => mul(dy, onesLike(w)) };
    });
    const { loss, gradients } = computeGradients(
      () => {
        seen.push(recordingGradients());
        return operation(w) as Scalar;
      },
      { w },
    );
    seen.push(recordingGradients());
    expect(seen).toEqual([true, false, false]); // in the loss, inside an operation, afterwards
    expectValues(gradients['w']?.dataSync() as Float32Array, [1, 1]);
    disposeTensors([w, loss, gradients]);
    expect(memory().numTensors).toBe(before);
  });

  it('frees everything when the loss throws', () => {
    const w = variableOf([1, 2]);
    const ids = tensor1d([0], 'int32');
    const failing = () => {
      softmaxCrossEntropy({ logits: reshape(w, [1, 2]), targets: ids });
      square(mul(w, 2));
      throw new Error('on purpose');
    };
    expect(() => computeGradients(failing, { w })).toThrow('on purpose');
    expect(recordingGradients()).toBe(false);
    disposeTensors([w, ids]);
    expect(memory().numTensors).toBe(before);
  });

  it('refuses nothing to train, and a loss that is no scalar', () => {
    const w = variableOf([1, 2]);
    expect(() => computeGradients(() => square(w) as never, { w })).toThrow(
      'computeGradients: expected a scalar loss but received [2]. Reduce it with mean or sum.',
    );
    w.dispose();
    expect(memory().numTensors).toBe(before);
    expect(() => computeGradients(() => scalar(1), {})).toThrow('at least one trainable parameter');
  });
});
