import '@tensorflow/tfjs-backend-cpu';
import { io, memory } from '@tensorflow/tfjs-core';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../../src/backend/useBackend.js';
import { passBridge } from '../../../src/bridges/passBridge.js';
import { seq2seq } from '../../../src/builder/seq2seq.js';
import type { EncoderSpec } from '../../../src/contracts/encoder.js';
import { Seq2SeqError } from '../../../src/core/errors.js';
import type { JsonObject } from '../../../src/core/json.js';
import { charTokenizer } from '../../../src/data/tokenizers/charTokenizer.js';
import { customTokenizer } from '../../../src/data/tokenizers/customTokenizer.js';
import { wordTokenizer } from '../../../src/data/tokenizers/wordTokenizer.js';
import { Vocab } from '../../../src/data/vocab.js';
import { recurrentDecoder } from '../../../src/decoders/recurrentDecoder.js';
import { recurrentEncoder } from '../../../src/encoders/recurrentEncoder.js';
import { loadSeq2Seq } from '../../../src/model/loadSeq2Seq.js';
import {
  packArtifacts,
  unpackArtifacts,
  type ModelDescription,
} from '../../../src/model/weights/artifacts.js';
import type { Seq2SeqModel } from '../../../src/model/seq2seqModel.js';
import { fileSystemHandler } from '../../../src/node/fileSystemHandler.js';
import { inverseSigmoidDecay } from '../../../src/training/teacherForcing/inverseSigmoidDecay.js';
import { tinyModel, weightsOf } from '../tinyModel.js';

beforeAll(async () => {
  await useBackend('cpu');
});

/** Saves into memory. */
async function saved(model: Seq2SeqModel): Promise<io.ModelArtifacts> {
  let artifacts: io.ModelArtifacts | undefined;
  await model.save(
    io.withSaveHandler((given) => {
      artifacts = given;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  return structuredClone(artifacts as io.ModelArtifacts);
}

const load = (artifacts: io.ModelArtifacts, options = {}): Promise<Seq2SeqModel> =>
  loadSeq2Seq(io.fromMemory(artifacts), options);

/** A model of what is hard to save: other tokenizers, odd tokens, special tokens of other names and ids. */
function oddModel(): Seq2SeqModel {
  const words = wordTokenizer({ lowercase: true });
  const letters = charTokenizer();
  const source = Vocab.build([['__proto__', 'constructor', 'toString', 'na\u0308ive', '😀', '"quoted"\n']]);
  const target = Vocab.build([Array.from('__proto__ été')], {
    specialTokens: {
      pad: { token: '[PAD]', id: 3 },
      sos: { token: '[S]', id: 0 },
      eos: { token: '[E]', id: 1 },
      unk: { token: '[U]', id: 2 },
    },
  });
  return seq2seq()
    .source({ vocab: source, tokenizer: words, addSos: false })
    .target({ vocab: target, tokenizer: letters })
    .encoder(recurrentEncoder({ cell: 'lstm', units: 3, layers: 2, bidirectional: true, embeddingSize: 5 }))
    .bridge(passBridge())
    .decoder(recurrentDecoder({ cell: 'lstm', units: 6, layers: 2, input: ['summary', 'previous'] }))
    .teacherForcing(inverseSigmoidDecay({ k: 50 }), { per: 'token' })
    .build({ seed: 5 });
}

const inputs = ['__proto__ constructor', 'something unknown 😀', 'tostring'];

async function expectSame(copy: Seq2SeqModel, model: Seq2SeqModel): Promise<void> {
  expect(weightsOf(copy)).toEqual(weightsOf(model));
  expect(await copy.generateBatch(inputs)).toEqual(await model.generateBatch(inputs));
  const description = (await saved(model)).modelTopology;
  expect((await saved(copy)).modelTopology).toEqual(description);
}

describe('a loaded model is the saved one', () => {
  test('through memory', async () => {
    const before = memory().numTensors;
    const model = oddModel();
    const built = memory().numTensors - before;
    const copy = await load(await saved(model));
    expect(memory().numTensors).toBe(before + 2 * built);
    await expectSame(copy, model);
    expect(copy.parts.source).toMatchObject({ addSos: false, addEos: true });
    expect(copy.parts.target.vocab.toJSON()).toEqual(model.parts.target.vocab.toJSON());
    expect(copy.parts.teacherForcing.per).toBe('token');
    expect(copy.parts.teacherForcing.schedule(70)).toBe(inverseSigmoidDecay({ k: 50 })(70));
    model.dispose();
    expect(await copy.generate('__proto__')).toHaveLength(1); // it shares nothing with the first
    copy.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('through a folder, again after more training', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'seq2seq-'));
    try {
      const model = oddModel();
      const handler = fileSystemHandler(folder);
      for (let round = 0; round < 2; round++) {
        await model.save(handler);
        const copy = await loadSeq2Seq(handler);
        await expectSame(copy, model);
        copy.dispose();
        await model.fit([{ source: '__proto__', target: '__proto__' }], { epochs: 1 });
      }
      model.dispose();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('through a folder, saved at every epoch without waiting', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'seq2seq-'));
    try {
      const model = tinyModel();
      const saves: Promise<unknown>[] = [];
      await model.fit([{ source: 'a b', target: 'b a' }], {
        epochs: 12,
        onEpoch: () => void saves.push(model.save(fileSystemHandler(folder))),
      });
      const weights = weightsOf(model);
      await Promise.all(saves);
      const copy = await loadSeq2Seq(fileSystemHandler(folder));
      expect(weightsOf(copy)).toEqual(weights);
      expect(await readdir(folder)).toHaveLength(2);
      model.dispose();
      copy.dispose();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('weights in several buffers, keys in another order', async () => {
    const model = oddModel();
    const artifacts = await saved(model);
    const data = artifacts.weightData as ArrayBuffer;
    const reversed = Object.fromEntries(Object.entries(artifacts.modelTopology as object).reverse());
    const copy = await load({
      ...artifacts,
      modelTopology: reversed,
      weightData: [data.slice(0, 100), data.slice(100)],
    });
    await expectSame(copy, model);
    model.dispose();
    copy.dispose();
  });

  test('and can be trained on', async () => {
    const model = tinyModel();
    const copy = await load(await saved(model));
    const pairs = [{ source: 'a b', target: 'b a' }];
    expect((await copy.fit(pairs)).epochs.map(({ loss }) => loss)).toEqual(
      (await model.fit(pairs)).epochs.map(({ loss }) => loss),
    );
    model.dispose();
    copy.dispose();
  });
});

describe('damage is told by corrupt-file, and leaves no tensors', () => {
  /** Loads what `damage` makes of a saved model. */
  async function refused(
    damage: (artifacts: io.ModelArtifacts) => io.ModelArtifacts,
    message: RegExp | string,
  ) {
    const model = tinyModel();
    const artifacts = await saved(model);
    model.dispose();
    const before = memory().numTensors;
    const error: unknown = await load(damage(artifacts)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Seq2SeqError);
    expect((error as Seq2SeqError).message).toMatch(message);
    expect((error as Seq2SeqError).code).toBe('corrupt-file');
    expect(memory().numTensors).toBe(before);
  }
  const flipped = (data: io.WeightData | undefined, at: number): ArrayBuffer => {
    const bytes = new Uint8Array((data as ArrayBuffer).slice(0));
    bytes[at] = (bytes[at] as number) ^ 1;
    return bytes.buffer;
  };
  const topology = (artifacts: io.ModelArtifacts, change: object): io.ModelArtifacts => ({
    ...artifacts,
    modelTopology: { ...(artifacts.modelTopology as object), ...change },
  });

  test('truncated and extended weights', async () => {
    const cut = (bytes: number) => (artifacts: io.ModelArtifacts) => {
      return { ...artifacts, weightData: (artifacts.weightData as ArrayBuffer).slice(0, bytes) };
    };
    await refused(
      cut(-4),
      /^loadSeq2Seq: expected \d+ bytes of weights but received \d+\. The file is damaged/,
    );
    await refused(cut(-1), /bytes of weights/);
    await refused(cut(0), /bytes of weights/);
    const longer = (artifacts: io.ModelArtifacts): io.ModelArtifacts => ({
      ...artifacts,
      weightData: [artifacts.weightData as ArrayBuffer, new ArrayBuffer(4)],
    });
    await refused(longer, /bytes of weights/);
  });

  test.each([0, 1, 137])('one flipped bit in byte %i of the weights', async (at) => {
    await refused(
      (artifacts) => ({ ...artifacts, weightData: flipped(artifacts.weightData, at) }),
      /^loadSeq2Seq: expected checksum [0-9a-f]{8}, that of the content, but received "[0-9a-f]{8}"\./,
    );
  });

  test('another structure, vocabulary or weight name under the same checksum', async () => {
    await refused(
      (artifacts) => topology(artifacts, { encoder: { kind: 'passBridge', config: {} } }),
      /checksum/,
    );
    await refused((artifacts) => topology(artifacts, { extra: 1 }), /checksum/);
    await refused((artifacts) => {
      const [first, ...rest] = artifacts.weightSpecs ?? [];
      return {
        ...artifacts,
        weightSpecs: [{ ...(first as io.WeightsManifestEntry), name: 'other' }, ...rest],
      };
    }, /checksum/);
    await refused(
      (artifacts) => topology(artifacts, { checksum: undefined }),
      /checksum [0-9a-f]{8}, that of the content, but received undefined/,
    );
  });

  test('another format or version, and no model at all', async () => {
    await refused(
      (artifacts) => topology(artifacts, { format: 'layers-model' }),
      /a model saved by tfjs-seq2seq/,
    );
    await refused(
      (artifacts) => topology(artifacts, { version: 2 }),
      /version 1 of the format but received 2\./,
    );
    await refused(() => ({}), /a model saved by tfjs-seq2seq but received/);
    await refused((artifacts) => ({ ...artifacts, modelTopology: new ArrayBuffer(8) }), /a model saved by/);
    await refused(
      ({ modelTopology }) => ({ modelTopology: modelTopology as object }),
      /expected weights but/,
    );
    await refused((artifacts) => {
      const [first, ...rest] = artifacts.weightSpecs ?? [];
      const other = { ...(first as io.WeightsManifestEntry), dtype: 'int32' as const };
      return { ...artifacts, weightSpecs: [other, ...rest] };
    }, /float32 weights with a name and a shape/);
    await refused((artifacts) => {
      const [first, ...rest] = artifacts.weightSpecs ?? [];
      return { ...artifacts, weightSpecs: [{ ...(first as io.WeightsManifestEntry), shape: [-1] }, ...rest] };
    }, /float32 weights with a name and a shape/);
    await refused((artifacts) => {
      return { ...artifacts, weightSpecs: [null as never] };
    }, /float32 weights with a name and a shape/);
    await refused((artifacts) => {
      const [first, ...rest] = artifacts.weightSpecs as [
        io.WeightsManifestEntry,
        ...io.WeightsManifestEntry[],
      ];
      const renamed = rest.map((spec, i) => (i === 0 ? { ...spec, name: first.name } : spec));
      return { ...artifacts, weightSpecs: [first, ...renamed] };
    }, /every weight once but received "encoder\.embedding\.weight"/);
  });

  test.each([5000, 200_000])('%i levels of nesting', async (levels) => {
    const nested = JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as object;
    await refused((artifacts) => topology(artifacts, { encoder: nested }), /JSON of at most 100 levels/);
    await refused((artifacts) => topology(artifacts, { version: nested }), /version 1 of the format/);
    await refused((artifacts) => ({ ...artifacts, weightSpecs: [nested as never] }), /float32 weights/);
    await refused((artifacts) => ({ ...artifacts, modelTopology: nested }), /a model saved by/);
  });

  describe('a forged checksum does not help', () => {
    const forge =
      (change: (description: Record<string, JsonObject>) => void) => (artifacts: io.ModelArtifacts) => {
        const { description, weights } = unpackArtifacts(artifacts);
        const altered = structuredClone(description) as unknown as Record<string, JsonObject>;
        change(altered);
        return packArtifacts(altered as unknown as ModelDescription, weights);
      };
    const config = (part: string, change: JsonObject) =>
      forge((description) => {
        const { kind, config } = description[part] as { kind: string; config: JsonObject };
        description[part] = { kind, config: { ...config, ...change } };
      });

    test.each([
      ['a huge width', 'encoder', { units: 1e6 }],
      ['a huge width of the decoder', 'decoder', { units: 1e6 }],
      ['a width past all numbers', 'encoder', { units: 2 ** 52 }],
      ['a huge depth', 'encoder', { layers: 1e9 }],
      ['a huge embedding', 'decoder', { embeddingSize: 1e9 }],
    ])('%s: refused without allocating', async (_, part, change) => {
      const before = memory().numBytes;
      const heap = process.memoryUsage().arrayBuffers;
      await refused(config(part, change), /numbers too many/);
      expect(memory().numBytes).toBe(before);
      expect(process.memoryUsage().arrayBuffers - heap).toBeLessThan(2 ** 20);
    });

    test('options that no block takes', async () => {
      const text = /^loadSeq2Seq: the file describes a model that cannot be built: /;
      await refused(config('encoder', { units: -1 }), text);
      await refused(config('encoder', { cell: 'rwkv' }), text);
      await refused(config('decoder', { input: ['attention'] }), text);
      await refused(config('decoder', { hidden: 1 }), text);
      await refused(
        forge((description) => (description['bridge'] = { kind: 'passBridge', config: {} })),
        text,
      );
    });

    test('values that look like a class', async () => {
      const odd = { constructor: { name: { toString: 1 } } };
      const model = tinyModel();
      const artifacts = await saved(model);
      model.dispose();
      const { description } = unpackArtifacts(artifacts);
      for (const part of ['source', 'target', 'encoder', 'bridge', 'decoder', 'teacherForcing']) {
        const whole = description[part] as JsonObject;
        for (const value of [odd, ...Object.keys(whole).map((key) => ({ ...whole, [key]: odd }))]) {
          const error: unknown = await load(forge((altered) => (altered[part] = value))(artifacts)).then(
            (loaded) => loaded.dispose(), // `addSos` is on unless it is false
            (thrown: unknown) => thrown,
          );
          if (error === undefined) continue;
          expect((error as Seq2SeqError).code).toMatch(/^(corrupt-file|missing-part)$/);
          expect((error as Error).message.length).toBeLessThan(1000);
        }
      }
    });

    test('parts that are none', async () => {
      await refused(
        forge((description) => delete description['encoder']),
        /expected a encoder but|an encoder/,
      );
      await refused(
        forge((description) => (description['encoder'] = { kind: 'passBridge', config: {} })),
        /received "passBridge"/,
      );
      await refused(
        forge((description) => delete description['teacherForcing']),
        /a schedule/,
      );
      await refused(
        forge((description) => delete description['source']),
        /a source/,
      );
      await refused(
        forge((description) => {
          const { vocab, ...side } = description['target'] as JsonObject;
          description['target'] = { ...side, vocab: { ...(vocab as JsonObject), tokens: [] } };
        }),
        /Vocab\.fromJSON/,
      );
      await refused(
        forge((description) => {
          const { schedule } = description['teacherForcing'] as JsonObject;
          description['teacherForcing'] = { schedule: schedule as JsonObject, per: 'epoch' };
        }),
        /per to be one of/,
      );
    });

    test('weights of other names, shapes or number', async () => {
      const weights =
        (change: (list: { name: string; shape: number[]; values: Float32Array }[]) => void) =>
        (artifacts: io.ModelArtifacts): io.ModelArtifacts => {
          const { description, weights } = unpackArtifacts(artifacts);
          const list = weights.map(({ name, shape, values }) => ({ name, shape: [...shape], values }));
          change(list);
          return packArtifacts(description, list);
        };
      await refused(
        weights((list) => list.pop()),
        /numbers too many/,
      );
      await refused(
        weights(([first]) => ((first as { name: string }).name = 'other')),
        /cannot be built: .*\n- encoder\.embedding\.weight: nothing instead of float32 \[9, 5\]\n- other: float32 \[9, 5\] instead of nothing$/,
      );
      await refused(
        weights(([first]) => (first as { shape: number[] }).shape.reverse()),
        /\n- encoder\.embedding\.weight: float32 \[5, 9\] instead of float32 \[9, 5\]$/,
      );
      const extra = { name: 'extra', shape: [1], values: Float32Array.of(0) };
      await refused(
        weights((list) => list.push(extra)),
        /\n- extra: float32 \[1\] instead of nothing$/,
      );
    });
  });

  test('a folder whose weights were cut', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'seq2seq-'));
    try {
      const model = tinyModel();
      await model.save(fileSystemHandler(folder));
      model.dispose();
      const name = (await readdir(folder)).find((file) => file.endsWith('.bin')) as string;
      const path = join(folder, name);
      await writeFile(path, (await readFile(path)).subarray(0, -4));
      await expect(loadSeq2Seq(fileSystemHandler(folder))).rejects.toMatchObject({ code: 'corrupt-file' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('what cannot travel is handed in', () => {
  const commas = customTokenizer({
    name: 'commas',
    tokenize: (text) => text.split(','),
    detokenize: (tokens) => tokens.join(','),
  });
  const build = (encoder: EncoderSpec, tokenizer = commas): Seq2SeqModel => {
    const vocab = Vocab.build([['a', 'b']]);
    return seq2seq()
      .source({ vocab, tokenizer })
      .target({ vocab, tokenizer })
      .encoder(encoder)
      .decoder(recurrentDecoder({ units: 3 }))
      .build();
  };

  test('a custom tokenizer', async () => {
    const model = build(recurrentEncoder({ units: 3 }));
    const artifacts = await saved(model);
    await expect(load(artifacts)).rejects.toMatchObject({
      code: 'missing-part',
      message: expect.stringContaining(`a tokenizer named 'commas' to be handed in`) as unknown,
    });
    for (const tokenizers of [commas, [undefined], null]) {
      await expect(load(artifacts, { tokenizers })).rejects.toMatchObject({
        code: 'invalid-option',
        message: expect.stringMatching(
          /^loadSeq2Seq: expected tokenizers to be a list of tokenizers but received .*\. Write \{ tokenizers: \[myTokenizer\] \}\.$/,
        ) as unknown,
      });
    }
    const copy = await load(artifacts, { tokenizers: [commas] });
    expect(await copy.generate('a,b')).toEqual(await model.generate('a,b'));
    model.dispose();
    copy.dispose();
  });

  test("a block of one's own", async () => {
    const custom = (config: { units?: number }): EncoderSpec => {
      const inner = recurrentEncoder({ units: config.units ?? 3, bidirectional: false });
      return { ...inner, kind: 'myEncoder', config: { units: config.units ?? 3 } };
    };
    const model = build(custom({ units: 3 }));
    const artifacts = await saved(model);
    const tokenizers = [commas];
    const before = memory().numTensors;
    await expect(load(artifacts, { tokenizers })).rejects.toMatchObject({
      code: 'missing-part',
      message:
        `loadSeq2Seq: expected a factory for the model's encoder but received "myEncoder". ` +
        'Pass it as { blocks: { myEncoder: (config) => … } }.',
    });
    expect(memory().numTensors).toBe(before);
    const copy = await load(artifacts, { tokenizers, blocks: { myEncoder: custom } });
    expect(await copy.generate('b')).toEqual(await model.generate('b'));
    model.dispose();
    copy.dispose();
  });

  test('a block that finds no memory is no damage of the file', async () => {
    const inner = recurrentEncoder({ units: 3 });
    const model = build({ ...inner, kind: 'myEncoder' });
    const artifacts = await saved(model);
    model.dispose();
    for (const code of ['out-of-memory', 'device-failed'] as const) {
      const full = (): never => {
        throw new Seq2SeqError(code, 'no room');
      };
      const blocks = { myEncoder: () => ({ ...inner, kind: 'myEncoder', build: full }) };
      const before = memory().numTensors;
      await expect(load(artifacts, { tokenizers: [commas], blocks })).rejects.toMatchObject({ code });
      expect(memory().numTensors).toBe(before);
    }
  });

  test('a config that nests too deeply to load is not saved', async () => {
    const config = JSON.parse('{"a":'.repeat(101) + '1' + '}'.repeat(101)) as JsonObject;
    const model = build({ ...recurrentEncoder({ units: 3 }), kind: 'myEncoder', config });
    await expect(saved(model)).rejects.toMatchObject({ code: 'invalid-input' });
    model.dispose();
  });

  test('kinds of the prototype chain are not blocks', async () => {
    const model = build({ ...recurrentEncoder({ units: 3 }), kind: 'constructor' });
    const artifacts = await saved(model);
    model.dispose();
    await expect(load(artifacts, { tokenizers: [commas] })).rejects.toMatchObject({ code: 'missing-part' });
  });
});

describe('where to', () => {
  test('a handler that cannot save or load, and a URL that nothing handles', async () => {
    const model = tinyModel();
    const before = memory().numTensors;
    for (const target of ['nowhere://x', {}, undefined]) {
      await expect(model.save(target as string)).rejects.toMatchObject({
        code: 'invalid-input',
        message: expect.stringMatching(
          /^save: expected a URL or IO handler that can save but received /,
        ) as unknown,
      });
      await expect(loadSeq2Seq(target as string)).rejects.toMatchObject({
        code: 'invalid-input',
        message: expect.stringMatching(
          /^loadSeq2Seq: expected a URL or IO handler that can load but received /,
        ) as unknown,
      });
    }
    await expect(loadSeq2Seq('x', { tokenizer: [] } as never)).rejects.toMatchObject({
      code: 'invalid-option',
    });
    expect(memory().numTensors).toBe(before);
    model.dispose();
    await expect(saved(model)).rejects.toMatchObject({ code: 'disposed' });
  });

  test('what cannot be read has a code of its own, with the reason', async () => {
    const page = createServer((request, response) => {
      if (request.url !== '/page/model.json') response.statusCode = 404;
      response.end('<!doctype html>');
    });
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
    const { port } = page.address() as AddressInfo;
    const server = `http://127.0.0.1:${port}`;
    const unreadable: [string | io.IOHandler, RegExp][] = [
      [`${server}/nothing/model.json`, /nothing\/model\.json failed with status code 404/],
      [`${server}/page/model.json`, /parse model JSON/],
      [io.http(`${server}/nothing/model.json`), /status code 404/],
      [{ load: () => Promise.reject(new Error('no space left')) }, /no space left/],
      [fileSystemHandler(join(tmpdir(), 'nothing-was-ever-saved-here')), /a folder with a saved model/],
    ];
    const before = memory().numTensors;
    for (const [from, message] of unreadable) {
      const error: unknown = await loadSeq2Seq(from).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'Seq2SeqError', code: 'load-failed' });
      expect((error as Error).message).toMatch(message);
    }
    const closed = new Promise((resolve) => page.close(resolve));
    page.closeAllConnections();
    await closed;
    const refused: unknown = await loadSeq2Seq(`${server}/model.json`).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ code: 'load-failed', cause: expect.any(Error) as unknown });
    expect((refused as Error).message).toMatch(/^loadSeq2Seq: no model could be read: /);
    expect(memory().numTensors).toBe(before);
  });

  test('a failing store has a code of its own, with the reason', async () => {
    const model = tinyModel();
    const cause = new Error('disk full');
    await expect(model.save(io.withSaveHandler(() => Promise.reject(cause)))).rejects.toMatchObject({
      code: 'save-failed',
      message: 'save: the model could not be written: disk full',
      cause,
    });
    const told = new Seq2SeqError('aborted', 'stopped');
    await expect(model.save(io.withSaveHandler(() => Promise.reject(told)))).rejects.toBe(told);
    model.dispose();
  });
});
