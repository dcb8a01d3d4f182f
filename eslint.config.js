import { existsSync, readdirSync } from 'node:fs';
import importX, { createNodeResolver } from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import tseslint from 'typescript-eslint';

const blocks = ['attention', 'encoders', 'bridges', 'decoders'];
const base = ['core', 'contracts'];

/** What each folder of `src` may import besides itself: the whole architecture in one table. */
const mayImport = {
  core: [],
  contracts: ['core'],
  data: base,
  ops: base,
  modules: [...base, 'data', 'ops'],
  attention: [...base, 'ops', 'modules'],
  encoders: [...base, 'data', 'ops', 'modules'],
  bridges: [...base, 'data', 'ops', 'modules'],
  decoders: [...base, 'data', 'ops', 'modules'],
  layers: [...base, 'ops', 'modules', 'attention'],
  decoding: base,
  metrics: base,
  visualize: base,
  training: [...base, 'data', 'ops', 'modules', ...blocks],
  model: [...base, 'data', 'ops', 'modules', ...blocks, 'training', 'decoding', 'metrics', 'visualize'],
  builder: [
    ...base,
    'data',
    'ops',
    'modules',
    ...blocks,
    'training',
    'decoding',
    'metrics',
    'visualize',
    'model',
  ],
  backend: [...base, 'ops', 'decoding/ops'],
  node: [...base, 'data', 'training', 'model'],
};

const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
for (const { name } of folders) {
  if (!(name in mayImport)) throw new Error(`eslint.config.js: say in mayImport what src/${name} may import`);
}

const directions = Object.entries(mayImport)
  .filter(([folder]) => existsSync(`src/${folder}`))
  .map(([folder, others]) => ({
    target: `./src/${folder}/!(index).ts`,
    from: './src',
    except: [folder, ...others].map((name) => `./${name}`),
    message: `src/${folder} may import only ${others.join(', ') || 'itself'} (the table in eslint.config.js).`,
  }))
  .flatMap((zone) => [zone, { ...zone, target: zone.target.replace('/!(index).ts', '/*/**') }]);

/** Imports that a whole package is kept out of the user's bundle by. */
const tfjsLayers = {
  regex: '^@tensorflow/tfjs-layers',
  message: 'It is 80 kB gzip; only src/layers may import it. Gradients come from #gradients.',
};
const tfjsBackends = {
  regex: '^@tensorflow/tfjs-(backend|node)',
  message: 'Only src/backend knows backends.',
};
const tfjsWhole = {
  regex: '^@tensorflow/tfjs(/|$|-core/)',
  message: "Import by name from '@tensorflow/tfjs-core'; deep paths fail in Node.",
};
const nodeBuiltins = { regex: '^node:', message: 'Only src/node and src/backend may need Node.' };
const entryPoints = {
  regex: '(^|/)index(\\.js)?$|^tfjs-seq2seq',
  message: 'An entry point is for users; import the file that declares the name.',
};

const restrictImports = (...patterns) => ({
  'no-restricted-imports': ['error', { patterns: [entryPoints, tfjsWhole, ...patterns] }],
});

export default tseslint.config(
  {
    ignores: [
      'dist*/',
      'coverage/',
      'docs/api/',
      '.build/',
      'src/backend/wasm/assembly/',
      'src/backend/wasm/generated/',
      'examples/web/dist/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true } },

  // Every file: no cycles, one spelling for randomness.
  {
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({ alwaysTryTypes: false }),
        createNodeResolver(),
      ],
      'import-x/extensions': ['.ts', '.js'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/external-module-folders': ['node_modules', 'dist'],
    },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-self-import': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'Use createRandom(seed): results must be repeatable.',
        },
      ],
      eqeqeq: 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'prefer-const': 'error',
    },
  },

  // TypeScript, with types.
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-ignore': true, 'ts-nocheck': true, 'ts-expect-error': true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowArray: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Callers in plain JavaScript pass what the types exclude: checking for it is no mistake.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // A type parameter used once is how a caller says which tensor rank or container comes back.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Inside a loop bound by `length`, an index is known to be in range.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `async` marks a contract that may be implemented without waiting.
      '@typescript-eslint/require-await': 'off',
      // tfjs's own signatures return any `T extends Tensor`, which an assertion narrows where it is read.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      // Contracts are structural here, and tfjs's types meet across copies of it.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Spread gives code points, which is what "character" means here.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Most objects here are closures in a literal: their methods hold without `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },

  // The library.
  {
    files: ['src/**/*.ts'],
    rules: {
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones: directions }],
      'import-x/no-default-export': 'error',
      ...restrictImports(tfjsLayers, tfjsBackends, nodeBuiltins),
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportAllDeclaration, ExportNamedDeclaration[declaration=null]',
          message: 'Export a name where it is declared; only index.ts files re-export.',
        },
        {
          selector: 'ImportDeclaration[source.value=/^@tensorflow/] ImportNamespaceSpecifier',
          message: 'Import tfjs functions by name, so that bundlers drop the rest.',
        },
      ],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
    },
  },
  { files: ['src/index.ts'], rules: { 'max-lines': 'off' } }, // a list of names
  { files: ['src/layers/**/*.ts'], rules: restrictImports(tfjsBackends, nodeBuiltins) },
  { files: ['src/backend/**/*.ts'], rules: restrictImports(tfjsLayers) },
  { files: ['src/node/**/*.ts'], rules: { ...restrictImports(tfjsLayers, tfjsBackends) } },
  {
    files: ['src/**/index.ts'],
    rules: {
      'no-restricted-imports': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'Program > :not(ExportNamedDeclaration[source])',
          message: 'An entry point is a list of named re-exports and nothing else.',
        },
      ],
    },
  },

  // Tests, examples and benchmarks read fixtures and play the caller who does it wrong.
  {
    files: ['test/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts', '*.config.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-deprecated': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // A type test is a mistake that the compiler must find.
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-ignore': true, 'ts-nocheck': true, 'ts-expect-error': 'allow-with-description' },
      ],
    },
  },
);
