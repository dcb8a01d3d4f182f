import type { Random } from '../../src/core/random.js';
import {
  drawNounPhrase,
  drawNumber,
  drawObject,
  drawSubject,
  drawTime,
  nounsOf,
  pick,
  subjectOf,
} from './drawPhrase.js';
import { ADJECTIVES, FEELINGS, INTRANSITIVE, TRANSITIVE, type Verb } from './lexicon.js';
import { agree, englishNounPhrase, frenchNounPhrase, type NounPhrase } from './nounPhrase.js';
import { englishNumber, frenchNumber } from './numbers.js';
import { writePair, type Manner, type Pair, type Predicate, type Subject } from './sentence.js';
import { present } from './verbs.js';

/** A pair, and the subject, verb and object that it is about. */
export interface Draw extends Pair {
  readonly combination: string;
}

/** A predicate before its subject is known, and the words that say which one it is. */
interface Topic {
  readonly key: string;
  readonly predicate: (subject: Subject) => Predicate;
  readonly manners: readonly Manner[];
  /** Where not everyone will do. */
  readonly subject?: Subject;
}

const EVERY_MANNER: readonly Manner[] = [
  ...([
    'statement',
    'statement',
    'statement',
    'statement',
    'negative',
    'negative',
    'question',
    'question',
  ] as const),
  ...(['never', 'often', 'always'] as const),
];
const MAIN_MANNERS: readonly Manner[] = ['statement', 'statement', 'negative', 'question'];
/** What one wants to do, can do, or is going to do. */
const PLANNED: readonly Verb[] = TRANSITIVE.filter(
  ({ en }) => en !== 'have' && en !== 'want' && en !== 'like',
);

/** Draws one pair. */
export function drawPair(random: Random): Draw {
  const place = random.integer(100);
  if (place < 5) return drawExistence(random);
  const topic =
    place < 55
      ? drawAction(random)
      : place < 69
        ? drawPlan(random)
        : place < 83
          ? drawPlace(random)
          : place < 95
            ? drawQuality(random)
            : drawFeeling(random);
  const subject = topic.subject ?? drawSubject(random);
  const manner = pick(random, topic.manners);
  return {
    ...writePair(subject, topic.predicate(subject), manner),
    combination: `${subject.key} ${topic.key}`,
  };
}

/** An object: "my brother washes the small red car". */
function drawAction(random: Random): Topic {
  const verb = pick(random, TRANSITIVE);
  const object = drawObject(random, verb, true);
  const time = object.adjectives.length === 0 ? drawTime(random) : { en: [], fr: [] };
  return {
    key: `${verb.en} ${object.noun.en}`,
    manners: time.en.length > 0 ? MAIN_MANNERS : EVERY_MANNER,
    predicate: () => ({
      en: verb.en,
      fr: present(verb.fr),
      complement: (mood) => ({
        en: [...words(verb.particle), ...englishNounPhrase(object, mood), ...time.en],
        fr: [...frenchNounPhrase(object, mood), ...time.fr],
      }),
    }),
  };
}

/** A verb over a verb: "I am going to buy a hat", "they can't see the church". */
function drawPlan(random: Random): Topic {
  const [en, link, fr] = pick(random, [
    ['want', 'to', 'vouloir'],
    ['can', '', 'pouvoir'],
    ['be', 'going to', 'aller'],
  ] as const);
  const verb = pick(random, PLANNED);
  const object = drawObject(random, verb, false);
  return {
    key: `${verb.en} ${object.noun.en}`,
    manners: MAIN_MANNERS,
    predicate: () => ({
      en,
      fr: present(fr),
      complement: (mood) => ({
        en: [...words(link), verb.en, ...words(verb.particle), ...englishNounPhrase(object, mood)],
        fr: [verb.fr, ...frenchNounPhrase(object, mood)],
      }),
    }),
  };
}

/** A place: "she goes to the station", "we work near the church", "the cat is in my garden". */
function drawPlace(random: Random): Topic {
  const verb = pick(random, [
    { en: 'go', fr: 'aller' },
    { en: 'come', fr: 'venir' },
    { en: 'be', fr: 'être' },
    ...INTRANSITIVE,
  ]);
  const somewhere = [
    ['at', 'à'],
    ['in', 'dans'],
    ['near', 'près de'],
    ['behind', 'derrière'],
  ] as const;
  const [en, fr] =
    verb.en === 'go' ? ['to', 'à'] : verb.en === 'come' ? ['from', 'de'] : pick(random, somewhere);
  const place: NounPhrase = {
    determiner: pick(random, ['the', 'the', 'the', 'my', 'our', 'this']),
    noun: pick(random, nounsOf(['place'])),
    plural: random.next() < 0.2,
    adjectives: [],
  };
  const time = drawTime(random);
  return {
    key: `${verb.en} ${place.noun.en}`,
    manners: time.en.length > 0 ? MAIN_MANNERS : EVERY_MANNER,
    predicate: () => ({
      en: verb.en,
      fr: present(verb.fr),
      complement: (mood) => ({
        en: [en, ...englishNounPhrase(place, mood), ...time.en],
        fr: [...fr.split(' '), ...frenchNounPhrase(place, mood), ...time.fr],
      }),
    }),
  };
}

/** "Être" with an adjective that agrees: "my sisters are very tired", "the soup is good". */
function drawQuality(random: Random): Topic {
  const adjective = pick(random, ADJECTIVES);
  const ofAnyone = adjective.kinds.includes('adult') && random.next() < 0.8;
  const bearer = pick(random, nounsOf(adjective.kinds));
  const subject = subjectOf(drawNounPhrase(random, bearer, ['the', 'this'], false));
  const very = random.next() < 0.25;
  return {
    key: `be ${adjective.en}`,
    manners: EVERY_MANNER,
    ...(!ofAnyone && { subject }),
    predicate: ({ feminine, person }) => ({
      en: 'be',
      fr: present('être'),
      complement: () => ({
        en: [...(very ? ['very'] : []), adjective.en],
        fr: [...(very ? ['très'] : []), agree(adjective, feminine, person > 2)],
      }),
    }),
  };
}

/** What French has and English is: "I am thirsty", "she is twenty years old". */
function drawFeeling(random: Random): Topic {
  const age = drawNumber(random);
  const aged = [`${englishNumber(age)} years old`, `${frenchNumber(age, false)} ans`] as const;
  const [en, fr] = random.next() < 0.5 ? aged : pick(random, FEELINGS);
  return {
    key: `be ${en}`,
    manners: MAIN_MANNERS,
    predicate: () => ({
      en: 'be',
      fr: present('avoir'),
      complement: () => ({ en: en.split(' '), fr: fr.split(' ') }),
    }),
  };
}

/** "There are three cats in the garden", "il n'y a pas de pain". */
function drawExistence(random: Random): Draw {
  const noun = pick(random, nounsOf(['youth', 'animal', 'food', 'dish', 'drink', 'text', 'thing']));
  const thing = drawNounPhrase(random, noun, ['a', 'some'], false);
  const place: NounPhrase = {
    determiner: 'the',
    noun: pick(random, nounsOf(['place'])),
    plural: false,
    adjectives: [],
  };
  const subject: Subject = {
    en: ['there'],
    fr: ['il'],
    person: thing.plural ? 5 : 2,
    feminine: false,
    key: 'there',
  };
  const predicate: Predicate = {
    en: 'be',
    fr: ['y a', 'y a', 'y a', 'y a', 'y a', 'y a'],
    complement: (mood) => ({
      en: [...englishNounPhrase(thing, mood), 'in', ...englishNounPhrase(place, mood)],
      fr: [...frenchNounPhrase(thing, mood), 'dans', ...frenchNounPhrase(place, mood)],
    }),
  };
  return {
    ...writePair(subject, predicate, pick(random, MAIN_MANNERS)),
    combination: `there ${noun.en} ${place.noun.en}`,
  };
}

function words(text: string): string[] {
  return text === '' ? [] : [text];
}
