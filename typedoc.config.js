import { existsSync, readFileSync } from 'node:fs';

const { exports } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/** Every entry point of the package, by its source. */
const entryPoints = Object.values(exports)
  .filter((target) => typeof target === 'object')
  .map((target) => target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts'))
  .filter((file) => existsSync(file));

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  entryPoints,
  tsconfig: 'tsconfig.build.json',
  out: 'docs/api',
  name: 'tfjs-seq2seq',
  readme: 'README.md',
  plugin: ['./scripts/typedocConcepts.mjs'],
  excludePrivate: true,
  excludeInternal: true,
  excludeProtected: true,
  excludeExternals: true,
  disableSources: true,
  navigation: { includeCategories: true, includeGroups: false },
  categorizeByGroup: false,
  categoryOrder: [
    'Builder',
    'Model',
    'Data',
    'Encoders',
    'Bridges',
    'Attention',
    'Decoders',
    'Training',
    'Decoding',
    'Metrics',
    'Pictures',
    '*',
  ],
  externalSymbolLinkMappings: {
    '@tensorflow/tfjs-core': { '*': 'https://js.tensorflow.org/api/latest/' },
    '@tensorflow/tfjs-layers': { '*': 'https://js.tensorflow.org/api/latest/' },
  },
  // What a processor remembers of a row is its own business.
  intentionallyNotExported: [],
  validation: { notExported: true, invalidLink: true, invalidPath: true, notDocumented: true },
  // Properties: see the plugin.
  requiredToBeDocumented: [
    'Enum',
    'Variable',
    'Function',
    'Class',
    'Interface',
    'Method',
    'Accessor',
    'TypeAlias',
  ],
  treatWarningsAsErrors: true,
};
