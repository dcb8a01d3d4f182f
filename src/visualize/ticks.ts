/**
 * About five round numbers at equal distance that enclose `low` and `high`. Their distance is 1, 2 or 5 times
 * a power of ten.
 *
 * @param whole whether only whole numbers are meant
 */
export function ticks(low: number, high: number, whole = false): number[] {
  const rough = (high > low ? high - low : Math.abs(high) || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const nice = ([1, 2, 5].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10) * power;
  const step = whole ? Math.max(1, nice) : nice;
  const from = Math.floor(low / step + 1e-9);
  const to = Math.max(Math.ceil(high / step - 1e-9), from + 1);
  return Array.from({ length: to - from + 1 }, (_, i) => Number(((from + i) * step).toPrecision(12)));
}
