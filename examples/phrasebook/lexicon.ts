/** What a noun is, so that people are not eaten and bread is not counted. */
export type NounClass =
  'adult' | 'youth' | 'kin' | 'animal' | 'food' | 'dish' | 'drink' | 'text' | 'thing' | 'place';

export interface Noun {
  readonly en: string;
  readonly enPlural: string;
  readonly fr: string;
  readonly frPlural: string;
  readonly feminine: boolean;
  readonly kind: NounClass;
}

export interface Adjective {
  readonly en: string;
  readonly masculine: string;
  readonly feminine: string;
  /** Masculine plural. */
  readonly plural: string;
  /** Masculine singular before a vowel: un vieil ami. */
  readonly beforeVowel: string;
  /** Whether it stands before its noun: beauty, age, goodness and size do. */
  readonly first: boolean;
  readonly kinds: readonly NounClass[];
}

export interface Verb {
  readonly en: string;
  /** What English puts between the verb and its object: look *for*. */
  readonly particle: string;
  readonly fr: string;
  readonly objects: readonly NounClass[];
}

const ENGLISH_PLURALS: Readonly<Record<string, string>> = { man: 'men', woman: 'women', child: 'children' };

function plural(noun: string): string {
  if (noun.endsWith('al')) return `${noun.slice(0, -1)}ux`; // un cheval, des chevaux
  return noun.endsWith('eau') ? `${noun}x` : noun.endsWith('s') || noun.endsWith('x') ? noun : `${noun}s`;
}

/** One line a class: `english:french` masculine, `english:french*` feminine. */
function nouns(kind: NounClass, list: string): Noun[] {
  return list.split(', ').map((entry) => {
    const [en, fr] = entry.replace('*', '').split(':') as [string, string];
    const enPlural =
      ENGLISH_PLURALS[en] ?? (/[^aeiou]y$/.test(en) ? `${en.slice(0, -1)}ies` : plainPlural(en));
    return { en, enPlural, fr, frPlural: plural(fr), feminine: entry.endsWith('*'), kind };
  });
}

function plainPlural(noun: string): string {
  return /(?:ch|sh|s|to)$/.test(noun) ? `${noun}es` : `${noun}s`;
}

/** Every noun. Dishes and drinks are not counted; the rest is. */
export const NOUNS: readonly Noun[] = [
  ...nouns('adult', 'man:homme, woman:femme*'),
  ...nouns('youth', 'boy:garçon, girl:fille*, child:enfant'),
  ...nouns('kin', 'brother:frère, sister:sœur*, uncle:oncle, aunt:tante*, friend:ami, neighbor:voisin'),
  ...nouns('animal', 'cat:chat, dog:chien, bird:oiseau, horse:cheval, cow:vache*'),
  ...nouns('food', 'apple:pomme*, orange:orange*, egg:œuf, cake:gâteau, tomato:tomate*'),
  ...nouns('dish', 'bread:pain, meat:viande*, cheese:fromage, soup:soupe*'),
  ...nouns('drink', 'water:eau*, milk:lait, coffee:café, tea:thé'),
  ...nouns('text', 'book:livre, letter:lettre*, newspaper:journal, story:histoire*'),
  ...nouns(
    'thing',
    'car:voiture*, table:table*, plate:assiette*, hat:chapeau, bag:sac, tree:arbre, key:clé*',
  ),
  ...nouns('place', 'market:marché, school:école*, station:gare*, park:parc, hotel:hôtel, church:église*'),
  ...nouns('place', 'garden:jardin, shop:magasin, house:maison*'),
];

const LIVING: readonly NounClass[] = ['adult', 'youth', 'kin', 'animal'];
const EATEN: readonly NounClass[] = ['food', 'dish', 'drink'];
const SOLID: readonly NounClass[] = ['animal', 'food', 'text', 'thing', 'place'];
const MADE: readonly NounClass[] = ['text', 'thing', 'place'];

function adjective(en: string, forms: string, first: boolean, kinds: readonly NounClass[]): Adjective {
  const [
    masculine,
    feminine = masculine.endsWith('e') ? masculine : `${masculine}e`,
    beforeVowel = masculine,
  ] = forms.split(' ') as [string, string?, string?];
  return { en, masculine, feminine, plural: plural(masculine), beforeVowel, first, kinds };
}

/**
 * Every adjective that can stand with a noun or after "to be". Some would mean something else beside certain
 * nouns and are kept from them: un grand homme is a great man, une belle-sœur a sister-in-law, une vieille
 * fille a spinster.
 */
export const ADJECTIVES: readonly Adjective[] = [
  adjective('small', 'petit', true, ['adult', 'youth', ...SOLID]),
  adjective('big', 'grand', true, SOLID),
  adjective('beautiful', 'beau belle bel', true, ['adult', 'animal', ...MADE]),
  adjective('old', 'vieux vieille vieil', true, ['adult', 'kin', 'animal', ...MADE]),
  adjective('young', 'jeune', true, ['adult', 'kin', 'animal']),
  adjective('new', 'nouveau nouvelle nouvel', true, MADE),
  adjective('good', 'bon bonne', true, [...EATEN, 'text']),
  adjective('bad', 'mauvais', true, [...EATEN, 'text']),
  adjective('red', 'rouge', false, ['food', 'thing']),
  adjective('green', 'vert', false, ['food', 'thing']),
  adjective('white', 'blanc blanche', false, ['animal', 'thing']),
  adjective('black', 'noir', false, ['animal', 'thing']),
  adjective('expensive', 'cher chère', false, [...EATEN, ...MADE]),
  adjective('hot', 'chaud', false, ['dish', 'drink']),
  adjective('cold', 'froid', false, ['dish', 'drink']),
  adjective('tired', 'fatigué', false, LIVING),
  adjective('sick', 'malade', false, LIVING),
  adjective('happy', 'heureux heureuse', false, LIVING),
  adjective('kind', 'gentil gentille', false, LIVING),
];

const ANY: readonly NounClass[] = [...LIVING, ...EATEN, 'text', 'thing'];
const GOODS: readonly NounClass[] = [...EATEN, 'text', 'thing'];

function verb(en: string, fr: string, objects: readonly NounClass[]): Verb {
  const [base, particle = ''] = en.split(' ') as [string, string?];
  return { en: base, particle, fr, objects };
}

/** Verbs that take an object. */
export const TRANSITIVE: readonly Verb[] = [
  verb('have', 'avoir', ['animal', ...GOODS]),
  verb('want', 'vouloir', ['animal', ...GOODS]),
  verb('see', 'voir', [...LIVING, 'food', 'text', 'thing', 'place']),
  verb('look for', 'chercher', ANY),
  verb('find', 'trouver', ANY),
  verb('like', 'aimer', [...ANY, 'place']),
  verb('take', 'prendre', GOODS),
  verb('buy', 'acheter', ['animal', ...GOODS]),
  verb('sell', 'vendre', ['animal', ...GOODS]),
  verb('choose', 'choisir', GOODS),
  verb('eat', 'manger', ['food', 'dish']),
  verb('drink', 'boire', ['drink']),
  verb('read', 'lire', ['text']),
  verb('write', 'écrire', ['text']),
  verb('wait for', 'attendre', ['adult', 'youth', 'kin']),
  verb('wash', 'laver', ['animal', 'thing']),
  verb('carry', 'porter', ['food', 'thing']),
];

/** Verbs that stand with a place. */
export const INTRANSITIVE: readonly (readonly [string, string])[] = [
  ['sing', 'chanter'],
  ['sleep', 'dormir'],
  ['work', 'travailler'],
];

/** English "to be" with what French *has*. */
export const FEELINGS: readonly (readonly [string, string])[] = [
  ['hungry', 'faim'],
  ['thirsty', 'soif'],
  ['afraid', 'peur'],
  ['right', 'raison'],
];

/** Times, at the end of a sentence in both languages. */
export const TIMES: readonly (readonly [string, string])[] = [
  ['today', "aujourd'hui"],
  ['now', 'maintenant'],
  ['this evening', 'ce soir'],
  ['every day', 'tous les jours'],
  ['on Monday', 'lundi'],
];
