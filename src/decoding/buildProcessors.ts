import type { GenerationOptions } from '../contracts/generationOptions.js';
import type { LogitsProcessor } from '../contracts/logitsProcessor.js';
import type { SearchSetup } from '../contracts/strategy.js';
import { banTokens } from './processors/banTokens.js';
import { minimumLength } from './processors/minimumLength.js';

/** The processors that the options stand for: the caller's own first, so that nothing can lift a ban. */
export function buildProcessors(setup: SearchSetup, options: GenerationOptions): LogitsProcessor[] {
  const { processors = [], minLength = 0, badTokens = [] } = options;
  const never = [...new Set([...(setup.bannedIds ?? []), ...badTokens])];
  const built = [...processors];
  if (never.length > 0) built.push(banTokens(never));
  if (minLength > 0) built.push(minimumLength(minLength));
  return built;
}
