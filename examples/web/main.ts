/** Joins the page to its worker: what the person does becomes a request, and each reply is shown. */
import type { Handlers, Reply, Request } from './messages.js';
import { readSettings } from './settings.js';
import { showAttention } from './view/attentionMap.js';
import { showBest } from './view/bestList.js';
import { find } from './view/find.js';
import { lossChart } from './view/lossChart.js';
import { showSamples } from './view/samplesTable.js';
import { showToken } from './view/tokenStream.js';

const { backend, pairs, epochs } = readSettings(location.search);
const backendSelect = find('backend', HTMLSelectElement);
const trainButton = find('train', HTMLButtonElement);
const stopButton = find('stop', HTMLButtonElement);
const saveButton = find('save', HTMLButtonElement);
const loadButton = find('load', HTMLButtonElement);
const translateButton = find('translate', HTMLButtonElement);
const statusLine = find('status', HTMLElement);
const problemLine = find('problem', HTMLElement);
const progressBar = find('progress', HTMLProgressElement);
const speedLine = find('speed', HTMLElement);
const streamLine = find('stream', HTMLElement);
const bestList = find('best', HTMLElement);
const attentionView = find('attention', HTMLElement);
const textInput = find('text', HTMLInputElement);
const chart = lossChart(find('loss', HTMLElement));

/** What the buttons depend on. */
const state = { working: true, training: false, hasModel: false, hasSaved: false };

const worker = new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module' });

const show: Handlers<Reply, void> = {
  ready({ backend: started, saved }) {
    update({ working: false, hasSaved: saved }, `Ready; calculates with ${started}.`);
  },

  progress({ update: step, updates, loss, tokensPerSecond, secondsLeft }) {
    if (!state.hasModel) update({ hasModel: true }, 'Learning … You can translate meanwhile.');
    chart.add(step, loss);
    progressBar.value = step / updates;
    const left = secondsLeft === null || step === updates ? '' : `, about ${Math.ceil(secondsLeft)} s left`;
    const speed = `${Math.round(tokensPerSecond)} tokens a second`;
    speedLine.textContent = `Update ${step} of ${updates}, loss ${loss.toFixed(3)}, ${speed}${left}`;
  },

  samples({ samples }) {
    showSamples(find('samples', HTMLTableElement), samples);
  },

  trained({ stopped, exact, tested }) {
    const share = `${(100 * exact).toFixed(0)} % of ${tested}`;
    const result = `${share} sentences that it has never seen come out exactly right.`;
    update(
      { working: false, training: false, hasModel: true },
      stopped ? `Stopped. The model is usable as it is: ${result}` : `Learnt. ${result}`,
    );
  },

  token({ token, probability }) {
    showToken(streamLine, token, probability);
  },

  translated({ source, best }) {
    showBest(bestList, best, (hypothesis) => showAttention(attentionView, source, hypothesis));
  },

  saved() {
    update({ working: false, hasSaved: true }, 'Saved in this browser.');
  },

  loaded({ weights }) {
    update({ working: false, hasModel: true }, `Loaded a model of ${weights.toLocaleString('en')} weights.`);
  },

  failed({ task, code, message }) {
    const nothingWorks = task === 'start' || code === 'device-failed';
    if (nothingWorks) update({ working: true, training: false, hasModel: false }, '');
    else if (task !== 'translate') update({ working: false, training: false }, '');
    showProblem(message);
  },
};

worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => show[data.type](data as never));
worker.addEventListener('error', ({ message }) => showProblem(message || 'The worker did not start.'));

backendSelect.value = backend;
backendSelect.addEventListener('change', () => {
  const query = new URLSearchParams(location.search);
  query.set('backend', backendSelect.value);
  location.search = query.toString(); // starts afresh
});
trainButton.addEventListener('click', () => {
  chart.clear();
  update({ working: true, training: true, hasModel: false }, 'Making up sentences …');
  ask({ type: 'train', pairs, epochs });
});
stopButton.addEventListener('click', () => ask({ type: 'stop' }));
saveButton.addEventListener('click', () => {
  update({ working: true }, 'Saving …');
  ask({ type: 'save' });
});
loadButton.addEventListener('click', () => {
  update({ working: true }, 'Loading …');
  ask({ type: 'load' });
});
find('form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  if (!state.hasModel) return;
  problemLine.hidden = true;
  for (const shown of [streamLine, bestList, attentionView]) shown.replaceChildren();
  ask({ type: 'translate', text: textInput.value });
});
ask({ type: 'start', backend });

function ask(request: Request): void {
  worker.postMessage(request);
}

function update(change: Partial<typeof state>, status: string): void {
  Object.assign(state, change);
  problemLine.hidden = true;
  statusLine.textContent = status;
  const { working, training, hasModel, hasSaved } = state;
  trainButton.disabled = working;
  stopButton.disabled = !training;
  saveButton.disabled = working || !hasModel;
  loadButton.disabled = working || !hasSaved;
  backendSelect.disabled = training;
  translateButton.disabled = !hasModel;
}

function showProblem(message: string): void {
  problemLine.textContent = message;
  problemLine.hidden = false;
}
