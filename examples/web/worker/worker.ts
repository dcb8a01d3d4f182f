/** Everything that calculates. The page only draws, and so stays smooth. */
import { io } from '@tensorflow/tfjs-core';
import { loadSeq2Seq, Seq2SeqError, type Seq2SeqModel } from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { phrasebook } from '../../phrasebook/phrasebook.js';
import type { Handlers, Reply, Request } from '../messages.js';
import { buildModel } from './buildModel.js';
import { trainModel } from './trainModel.js';
import { translate } from './translate.js';

const SAVED = 'indexeddb://tfjs-seq2seq-phrasebook';
const MOST_TESTED = 300;

let model: Seq2SeqModel | null = null;
let training = new AbortController();
let translating = new AbortController();

const tasks: Handlers<Request, void | Promise<void>> = {
  async start({ backend }) {
    const started = await useBackend(backend);
    post({ type: 'ready', backend: started, saved: SAVED in (await io.listModels()) });
  },

  async train({ pairs, epochs }) {
    training = new AbortController();
    const { signal } = training;
    const book = phrasebook({ pairs });
    const trained = replaceModel(buildModel(book.train, 1));
    const run = trainModel(trained, book, {
      epochs,
      signal,
      onProgress: (progress) => post({ type: 'progress', ...progress }),
      onSamples: (samples) => post({ type: 'samples', samples }),
    });
    const finished = await unlessAborted(run.then(() => true));
    const tested = book.heldOut.slice(0, MOST_TESTED);
    const { exactMatch } = await trained.evaluate(tested);
    post({ type: 'trained', stopped: finished === null, exact: exactMatch, tested: tested.length });
  },

  stop: () => training.abort(),

  async translate({ text }) {
    if (model === null) throw new Error('Train or load a model first.');
    translating.abort(); // what is typed last is what counts
    translating = new AbortController();
    const { signal } = translating;
    const found = await unlessAborted(
      translate(model, text, {
        signal,
        onToken({ token, logProbability }) {
          if (!signal.aborted) post({ type: 'token', token, probability: Math.exp(logProbability) });
        },
      }),
    );
    if (found !== null && !signal.aborted) post({ type: 'translated', ...found });
  },

  async save() {
    if (model === null) throw new Error('Train a model first.');
    await model.save(SAVED);
    post({ type: 'saved' });
  },

  async load() {
    const loaded = replaceModel(await loadSeq2Seq(SAVED));
    post({ type: 'loaded', weights: loaded.summary().total });
  },
};

addEventListener('message', ({ data }: MessageEvent<Request>) => void run(data));

async function run(request: Request): Promise<void> {
  try {
    await tasks[request.type](request as never); // each handler gets the request of its own type
  } catch (error) {
    const code = error instanceof Seq2SeqError ? error.code : null;
    const message = error instanceof Error ? error.message : String(error);
    post({ type: 'failed', task: request.type, code, message });
  }
}

function post(reply: Reply): void {
  postMessage(reply);
}

function replaceModel(next: Seq2SeqModel): Seq2SeqModel {
  model?.dispose();
  model = next;
  return next;
}

/** What was calculated, or `null` where it was stopped. */
async function unlessAborted<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Seq2SeqError && error.code === 'aborted') return null;
    throw error;
  }
}
