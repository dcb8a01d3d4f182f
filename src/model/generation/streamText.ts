import type { Strategy } from '../../contracts/strategy.js';
import type { SequenceInput } from '../input/encodeInput.js';
import { asText, checkStrategy, withoutSource, type TextHypothesis } from './generateText.js';
import type { GeneratorSource, TextGenerator } from './textGenerator.js';

/** One token of a stream, with the text it adds. */
export interface TextToken {
  /** The token in the target’s vocabulary. */
  readonly id: number;
  /** Its text there. */
  readonly token: string;
  /** Natural log-probability under the unmodified model. */
  readonly logProbability: number;
  /**
   * What this token adds to the text. It is empty where the token changes what came before.
   * It is empty too until a character is whole that a byte-level tokenizer spreads over several tokens.
   */
  readonly text: string;
  /** All tokens so far, joined by the target's tokenizer. */
  readonly textSoFar: string;
}

/** What decoders of bytes write for the part of a character. */
const UNFINISHED = '\uFFFD';

/**
 * Generates for one source, token by token. The generator returns the hypotheses, best first.
 * Leaving early frees every tensor. Unknown tokens are replaced in the hypotheses only.
 */
export async function* streamText(
  generator: TextGenerator,
  input: SequenceInput,
  strategy: Strategy,
): AsyncGenerator<TextToken, TextHypothesis[], void> {
  checkStrategy('stream', strategy, generator);
  const { vocab, tokenizer } = generator.target;
  const sources = generator.encode('stream', [input]);
  const [source] = sources as [GeneratorSource];
  const empty = withoutSource(generator, source, strategy);
  if (empty !== undefined) return empty;
  const started = generator.start(sources);
  const tokens: string[] = [];
  let shown = '';
  let steps: ReturnType<Strategy['stream']> | undefined;
  try {
    // This checks the options against the source.
    steps = strategy.stream(started.step, started.state, started.setup);
    for (;;) {
      const { done, value } = await steps.next();
      if (done === true) return asText(generator, value[0] ?? [], source, strategy);
      const token = vocab.tokenOf(value.id);
      tokens.push(token);
      const textSoFar = tokenizer.detokenize(tokens);
      const whole = !textSoFar.endsWith(UNFINISHED);
      const text = whole && textSoFar.startsWith(shown) ? textSoFar.slice(shown.length) : '';
      // Also where the token changed what was shown, so that the text goes on from there.
      if (whole) shown = textSoFar;
      yield { id: value.id, token, logProbability: value.logProbability, text, textSoFar };
    }
  } finally {
    await steps?.return([]);
    started.dispose();
  }
}
