import type { TextGenerationOptions } from '../../contracts/generationOptions.js';
import type { Hypothesis } from '../../contracts/hypothesis.js';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import type { StepFunction } from '../../contracts/stepFunction.js';
import type { SearchSetup, Strategy } from '../../contracts/strategy.js';
import { mismatch } from '../../core/errors.js';
import { runToEnd } from '../../core/iterables.js';
import type { OptionTable } from '../../core/options.js';
import { SETUP } from './checkSetup.js';
import { prepareSearch, type PreparedSearch } from './prepareSearch.js';
import { searchLoop, type Progress, type SearchMethod } from './searchLoop.js';
import { readSearchOptions, type OwnOptions, type SharedOptions } from './searchOptions.js';
import { streamTokens } from './streamTokens.js';

/** One kind of search: its options, and how it chooses. */
export interface SearchDefinition<Own extends object> extends OwnOptions<Own> {
  /** The processors that its own options stand for. They come after all others. */
  ownProcessors?(options: Own): readonly LogitsProcessor[];
  method(search: PreparedSearch<unknown>, options: SharedOptions & Own): SearchMethod;
}

/** Runs a search over a bare step function: setup and options come in one object. */
export async function runSearch<S, C, Own extends object>(
  where: string,
  definition: SearchDefinition<Own>,
  step: StepFunction<S, C>,
  initialState: S,
  setupAndOptions: SearchSetup<C>,
): Promise<Hypothesis[][]> {
  const options = readSearchOptions(where, setupAndOptions, definition, SETUP);
  return runToEnd(startSearch(where, definition, step, initialState, setupAndOptions, options));
}

/** Makes the strategy object of a kind of search. The options are read here, before any model is there. */
export function createStrategy<Own extends object>(
  name: string,
  definition: SearchDefinition<Own>,
  given: Strategy['options'],
): Strategy {
  const options = readSearchOptions(name, given, definition, FOR_TEXT);
  return {
    name,
    options: { ...given },
    search: async (step, initialState, setup) =>
      runToEnd(startSearch(name, definition, step, initialState, setup, options)),
    stream: (step, initialState, setup) =>
      streamTokens(startSearch(name, definition, step, initialState, setup, options)),
  };
}

function startSearch<S, C, Own extends object>(
  where: string,
  definition: SearchDefinition<Own>,
  step: StepFunction<S, C>,
  initialState: S,
  setup: SearchSetup<C>,
  options: SharedOptions & Own,
): AsyncGenerator<Progress, Hypothesis[][], void> {
  if (typeof step !== 'function') {
    throw mismatch('invalid-input', { where, expected: 'a step function', received: step });
  }
  const search = prepareSearch(where, setup, options, definition.ownProcessors?.(options));
  return searchLoop(step, initialState, search, definition.method(search, options));
}

/** What only a model with a vocabulary reads, out of the options of its strategy. */
const FOR_TEXT: OptionTable<TextGenerationOptions> = { replaceUnknown: [replacement, undefined] };

function replacement(where: string, name: string, value: unknown): unknown {
  const { get } = Object(value) as Partial<ReadonlyMap<string, string>>;
  if (value === 'copy' || typeof value === 'function' || typeof get === 'function') return value;
  const expected = `${name} to be 'copy', a Map or a function`;
  throw mismatch('invalid-option', { where, expected, received: value });
}
