const ENGLISH_ONES = `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
  fifteen sixteen seventeen eighteen nineteen`.split(/\s+/);
const ENGLISH_TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const FRENCH_ONES = `zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze
  seize dix-sept dix-huit dix-neuf`.split(/\s+/);
const FRENCH_TENS = 'vingt trente quarante cinquante soixante'.split(' ');

/** A whole number of 0 to 100 in English: twenty-one, a hundred. */
export function englishNumber(value: number): string {
  if (value < 20) return ENGLISH_ONES[value]!;
  if (value === 100) return 'a hundred';
  const tens = ENGLISH_TENS[Math.floor(value / 10) - 2]!;
  return value % 10 === 0 ? tens : `${tens}-${ENGLISH_ONES[value % 10]!}`;
}

/** A whole number of 0 to 100 in French, before a noun: vingt et une pommes, quatre-vingts livres. */
export function frenchNumber(value: number, feminine: boolean): string {
  if (value === 1 && feminine) return 'une';
  if (value < 20) return FRENCH_ONES[value]!;
  if (value === 100) return 'cent';
  if (value === 80) return 'quatre-vingts';
  if (value > 80) return `quatre-vingt-${frenchNumber(value - 80, feminine)}`;
  const base = Math.min(Math.floor(value / 10), 6) * 10; // 70 to 79 count on from sixty
  const tens = FRENCH_TENS[base / 10 - 2]!;
  const rest = value - base;
  if (rest === 0) return tens;
  const joint = rest === 1 || rest === 11 ? ' et ' : '-'; // vingt et un, soixante et onze
  return tens + joint + frenchNumber(rest, feminine);
}
