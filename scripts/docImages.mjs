// Draws docs/images from a model that it trains, which takes a few seconds. After `npm run build`:
//   node scripts/docImages.mjs
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  attentionHeatmap,
  bahdanauAttention,
  linearBridge,
  lossCurve,
  recurrentDecoder,
  recurrentEncoder,
  seq2seq,
  Vocab,
  whitespaceTokenizer,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { root } from './lib/run.mjs';

const pairs = phrases();
const training = pairs.filter((_, i) => i % 10 !== 3);
const validation = pairs.filter((_, i) => i % 10 === 3);

await useBackend('wasm');
const tokenizer = whitespaceTokenizer();
const side = (name) => ({
  vocab: Vocab.build(pairs.map((pair) => tokenizer.tokenize(pair[name]))),
  tokenizer,
});
const model = seq2seq()
  .source(side('source'))
  .target(side('target'))
  .encoder(recurrentEncoder({ cell: 'gru', units: 32, bidirectional: true }))
  .bridge(linearBridge())
  .attention(bahdanauAttention({ units: 32 }))
  .decoder(recurrentDecoder({ cell: 'gru', units: 32 }))
  .build({ seed: 1 });
const history = await model.fit(training, { epochs: 10, batchSize: 32, seed: 1, validation });

const source = 'the red car follows the small black cat';
const [best] = await model.generate(source);
console.log(best.text, history.epochs.at(-1).validation);
const sourceTokens = ['<sos>', ...tokenizer.tokenize(source), '<eos>'];
const images = {
  'attention.svg': attentionHeatmap(best, { sourceTokens, title: 'Attention of a translation' }),
  'loss-curve.svg': lossCurve(history, { title: 'Learning to translate' }),
};
await mkdir(join(root, 'docs', 'images'), { recursive: true });
for (const [name, svg] of Object.entries(images))
  await writeFile(join(root, 'docs', 'images', name), `${svg}\n`);

/** English and French sentences in which adjectives agree, and some change place. */
function phrases() {
  const nouns = [
    ['cat', 'chat', 0],
    ['dog', 'chien', 0],
    ['car', 'voiture', 1],
    ['girl', 'fille', 1],
  ];
  const before = [
    ['', '', ''],
    ['small ', 'petit ', 'petite '],
    ['big ', 'grand ', 'grande '],
  ];
  const after = [
    ['', '', ''],
    ['red ', ' rouge', ' rouge'],
    ['black ', ' noir', ' noire'],
  ];
  const parts = nouns.flatMap(([english, french, gender]) =>
    before.flatMap((first) =>
      after.map((last) => ({
        source: `the ${first[0]}${last[0]}${english}`,
        target: `${['le', 'la'][gender]} ${first[1 + gender]}${french}${last[1 + gender]}`,
      })),
    ),
  );
  const verbs = [
    ['sees', 'voit'],
    ['follows', 'suit'],
  ];
  return verbs.flatMap(([english, french]) =>
    parts.flatMap((subject) =>
      parts.map((object) => ({
        source: `${subject.source} ${english} ${object.source}`,
        target: `${subject.target} ${french} ${object.target}`,
      })),
    ),
  );
}
