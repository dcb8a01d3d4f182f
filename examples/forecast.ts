/**
 * Forecasts several series of numbers at once: reads a week of frames of floats and writes the next day.
 *
 * The series are made up: the air pressure at a harbour, and the level of its water, which follows moon, sun
 * and weather. The test is the last fifth of the time. The figure says how large the error is beside that of
 * the best naive forecast: as now, as a day ago, as a week ago.
 *
 *   npm run example -- forecast
 *
 *   --train FILE       series of your own, a CSV of numbers: a line a time step, a column a series;
 *                      a heading is left out
 *   --examples N       how many time steps it makes up; default 4000
 *   --horizon N        how many steps it forecasts, from 7 times as many before them;
 *                      default 12, a day in steps of two hours
 *   --epochs N         default 30
 *   --seed N           default 1
 */
import { readFileSync } from 'node:fs';
import {
  adam,
  createRandom,
  frameLoss,
  linearBridge,
  linearDecay,
  recurrentDecoder,
  recurrentEncoder,
  seq2seq,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { progressBar } from 'tfjs-seq2seq/node';
import { optionalText, runExample, wholeNumber, type Settings } from './support/cli.js';

const OPTIONS = {
  train: optionalText(),
  examples: wholeNumber(4000, 1),
  horizon: wholeNumber(12, 1),
  epochs: wholeNumber(30, 1),
  seed: wholeNumber(1, 0),
};

/** One number a series, for each time step. */
type Frames = number[][];

async function main(settings: Settings<typeof OPTIONS>): Promise<void> {
  const { train: file, examples, horizon, epochs, seed } = settings;
  const series = file === undefined ? makeSeries(examples, seed) : readSeries(file);
  const week = 7 * horizon;
  const cut = Math.floor(0.8 * series.length);
  if (cut < week + horizon || series.length - cut < horizon)
    throw new Error(
      `A horizon of ${horizon} needs ${10 * horizon} time steps or more; there are ${series.length}.`,
    );

  // Every series is brought to mean 0 and deviation 1, by what the training part shows.
  const scale = series[0]!.map((_, feature) => {
    const values = series.slice(0, cut).map((frame) => frame[feature]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / cut;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / cut;
    return { mean, deviation: Math.sqrt(variance) || 1 };
  });
  const frames = series.map((frame) =>
    frame.map((value, i) => (value - scale[i]!.mean) / scale[i]!.deviation),
  );
  const windows = (from: number, to: number, every: number): { source: Frames; target: Frames }[] =>
    Array.from({ length: Math.floor((to - from - horizon) / every) + 1 }, (_, i) => {
      const now = from + i * every;
      return { source: frames.slice(now - week, now), target: frames.slice(now, now + horizon) };
    });
  const train = windows(week, cut, 1);
  const heldOut = windows(cut, frames.length, horizon); // each time step once
  console.log(`${scale.length} series; ${train.length} windows to learn from, ${heldOut.length} held out.`);

  await useBackend('auto');
  const steps = epochs * Math.ceil(train.length / 64);
  const model = seq2seq()
    .source({ features: scale.length })
    .target({ features: scale.length })
    .encoder(recurrentEncoder({ cell: 'gru', units: 40 }))
    .bridge(linearBridge())
    .decoder(recurrentDecoder({ cell: 'gru', units: 40 }))
    // In use, it is fed its own forecasts.
    .teacherForcing(linearDecay({ from: 1, to: 0, steps: Math.ceil(steps / 2) }))
    .build({ seed });

  const bar = progressBar();
  await model.fit(train, {
    epochs,
    batchSize: 64,
    // The length is given: there is nothing to learn about the end.
    loss: frameLoss({ error: 'absolute', stopWeight: 0 }),
    // The learning rate falls to 0 in the second half.
    optimizer: adam({ learningRate: (step) => 4e-3 * Math.min(1, 2 - (2 * step) / steps) }),
    seed,
    onStep: bar.update,
  });
  bar.finish();

  const found = await model.generateBatch(
    heldOut.map((pair) => pair.source),
    { maxLength: horizon, stopThreshold: 1 },
  );
  model.dispose();
  const forecasts = found.map((forecast) => forecast.frames.map((frame) => [...frame]));
  const ownError = meanError(forecasts, heldOut);
  const naive = [1, horizon, week].map((lag) => ({
    lag,
    error: meanError(
      heldOut.map(({ source }) => Array.from({ length: horizon }, (_, t) => source[week - lag + (t % lag)]!)),
      heldOut,
    ),
  }));
  for (const [i, { mean, deviation }] of scale.entries()) {
    const show = (title: string, values: Frames): void => {
      const numbers = values.map((frame) => (frame[i]! * deviation + mean).toFixed(1).padStart(8));
      console.log(`  ${title}  ${numbers.join('')}`);
    };
    console.log(`\nSeries ${i + 1}, the first day held out:`);
    show('forecast', forecasts[0]!);
    show('truth   ', heldOut[0]!.target);
  }
  console.log(`\nMean absolute error in deviations: ${ownError.toFixed(3)}`);
  for (const { lag, error } of naive)
    console.log(`  as ${lag === 1 ? 'now' : `${lag} steps ago`}: ${error.toFixed(3)}`);
  const ratio = ownError / Math.min(...naive.map(({ error }) => error));
  console.log(`\nerror against the best naive forecast: ${ratio.toFixed(3)}`);
}

function meanError(forecasts: readonly Frames[], pairs: readonly { target: Frames }[]): number {
  const errors = pairs.flatMap(({ target }, i) =>
    target.flatMap((frame, t) => frame.map((value, f) => Math.abs(value - forecasts[i]![t]![f]!))),
  );
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

/** Air pressure in hPa and the level of the water in metres, every two hours. */
function makeSeries(length: number, seed: number): Frames {
  const random = createRandom(seed);
  let [change, weather] = [0, 0];
  return Array.from({ length }, (_, t) => {
    change = 0.93 * change + 0.3 * random.normal(); // highs and lows come and go slowly
    weather = 0.97 * weather + change;
    const tide = TIDES.reduce(
      (sum, [metres, hours]) => sum + metres * Math.cos((2 * Math.PI * 2 * t) / hours),
      0,
    );
    // Low pressure lets the water rise.
    return [1013 + weather, 5 + tide - 0.05 * weather + 0.05 * random.normal()];
  });
}

/** How high and how long the tides of moon and sun are, the two of half a day first. */
const TIDES: readonly (readonly [metres: number, hours: number])[] = [
  [1.8, 12.42],
  [0.6, 12],
  [0.4, 25.82],
  [0.3, 23.93],
];

function readSeries(file: string): Frames {
  const lines = readFileSync(file, 'utf8').split(/\r?\n/);
  const rows = lines.map((line, i) => ({
    number: i + 1,
    values: line.split(/[,;\t]/).map((value) => (value.trim() === '' ? NaN : Number(value))),
  }));
  const filled = rows.filter(({ number }) => lines[number - 1]!.trim() !== '');
  if (filled[0]?.values.some(Number.isNaN)) filled.shift(); // a heading
  for (const { number, values } of filled)
    if (values.length !== filled[0]!.values.length || !values.every(Number.isFinite))
      throw new Error(
        `${file}:${number}: expected ${filled[0]!.values.length} numbers with commas between them.`,
      );
  return filled.map(({ values }) => values);
}

await runExample(import.meta.url, OPTIONS, main);
