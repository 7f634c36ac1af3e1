import { printable } from '../../core/index.js';

/** The control characters that Chorus itself writes: colours, tabs and line ends. */
const OURS = new RegExp(`(\n|\t|\u001b${String.raw`\[(?:[0-2]|22|3[1-69]|39|9[0-7])m`})`);

/**
 * Escapes control characters in the texts of devices, models and services. JSON stays valid, because control characters
 * occur only inside its strings.
 */
export function harmless(output: string): string {
  return output
    .split(OURS)
    .map((part) => (OURS.test(part) ? part : printable(part)))
    .join('');
}
