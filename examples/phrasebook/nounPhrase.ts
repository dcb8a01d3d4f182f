import type { Adjective, Noun } from './lexicon.js';
import { englishNumber, frenchNumber } from './numbers.js';

const POSSESSIVES = {
  my: ['mon', 'ma', 'mes'],
  your: ['ton', 'ta', 'tes'],
  his: ['son', 'sa', 'ses'],
  her: ['son', 'sa', 'ses'],
  our: ['notre', 'notre', 'nos'],
  their: ['leur', 'leur', 'leurs'],
} as const;

/** What stands before a noun; a number counts. `some` is "any" in questions and negations. */
export type Determiner = 'the' | 'a' | 'some' | 'this' | keyof typeof POSSESSIVES | number;

export interface NounPhrase {
  readonly determiner: Determiner;
  readonly noun: Noun;
  readonly plural: boolean;
  /** At most one that stands before a French noun and one that stands after it. */
  readonly adjectives: readonly Adjective[];
}

/** The kind of sentence around a noun phrase. */
export interface Mood {
  readonly negative: boolean;
  readonly question: boolean;
}

/** Whether an elision or a liaison form is due before `word`. The lexicon has no aspirated h. */
export function startsWithVowel(word: string): boolean {
  return /^[aeiouyhàâéèêëîïôœ]/u.test(word);
}

/** An adjective in the gender and number of its noun. */
export function agree(adjective: Adjective, feminine: boolean, plural: boolean): string {
  if (feminine) return plural ? `${adjective.feminine}s` : adjective.feminine;
  return plural ? adjective.plural : adjective.masculine;
}

/** "the small red car", "an old man", "any bread". */
export function englishNounPhrase(
  { determiner, noun, plural, adjectives }: NounPhrase,
  mood: Mood,
): string[] {
  const words = [...adjectives.map(({ en }) => en), plural ? noun.enPlural : noun.en];
  return [englishDeterminer(determiner, words[0]!, plural, mood), ...words];
}

function englishDeterminer(determiner: Determiner, next: string, plural: boolean, mood: Mood): string {
  if (typeof determiner === 'number') return englishNumber(determiner);
  if (determiner === 'a') return /^[aeiou]/.test(next) ? 'an' : 'a';
  if (determiner === 'some') return mood.negative || mood.question ? 'any' : 'some';
  return determiner === 'this' && plural ? 'these' : determiner;
}

/** "la petite voiture rouge", "un vieil homme"; `de le` and `le eau` are left to {@link writeFrench}. */
export function frenchNounPhrase({ determiner, noun, plural, adjectives }: NounPhrase, mood: Mood): string[] {
  const head = plural ? noun.frPlural : noun.fr;
  const { feminine } = noun;
  const before = adjectives
    .filter(({ first }) => first)
    .map((adjective) =>
      !feminine && !plural && startsWithVowel(head)
        ? adjective.beforeVowel
        : agree(adjective, feminine, plural),
    );
  const after = adjectives
    .filter(({ first }) => !first)
    .map((adjective) => agree(adjective, feminine, plural));
  const words = [...before, head, ...after];
  return [...frenchDeterminer(determiner, feminine, plural, mood, words[0]!, before.length > 0), ...words];
}

function frenchDeterminer(
  determiner: Determiner,
  feminine: boolean,
  plural: boolean,
  { negative }: Mood,
  next: string,
  adjectiveFirst: boolean,
): string[] {
  const definite = plural ? 'les' : feminine ? 'la' : 'le';
  const vowel = startsWithVowel(next);
  if (typeof determiner === 'number') return frenchNumber(determiner, feminine).split(' ');
  switch (determiner) {
    case 'the':
      return [definite];
    case 'a':
      return [negative ? 'de' : feminine ? 'une' : 'un'];
    case 'some': // pas de pain; de petites pommes; du pain, de la viande, des pommes
      return negative || (plural && adjectiveFirst) ? ['de'] : ['de', definite];
    case 'this':
      return [plural ? 'ces' : feminine ? 'cette' : vowel ? 'cet' : 'ce'];
    default: {
      const [masculine, feminineForm, many] = POSSESSIVES[determiner];
      return [plural ? many : feminine && !vowel ? feminineForm : masculine]; // mon école
    }
  }
}

const ELIDED: readonly string[] = ['je', 'ne', 'le', 'la', 'de', 'que'];
const CONTRACTED: Readonly<Record<string, string>> = {
  'à le': 'au',
  'à les': 'aux',
  'de le': 'du',
  'de les': 'des',
};

/** Joins French words with elision (l'eau, n'est, qu'il) and contraction (au, aux, du, des). */
export function writeFrench(words: readonly string[]): string {
  const written: string[] = [];
  for (const word of words.toReversed()) {
    const next = written[0] ?? '';
    const contracted = CONTRACTED[`${word} ${next}`];
    if (contracted !== undefined) written[0] = contracted;
    else if (ELIDED.includes(word) && startsWithVowel(next)) written[0] = `${word.slice(0, -1)}'${next}`;
    else written.unshift(word);
  }
  return written.join(' ');
}
