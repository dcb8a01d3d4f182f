/**
 * Hears digits: sound in, text out.
 *
 * The sounds are made up, two gliding tones for each digit in many voices, or they are recordings of your
 * own. Several are put one after the other and cut into frames, the energies of 24 bands, as speech
 * recognisers do. The model reads these frames of floats and writes the digits.
 *
 *   npm run example -- spoken-digits
 *
 *   --train FOLDER     recordings instead: WAV files (16 bit, mono) whose names start with the digits
 *                      that are spoken, such as 7_anna_2.wav; every fifth of each digit is held out
 *   --examples N       how many strings of one to four digits it puts together; default 2000
 *   --epochs N         default 10
 *   --seed N           default 1
 */
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  adam,
  bahdanauAttention,
  characterErrorRate,
  charTokenizer,
  createRandom,
  linearBridge,
  recurrentDecoder,
  recurrentEncoder,
  seq2seq,
  Vocab,
  type Random,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { progressBar } from 'tfjs-seq2seq/node';
import { commonOptions, runExample, type Settings } from './support/cli.js';

const OPTIONS = commonOptions({ examples: 2000, epochs: 10 });

/** What was said, and its frames of `BANDS` numbers. */
type Recording = { digits: string; frames: number[][] };

async function main({ train: folder, examples, epochs, seed }: Settings<typeof OPTIONS>): Promise<void> {
  const random = createRandom(seed);
  const recordings = folder === undefined ? makeRecordings(random) : await readRecordings(folder);
  const seen = new Map<string, number>();
  const isHeldOut = recordings.map(({ digits }) => {
    const count = (seen.get(digits) ?? 0) + 1;
    seen.set(digits, count);
    return count % 5 === 0;
  });
  const part = (heldOut: boolean): Recording[] => recordings.filter((_, i) => isHeldOut[i] === heldOut);
  if (part(true).length === 0)
    throw new Error('There must be five recordings or more of one digit, to hold one out.');
  const train = string(part(false), examples, random);
  const heldOut = string(part(true), 200, random);

  await useBackend('auto');
  const model = seq2seq()
    .source({ features: BANDS })
    .target({ vocab: Vocab.build([Array.from('0123456789')]), tokenizer: charTokenizer() })
    .encoder(recurrentEncoder({ cell: 'gru', units: 48, bidirectional: true }))
    .bridge(linearBridge({ activation: 'tanh' }))
    .attention(bahdanauAttention({ units: 48 }))
    .decoder(recurrentDecoder({ cell: 'gru', units: 64, embeddingSize: 16 }))
    .build({ seed });
  console.log(`${part(false).length} recordings to learn from, ${part(true).length} held out.`);

  const bar = progressBar();
  const steps = epochs * Math.ceil(train.length / 32);
  await model.fit(train, {
    epochs,
    batchSize: 32,
    // The learning rate falls to 0 in the second half.
    optimizer: adam({ learningRate: (step) => 4e-3 * Math.min(1, 2 - (2 * step) / steps) }),
    seed,
    onStep: bar.update,
  });
  bar.finish();

  const found = await model.generateBatch(heldOut.map((pair) => pair.source));
  const heard = found.map(([best]) => best?.text ?? '');
  const spoken = heldOut.map((pair) => pair.target);
  console.log('\n  spoken   heard');
  for (let i = 0; i < 10; i++)
    console.log(
      `  ${(spoken[i] ?? '').padEnd(8)} ${(heard[i] ?? '').padEnd(6)} ${heard[i] === spoken[i] ? '✓' : '✗'}`,
    );
  const { rate } = characterErrorRate(heard, spoken);
  const right = heard.filter((text, i) => text === spoken[i]).length;
  model.dispose();
  console.log(`\nheld-out digit error rate: ${rate.toFixed(3)}`);
  console.log(`held-out exact match: ${(right / spoken.length).toFixed(3)}`);
}

/** Strings of one to four recordings, with a little noise all over and pauses between them. */
function string(recordings: readonly Recording[], count: number, random: Random) {
  return Array.from({ length: count }, () => {
    const drawn = Array.from(
      { length: 1 + random.integer(4) },
      () => recordings[random.integer(recordings.length)]!,
    );
    const pause = (): number[][] =>
      Array.from({ length: 1 + random.integer(6) }, () => new Array<number>(BANDS).fill(SILENCE));
    const frames = [...drawn.flatMap((recording) => [...pause(), ...recording.frames]), ...pause()];
    const louder = 0.2 * random.normal();
    return {
      source: frames.map((frame) => frame.map((energy) => energy + louder + 0.1 * random.normal())),
      target: drawn.map((recording) => recording.digits).join(''),
    };
  });
}

/** Digits in forty voices each: two tones that glide, higher or lower, longer or shorter, in some noise. */
function makeRecordings(random: Random): Recording[] {
  const rate = 8000;
  return Array.from({ length: 400 }, (_, i) => {
    const [low, lowEnd, high, highEnd] = TONES[i % 10]!;
    const [length, voice] = [Math.floor(rate * (0.2 + 0.25 * random.next())), 0.85 + 0.3 * random.next()];
    const samples = Float64Array.from({ length }, (_, t) => {
      const turns = (from: number, to: number): number =>
        (voice * t * (from + ((to - from) * t) / length / 2)) / rate;
      const sound =
        Math.sin(2 * Math.PI * turns(low, lowEnd)) + 0.5 * Math.sin(2 * Math.PI * turns(high, highEnd));
      return Math.sin((Math.PI * t) / length) * sound + 0.05 * random.normal();
    });
    return { digits: String(i % 10), frames: toFrames(samples, rate) };
  });
}

/** From and to which frequency the two tones of each digit glide, in Hz. */
const TONES: readonly (readonly [number, number, number, number])[] = [
  [400, 400, 2200, 1000],
  [400, 400, 1000, 2200],
  [300, 300, 2600, 2600],
  [800, 300, 1500, 1500],
  [300, 800, 1500, 1500],
  [700, 700, 1100, 1100],
  [700, 300, 2600, 1600],
  [300, 700, 1600, 2600],
  [800, 400, 1200, 2400],
  [400, 800, 2400, 1200],
];

async function readRecordings(folder: string): Promise<Recording[]> {
  const names = (await readdir(folder)).filter((name) => /\.wav$/i.test(name)).sort();
  return names.map((name) => {
    const [digits] = /^\d+/.exec(name) ?? [];
    if (digits === undefined) throw new Error(`${name}: a name must start with the digits that are spoken.`);
    const { samples, rate } = readWave(join(folder, name));
    return { digits, frames: toFrames(samples, rate) };
  });
}

/** The samples of a RIFF WAVE file. */
function readWave(path: string) {
  const file = readFileSync(path);
  let [rate, start, end] = [0, 0, 0];
  for (let at = 12; at + 24 <= file.length;) {
    const [chunk, size] = [file.toString('latin1', at, at + 4), file.readUInt32LE(at + 4)];
    const isPlain =
      file.readUInt16LE(at + 8) === 1 &&
      file.readUInt16LE(at + 10) === 1 &&
      file.readUInt16LE(at + 22) === 16;
    if (chunk === 'fmt ' && isPlain) rate = file.readUInt32LE(at + 12);
    if (chunk === 'data') [start, end] = [at + 8, Math.min(file.length, at + 8 + size)];
    at += 8 + size + (size % 2);
  }
  if (rate === 0 || end === 0)
    throw new Error(`${path}: expected a WAV file with one channel of 16 bit samples.`);
  return {
    rate,
    samples: Float64Array.from({ length: (end - start) >> 1 }, (_, i) => file.readInt16LE(start + 2 * i)),
  };
}

const BANDS = 24;
const SILENCE = -2;

/**
 * The energies of bands from 100 to 3800 Hz, equally wide on the mel scale, in windows of 32 ms every 16 ms.
 * They are powers of ten below the loudest, brought to −2 … 2.
 */
function toFrames(samples: Float64Array, rate: number): number[][] {
  const size = 4 * Math.round(0.008 * rate);
  const wave = Float64Array.from({ length: size }, (_, i) => Math.cos((2 * Math.PI * i) / size));
  const mel = (hertz: number): number => Math.log1p(hertz / 700);
  const place = (bin: number): number =>
    ((BANDS + 1) * (mel((bin * rate) / size) - mel(100))) / (mel(3800) - mel(100)) - 1; // in bands

  const frames: number[][] = [];
  for (let start = 0; start + size <= samples.length; start += size >> 1) {
    const energies = new Array<number>(BANDS).fill(0);
    for (let bin = 1; place(bin) < BANDS; bin++) {
      let [re, im] = [0, 0]; // of the discrete Fourier transform
      for (let i = 0; i < size; i++) {
        const sample = samples[start + i]! * (1 - wave[i]!); // Hann's window
        re += sample * wave[(bin * i) % size]!;
        im += sample * wave[(bin * i + (size >> 2)) % size]!;
      }
      const band = Math.floor(place(bin));
      const share = place(bin) - band; // a band is a triangle, which ends where the next is highest
      if (band >= 0) energies[band]! += (1 - share) * (re * re + im * im);
      if (band + 1 >= 0 && band + 1 < BANDS) energies[band + 1]! += share * (re * re + im * im);
    }
    frames.push(energies);
  }
  const loudest = Math.max(1e-9, ...frames.flat());
  return frames.map((energies) => energies.map((energy) => 2 + Math.log10(energy / loudest + 1e-4)));
}

await runExample(import.meta.url, OPTIONS, main);
