import type { GenerationOptions } from '../contracts/generationOptions.js';
import type { LogitsProcessor } from '../contracts/logitsProcessor.js';
import { allowTokens } from './processors/allowTokens.js';
import { banRepeatedNgrams } from './processors/banRepeatedNgrams.js';
import { banSequences } from './processors/banSequences.js';
import { banTokens } from './processors/banTokens.js';
import { forcePrefix } from './processors/forcePrefix.js';
import { minimumLength } from './processors/minimumLength.js';
import { penalizeRepetition } from './processors/penalizeRepetition.js';

/** The processors that the options stand for: the caller's own first, so that nothing can lift a ban. */
export function buildProcessors(bannedIds: readonly number[], options: GenerationOptions): LogitsProcessor[] {
  const { processors = [], minLength = 0, noRepeatNgram = 0, repetitionPenalty = 1 } = options;
  const { badTokens = [], badSequences = [], forcedPrefix = [], allowedTokens } = options;
  const never = [...new Set([...bannedIds, ...badTokens])];
  const built: LogitsProcessor[] = [...processors];
  if (repetitionPenalty !== 1) built.push(penalizeRepetition(repetitionPenalty));
  if (never.length > 0) built.push(banTokens(never));
  if (minLength > 0) built.push(minimumLength(minLength));
  if (badSequences.length > 0) built.push(banSequences(badSequences));
  if (noRepeatNgram > 0) built.push(banRepeatedNgrams(noRepeatNgram));
  if (allowedTokens !== undefined) built.push(allowTokens(allowedTokens));
  if (forcedPrefix.length > 0) built.push(forcePrefix(forcedPrefix));
  return built;
}
