// What a person waits for: the bytes (brotli) that the first sight of a page loads. Reads dist/ as it was built: the
// entry, what it imports, and what the page's own chunk imports, with their styles.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const manifest = JSON.parse(readFileSync(new URL('../node_modules/.cache/manifest.json', import.meta.url), 'utf8'));
const kilobyte = 1000;
const budgets = [
  { page: 'sign-in', limit: 190, chunks: ['index.html', 'src/features/people/entry/SignInPage.tsx', 'po/en.po'] },
  { page: 'list', limit: 250, chunks: ['index.html', 'src/app/Shell.tsx', 'src/features/cases/CasesPage.tsx', 'po/en.po'] },
];

function collect(key, files) {
  const chunk = manifest[key];
  if (!chunk) return;
  for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
  for (const imported of chunk.imports ?? []) if (!files.has(manifest[imported]?.file)) collect(imported, files);
}

function weight(file) {
  const path = dist + file;
  return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
}

let over = false;
for (const { page, limit, chunks } of budgets) {
  const missing = chunks.find((chunk) => !manifest[chunk]);
  if (missing) throw new Error(`the build has no chunk ${missing}: name here what the first sight of ${page} loads`);
  const files = new Set(['index.html', 'first-paint.js']);
  for (const chunk of chunks) collect(chunk, files);
  const total = [...files].reduce((sum, file) => sum + weight(file), 0) / kilobyte;
  console.log(`${page}: ${total.toFixed(0)} KB of ${limit} (brotli, ${files.size} files)`);
  over ||= total > limit;
}
if (over) process.exit(1);
