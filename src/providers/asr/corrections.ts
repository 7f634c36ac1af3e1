/** `corrections` is the setting `asr.corrections`. Only whole words match, except in scripts without spaces. */
export function correct(corrections: Readonly<Record<string, string>>): (text: string) => string {
  const words = Object.keys(corrections)
    .filter((word) => word.trim() !== '')
    .sort((a, b) => b.length - a.length);
  if (words.length === 0) return (text) => text;
  const byLowerCase = new Map(words.map((word) => [word.toLowerCase(), corrections[word] ?? '']));
  const pattern = new RegExp(words.map(toPattern).join('|'), 'giu');
  return (text) => text.replace(pattern, (found) => byLowerCase.get(found.toLowerCase()) ?? found);
}

const SPACED = '[\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}\\p{N}]';

function toPattern(word: string): string {
  const literal = word.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
  const begin = new RegExp(`^${SPACED}`, 'u').test(word) ? `(?<!${SPACED})` : '';
  const end = new RegExp(`${SPACED}$`, 'u').test(word) ? `(?!${SPACED})` : '';
  return `${begin}${literal}${end}`;
}
