import { kindsOf, type Combination } from './combination.js';

/** Why parts cannot work together. */
export interface Refusal {
  /** The part to change, which says in which of the guide's tables the refusal shows. */
  readonly part: 'bridge' | 'attention' | 'decoder';
  /** What is refused, and why. */
  readonly reason: string;
  /** Where the parts do fit. */
  readonly unless?: string;
  /** What to do. */
  readonly instead: string;
  readonly applies: (combination: Combination) => boolean;
  /** What the error must name. */
  readonly names: (combination: Combination) => readonly string[];
}

const recurrent = ({ decoder }: Combination): boolean => decoder !== 'transformer';
const attends = ({ attention }: Combination): boolean => attention !== 'none';
const before = ({ placement }: Combination): boolean => placement.startsWith('before');
const inputOf = ({ input, placement }: Combination): readonly string[] =>
  input ?? (placement.startsWith('before') ? ['previous', 'attention'] : ['previous']);
const readoutOf = ({ readout, placement }: Combination): readonly string[] =>
  readout ?? (placement.startsWith('before') ? ['output', 'attention'] : ['output']);
const reads = (combination: Combination, part: string): boolean =>
  [...inputOf(combination), ...readoutOf(combination)].includes(part);
const isRecurrentEncoder = ({ encoder }: Combination): boolean =>
  encoder !== 'convolutional' && encoder !== 'transformer';
/** Twice the units where an encoder reads in both directions. */
const widened = (combination: Combination): boolean =>
  isRecurrentEncoder(combination) && combination.encoderVariant;

const statesDiffer = (combination: Combination): boolean =>
  !isRecurrentEncoder(combination) ||
  widened(combination) ||
  combination.encoderLayers !== combination.decoderLayers ||
  (combination.encoder === 'lstm') !== (combination.decoder === 'lstm');

/** Everything that is refused; what is not here builds. */
export const refusals: readonly Refusal[] = [
  {
    part: 'bridge',
    reason:
      '`passBridge` where the encoder ends with other layers, another width or another cell than the decoder starts from',
    unless: 'where layers, width and cell agree',
    instead: '`linearBridge` or `zeroBridge`',
    applies: (c) => c.bridge === 'passBridge' && recurrent(c) && statesDiffer(c),
    names: (c) => [kindsOf(c).encoder, kindsOf(c).decoder],
  },
  {
    part: 'bridge',
    reason: '`linearBridge` before a `transformerDecoder`, which has no recurrent state to start from',
    instead: '`passBridge`, the default',
    applies: (c) => c.bridge.startsWith('linearBridge') && !recurrent(c),
    names: (c) => [kindsOf(c).bridge, kindsOf(c).decoder],
  },
  {
    part: 'attention',
    reason: 'any attention over a `transformerDecoder`, which brings its own',
    instead: 'no `.attention(…)`',
    applies: (c) => attends(c) && !recurrent(c),
    names: (c) => [kindsOf(c).attention, kindsOf(c).decoder],
  },
  {
    part: 'attention',
    reason: "`'attention'` in the decoder's `input` or `readout` without an attention",
    instead: '`.attention(…)`',
    applies: (c) => !attends(c) && recurrent(c) && reads(c, 'attention'),
    names: (c) => [kindsOf(c).decoder, '.attention('],
  },
  {
    part: 'attention',
    reason: "`'attention'` in the decoder's `input` while the attention stands after the cell",
    instead: "`inputFeeding: true`, or `order: 'before-cell'`",
    applies: (c) => attends(c) && recurrent(c) && !before(c) && inputOf(c).includes('attention'),
    names: (c) => [kindsOf(c).attention, kindsOf(c).decoder],
  },
  {
    part: 'attention',
    reason: 'an attention before the cell that neither `input` nor `readout` reads',
    instead: "`'attention'` in one of them",
    applies: (c) => attends(c) && recurrent(c) && before(c) && !reads(c, 'attention'),
    names: (c) => [kindsOf(c).attention, kindsOf(c).decoder],
  },
  {
    part: 'attention',
    reason: '`inputFeeding` with an attention before the cell, whose context is an input already',
    instead: 'either of them',
    applies: (c) => attends(c) && recurrent(c) && c.placement === 'before, feeding',
    names: (c) => [kindsOf(c).attention, kindsOf(c).decoder],
  },
  {
    part: 'attention',
    reason:
      "`luongAttention({ score: 'dot' })` or `scaledDotProductAttention` where memory and decoder have two widths",
    unless: 'where memory and decoder have one width',
    instead: "`score: 'general'` or `multiHeadAttention`",
    applies: (c) => ['luong dot', 'scaled dot product'].includes(c.attention) && recurrent(c) && widened(c),
    names: (c) => [kindsOf(c).attention, kindsOf(c).encoder],
  },
  {
    part: 'bridge',
    reason:
      "a decoder that would never see the source: after `zeroBridge`, without an attention, without `'summary'`",
    unless: "with an attention or `'summary'`",
    instead: "another bridge, `'summary'` in `input`, or an attention",
    applies: (c) => c.bridge === 'zeroBridge' && recurrent(c) && !attends(c) && !reads(c, 'summary'),
    names: (c) => [kindsOf(c).decoder, kindsOf(c).encoder],
  },
  {
    part: 'decoder',
    reason: "a `readout` of `'previous'` alone, which never sees the source",
    instead: "`'output'` beside it",
    applies: (c) => recurrent(c) && String(readoutOf(c)) === 'previous',
    names: (c) => [kindsOf(c).decoder, kindsOf(c).encoder],
  },
  {
    part: 'decoder',
    reason:
      "`tieEmbeddings` where the embedding has another width than the readout, or `'previous'` is not read",
    instead: "`readout: ['output']` and `embeddingSize` equal to `units`",
    applies: (c) => c.tied && recurrent(c) && (readoutOf(c).length > 1 || !reads(c, 'previous')),
    names: (c) => [kindsOf(c).decoder, 'tie'],
  },
  {
    part: 'decoder',
    reason: "`dropout` in a decoder of one layer that does not read `'previous'`: there is nothing to drop",
    instead: 'no `dropout`, or more layers',
    applies: (c) => c.dropout > 0 && c.decoderLayers === 1 && recurrent(c) && !reads(c, 'previous'),
    names: (c) => [kindsOf(c).decoder, 'dropout'],
  },
];

/** The reasons why a combination is refused; none where it builds. */
export function refusalsOf(combination: Combination): readonly Refusal[] {
  return refusals.filter(({ applies }) => applies(combination));
}
