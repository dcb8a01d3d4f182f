import type { Adjective, Verb } from './lexicon.js';
import { agree, englishNounPhrase, frenchNounPhrase, type NounPhrase } from './nounPhrase.js';
import { englishNumber, frenchNumber } from './numbers.js';
import type { Predicate, Subject } from './sentence.js';
import { present } from './verbs.js';

/** The same words in English and in French. */
export type Phrase = readonly [en: string, fr: string];

const NOTHING: Phrase = ['', ''];

/** What one wants to do, can do, or is going to do. */
export const PLANS = {
  want: { en: 'want', link: 'to', fr: 'vouloir' },
  can: { en: 'can', link: '', fr: 'pouvoir' },
  'going to': { en: 'be', link: 'going to', fr: 'aller' },
} as const;

/** "… washes the small red car", "… doesn't wash it on Monday". */
export function action(verb: Verb, object: NounPhrase, time: Phrase = NOTHING): Predicate {
  return {
    key: `${verb.en} ${object.noun.en}`,
    en: verb.en,
    fr: present(verb.fr),
    complement: (mood) => ({
      en: [...words(verb.particle), ...englishNounPhrase(object, mood), ...words(time[0])],
      fr: [...frenchNounPhrase(object, mood), ...words(time[1])],
    }),
  };
}

/** A verb over a verb: "… is going to buy a hat", "… can't see the church". */
export function plan(kind: keyof typeof PLANS, verb: Verb, object: NounPhrase): Predicate {
  const { en, link, fr } = PLANS[kind];
  return {
    key: `${verb.en} ${object.noun.en}`,
    en,
    fr: present(fr),
    complement: (mood) => ({
      en: [...words(link), verb.en, ...words(verb.particle), ...englishNounPhrase(object, mood)],
      fr: [verb.fr, ...frenchNounPhrase(object, mood)],
    }),
  };
}

/** A verb and a place: "… goes to the station", "… works near the church". */
export function stay(
  [en, fr]: Phrase,
  preposition: Phrase,
  place: NounPhrase,
  time: Phrase = NOTHING,
): Predicate {
  return {
    key: `${en} ${place.noun.en}`,
    en,
    fr: present(fr),
    complement: (mood) => ({
      en: [...words(preposition[0]), ...englishNounPhrase(place, mood), ...words(time[0])],
      fr: [...words(preposition[1]), ...frenchNounPhrase(place, mood), ...words(time[1])],
    }),
  };
}

/** "Être" with an adjective that agrees with the subject: "… are very tired". */
export function quality(adjective: Adjective, very = false): Predicate {
  return {
    key: `be ${adjective.en}`,
    en: 'be',
    fr: present('être'),
    complement: (_, { feminine, person }) => ({
      en: [...(very ? ['very'] : []), adjective.en],
      fr: [...(very ? ['très'] : []), agree(adjective, feminine, person > 2)],
    }),
  };
}

/** What French has and English is: "… is thirsty". */
export function feeling([en, fr]: Phrase): Predicate {
  return {
    key: `be ${en}`,
    en: 'be',
    fr: present('avoir'),
    complement: () => ({ en: words(en), fr: words(fr) }),
  };
}

/** "… is twenty years old". */
export function age(years: number): Predicate {
  return feeling([`${englishNumber(years)} years old`, `${frenchNumber(years, false)} ans`]);
}

/** "There", which English makes agree with what there is. */
export function there(thing: NounPhrase): Subject {
  return { en: ['there'], fr: ['il'], person: thing.plural ? 5 : 2, feminine: false, key: 'there' };
}

/** After {@link there}: "… are three cats in the garden". */
export function existence(thing: NounPhrase, place: NounPhrase): Predicate {
  return {
    key: `${thing.noun.en} ${place.noun.en}`,
    en: 'be',
    fr: ['y a', 'y a', 'y a', 'y a', 'y a', 'y a'],
    complement: (mood) => ({
      en: [...englishNounPhrase(thing, mood), 'in', ...englishNounPhrase(place, mood)],
      fr: [...frenchNounPhrase(thing, mood), 'dans', ...frenchNounPhrase(place, mood)],
    }),
  };
}

function words(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}
