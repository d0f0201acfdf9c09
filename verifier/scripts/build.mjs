// Builds dist/cli.mjs, the verifier under Node.js.
import { build } from 'esbuild';

const common = { bundle: true, minify: false, charset: 'utf8', legalComments: 'inline', logLevel: 'warning', format: 'esm' };

await build({ ...common, entryPoints: ['src/cli.ts'], platform: 'node', target: 'node24', outfile: 'dist/cli.mjs' });
