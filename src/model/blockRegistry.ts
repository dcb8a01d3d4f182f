import { bahdanauAttention } from '../attention/bahdanauAttention.js';
import { luongAttention } from '../attention/luongAttention.js';
import { multiHeadAttention } from '../attention/multiHeadAttention.js';
import { scaledDotProductAttention } from '../attention/scaledDotProductAttention.js';
import { passBridge } from '../bridges/passBridge.js';
import { linearBridge } from '../bridges/linearBridge.js';
import { zeroBridge } from '../bridges/zeroBridge.js';
import { recurrentDecoder } from '../decoders/recurrentDecoder.js';
import { transformerDecoder } from '../decoders/transformerDecoder.js';
import { convolutionalEncoder } from '../encoders/convolutionalEncoder.js';
import { recurrentEncoder } from '../encoders/recurrentEncoder.js';
import { transformerEncoder } from '../encoders/transformerEncoder.js';
import { mismatch, shorten } from '../core/errors.js';
import type { JsonObject } from '../core/json.js';
import { corrupt, isObject } from './weights/artifacts.js';

/** Makes a block's spec again from its saved `config`. */
export type BlockFactory = (config: never) => {
  readonly role: string;
  readonly kind: string;
  readonly config: JsonObject;
};

/** The blocks that a saved model may name, by their kind. A new block is one more line here. */
export const BLOCKS: Readonly<Record<string, BlockFactory>> = {
  recurrentEncoder,
  convolutionalEncoder,
  transformerEncoder,
  passBridge,
  zeroBridge,
  linearBridge,
  bahdanauAttention,
  luongAttention,
  scaledDotProductAttention,
  multiHeadAttention,
  recurrentDecoder,
  transformerDecoder,
};

/**
 * Makes the spec that a saved model names.
 *
 * @param blocks the caller's own factories, by kind; they come first
 * @throws `missing-part` for a kind that neither the caller nor this library has; `corrupt-file` for anything
 * but a spec
 */
export function restoreBlock<S extends { readonly role: string }>(
  role: S extends { readonly role: infer R } ? R : never,
  saved: unknown,
  blocks: Readonly<Record<string, BlockFactory>>,
): S {
  if (!isObject(saved) || typeof saved['kind'] !== 'string' || !isObject(saved['config']))
    throw corrupt(`a ${role}`, saved);
  const { kind, config } = saved;
  const factory = [blocks, BLOCKS].find((table) => Object.hasOwn(table, kind))?.[kind];
  if (factory === undefined) {
    throw mismatch('missing-part', {
      where: 'loadSeq2Seq',
      expected: `a factory for the model's ${role}`,
      received: kind,
      hint: `Pass it as { blocks: { ${shorten(kind)}: (config) => … } }.`,
    });
  }
  const spec = factory(config as never);
  if (spec.role !== role) throw corrupt(`a ${role}`, kind);
  return spec as unknown as S;
}
