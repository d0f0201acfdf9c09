// Builds the web app into dist/. The C server replaces __CSP_NONCE__ in index.html by a fresh nonce per answer, so
// index.html is the one file that is never compressed or cached; everything under /assets carries its hash in its name.
import { lingui, linguiTransformerBabelPreset } from '@lingui/vite-plugin';
import babel from '@rolldown/plugin-babel';
import react from '@vitejs/plugin-react';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const node = process.env.COMITY_SERVER ?? 'http://localhost:8420';

// Lingui's macros go through Babel here, the one way that was measured; its hint at another way is not news.
process.env.LINGUI_SUPPRESS_BABEL_WARNING = '1';

// What pdf.js fetches when a file asks for it: character maps of Chinese and Japanese, the fonts that need not be in a file,
// decoders as plain script (the content policy gives WebAssembly to nobody). Under the version, so that it can be kept.
function pdfFiles(): Plugin {
  const home = fileURLToPath(new URL('node_modules/pdfjs-dist/', import.meta.url));
  const { version } = JSON.parse(readFileSync(`${home}package.json`, 'utf8')) as { version: string };
  return {
    name: 'comity-pdf-files',
    apply: 'build',
    generateBundle() {
      for (const folder of ['cmaps', 'iccs', 'standard_fonts', 'wasm']) {
        for (const name of readdirSync(home + folder)) {
          if (/\.wasm$|quickjs/i.test(name)) continue;
          this.emitFile({ type: 'asset', fileName: `assets/pdfjs-${version}/${folder}/${name}`, source: readFileSync(`${home}${folder}/${name}`) });
        }
      }
    },
  };
}

export default defineConfig(({ command }) => ({
  plugins: [
    react(),
    pdfFiles(),
    // A message without a translation stops the build; COMITY_HOLES=1 lets an engineer see a page before it is translated.
    lingui({ failOnMissing: command === 'build' && !process.env.COMITY_HOLES, failOnCompileError: true }),
    babel({ presets: [linguiTransformerBabelPreset()] }),
  ],
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // no data: URL passes the CSP
    rolldownOptions: {
      output: {
        // What every page needs, in two files: a browser opens six lines to a node, so forty small files would wait for
        // each other. What only some pages need stays with them.
        codeSplitting: {
          groups: [
            {
              name: 'libraries',
              priority: 2,
              test: /node_modules\/(react|react-dom|scheduler|@tanstack\/(react-)?(router|query|store|history)(-core)?|@lingui|@simplewebauthn|openapi-fetch|clsx|get-nonce)\//,
            },
            {
              name: 'frame',
              priority: 1,
              test: /src\/(api|base\/([a-zA-Z]+\.ts|locale\/[^p]|marks|states|parts\/(Tag|ExhibitNumber)|keys\/(registry|chord|Keys)|page\/(Page|[Ll]ogo))|features\/[^/]+\/(index|routes|queries|actions)\.ts)/,
            },
          ],
        },
      },
    },
    manifest: true, // read by scripts/check-budget.js
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
  server: {
    port: 5173,
    strictPort: true,
    host: 'localhost', // passkeys refuse IP addresses
    proxy: { '/api': { target: node, changeOrigin: false } },
  },
}));
