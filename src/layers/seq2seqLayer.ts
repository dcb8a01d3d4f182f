import { serialization, tensor, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { layers, type initializers } from '@tensorflow/tfjs-layers';
import { mismatch } from '../core/errors.js';
import { nonNegativeInteger, readOptions, unchecked, type OptionTable } from '../core/options.js';
import type { Initializer, ParameterSet } from '../core/parameters.js';
import { createRandom, type Random } from '../core/random.js';

/** tfjs-layers' own options of every layer: `name`, `trainable`, `inputShape`, … */
export type LayerArgs = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

/** Options of every layer of this library. */
export interface Seq2SeqLayerArgs extends LayerArgs {
  /** Of the initial weights and of dropout, from 0. Default: made from the layer's name. */
  readonly seed?: number;
}

/** The shape of one symbolic tensor; `null` where a size is not known yet. */
export type Shape = (number | null)[];

type WeightInitializer = ReturnType<typeof initializers.zeros>;

/** Options that tfjs-layers checks itself. */
const LAYER_OPTIONS = [
  'name',
  'trainable',
  'inputShape',
  'batchInputShape',
  'batchSize',
  'dtype',
  'weights',
  'inputDType',
  'customObjects', // tfjs-layers adds it when it loads a model
];

/**
 * What the layers of this library share: seeded weights with PyTorch's names, and masks that are inputs of
 * their own.
 *
 * tfjs-layers hands a layer the mask of its first input only, and passes that mask on to later layers. So
 * these layers look at no such mask and give none.
 */
export abstract class Seq2SeqLayer<S extends object = object> extends layers.Layer {
  /** The options beside tfjs-layers' own and the seed, with the defaults filled in. */
  protected readonly settings: S;
  private readonly seed: number | null;
  private source: Random | null = null;

  /** @param table how the options beside tfjs-layers' own are read */
  protected constructor(where: string, args: Seq2SeqLayerArgs, table: OptionTable<S>) {
    const ofLayer = Object.fromEntries(LAYER_OPTIONS.map((name) => [name, [unchecked, undefined]]));
    const all: OptionTable = { ...ofLayer, seed: [nonNegativeInteger, undefined], ...table };
    const options: Record<string, unknown> = readOptions<object, OptionTable>(where, args, all);
    super(args);
    const own = Object.entries(options).filter(([name]) => name in table);
    this.settings = Object.fromEntries(own) as S;
    this.seed = (options['seed'] as number | undefined) ?? null;
    this.supportsMasking = true;
  }

  /** How many tensors {@link call} returns. */
  protected abstract readonly outputs: number;

  /** The options beside tfjs-layers' own and the seed, as a saved layer keeps them for the constructor. */
  protected get savedOptions(): object {
    return this.settings;
  }

  /** Draws the initial weights, then the dropout masks. */
  protected get random(): Random {
    this.source ??= createRandom(this.seed ?? hash(this.name));
    return this.source;
  }

  /** Makes weights of this layer; to be used inside `build`. */
  protected readonly parameters: Pick<ParameterSet, 'add' | 'checkAlive'> = {
    add: <V extends Variable>(name: string, shape: readonly number[], initialize: Initializer): V => {
      const initializer = new ElementInitializer(initialize) as unknown as WeightInitializer;
      const weight = this.addWeight(name, [...shape], 'float32', initializer);
      // The variable itself: tfjs-layers assigns to it when it sets weights.
      return weight.read() as unknown as V;
    },
    checkAlive() {
      // tfjs-layers refuses the use of a disposed layer itself.
    },
  };

  override computeMask(): Tensor[] {
    return new Array<null>(this.outputs).fill(null) as unknown as Tensor[];
  }

  override getConfig(): serialization.ConfigDict {
    const seed = this.seed === null ? {} : { seed: this.seed };
    return { ...super.getConfig(), ...(this.savedOptions as serialization.ConfigDict), ...seed };
  }
}

/** The shapes of a layer's inputs, of which there are between `least` and `most`. */
export function inputShapes(
  where: string,
  shape: Shape | Shape[],
  least: number,
  most: number,
  what: string,
): Shape[] {
  const shapes = (Array.isArray(shape[0]) ? shape : [shape]) as Shape[];
  if (shapes.length >= least && shapes.length <= most) return shapes;
  throw mismatch('invalid-input', { where, expected: `inputs ${what}`, received: `${shapes.length} inputs` });
}

/** Fills a weight element by element. */
class ElementInitializer extends serialization.Serializable {
  static get className(): string {
    return 'Seq2SeqElementInitializer';
  }

  constructor(private readonly initialize: Initializer) {
    super();
  }

  apply(shape: Shape): Tensor {
    const size = shape.reduce<number>((product, length) => product * (length ?? 1), 1);
    return tensor(Float32Array.from({ length: size }, this.initialize), shape as number[]);
  }

  fromConfigUsesCustomObjects(): boolean {
    return false;
  }

  getConfig(): serialization.ConfigDict {
    return {};
  }
}

/** FNV-1a: a whole number for each text. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}
