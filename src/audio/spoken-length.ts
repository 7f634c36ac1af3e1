/**
 * A CJK character is a spoken syllable of about 240 ms. A Latin letter takes about 60 ms, including its share of the
 * spaces.
 */
const CJK_UNITS = 4;
const FIRST_CJK = 0x2e80;

/** Returns the spoken length of one code point, in the units of {@link spokenUnits}. */
export function spokenUnitsOf(codePoint: number): number {
  return codePoint >= FIRST_CJK ? CJK_UNITS : 1;
}

/**
 * Returns the spoken length of a text in units of about 60 ms. A Latin letter is 1; a Chinese, Japanese or Korean
 * character is 4.
 */
export function spokenUnits(text: string): number {
  let units = 0;
  for (const char of text) units += spokenUnitsOf(char.codePointAt(0) ?? 0);
  return units;
}
