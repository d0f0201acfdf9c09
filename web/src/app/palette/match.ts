// How the palette finds: each word of the query begins a word of the label, of its English, or of its keywords (which
// hold pinyin in Chinese), whatever the case and without diacritics.

export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[أإآ]/g, 'ا')
    .replace(/ى/g, 'ي')
    .replace(/ё/g, 'е');
}

/** Chinese has no spaces: there any place in the text is the beginning of a word. */
function begins(text: string, word: string): boolean {
  if (/\p{Script=Han}/u.test(word)) return text.includes(word);
  const literal = word.replace(/[^\p{L}\p{N}]/gu, '\\$&');
  return new RegExp(`(^|[^\\p{L}\\p{N}])${literal}`, 'u').test(text);
}

export function found(query: string, texts: readonly string[]): boolean {
  const all = texts.map(fold).join(' | ');
  return fold(query).split(/\s+/).filter(Boolean).every((word) => begins(all, word));
}

/** Where @query's first word stands in @text, for the highlight; null where it does not. */
export function hit(query: string, text: string): [from: number, to: number] | null {
  const word = fold(query).split(/\s+/).find(Boolean);
  const at = word ? fold(text).indexOf(word) : -1;
  return word && at >= 0 && fold(text).length === text.length ? [at, at + word.length] : null;
}
