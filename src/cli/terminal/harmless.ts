import { printable } from '../../core/index.js';

/** Colours, tabs and line ends, as Chorus writes them. Any other control sequence comes from elsewhere. */
const OURS = new RegExp(`(\n|\t|\u001b${String.raw`\[(?:[0-2]|22|3[1-69]|39|9[0-7])m`})`);

/**
 * Makes output harmless to a terminal: names, words and errors come from devices, models and services, and may contain
 * control characters. JSON remains valid, because control characters occur only within its texts.
 */
export function harmless(output: string): string {
  return output
    .split(OURS)
    .map((part) => (OURS.test(part) ? part : printable(part)))
    .join('');
}
