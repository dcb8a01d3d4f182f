/** The six persons of the present tense: je, tu, il or elle, nous, vous, ils. */
export type Present = readonly [string, string, string, string, string, string];

const IRREGULAR: Readonly<Record<string, string>> = {
  être: 'suis es est sommes êtes sont',
  avoir: 'ai as a avons avez ont',
  aller: 'vais vas va allons allez vont',
  venir: 'viens viens vient venons venez viennent',
  vouloir: 'veux veux veut voulons voulez veulent',
  pouvoir: 'peux peux peut pouvons pouvez peuvent',
  voir: 'vois vois voit voyons voyez voient',
  boire: 'bois bois boit buvons buvez boivent',
  prendre: 'prends prends prend prenons prenez prennent',
  lire: 'lis lis lit lisons lisez lisent',
  écrire: 'écris écris écrit écrivons écrivez écrivent',
  dormir: 'dors dors dort dormons dormez dorment',
  acheter: 'achète achètes achète achetons achetez achètent',
};

const ENDINGS: Readonly<Record<string, string>> = {
  er: 'e es e ons ez ent',
  ir: 'is is it issons issez issent',
  re: 's s  ons ez ent',
};

/** The present tense of a French infinitive. */
export function present(infinitive: string): Present {
  const irregular = IRREGULAR[infinitive];
  if (irregular !== undefined) return irregular.split(' ') as unknown as Present;
  const stem = infinitive.slice(0, -2);
  const endings = ENDINGS[infinitive.slice(-2)]!.split(' ');
  // "mangeons": the e keeps the g soft
  const forms = endings.map((ending) =>
    stem.endsWith('g') && ending === 'ons' ? `${stem}eons` : stem + ending,
  );
  return forms as unknown as Present;
}

/** The English third person: has, goes, washes, carries, sees. */
export function thirdPerson(verb: string): string {
  if (verb === 'have') return 'has';
  if (/(?:ch|sh|o)$/.test(verb)) return `${verb}es`;
  return /[^aeiou]y$/.test(verb) ? `${verb.slice(0, -1)}ies` : `${verb}s`;
}
