// Compresses every asset of dist/ once, as small as it gets: x.br and x.gz beside x. index.html stays plain, because
// the server writes a nonce into it; what does not shrink is left alone.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const compressible = /\.(js|mjs|css|svg|json|webmanifest|map|wasm|bcmap)$/;

// What Vite tells of its chunks is for check-budget.js alone: it is not served.
cpSync(`${dist}.vite/manifest.json`, fileURLToPath(new URL('../node_modules/.cache/manifest.json', import.meta.url)));
rmSync(`${dist}.vite`, { recursive: true });

for (const name of readdirSync(dist, { recursive: true })) {
  if (!compressible.test(name)) continue;
  const bytes = readFileSync(dist + name);
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  if (brotli.length >= bytes.length * 0.95) continue;
  writeFileSync(`${dist}${name}.br`, brotli);
  writeFileSync(`${dist}${name}.gz`, gzipSync(bytes, { level: 9 }));
}
