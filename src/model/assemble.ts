import { mismatch, Seq2SeqError } from '../core/errors.js';
import { createParameters, type NamedVariables, type ParameterBudget } from '../core/parameters.js';
import type { Random } from '../core/random.js';
import type { Bridge } from '../contracts/bridge.js';
import type { Decoder } from '../contracts/decoder.js';
import type { Encoder } from '../contracts/encoder.js';
import { sequenceKind, type ModelParts, type TargetSide } from './modelParts.js';

/** The blocks of a model, built and wired to each other. */
export interface AssembledBlocks {
  readonly encoder: Encoder;
  readonly bridge: Bridge;
  readonly decoder: Decoder;
  /** All variables: `encoder.…`, `bridge.…`, `decoder.…`. */
  parameters(): NamedVariables;
  dispose(): void;
}

/**
 * Builds the blocks in the order of the data, and wires each to its neighbours.
 * If one refuses, those that were built are freed.
 *
 * @throws `incompatible-parts` where two parts cannot work together, or the decoder would never see the
 * source
 */
export function assemble(
  parts: ModelParts<TargetSide>,
  random: Random,
  budget?: ParameterBudget,
): AssembledBlocks {
  checkSourceIsSeen(parts);
  const parameters = createParameters('model');
  try {
    const encoder = parameters.adopt(
      'encoder',
      parts.encoder.build({ source: sequenceKind(parts.source), random: random.fork(), budget }),
    );
    const bridge = parameters.adopt(
      'bridge',
      parts.bridge.build({
        encoder: {
          kind: parts.encoder.kind,
          summarySize: encoder.summarySize,
          stateShape: encoder.stateShape,
        },
        decoder: { kind: parts.decoder.kind, stateShape: parts.decoder.stateShape },
        random: random.fork(),
        budget,
      }),
    );
    const decoder = parameters.adopt(
      'decoder',
      parts.decoder.build({
        target: sequenceKind(parts.target),
        memorySize: encoder.memorySize,
        summarySize: bridge.summarySize,
        attention: parts.attention,
        random: random.fork(),
        budget,
      }),
    );
    return {
      encoder,
      bridge,
      decoder,
      parameters: () => parameters.all(),
      dispose: () => parameters.dispose(),
    };
  } catch (error) {
    parameters.dispose();
    throw withPartNames(error, parts);
  }
}

function checkSourceIsSeen({ encoder, bridge, attention, decoder }: ModelParts<TargetSide>): void {
  const reads = decoder.reads ?? ['memory', 'summary'];
  const startsFromSource = decoder.stateShape !== null && bridge.passesState !== false;
  if (attention !== null || reads.length > 0 || startsFromSource) return;
  const ways = 'its initial state, the summary or an attention';
  throw mismatch('incompatible-parts', {
    where: 'build',
    expected: `${decoder.kind} to see what ${encoder.kind} read: by ${ways},`,
    received: `${bridge.kind} and none of them`,
    hint: `Use passBridge() or linearBridge(), add 'summary' to the decoder's input, or add an attention.`,
  });
}

/**
 * A block that refuses a neighbour may know its width but not its name. So the names of all parts are added
 * where the message of a refusal has fewer than two of them.
 */
function withPartNames(
  error: unknown,
  { encoder, bridge, attention, decoder }: ModelParts<TargetSide>,
): unknown {
  if (!(error instanceof Seq2SeqError) || error.code !== 'incompatible-parts') return error;
  const parts = [encoder, bridge, ...(attention === null ? [] : [attention.spec]), decoder];
  const kinds = parts.map(({ kind }) => kind);
  if (kinds.filter((kind) => error.message.includes(kind)).length > 1) return error;
  return new Seq2SeqError(error.code, `${error.message} The model: ${kinds.join(' → ')}.`);
}
