import '@tensorflow/tfjs-backend-cpu';
import { memory, ones, randomNormal, setBackend, tensor2d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import { seq2seq } from '../../src/builder/seq2seq.js';
import type { EncoderSpec, SequenceKind } from '../../src/contracts/encoder.js';
import { createRandom } from '../../src/core/random.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { convolutionalEncoder } from '../../src/encoders/convolutionalEncoder.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import { transformerEncoder } from '../../src/encoders/transformerEncoder.js';
import { tokenizer, vocab } from '../model/tinyModel.js';

const specs: Readonly<Record<string, EncoderSpec>> = {
  recurrentEncoder: recurrentEncoder({ units: 4, bidirectional: true }),
  convolutionalEncoder: convolutionalEncoder({ units: 4 }),
  transformerEncoder: transformerEncoder({ width: 4, heads: 2 }),
};
const tokens: SequenceKind = { kind: 'tokens', vocabSize: 9, padId: 0 };
const frames: SequenceKind = { kind: 'frames', features: 3 };

beforeAll(async () => {
  await setBackend('cpu');
});

describe.each(Object.keys(specs))('%s', (kind) => {
  const spec = specs[kind] as EncoderSpec;

  test.each<[string, SequenceKind, () => Tensor, () => Tensor, string]>([
    [
      'frames for tokens',
      tokens,
      () => ones([2, 5, 3]),
      () => ones([2, 5]),
      'ids [batch, time] of dtype int32',
    ],
    ['ids as floats', tokens, () => ones([2, 5]), () => ones([2, 5]), 'ids [batch, time] of dtype int32'],
    [
      'frames of another width',
      frames,
      () => ones([2, 5, 7]),
      () => ones([2, 5]),
      'frames [batch, time, 3] of dtype float32 but received "float32 [2,5,7]"',
    ],
    [
      'frames as whole numbers',
      frames,
      () => ones([2, 5, 3], 'int32'),
      () => ones([2, 5]),
      'frames [batch, time, 3] of dtype float32',
    ],
    [
      'ids for frames',
      frames,
      () => ones([2, 5], 'int32'),
      () => ones([2, 5]),
      'frames [batch, time, 3] of dtype float32',
    ],
    ['a mask of another time', frames, () => ones([2, 5, 3]), () => ones([2, 4]), 'a source mask of [2, 5]'],
    [
      'a mask of another batch',
      tokens,
      () => ones([2, 5], 'int32'),
      () => ones([1, 5]),
      'a source mask of [2, 5]',
    ],
    [
      'a mask of another rank',
      tokens,
      () => ones([2, 5], 'int32'),
      () => ones([10]),
      'a source mask of [2, 5]',
    ],
  ])('refuses %s', (_, source, input, mask, message) => {
    const before = memory().numTensors;
    const encoder = spec.build({ source, random: createRandom(1) });
    tidy(() => {
      expect(() => encoder.forward(input(), mask() as never)).toThrow(
        expect.objectContaining({
          code: 'invalid-shape',
          message: expect.stringContaining(message) as string,
        }),
      );
    });
    encoder.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('a row that is masked altogether gives zeros, and changes nothing about the others', () => {
    const before = memory().numTensors;
    const encoder = spec.build({ source: frames, random: createRandom(1) });
    tidy(() => {
      const input = randomNormal([2, 5, 3], 0, 1, 'float32', 7);
      const masked = encoder.forward(input, tensor2d([[1, 1, 1, 0, 0], [0, 0, 0, 0, 0]])); // prettier-ignore
      const whole = encoder.forward(input, tensor2d([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]])); // prettier-ignore
      for (const part of ['memory', 'summary'] as const) {
        const [first, second] = masked[part].arraySync() as number[][];
        expect(first).toEqual((whole[part].arraySync() as number[][])[0]);
        expect([second].flat(2).every((value) => value === 0)).toBe(true);
      }
    });
    encoder.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('in a model: frames of another width than declared, by their place', async () => {
    const model = seq2seq()
      .source({ features: 3 })
      .target({ vocab, tokenizer })
      .encoder(spec)
      .bridge(linearBridge())
      .decoder(recurrentDecoder({ units: 4 }))
      .build();
    const before = memory().numTensors;
    const bad = [[1, 2, 3], [1, 2]]; // prettier-ignore
    const error = (where: string): object => ({
      code: 'invalid-input',
      message: `${where}: expected 3 features in every frame but received 2. Look at frame 1.`,
    });
    await expect(model.generateBatch([[[1, 2, 3]], bad])).rejects.toMatchObject(
      error('generateBatch: source 1'),
    );
    await expect(model.fit([{ source: bad, target: 'a' }])).rejects.toMatchObject(
      error('fit: pair 0, source'),
    );
    await expect(model.score(bad, 'a')).rejects.toMatchObject(error('score: source'));
    await expect(model.generate('a')).rejects.toThrow('frames of 3 numbers but received "a"');
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });
});
