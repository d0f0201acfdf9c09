import { defineConfig } from '@lingui/cli';
import { formatter } from '@lingui/format-po';

export default defineConfig({
  sourceLocale: 'en',
  locales: ['ar', 'en', 'es', 'fr', 'ru', 'zh'],
  catalogs: [{ path: '<rootDir>/po/{locale}', include: ['<rootDir>/src'], exclude: ['<rootDir>/src/dev/**'] }],
  // No line numbers and messages in alphabetical order: a moved line never touches six files.
  format: formatter({ lineNumbers: false }),
  orderBy: 'message',
});
