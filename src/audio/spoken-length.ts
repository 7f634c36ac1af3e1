/** A CJK character takes about 240 ms, and a Latin letter about 60 ms. */
const CJK_UNITS = 4;
const FIRST_CJK = 0x2e80;

/** Returns the spoken length of one character in the units of {@link spokenUnits}. */
export function spokenUnitsOf(codePoint: number): number {
  return codePoint >= FIRST_CJK ? CJK_UNITS : 1;
}

/** The spoken length of a text in units of about 60 ms. A Latin letter counts 1, and a CJK character counts 4. */
export function spokenUnits(text: string): number {
  let units = 0;
  for (const char of text) units += spokenUnitsOf(char.codePointAt(0) ?? 0);
  return units;
}
