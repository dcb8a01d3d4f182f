import { io, memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import { whitespaceTokenizer } from '../../src/data/tokenizers/whitespaceTokenizer.js';
import { Vocab } from '../../src/data/vocab.js';
import { greedy } from '../../src/decoding/greedySearch.js';
import { loadSeq2Seq } from '../../src/model/loadSeq2Seq.js';
import type { Seq2SeqModel } from '../../src/model/seq2seqModel.js';
import { adam } from '../../src/training/optimizers/adam.js';
import { builderOf } from '../combinations/combination.js';
import { coveringSet, describeCombination } from '../combinations/coveringSet.js';

const pairs = [
  ['i am cold', 'j ai froid'],
  ['i am hungry', 'j ai faim'],
  ['you are cold', 'tu as froid'],
  ['you are late', 'tu es en retard'],
  ['she is late', 'elle est en retard'],
  ['she sings', 'elle chante'],
  ['we sing', 'nous chantons'],
  ['we are ready', 'nous sommes prêts'],
  ['are you ready', 'es tu prêt'],
  ['stop', 'arrête'],
].map(([source = '', target = '']) => ({ source, target }));

const tokenizer = whitespaceTokenizer();
const vocab = Vocab.build(pairs.flatMap(({ source, target }) => [source.split(' '), target.split(' ')]));
const sources = pairs.map(({ source }) => source);

beforeAll(async () => {
  await useBackend('wasm');
});

describe('models in which every pair of options occurs', () => {
  test.each(coveringSet().map((combination) => [describeCombination(combination), combination] as const))(
    '%s: learns ten pairs by heart, and is the same after saving and loading',
    async (_, combination) => {
      const before = memory().numTensors;
      const model = builderOf(combination, { vocab, tokenizer }, 16).build({ seed: 3 });
      await learnByHeart(model);
      expect(memory().numTensors).toBe(before + Object.keys(model.parameters()).length);

      const loaded = await saveAndLoad(model);
      const [ours, theirs] = [await outputs(model), await outputs(loaded)];
      expect(ours.map(({ text }) => text)).toEqual(pairs.map(({ target }) => target));
      expect(theirs.map(({ ids }) => ids)).toEqual(ours.map(({ ids }) => ids));
      model.dispose();
      loaded.dispose();
      expect(memory().numTensors).toBe(before);
    },
    300_000, // on a busy machine
  );
});

/** Trains until every output is right; a round ends early where the loss is small. */
async function learnByHeart(model: Seq2SeqModel): Promise<void> {
  for (let round = 0; round < 8; round++) {
    const enough = new AbortController();
    const optimizer = adam({ learningRate: (step) => 0.01 * Math.min(1, (step + 1) / 20) });
    const onStep = ({ loss }: { loss: number }): void => {
      if (loss < 0.02) enough.abort();
    };
    await model
      .fit(pairs, { epochs: 100, optimizer, onStep, signal: enough.signal, seed: round })
      .catch((error: unknown) => {
        if (!enough.signal.aborted) throw error;
      });
    const found = await outputs(model);
    if (found.every(({ text }, i) => text === pairs[i]?.target)) return;
  }
}

async function outputs(model: Seq2SeqModel): Promise<{ text: string; ids: readonly number[] }[]> {
  const found = await model.generateBatch(sources, greedy({ maxLength: 8 }));
  return found.map(([best]) => ({ text: best?.text ?? '', ids: best?.ids ?? [] }));
}

async function saveAndLoad(model: Seq2SeqModel): Promise<Seq2SeqModel> {
  let artifacts: io.ModelArtifacts | undefined;
  await model.save(
    io.withSaveHandler((given) => {
      artifacts = given;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  return loadSeq2Seq(io.fromMemory(structuredClone(artifacts as io.ModelArtifacts)));
}
