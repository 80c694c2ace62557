import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Rejects a second definition of what model/time.ts and model/json.ts define. */
const DEFINED_ONCE = [
  ['model/time.ts', ':matches(Literal[value=60000], Literal[value=3600000], Literal[value=86400000])'],
  ['model/time.ts', 'BinaryExpression[operator="*"][left.type="Literal"][right.value=60]'],
  ['model/time.ts', 'BinaryExpression[operator="*"][left.value=24][right.name="HOUR_MS"]'],
  ['model/time.ts', 'VariableDeclarator[id.name=/^(SECOND|MINUTE|HOUR|DAY)_MS$/]'],
  [
    'model/time.ts',
    ':matches(FunctionDeclaration, VariableDeclarator)[id.name=/^(dayOf|minuteOf|spanText|durationText)$/]',
  ],
  ['model/time.ts (dayOf)', 'CallExpression[callee.property.name="slice"][arguments.0.value=0][arguments.1.value=10]'],
  ['model/time.ts (minuteOf)', 'CallExpression[callee.property.name="replace"][arguments.0.value="T"]'],
  [
    'model/json.ts',
    ':matches(FunctionDeclaration, VariableDeclarator)[id.name=/^(isJsonObject|isRecord|isObject|defined)$/]',
  ],
  [
    'model/json.ts (isJsonObject)',
    'LogicalExpression[operator="&&"] > UnaryExpression[operator="!"][argument.callee.property.name="isArray"]',
  ],
].map(([place, selector]) => ({ selector, message: `Take it from ${place}.` }));

/** Rejects the wall clock of this machine where the database's clock, or the workflow's, is the one that counts. */
const NO_WALL_CLOCK = [
  // The SDK takes the deadline of a request as a moment by this machine's clock.
  'CallExpression[callee.object.name="Date"][callee.property.name="now"]:not(CallExpression[callee.property.name="withDeadline"] > BinaryExpression > CallExpression)',
  'NewExpression[callee.name="Date"][arguments.length=0]',
  'CallExpression[callee.name="Date"]',
].map((selector) => ({
  selector,
  message:
    'This machine may have the wrong time. Use the clock that the connection was loaded with, or performance.now().',
}));

export default defineConfig(
  globalIgnores(['dist/', 'node_modules/', '.data/', '.tools/', 'test/histories/', 'test/consumer/']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.build.json', './tsconfig.test.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.ts'],
    // vault/ imports no other room. Tests compare with numbers of their own.
    ignores: ['model/time.ts', 'model/json.ts', 'vault/**', 'test/**'],
    rules: { 'no-restricted-syntax': ['error', ...DEFINED_ONCE] },
  },
  {
    // What a command prints passes through cli/console/, which escapes what a terminal would obey.
    files: ['cli/**/*.ts'],
    ignores: ['cli/console/**', 'cli/main.ts', 'cli/program.ts', 'cli/apply/run-command.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...DEFINED_ONCE,
        {
          selector: 'CallExpression[callee.property.name="write"]',
          message: 'Print with Output (cli/console/output.ts), or stream with cli/console/streaming.ts.',
        },
      ],
      'no-restricted-imports': [
        'error',
        { name: 'picocolors', message: 'Take the colours of Output: only they reach the terminal.' },
      ],
    },
  },
  {
    // `contract/requests/` is checked by workflows, whose `Date` is their own clock, and by clients.
    files: ['{activities,evidence,mimecast,posture,worker,contract}/**/*.ts'],
    ignores: ['contract/requests/**'],
    rules: { 'no-restricted-syntax': ['error', ...DEFINED_ONCE, ...NO_WALL_CLOCK] },
  },
  {
    // A fixture that uses no other fixture names none.
    files: ['test/**/*.ts'],
    rules: { 'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }] },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', module: 'readonly', Buffer: 'readonly' },
    },
  },
);
