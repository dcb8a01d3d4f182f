import { describe, expect, it } from 'vitest';
import { NOUNS, TRANSITIVE } from '../../examples/phrasebook/lexicon.js';
import { startsWithVowel, writeFrench } from '../../examples/phrasebook/nounPhrase.js';
import { englishNumber, frenchNumber } from '../../examples/phrasebook/numbers.js';
import { phrasebook } from '../../examples/phrasebook/phrasebook.js';
import type { Pair } from '../../examples/phrasebook/sentence.js';
import { present, thirdPerson } from '../../examples/phrasebook/verbs.js';

/** Sentences of the default book with the translations of a speaker of both languages. */
const EXPECTED: readonly (readonly [string, string])[] = [
  ["we don't like the old friend", "nous n'aimons pas le vieil ami"],
  ['he finds your beautiful bird', 'il trouve ton bel oiseau'],
  ['does he have any beautiful birds ?', "est-ce qu'il a de beaux oiseaux ?"],
  ["you all don't see the new hotels", 'vous ne voyez pas les nouveaux hôtels'],
  ["he doesn't like the old men", "il n'aime pas les vieux hommes"],
  ['this child waits for your old friends', 'cet enfant attend tes vieux amis'],
  ['we go to my school', 'nous allons à mon école'],
  ['your sister likes my story', 'ta sœur aime mon histoire'],
  ['this man writes my book', 'cet homme écrit mon livre'],
  ['does she see this egg ?', "est-ce qu'elle voit cet œuf ?"],
  ['these men read a letter', 'ces hommes lisent une lettre'],
  ['the woman sees this school', 'la femme voit cette école'],
  ['this school is always very big', 'cette école est toujours très grande'],
  ['I come from the school', "je viens de l'école"],
  ['they come from the station every day', 'ils viennent de la gare tous les jours'],
  ['her neighbors go to the markets now', 'ses voisins vont aux marchés maintenant'],
  ["you don't go to the market", 'tu ne vas pas au marché'],
  ['I go to the school every day', "je vais à l'école tous les jours"],
  ['she works near the shops', 'elle travaille près des magasins'],
  ['she often sings near the church', "elle chante souvent près de l'église"],
  ["I don't work near the market", 'je ne travaille pas près du marché'],
  ["I don't drink any water", "je ne bois pas d'eau"],
  ["she doesn't sell a dog", 'elle ne vend pas de chien'],
  ["you all don't write an old story", "vous n'écrivez pas de vieille histoire"],
  ['they never read any big newspapers', 'ils ne lisent jamais de grands journaux'],
  ['we never write any letters', "nous n'écrivons jamais de lettres"],
  ['they are twenty-one years old', 'ils ont vingt et un ans'],
  ['there are twenty-one eggs in the church', "il y a vingt et un œufs dans l'église"],
  ["you all don't find eighty plates", 'vous ne trouvez pas quatre-vingts assiettes'],
  ['he always sees eighty green apples', 'il voit toujours quatre-vingts pommes vertes'],
  ['am I eighty-one years old ?', "est-ce que j'ai quatre-vingt-un ans ?"],
  ['they can choose eighty-one letters', 'ils peuvent choisir quatre-vingt-une lettres'],
  ['we always read seventy-one letters', 'nous lisons toujours soixante et onze lettres'],
  ["we can't read a hundred letters", 'nous ne pouvons pas lire cent lettres'],
  ['his friend always writes seventy old stories', 'son ami écrit toujours soixante-dix vieilles histoires'],
  ['I have the egg', "j'ai l'œuf"],
  ['I have this hot soup', "j'ai cette soupe chaude"],
  ['I am old', 'je suis vieux'],
  ['I am not beautiful', 'je ne suis pas beau'],
  ["I don't wait for their neighbor", "je n'attends pas leur voisin"],
  ["the horse isn't sick", "le cheval n'est pas malade"],
  ['is the plate red ?', "est-ce que l'assiette est rouge ?"],
  ['is he sick ?', "est-ce qu'il est malade ?"],
  ['are they hungry ?', "est-ce qu'ils ont faim ?"],
  ['does he read any good stories ?', "est-ce qu'il lit de bonnes histoires ?"],
  ["you all can't find any tea", 'vous ne pouvez pas trouver de thé'],
  ["she can't buy your keys", 'elle ne peut pas acheter tes clés'],
  ["you aren't going to eat any oranges", "tu ne vas pas manger d'oranges"],
  ['we are going to buy some cakes', 'nous allons acheter des gâteaux'],
  ['I am going to read some stories', 'je vais lire des histoires'],
  ['we want to drink some water', "nous voulons boire de l'eau"],
  ['my friend wants to wash a hat', 'mon ami veut laver un chapeau'],
  ['he wants to look for our friend', 'il veut chercher notre ami'],
  ['there is some water in the house', "il y a de l'eau dans la maison"],
  ['there is some cheese in the school', "il y a du fromage dans l'école"],
  ["there isn't any bread in the shop", "il n'y a pas de pain dans le magasin"],
  ["there aren't any plates in the church", "il n'y a pas d'assiettes dans l'église"],
  ['is she thirsty ?', "est-ce qu'elle a soif ?"],
  ['you all are happy', 'vous êtes heureux'],
  ['we see your beautiful hats', 'nous voyons tes beaux chapeaux'],
  ['we choose some good hot bread', 'nous choisissons du bon pain chaud'],
  ['they drink some milk', 'ils boivent du lait'],
  ['they take a key today', "ils prennent une clé aujourd'hui"],
  ['he always likes this old tired cat', 'il aime toujours ce vieux chat fatigué'],
  ['her uncle is often near the park', 'son oncle est souvent près du parc'],
  ['he sings behind the hotels every day', 'il chante derrière les hôtels tous les jours'],
  ['she washes the tree every day', "elle lave l'arbre tous les jours"],
  ['you buy a tomato on Monday', 'tu achètes une tomate lundi'],
  ['you choose some old black plates', 'tu choisis de vieilles assiettes noires'],
  ['you take some good coffee', 'tu prends du bon café'],
  ["this woman doesn't sell any hats", 'cette femme ne vend pas de chapeaux'],
  ["you all aren't very beautiful", "vous n'êtes pas très beaux"],
  ['this table is very expensive', 'cette table est très chère'],
  ['is he very old ?', "est-ce qu'il est très vieux ?"],
  ['she is beautiful', 'elle est belle'],
  ['we like your big books', 'nous aimons tes grands livres'],
];

const book = phrasebook();
const all = [...book.train, ...book.heldOut];
const tokens = (sentences: readonly string[]): Set<string> =>
  new Set(sentences.flatMap((text) => text.split(' ')));

describe('phrasebook', () => {
  const translations = new Map(all.map(({ source, target }) => [source, target]));

  it.each(EXPECTED)('%s → %s', (source, target) => {
    expect(translations.get(source)).toBe(target);
  });

  it('has enough pairs, and no English sentence twice', () => {
    expect(all.length).toBeGreaterThanOrEqual(20_000);
    expect(translations.size).toBe(all.length);
  });

  it('holds out pairs whose every word can be learnt', () => {
    expect(book.heldOut.length).toBeGreaterThan(800);
    const sources = tokens(book.train.map(({ source }) => source));
    const targets = tokens(book.train.map(({ target }) => target));
    expect(
      [...tokens(book.heldOut.map(({ source }) => source))].filter((token) => !sources.has(token)),
    ).toEqual([]);
    expect(
      [...tokens(book.heldOut.map(({ target }) => target))].filter((token) => !targets.has(token)),
    ).toEqual([]);
  });

  it('holds out combinations, not only sentences', () => {
    // Every sentence in which someone finds a certain thing stands on one side alone, however it is put.
    const clause =
      /\b(I|you all|you|he|she|we|they)\b.* (find|buy|sell|take)s? .*\b(car|table|hat|bag|tree|key|apple|egg|book|bread|milk)s?\b/;
    const combinations = (pairs: readonly Pair[]): Set<string> =>
      new Set(pairs.flatMap(({ source }) => clause.exec(source)?.slice(1).join(' ') ?? []));
    const learnt = combinations(book.train);
    const asked = combinations(book.heldOut);
    expect(asked.size).toBeGreaterThan(5);
    expect(learnt.size).toBeGreaterThan(200);
    expect([...asked].filter((combination) => learnt.has(combination))).toEqual([]);
  });

  it('keeps sentences short, and leaves no elision or contraction undone', () => {
    const undone = /(?:^| )(?:(?:je|ne|le|la|de|que|ma|ta|sa|ce) [aeiouhâàéèêîôœ]|(?:à|de) (?:le|les) )/u;
    for (const { source, target } of all) {
      expect(Math.max(source.split(' ').length, target.split(' ').length)).toBeLessThanOrEqual(10);
      expect(target).not.toMatch(undone);
      expect(`${source} ${target}`).not.toMatch(/ {2}|undefined/);
    }
  });

  it('is the same for the same seed, and another for another', () => {
    const small = phrasebook({ seed: 7, pairs: 200 });
    expect(phrasebook({ seed: 7, pairs: 200 })).toEqual(small);
    expect(phrasebook({ seed: 8, pairs: 200 })).not.toEqual(small);
  });
});

describe('the rules of the grammar', () => {
  it('conjugates', () => {
    expect(present('chercher')).toEqual([
      'cherche',
      'cherches',
      'cherche',
      'cherchons',
      'cherchez',
      'cherchent',
    ]);
    expect(present('manger')[3]).toBe('mangeons');
    expect(present('choisir')).toEqual([
      'choisis',
      'choisis',
      'choisit',
      'choisissons',
      'choisissez',
      'choisissent',
    ]);
    expect(present('vendre')).toEqual(['vends', 'vends', 'vend', 'vendons', 'vendez', 'vendent']);
    expect(present('être')).toEqual(['suis', 'es', 'est', 'sommes', 'êtes', 'sont']);
    for (const { fr } of TRANSITIVE) expect(new Set(present(fr)).size).toBeGreaterThan(3);
    expect(['have', 'go', 'wash', 'carry', 'buy'].map(thirdPerson)).toEqual([
      'has',
      'goes',
      'washes',
      'carries',
      'buys',
    ]);
  });

  it('makes plurals', () => {
    const plurals = new Map(NOUNS.map(({ fr, frPlural }) => [fr, frPlural]));
    expect(['cheval', 'journal', 'oiseau', 'chapeau', 'clé', 'œuf'].map((noun) => plurals.get(noun))).toEqual(
      ['chevaux', 'journaux', 'oiseaux', 'chapeaux', 'clés', 'œufs'],
    );
    const english = new Map(NOUNS.map(({ en, enPlural }) => [en, enPlural]));
    expect(['man', 'child', 'church', 'story', 'key', 'tomato'].map((noun) => english.get(noun))).toEqual([
      'men',
      'children',
      'churches',
      'stories',
      'keys',
      'tomatoes',
    ]);
  });

  it('elides and contracts', () => {
    expect(writeFrench(['je', 'ne', 'ai', 'pas', 'de', 'eau'])).toBe("je n'ai pas d'eau");
    expect(writeFrench(['est-ce', 'que', 'il', 'va', 'à', 'le', 'parc', '?'])).toBe(
      "est-ce qu'il va au parc ?",
    );
    expect(writeFrench(['près', 'de', 'les', 'arbres'])).toBe('près des arbres');
    expect(writeFrench(['à', 'le', 'hôtel'])).toBe("à l'hôtel");
    expect(writeFrench(['de', 'la', 'église'])).toBe("de l'église");
    expect(startsWithVowel('œuf') && startsWithVowel('homme') && !startsWithVowel('voisin')).toBe(true);
  });

  it('counts', () => {
    const masculine = (value: number): string => frenchNumber(value, false);
    expect([1, 16, 17, 21, 22, 61, 69, 70, 71, 77, 80, 81, 91, 99, 100].map(masculine)).toEqual([
      'un',
      'seize',
      'dix-sept',
      'vingt et un',
      'vingt-deux',
      'soixante et un',
      'soixante-neuf',
      'soixante-dix',
      'soixante et onze',
      'soixante-dix-sept',
      'quatre-vingts',
      'quatre-vingt-un',
      'quatre-vingt-onze',
      'quatre-vingt-dix-neuf',
      'cent',
    ]);
    expect([1, 21, 31, 71, 81].map((value) => frenchNumber(value, true))).toEqual([
      'une',
      'vingt et une',
      'trente et une',
      'soixante et onze',
      'quatre-vingt-une',
    ]);
    expect([13, 40, 58, 100].map(englishNumber)).toEqual(['thirteen', 'forty', 'fifty-eight', 'a hundred']);
    expect(new Set(Array.from({ length: 101 }, (_, value) => masculine(value))).size).toBe(101);
  });
});
