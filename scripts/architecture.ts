// The architecture in one file, and the check that the code keeps to it: `npm run lint` runs it.
import { fileURLToPath } from 'node:url';
import { circles, compareImports, readImports, sourceFiles, type AllowedImports } from './lib/importGraph.js';

/** What each folder of `src` imports besides itself. More fails, and so does an entry that no file needs. */
const mayImport: AllowedImports = {
  core: [],
  contracts: ['core'],
  data: ['core', 'contracts'],
  ops: ['core', 'contracts'],
  modules: ['core', 'contracts', 'ops'],
  attention: ['core', 'contracts', 'ops', 'modules'],
  encoders: ['core', 'contracts', 'ops', 'modules'],
  bridges: ['core', 'contracts', 'modules'],
  decoders: ['core', 'contracts', 'ops', 'modules'],
  layers: ['core', 'contracts', 'ops', 'modules', 'attention'],
  decoding: ['core', 'contracts'],
  metrics: ['core'],
  visualize: ['core'],
  training: ['core', 'contracts', 'ops'],
  model: [
    ...['core', 'contracts', 'data', 'ops'],
    ...['attention', 'encoders', 'bridges', 'decoders'],
    ...['training', 'decoding', 'metrics'],
  ],
  builder: ['core', 'contracts', 'bridges', 'training', 'model'],
  backend: ['core'],
  node: ['core'],
};

/** How many files lie directly in the largest folders, at most. */
const filesAtMost: Readonly<Record<string, number>> = {
  'src/model': 16,
  'src/decoders': 10,
  'src/decoding': 12,
  'src/ops': 24,
};

const root = fileURLToPath(new URL('..', import.meta.url));
const files = sourceFiles(root, ['src', 'test', 'examples', 'bench', 'scripts']);
const graph = readImports(root, files);
const folders = new Set(files.flatMap((file) => /^src\/(\w+)\//.exec(file)?.slice(1) ?? []));
const problems = [
  ...[...folders].filter((name) => !(name in mayImport)).map((name) => `src/${name} is not in mayImport`),
  ...compareImports(graph, mayImport),
  ...circles(graph).map((circle) => `a circle of imports: ${circle.join(' → ')}`),
  ...Object.entries(filesAtMost).flatMap(([folder, most]) => {
    const count = files.filter((file) => file.slice(0, file.lastIndexOf('/')) === folder).length;
    return count > most ? [`${folder} holds ${count} files; ${most} are enough`] : [];
  }),
];
for (const problem of problems) console.error(`✗ ${problem}`);
if (problems.length > 0) {
  console.error(`${problems.length} problems; the architecture stands in scripts/architecture.ts.`);
  process.exitCode = 1;
}
