import '#io'; // some bundlers drop the handlers of URLs, which tfjs registers beside what is imported
import { io } from '@tensorflow/tfjs-core';
import { readValues } from '../../core/device.js';
import { mismatch, Seq2SeqError } from '../../core/errors.js';
import type { JsonObject } from '../../core/json.js';
import { packArtifacts, FORMAT, VERSION, type ModelDescription } from './artifacts.js';
import { checkAlive, type ModelCore } from '../modelCore.js';
import { isFrameSide, type ModelParts, type SourceSide, type TargetSide } from '../modelParts.js';

/** Saves a model through a tfjs URL or IO handler; see `Seq2SeqModel.save`. */
export async function saveModel(
  core: ModelCore<TargetSide>,
  urlOrHandler: string | io.IOHandler,
): Promise<io.SaveResult> {
  checkAlive('save', core);
  const handler = typeof urlOrHandler === 'string' ? saveHandler(urlOrHandler) : urlOrHandler;
  if (typeof handler?.save !== 'function') {
    const browser = `in a browser 'indexeddb://name'.`;
    const hint = `In Node use fileSystemHandler(directory) of tfjs-seq2seq/node; ${browser}`;
    throw mismatch('invalid-input', {
      where: 'save',
      expected: 'a URL or IO handler that can save',
      received: urlOrHandler,
      hint,
    });
  }
  const description = describeParts(core.parts);
  const weights = await Promise.all(
    Object.entries(core.blocks.parameters()).map(async ([name, variable]) => {
      return { name, shape: variable.shape, values: await readValues(variable) };
    }),
  );
  const artifacts = packArtifacts(description, weights);
  try {
    return await handler.save(artifacts);
  } catch (cause) {
    if (cause instanceof Seq2SeqError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Seq2SeqError('save-failed', `save: the model could not be written: ${reason}`, { cause });
  }
}

function saveHandler(url: string): io.IOHandler | undefined {
  return io.getSaveHandlers(url)[0];
}

function describeParts(parts: ModelParts<TargetSide>): ModelDescription {
  const { encoder, bridge, attention, decoder, teacherForcing } = parts;
  const spec = ({ kind, config }: { kind: string; config: JsonObject }): JsonObject => ({ kind, config });
  const description = {
    format: FORMAT,
    version: VERSION,
    source: describeSide(parts.source),
    target: describeSide(parts.target),
    encoder: spec(encoder),
    bridge: spec(bridge),
    attention: attention === null ? null : { ...spec(attention.spec), placement: { ...attention.placement } },
    decoder: spec(decoder),
    teacherForcing: { schedule: teacherForcing.schedule.toJSON(), per: teacherForcing.per },
  };
  return JSON.parse(JSON.stringify(description)) as ModelDescription;
}

function describeSide(side: SourceSide): object {
  if (isFrameSide(side)) return { features: side.features };
  const { vocab, tokenizer, addSos = true, addEos = true } = side;
  return { vocab: vocab.toJSON(), tokenizer: tokenizer.toJSON(), addSos, addEos };
}
