import tseslint from 'typescript-eslint';
import { commentWidth } from './scripts/lib/commentWidth.mjs';

// What each folder of `src` may import stands in scripts/architecture.ts.

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

  // Every file: comments as wide as the code, one spelling for randomness.
  {
    plugins: { local: { rules: { 'comment-width': commentWidth } } },
    rules: {
      'local/comment-width': ['error', 110],
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
      ...restrictImports(tfjsLayers, tfjsBackends, nodeBuiltins),
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportAllDeclaration, ExportNamedDeclaration[declaration=null]',
          message: 'Export a name where it is declared; only index.ts files re-export.',
        },
        {
          selector: 'ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]',
          message: 'Export by name, so that a thing has one name.',
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
