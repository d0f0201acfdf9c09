// Builds dist/verify.html, one file that loads nothing, and dist/cli.mjs, the same verifier under Node.js.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { build, transform } from 'esbuild';
import { pageOf } from '../src/ui/page.ts';

const version = /version: '([^']+)'/.exec(readFileSync('../meson.build', 'utf8'))[1];
const common = { bundle: true, charset: 'utf8', logLevel: 'warning', define: { VERSION: JSON.stringify(version) } };

await build({ ...common, entryPoints: ['src/cli.ts'], platform: 'node', format: 'esm', target: 'node24', outfile: 'dist/cli.mjs' });

const { outputFiles } = await build({ ...common, entryPoints: ['src/ui/main.ts'], minify: true, format: 'iife', target: 'es2023', legalComments: 'inline', write: false });
const script = outputFiles[0].text.trim();
const style = (await transform(readFileSync('src/ui/style.css', 'utf8'), { loader: 'css', minify: true })).code.trim();
const hashOf = (text) => createHash('sha256').update(text).digest('base64');
const html = pageOf({ script, style, scriptHash: hashOf(script), styleHash: hashOf(style) });
if (/<\/script|<!--/i.test(script)) throw new Error('The script would end its own element.');
writeFileSync('dist/verify.html', html);
