import type { Random } from 'tfjs-seq2seq';
import { ADJECTIVES, NOUNS, TIMES, type Noun, type NounClass, type Verb } from './lexicon.js';
import { englishNounPhrase, frenchNounPhrase, type Determiner, type NounPhrase } from './nounPhrase.js';
import type { Subject } from './sentence.js';

const PLAIN = { negative: false, question: false };

/** The pronouns; English `you all` is vous, `you` is tu. */
export const PRONOUNS: readonly Subject[] = [
  { en: ['I'], fr: ['je'], person: 0, feminine: false, key: 'I' },
  { en: ['you'], fr: ['tu'], person: 1, feminine: false, key: 'you' },
  { en: ['he'], fr: ['il'], person: 2, feminine: false, key: 'he' },
  { en: ['she'], fr: ['elle'], person: 2, feminine: true, key: 'she' },
  { en: ['we'], fr: ['nous'], person: 3, feminine: false, key: 'we' },
  { en: ['you', 'all'], fr: ['vous'], person: 4, feminine: false, key: 'you all' },
  { en: ['they'], fr: ['ils'], person: 5, feminine: false, key: 'they' },
];

const NUMBERS: readonly number[] = [2, 3, 4, 5, 6, 10, 20, 21, 70, 71, 80, 81, 100];

/** A pronoun two times of three, or people. */
export function drawSubject(random: Random): Subject {
  if (random.next() < 0.65) return pick(random, PRONOUNS);
  const noun = pick(random, nounsOf(['adult', 'youth', 'kin']));
  const determiners = isStranger(noun)
    ? (['the', 'this'] as const)
    : (['the', 'my', 'your', 'his', 'her'] as const);
  return subjectOf({
    determiner: pick(random, determiners),
    noun,
    plural: random.next() < 0.3,
    adjectives: [],
  });
}

/** A noun phrase as a subject. */
export function subjectOf(phrase: NounPhrase): Subject {
  return {
    en: englishNounPhrase(phrase, PLAIN),
    fr: frenchNounPhrase(phrase, PLAIN),
    person: phrase.plural ? 5 : 2,
    feminine: phrase.noun.feminine,
    key: phrase.plural ? phrase.noun.enPlural : phrase.noun.en,
  };
}

/** An object that `verb` can have. */
export function drawObject(random: Random, verb: Verb, adjectives: boolean): NounPhrase {
  const noun = pick(random, nounsOf(verb.objects));
  if (isStranger(noun)) return drawNounPhrase(random, noun, ['the', 'this'], adjectives);
  // "j'aime" is said of something definite
  const determiners =
    verb.en === 'like' ? DEFINITE : noun.kind === 'kin' ? DEFINITE.slice(0, -2) : ANY_DETERMINER;
  return drawNounPhrase(random, noun, determiners, adjectives);
}

const DEFINITE: readonly Determiner[] = ['the', 'my', 'your', 'his', 'her', 'our', 'their', 'the', 'this'];
const ANY_DETERMINER: readonly Determiner[] = [
  'the',
  'the',
  'a',
  'a',
  'some',
  'some',
  'my',
  'your',
  'his',
  'this',
];

/** A phrase around `noun`; with `a` among the determiners it may be counted. */
export function drawNounPhrase(
  random: Random,
  noun: Noun,
  determiners: readonly Determiner[],
  withAdjectives: boolean,
): NounPhrase {
  const mass = noun.kind === 'dish' || noun.kind === 'drink';
  const chosen = pick(random, determiners);
  const adjectives = withAdjectives ? drawAdjectives(random, noun.kind) : [];
  if (mass) return { determiner: chosen === 'a' ? 'some' : chosen, noun, plural: false, adjectives };
  const counted = determiners.includes('a') && random.next() < 0.18;
  const determiner = counted ? drawNumber(random) : chosen;
  const plural = counted || determiner === 'some' || (determiner !== 'a' && random.next() < 0.25);
  return { determiner, noun, plural, adjectives };
}

/** None, one, or one for each side of the French noun. */
function drawAdjectives(random: Random, kind: NounClass): NounPhrase['adjectives'] {
  const fitting = ADJECTIVES.filter(({ kinds }) => kinds.includes(kind));
  const amount = random.next();
  if (amount < 0.6) return [];
  if (amount < 0.94) return [pick(random, fitting)];
  return [
    pick(
      random,
      fitting.filter(({ first }) => first),
    ),
    pick(
      random,
      fitting.filter(({ first }) => !first),
    ),
  ];
}

/** A time, one time of four. */
export function drawTime(random: Random): readonly [en: string, fr: string] | undefined {
  return random.next() < 0.75 ? undefined : pick(random, TIMES);
}

/** A number worth counting to. */
export function drawNumber(random: Random): number {
  return pick(random, NUMBERS);
}

/** "My woman", "my girl" would be my wife and my daughter in French. */
function isStranger({ kind }: Noun): boolean {
  return kind === 'adult' || kind === 'youth';
}

/** The nouns of some classes. */
export function nounsOf(kinds: readonly NounClass[]): readonly Noun[] {
  return NOUNS.filter(({ kind }) => kinds.includes(kind));
}

/** One of `items`, each as likely as the next. */
export function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.integer(items.length)]!;
}
