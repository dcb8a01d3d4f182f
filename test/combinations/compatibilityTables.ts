import { attentions, kindsOf, type Combination } from './combination.js';
import { product } from './product.js';
import { refusals, type Refusal } from './refusals.js';

/** Between these lines stands what is generated. */
export const MARKERS = ['<!-- generated: which parts fit -->', '<!-- /generated -->'] as const;

/** The guide with its tables as the tests know them. */
export function withTables(guide: string): string {
  const [before, rest] = guide.split(MARKERS[0]);
  const after = rest?.split(MARKERS[1])[1];
  if (before === undefined || after === undefined) throw new Error(`the guide lacks ${MARKERS.join(' … ')}`);
  return `${before}${MARKERS[0]}\n\n${compatibilityTables()}\n\n${MARKERS[1]}${after}`;
}

function compatibilityTables(): string {
  const combinations = [...product()];
  return [bridgeTable(combinations), attentionTable(combinations), refusalTable()].join('\n\n');
}

function bridgeTable(combinations: readonly Combination[]): string {
  const bridges = ['passBridge', 'linearBridge', 'zeroBridge'] as const;
  const sides = new Map(
    combinations.map((combination) => {
      const { encoder, decoder } = kindsOf(combination);
      return [`${encoder} ${decoder}`, { encoder, decoder }];
    }),
  );
  const rows = [...sides].map(([key, { encoder, decoder }]) => [
    `\`${encoder}\``,
    `\`${decoder}\``,
    ...bridges.map((bridge) =>
      answer(
        'bridge',
        combinations.filter((combination) => {
          const kinds = kindsOf(combination);
          return combination.bridge === bridge && `${kinds.encoder} ${kinds.decoder}` === key;
        }),
      ),
    ),
  ]);
  return markdownTable(['encoder', 'decoder', ...bridges.map((bridge) => `\`${bridge}\``)], rows);
}

function attentionTable(combinations: readonly Combination[]): string {
  const columns: readonly [string, (combination: Combination) => boolean][] = [
    ['before the cell', (c) => c.decoder !== 'transformer' && c.placement === 'before'],
    ['after the cell', (c) => c.decoder !== 'transformer' && c.placement === 'after'],
    ['after it, with `inputFeeding`', (c) => c.decoder !== 'transformer' && c.placement === 'after, feeding'],
    ['over a `transformerDecoder`', (c) => c.decoder === 'transformer'],
  ];
  const defaults = combinations.filter(
    ({ input, readout, tied }) => input === null && readout === null && !tied,
  );
  const rows = Object.entries(attentions).map(([attention, [call]]) => [
    `\`${call}\``,
    ...columns.map(([, belongs]) =>
      answer(
        'attention',
        defaults.filter((combination) => combination.attention === attention && belongs(combination)),
      ),
    ),
  ]);
  return markdownTable(['attention', ...columns.map(([name]) => name)], rows);
}

function refusalTable(): string {
  return markdownTable(
    ['`build()` refuses', 'take instead'],
    refusals.map(({ reason, instead }) => [reason, instead]),
  );
}

/** Whether these combinations work, as far as it is up to one part. */
function answer(part: Refusal['part'], combinations: readonly Combination[]): string {
  const relevant = refusals.filter((refusal) => refusal.part === part);
  const refused = combinations.filter((combination) => relevant.some(({ applies }) => applies(combination)));
  if (refused.length === 0) return 'yes';
  if (refused.length === combinations.length) return 'no';
  const reason = relevant.find(({ applies }) => applies(refused[0] as Combination));
  return reason?.unless ?? 'sometimes';
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [header, header.map(() => '---'), ...rows].map(line).join('\n');
}
