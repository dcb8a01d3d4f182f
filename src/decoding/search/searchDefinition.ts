import type { GenerationOptions, TextGenerationOptions } from '../../contracts/generationOptions.js';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import type { Hypothesis } from '../../contracts/hypothesis.js';
import type { StepFunction } from '../../contracts/stepFunction.js';
import type { SearchSetup, Strategy } from '../../contracts/strategy.js';
import { mismatch } from '../../core/errors.js';
import { runToEnd } from '../../core/iterables.js';
import { SETUP } from './checkSetup.js';
import { prepareSearch, type PreparedSearch } from './prepareSearch.js';
import { searchLoop, type Progress, type SearchMethod } from './searchLoop.js';
import { checkSearchOptions, type OwnOptions } from './searchOptions.js';
import { streamTokens } from './streamTokens.js';

/** One kind of search: its options, and how it chooses. */
export interface SearchDefinition<O extends GenerationOptions> extends OwnOptions {
  /** Refuses option values that contradict each other; each by itself is checked already. */
  check?(where: string, options: O): void;
  /** The processors that its own options stand for. They come after all others. */
  ownProcessors?(options: O): readonly LogitsProcessor[];
  method(search: PreparedSearch<unknown>, options: O): SearchMethod;
}

/** Runs a search over a bare step function: setup and options come in one object. */
export async function runSearch<S, C, O extends GenerationOptions>(
  where: string,
  definition: SearchDefinition<O>,
  step: StepFunction<S, C>,
  initialState: S,
  all: SearchSetup<C> & O,
): Promise<Hypothesis[][]> {
  checkOptions(where, definition, all, Object.keys(SETUP));
  return runToEnd(startSearch(where, definition, step, initialState, all, all));
}

/** Makes the strategy object of a kind of search. The options are checked here, before any model is there. */
export function createStrategy<O extends GenerationOptions>(
  name: string,
  definition: SearchDefinition<O>,
  options: O & TextGenerationOptions,
): Strategy {
  const { replaceUnknown, ...own } = { ...options };
  const searchOptions = own as unknown as O;
  checkOptions(name, definition, searchOptions);
  checkReplacement(name, replaceUnknown);
  return {
    name,
    options: { ...options },
    search: async (step, initialState, setup) =>
      runToEnd(startSearch(name, definition, step, initialState, setup, searchOptions)),
    stream: (step, initialState, setup) =>
      streamTokens(startSearch(name, definition, step, initialState, setup, searchOptions)),
  };
}

function startSearch<S, C, O extends GenerationOptions>(
  where: string,
  definition: SearchDefinition<O>,
  step: StepFunction<S, C>,
  initialState: S,
  setup: SearchSetup<C>,
  options: O,
): AsyncGenerator<Progress, Hypothesis[][], void> {
  if (typeof step !== 'function') {
    throw mismatch('invalid-input', { where, expected: 'a step function', received: step });
  }
  const search = prepareSearch(where, setup, options, definition.ownProcessors?.(options));
  return searchLoop(step, initialState, search, definition.method(search, options));
}

function checkOptions<O extends GenerationOptions>(
  where: string,
  definition: SearchDefinition<O>,
  options: O,
  otherNames: readonly string[] = [],
): void {
  checkSearchOptions(where, options, definition, otherNames);
  definition.check?.(where, options);
}

function checkReplacement(where: string, replacement: TextGenerationOptions['replaceUnknown']): void {
  if (replacement === undefined || replacement === 'copy' || typeof replacement === 'function') return;
  if (typeof replacement === 'object' && replacement !== null && typeof replacement.get === 'function')
    return;
  throw mismatch('invalid-option', {
    where,
    expected: "replaceUnknown to be 'copy', a Map or a function",
    received: replacement,
  });
}
