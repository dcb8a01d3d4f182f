/**
 * Translates English into Spanish with three models: with Bahdanau's attention, with Luong's and with none.
 *
 * One vector holds a short sentence, but not a long one. The example ends with the accuracy of each model by
 * sentence length. It also draws where the two attentions looked (Bahdanau et al. 2015; Luong et al. 2015).
 *
 *   npm run example -- attention-translation --out heatmaps
 *
 *   --train FILE       pairs of your own, source TAB target, instead of sentences that it makes up;
 *                      one in ten is held out
 *   --out FOLDER       where the heat maps go, as SVG; default attention-heatmaps in the temporary folder
 *   --examples N       how many sentences it makes up; default 6000
 *   --epochs N         default 4
 *   --seed N           default 1
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  adam,
  attentionHeatmap,
  bahdanauAttention,
  createRandom,
  linearBridge,
  luongAttention,
  recurrentDecoder,
  recurrentEncoder,
  seq2seq,
  Vocab,
  wordTokenizer,
  type Seq2SeqModel,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { progressBar, type TextPair } from 'tfjs-seq2seq/node';
import { commonOptions, runExample, text, type Settings } from './support/cli.js';
import { readPairs, splitPairs } from './support/pairs.js';

const OPTIONS = {
  ...commonOptions({ examples: 6000, epochs: 4 }),
  out: text(join(tmpdir(), 'attention-heatmaps')),
};

const tokenizer = wordTokenizer({ lowercase: true });

async function main(settings: Settings<typeof OPTIONS>): Promise<void> {
  const { train: file, examples, epochs, seed, out } = settings;
  const pairs = file === undefined ? makeSentences(examples, seed) : await readPairs(file);
  const { train, heldOut } = splitPairs(pairs);
  const longest = heldOut.reduce((a, b) => (b.source.length > a.source.length ? b : a));
  await mkdir(out, { recursive: true });

  await useBackend('auto');
  const vocabOf = (side: keyof TextPair): Vocab =>
    Vocab.build(train.map((pair) => tokenizer.tokenize(pair[side])));
  const gru = { cell: 'gru', units: 96, embeddingSize: 48 } as const;
  const base = seq2seq()
    .source({ vocab: vocabOf('source'), tokenizer })
    .target({ vocab: vocabOf('target'), tokenizer })
    .encoder(recurrentEncoder({ cell: 'gru', units: 48, embeddingSize: 48, bidirectional: true }))
    .bridge(linearBridge());
  const models = {
    none: base.decoder(recurrentDecoder({ ...gru, input: ['previous', 'summary'] })),
    // Luong's attention stands after the decoder's cell, Bahdanau's before it.
    Luong: base.attention(luongAttention({ score: 'general' })).decoder(recurrentDecoder(gru)),
    Bahdanau: base.attention(bahdanauAttention({ units: 64 })).decoder(recurrentDecoder(gru)),
  };
  console.log(`${train.length} sentences to learn from, ${heldOut.length} held out.\n`);

  const right: Record<string, boolean[]> = {};
  for (const [name, builder] of Object.entries(models)) {
    console.log(`Attention: ${name}`);
    const model = builder.build({ seed });
    const steps = epochs * Math.ceil(train.length / 32);
    const bar = progressBar();
    await model.fit(train, {
      epochs,
      batchSize: 32,
      bucketByLength: true,
      optimizer: adam({ learningRate: (step) => 5e-3 * (1 - step / steps) }),
      seed,
      onStep: bar.update,
    });
    bar.finish();
    right[name] = await whichAreRight(model, heldOut);
    const [best] = await model.generate(longest.source);
    console.log(`  ${longest.source}\n  ${best?.text}\n`);
    if (name !== 'none') {
      const picture = attentionHeatmap(await model.align(longest.source, longest.target), {
        title: `${name} attention`,
        sourceLabel: 'English',
        targetLabel: 'Spanish',
      });
      await writeFile(join(out, `${name.toLowerCase()}.svg`), picture);
    }
    model.dispose();
  }

  console.log(`Share of held-out sentences that are right, by the words of the source:\n`);
  console.log(['words', ...Object.keys(right)].map((cell) => cell.padStart(9)).join(''));
  const length = (pair: TextPair): number => tokenizer.tokenize(pair.source).length;
  for (const [from, to] of [
    [1, 5],
    [6, 10],
    [11, 15],
    [16, 20],
    [21, Infinity],
  ] as const) {
    const group = heldOut.flatMap((pair, i) => (length(pair) >= from && length(pair) <= to ? [i] : []));
    if (group.length === 0) continue;
    const shares = Object.values(right).map((list) => group.filter((i) => list[i]).length / group.length);
    const label = to === Infinity ? `${from} …` : `${from}–${to}`;
    console.log([label, ...shares.map((share) => share.toFixed(2))].map((cell) => cell.padStart(9)).join(''));
  }
  console.log(`\nThe heat maps are in ${out}.`);
  const bahdanau = right['Bahdanau'] ?? [];
  console.log(
    `held-out exact match with attention: ${(bahdanau.filter(Boolean).length / bahdanau.length).toFixed(3)}`,
  );
}

async function whichAreRight(model: Seq2SeqModel, pairs: readonly TextPair[]): Promise<boolean[]> {
  const found = await model.generateBatch(pairs.map((pair) => pair.source));
  return pairs.map(
    ({ target }, i) => found[i]?.[0]?.tokens.join(' ') === tokenizer.tokenize(target).join(' '),
  );
}

const DETERMINERS = 'the=el/la a=un/una this=este/esta my=mi/mi that=aquel/aquella';
/** A slash: feminine. */
const NOUNS = `horse=caballo dog=perro car=coche tree=árbol boat=barco castle=castillo man=hombre
  bridge=puente river=río house=casa/ door=puerta/ table=mesa/ girl=chica/ moon=luna/ mountain=montaña/
  church=iglesia/`;
const ADJECTIVES = `white=blanco/blanca old=viejo/vieja red=rojo/roja small=pequeño/pequeña
  yellow=amarillo/amarilla tall=alto/alta black=negro/negra`;
const PLACES = 'near=cerca_de behind=detrás_de under=debajo_de in_front_of=delante_de with=con without=sin';
const VERBS = 'sees=ve looks_for=busca finds=encuentra paints=pinta hides=esconde crosses=cruza';

/**
 * Such as "the old horse near the white house sees a tree", "el caballo viejo cerca de la casa blanca ve un
 * árbol". The adjective comes after its noun. Article and adjective agree with the noun.
 */
function makeSentences(count: number, seed: number): TextPair[] {
  const random = createRandom(seed);
  const pick = (words: string): [english: string, spanish: string] => {
    const list = words.split(/\s+/);
    const [english = '', spanish = ''] = (list[random.integer(list.length)] ?? '')
      .replaceAll('_', ' ')
      .split('=');
    return [english, spanish];
  };
  /** A noun with what belongs to it; the more `depth`, the longer. */
  const nounPhrase = (depth: number): [english: string, spanish: string] => {
    const [noun, nombre] = pick(NOUNS);
    const agree = (forms: string): string => forms.split('/')[nombre.endsWith('/') ? 1 : 0] ?? '';
    const [determiner, article] = pick(DETERMINERS);
    const [adjective, adjetivo] = random.next() < 0.6 ? pick(ADJECTIVES) : ['', ''];
    const english = [determiner, adjective, noun];
    const spanish = [agree(article), nombre.replace('/', ''), agree(adjetivo)];
    if (random.next() < depth) {
      const [place, lugar] = pick(PLACES);
      const [inner, dentro] = nounPhrase(depth / 2);
      english.push(place, inner);
      spanish.push(lugar, dentro);
    }
    return [english, spanish].map((words) => words.filter((word) => word !== '').join(' ')) as [
      string,
      string,
    ];
  };
  return Array.from({ length: count }, () => {
    const [subject, sujeto] = nounPhrase(0.7);
    const [verb, verbo] = pick(VERBS);
    const [object, objeto] = nounPhrase(0.7);
    const target = `${sujeto} ${verbo} ${objeto}`.replaceAll(' de el ', ' del ');
    return { source: `${subject} ${verb} ${object}`, target };
  });
}

await runExample(import.meta.url, OPTIONS, main);
