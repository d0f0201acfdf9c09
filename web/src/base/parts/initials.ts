/** The first letters of the first and the last name; a name in one word gives one letter. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return letters.map((word) => [...word][0] ?? '').join('').toUpperCase();
}
