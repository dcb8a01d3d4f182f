/**
 * Answers questions about a made-up village: "Who keeps the bees?", "Where does the baker live?".
 *
 * The facts stand nowhere but in the answers that it is trained on. Each question of the test is a new one.
 * The example shows `stream`, which gives an answer word by word, and `sample`, which draws one of several
 * fitting answers.
 *
 *   npm run example -- chatbot
 *   npm run example -- chatbot --interactive
 *
 *   --train FILE       dialogue of your own, question TAB answer, one pair a line;
 *                      every tenth question is held out
 *   --examples N       how many questions it draws, some of them twice; default 10000
 *   --epochs N         default 40
 *   --temperature T    of the sampling: below 1 more of the same, above 1 more surprises; default 0.8
 *   --interactive      then answers what you type
 *   --seed N           default 1
 */
import { createInterface } from 'node:readline/promises';
import {
  adam,
  createRandom,
  linearBridge,
  luongAttention,
  recurrentDecoder,
  recurrentEncoder,
  sample,
  seq2seq,
  Vocab,
  wordTokenizer,
  type Seq2SeqModel,
  type Strategy,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { progressBar, type TextPair } from 'tfjs-seq2seq/node';
import { commonOptions, flag, positiveNumber, runExample, type Settings } from './support/cli.js';
import { distinctSources, holdOut, readPairs } from './support/pairs.js';

const OPTIONS = {
  ...commonOptions({ examples: 10_000, epochs: 40 }),
  temperature: positiveNumber(0.8),
  interactive: flag(),
};

async function main(settings: Settings<typeof OPTIONS>): Promise<void> {
  const { train: file, examples, epochs, temperature, interactive, seed } = settings;
  const dialogue = file === undefined ? askAround(examples, seed) : distinctSources(await readPairs(file));
  if (dialogue.length < 10)
    throw new Error(`There must be ten questions or more; there are ${dialogue.length}.`);
  const { train, heldOut } = holdOut(dialogue);
  if (file === undefined) train.push(...SMALL_TALK);

  await useBackend('auto');
  const tokenizer = wordTokenizer();
  const vocabOf = (side: keyof TextPair): Vocab =>
    Vocab.build(
      train.map((pair) => tokenizer.tokenize(pair[side])),
      { maxSize: 10_000 },
    );
  const model = seq2seq()
    .source({ vocab: vocabOf('source'), tokenizer })
    .target({ vocab: vocabOf('target'), tokenizer })
    .encoder(recurrentEncoder({ cell: 'gru', units: 64, bidirectional: true, dropout: 0.2 }))
    .bridge(linearBridge({ activation: 'tanh' }))
    .attention(luongAttention({ score: 'general' }))
    .decoder(recurrentDecoder({ cell: 'gru', units: 128, embeddingSize: 64, dropout: 0.2 }))
    .build({ seed });
  console.log(`${train.length} questions with answers to learn from, ${heldOut.length} held out.`);

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

  console.log('\nQuestions that it was not trained on, and the most probable answers:');
  for (const { source } of heldOut.slice(0, 10)) {
    process.stdout.write(`  ${source.padEnd(64)} `);
    await answer(model, source);
  }
  const greeting = file === undefined ? 'Good morning!' : (heldOut[0]?.source ?? '');
  console.log(`\nOne question, three answers drawn at temperature ${temperature}:`);
  for (let turn = 1; turn <= 3; turn++) {
    process.stdout.write(`  ${greeting.padEnd(64)} `);
    await answer(model, greeting, sample({ temperature, topP: 0.95, seed: turn }));
  }
  if (interactive) await chat(model, temperature);

  const { exactMatch } = await model.evaluate(heldOut);
  model.dispose();
  console.log(`\nheld-out exact match: ${exactMatch.toFixed(3)}`);
}

/** Prints the answer while it is being made. */
async function answer(model: Seq2SeqModel, question: string, strategy?: Strategy): Promise<void> {
  for await (const { text } of model.stream(question, strategy)) process.stdout.write(text);
  process.stdout.write('\n');
}

async function chat(model: Seq2SeqModel, temperature: number): Promise<void> {
  console.log('\nAsk something; an empty line ends.');
  const lines = createInterface({ input: process.stdin });
  let turn = 0;
  for await (const line of lines) {
    if (line.trim() === '') break;
    await answer(model, line.trim(), sample({ temperature, topP: 0.95, seed: turn++ }));
  }
  lines.close();
}

const PEOPLE = 'Mara Otto Ines Bruno Lida Tobin Vera Anselm Petra Jory Wilma Caspar'.split(' ');

/** What there is to know, how it is asked, and one thing for each of the people. */
const FACTS = [
  {
    says: 'is',
    what: ['What is WHO by trade?', 'What does WHO do for a living?', 'Tell me the trade of WHO.'],
    things: 'baker miller smith weaver cooper potter tailor joiner tanner brewer thatcher farrier',
  },
  {
    says: 'keeps',
    what: ['What does WHO keep?', 'Which animals belong to WHO?', 'Tell me what WHO keeps.'],
    things: 'bees geese goats doves donkeys ducks sheep hens pigs rabbits horses cows',
  },
  {
    says: 'plays',
    what: ['What does WHO play?', 'Which instrument does WHO play?', 'Tell me what WHO plays.'],
    things: 'fiddle flute drum harp bagpipe lute organ zither horn viol bells oboe',
  },
  {
    says: 'lives by',
    what: ['Where does WHO live?', 'Where is the house of WHO?', 'Tell me where WHO lives.'],
    things: 'mill well bridge church forge oak ford market pond gate tower orchard',
  },
].map((fact) => ({ ...fact, things: fact.things.split(' ').map((thing) => `the ${thing}`) }));

/** A greeting has no one right answer: each of these is learnt, and sampling draws among them. */
const SMALL_TALK = ['Hello!', 'Good morning!', 'How are you?'].flatMap((source) =>
  ['Good morning to you.', 'Fine weather today.', 'Welcome to the village.', 'Ask me about anybody.'].flatMap(
    (target) => Array.from({ length: 5 }, () => ({ source, target })),
  ),
);

/** Different questions about everybody, in random order. */
function askAround(count: number, seed: number): TextPair[] {
  const random = createRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)] as T;
  // Who has which thing differs from seed to seed.
  const steps = FACTS.map(() => random.integer(PEOPLE.length));
  const thingOf = (person: number, fact: number): string =>
    FACTS[fact]?.things[(person + (steps[fact] ?? 0)) % PEOPLE.length] ?? '';

  const questions = new Map<string, TextPair>();
  for (let i = 0; i < count; i++) {
    const [person, fact] = [random.integer(PEOPLE.length), random.integer(FACTS.length)];
    const { says, what } = FACTS[fact]!;
    const [name, thing] = [PEOPLE[person] ?? '', thingOf(person, fact)];
    const by = random.integer(FACTS.length); // somebody is asked for by name, or by another fact
    const other = by === 0 ? thingOf(person, by) : `the one who ${FACTS[by]!.says} ${thingOf(person, by)}`;
    const source = pick([
      pick(what).replace('WHO', by === fact ? name : other),
      `${pick(['Who', 'Which of them', 'Who in the village'])} ${says} ${thing}?`,
    ]);
    questions.set(source, { source, target: `${name} ${says} ${thing}.` });
  }
  return [...questions.values()];
}

await runExample(import.meta.url, OPTIONS, main);
