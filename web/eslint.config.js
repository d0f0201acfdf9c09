// What the compiler does not see: imports that look upward or sideways, strings outside the catalogues, hooks out of
// order.
import lingui from 'eslint-plugin-lingui';
import hooks from 'eslint-plugin-react-hooks';
import { globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const upward = (...floors) => ({
  'no-restricted-imports': ['error', {
    patterns: floors.map((floor) => ({
      regex: `^(\\.\\./)+${floor}(/|$)`,
      message: `This floor lies below ${floor}/; hand in what is needed from there.`,
    })),
  }],
});

// A feature reaches out of its folder only to base/ and api/: one level up and sideways is another feature.
const sideways = {
  'no-restricted-imports': ['error', {
    patterns: [
      { regex: '^(\\.\\./)+app(/|$)', message: 'A feature does not know the app.' },
      { regex: '^(\\.\\./)+features(/|$)', message: 'A feature does not know another one.' },
      ...['activity', 'cases', 'evidence', 'exports', 'operation', 'people', 'today'].map((name) => ({
        regex: `^(\\.\\./)+${name}(/|$)`,
        message: 'A feature does not know another one; what both need belongs into base/.',
      })),
    ],
  }],
};

export default tseslint.config(
  globalIgnores(['dist', 'src/api/schema.d.ts']),
  ...tseslint.configs.recommended,
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': hooks, lingui },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'lingui/no-expression-in-message': 'off',
      'lingui/no-single-tag-to-translate': 'error',
      'lingui/no-single-variables-to-translate': 'error',
      'lingui/no-trans-inside-trans': 'error',
      'lingui/t-call-in-function': 'error',
      'lingui/no-unlocalized-strings': ['error', {
        useTsTypes: false,
        ignore: [
          '^[^A-Za-z]*$', // no letters
          '^-?[a-z0-9][A-Za-z0-9_.:/#-]*$', // one word in lower case: a code, a path, a class
          '^\\.{0,2}/', // a path of the API or of a file
          '^(Mod\\+|Shift\\+)*(Key[A-Z]|Digit[0-9]|Arrow[A-Za-z]+|Enter|Escape|Space|Bracket[A-Za-z]+|Slash)$',
          '^(GET|HEAD|POST|PUT|PATCH|DELETE|ETag|Location|(Request|Content|Idempotency|If|Tus|Upload|Text)-[A-Za-z]+)$',
          '^(iPhone|iPad|Android|Mac|Windows|Linux|Ctrl|Esc|HTTP|NFKD|NFKC|SHA-256|currentColor|Problem|PasskeyRefusal)\\s*$', 'Comity$',
          'Error$', '^comity/', '^var\\(', '^[MmLlQq][0-9 .LlHhVvZzAaQqCcMm-]+$', '^\\(m(ax|in)-width',
        ],
        ignoreNames: [
          'd', 'className', 'classNames', 'viewBox', 'strokeDasharray', 'chord', 'keys', 'style', 'path', 'href', 'to', 'width',
          'queryKey', 'sort', 'pattern', 'accept', 'id', 'key', 'type', 'message', 'kind', 'controlsList', { regex: { pattern: '^data-' } },
        ],
        ignoreFunctions: ['*.setProperty', '*.getPropertyValue', '*.querySelector', '*.closest', '*.matches', 'useMediaQuery', 'Error', 'TypeError', 'Problem', '*.addEventListener', '*.includes', '*.test', 'RegExp', 'lazyRouteComponent'],
      }],
    },
  },
  { files: ['src/api/**'], rules: upward('base', 'features', 'app') },
  { files: ['src/base/**'], rules: upward('features', 'app') },
  { files: ['src/features/**'], rules: sideways },
  { files: ['src/dev/**', 'src/base/theme/**', 'src/base/locale/languages.ts', 'src/features/people/me/agent.ts', 'src/features/evidence/facts/fileKind.ts'], rules: { 'lingui/no-unlocalized-strings': 'off' } },
);
