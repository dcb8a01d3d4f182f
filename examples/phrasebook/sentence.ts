import type { Mood } from './nounPhrase.js';
import { writeFrench } from './nounPhrase.js';
import { thirdPerson, type Present } from './verbs.js';

/** Who does it. */
export interface Subject {
  readonly en: readonly string[];
  readonly fr: readonly string[];
  /** Place in a {@link Present}: 0 je, 1 tu, 2 il or elle, 3 nous, 4 vous, 5 ils. */
  readonly person: 0 | 1 | 2 | 3 | 4 | 5;
  readonly feminine: boolean;
  /** What it is, whatever its article. */
  readonly key: string;
}

/** How the sentence is put. Adverbs change places between the languages. Questions have no adverb here. */
export type Manner = 'statement' | 'negative' | 'never' | 'often' | 'always' | 'question';

/** What is said of the subject. In English questions "be" and "can" come first, other verbs take "do". */
export interface Predicate {
  /** The verb and the object, however they are put. */
  readonly key: string;
  readonly en: string;
  readonly fr: Present;
  /** What follows the verb. */
  readonly complement: (
    mood: Mood,
    subject: Subject,
  ) => { readonly en: readonly string[]; readonly fr: readonly string[] };
}

/** A sentence and its translation. */
export interface Pair {
  readonly source: string;
  readonly target: string;
}

const FRENCH_ADVERBS = {
  statement: [],
  negative: ['pas'],
  never: ['jamais'],
  often: ['souvent'],
  always: ['toujours'],
  question: [],
} as const;

/** Puts one clause in both languages. */
export function writePair(subject: Subject, predicate: Predicate, manner: Manner): Pair {
  const mood = { negative: manner === 'negative' || manner === 'never', question: manner === 'question' };
  const { en, fr } = predicate.complement(mood, subject);
  return {
    source: [...englishClause(subject, predicate.en, manner), ...en, ...(mood.question ? ['?'] : [])].join(
      ' ',
    ),
    target: writeFrench([
      ...(mood.question ? ['est-ce', 'que'] : []),
      ...subject.fr,
      ...(mood.negative ? ['ne'] : []),
      predicate.fr[subject.person],
      ...FRENCH_ADVERBS[manner],
      ...fr,
      ...(mood.question ? ['?'] : []),
    ]),
  };
}

function englishClause({ en: subject, person }: Subject, verb: string, manner: Manner): readonly string[] {
  const auxiliary = verb === 'be' || verb === 'can';
  const finite = verb === 'be' ? be(person) : person === 2 && !auxiliary ? thirdPerson(verb) : verb;
  const support = person === 2 ? 'does' : 'do';
  switch (manner) {
    case 'statement':
      return [...subject, finite];
    case 'question':
      return auxiliary ? [finite, ...subject] : [support, ...subject, verb];
    case 'negative':
      if (finite === 'am') return [...subject, 'am', 'not'];
      if (auxiliary) return [...subject, finite === 'can' ? "can't" : `${finite}n't`];
      return [...subject, `${support}n't`, verb];
    default:
      return auxiliary ? [...subject, finite, manner] : [...subject, manner, finite];
  }
}

function be(person: Subject['person']): string {
  return person === 0 ? 'am' : person === 2 ? 'is' : 'are';
}
