import type { Random } from 'tfjs-seq2seq';
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
import type { NounPhrase } from './nounPhrase.js';
import { action, age, existence, feeling, plan, quality, stay, there, type Phrase } from './predicates.js';
import { writePair, type Manner, type Pair, type Predicate, type Subject } from './sentence.js';

/** A pair, and the subject, verb and object that it is about. */
export interface Draw extends Pair {
  readonly combination: string;
}

/** What may be said, and how. */
interface Topic {
  readonly predicate: Predicate;
  readonly manners: readonly Manner[];
  /** Where not everyone will do. */
  readonly subject?: Subject;
}

const MAIN_MANNERS: readonly Manner[] = ['statement', 'statement', 'negative', 'question'];
const EVERY_MANNER: readonly Manner[] = [...MAIN_MANNERS, ...MAIN_MANNERS, 'never', 'often', 'always'];

const PLANNED: readonly Verb[] = TRANSITIVE.filter(
  ({ en }) => en !== 'have' && en !== 'want' && en !== 'like',
);
const MOVES: readonly (readonly [verb: Phrase, preposition: Phrase])[] = [
  [
    ['go', 'aller'],
    ['to', 'à'],
  ],
  [
    ['come', 'venir'],
    ['from', 'de'],
  ],
];
const STAYS: readonly Phrase[] = [['be', 'être'], ...INTRANSITIVE];
const WHERE: readonly Phrase[] = [
  ['at', 'à'],
  ['in', 'dans'],
  ['near', 'près de'],
  ['behind', 'derrière'],
];

/** How often each kind of sentence is drawn, in percent. */
const KINDS: readonly (readonly [share: number, draw: (random: Random) => Topic])[] = [
  [48, drawAction],
  [14, drawPlan],
  [14, drawPlace],
  [12, drawQuality],
  [7, drawExistence],
  [5, drawFeeling],
];

/** Draws one pair. */
export function drawPair(random: Random): Draw {
  let rest = random.integer(100);
  const [, drawTopic] = KINDS.find(([share]) => (rest -= share) < 0)!;
  const { predicate, manners, subject = drawSubject(random) } = drawTopic(random);
  return {
    ...writePair(subject, predicate, pick(random, manners)),
    combination: `${subject.key} ${predicate.key}`,
  };
}

function drawAction(random: Random): Topic {
  const verb = pick(random, TRANSITIVE);
  const object = drawObject(random, verb, true);
  const time = object.adjectives.length === 0 ? drawTime(random) : undefined;
  return { predicate: action(verb, object, time), manners: time === undefined ? EVERY_MANNER : MAIN_MANNERS };
}

function drawPlan(random: Random): Topic {
  const kind = pick(random, ['want', 'can', 'going to'] as const);
  const verb = pick(random, PLANNED);
  return { predicate: plan(kind, verb, drawObject(random, verb, false)), manners: MAIN_MANNERS };
}

function drawPlace(random: Random): Topic {
  const [verb, preposition] =
    random.next() < 0.4 ? pick(random, MOVES) : ([pick(random, STAYS), pick(random, WHERE)] as const);
  const noun = pick(random, nounsOf(['place']));
  const place = drawNounPhrase(random, noun, ['the', 'the', 'the', 'my', 'our', 'this'], false);
  const time = drawTime(random);
  return {
    predicate: stay(verb, preposition, place, time),
    manners: time === undefined ? EVERY_MANNER : MAIN_MANNERS,
  };
}

/** Of anyone where the adjective fits people, or of something that it fits: "the soup is good". */
function drawQuality(random: Random): Topic {
  const adjective = pick(random, ADJECTIVES);
  const predicate = quality(adjective, random.next() < 0.25);
  if (adjective.kinds.includes('adult') && random.next() < 0.8) return { predicate, manners: EVERY_MANNER };
  const bearer = pick(random, nounsOf(adjective.kinds));
  const subject = subjectOf(drawNounPhrase(random, bearer, ['the', 'this'], false));
  return { predicate, manners: EVERY_MANNER, subject };
}

function drawFeeling(random: Random): Topic {
  const predicate = random.next() < 0.5 ? age(drawNumber(random)) : feeling(pick(random, FEELINGS));
  return { predicate, manners: MAIN_MANNERS };
}

function drawExistence(random: Random): Topic {
  const noun = pick(random, nounsOf(['youth', 'animal', 'food', 'dish', 'drink', 'text', 'thing']));
  const thing = drawNounPhrase(random, noun, ['a', 'some'], false);
  const spot = pick(random, nounsOf(['place']));
  const place: NounPhrase = { determiner: 'the', noun: spot, plural: false, adjectives: [] };
  return { predicate: existence(thing, place), manners: MAIN_MANNERS, subject: there(thing) };
}
