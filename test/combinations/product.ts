import { axes, type Combination } from './combination.js';

/** The axes with only some of their values. */
type SomeAxes = { readonly [Axis in keyof typeof axes]: readonly (typeof axes)[Axis][number][] };

/** What the full product leaves out: values whose parts fit wherever those of another value do. */
const distinct: SomeAxes = {
  ...axes,
  encoder: ['gru', 'lstm', 'convolutional', 'transformer'],
  decoder: ['gru', 'lstm', 'transformer'],
  decoderLayers: [1],
  bridge: ['passBridge', 'zeroBridge', 'linearBridge'],
};

/**
 * Every combination of encoder, bridge, attention and decoder, and of the options that decide whether they
 * fit.
 */
export function* product(): Generator<Combination> {
  const names = Object.keys(distinct) as (keyof Combination)[];
  const counts = names.map((name) => distinct[name].length);
  const total = counts.reduce((sum, count) => sum * count, 1);
  for (let i = 0; i < total; i++) {
    let rest = i;
    const values = names.map((name, axis) => {
      const value = distinct[name][rest % (counts[axis] as number)];
      rest = Math.floor(rest / (counts[axis] as number));
      return [name, value] as const;
    });
    const combination = Object.fromEntries(values) as unknown as Combination;
    if (isCanonical(combination) && isDistinct(combination)) yield combination;
  }
}

/**
 * Layers and directions decide the state's form and the memory's width alone, which one cell shows. Dropout
 * decides nothing outside the decoder, so that one encoder and one bridge show it.
 */
function isDistinct({ encoder, encoderLayers, encoderVariant, bridge, dropout }: Combination): boolean {
  if (dropout > 0 && (encoder !== 'convolutional' || bridge !== 'linearBridge')) return false;
  return encoder === 'gru' || (encoderLayers === 1 && !encoderVariant);
}

/** Whether every value has a meaning: an option of a part that is not there must have its first value. */
export function isCanonical(combination: Combination): boolean {
  const { attention, placement, decoder, input, readout } = combination;
  if ((attention === 'none') !== (placement === 'none')) return false;
  return decoder !== 'transformer' || (input === null && readout === null);
}
