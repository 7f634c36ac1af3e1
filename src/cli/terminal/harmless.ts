import { printable } from '../../core/index.js';

/** Colours and line ends, as commands write them; everything else that a terminal would obey comes from others. */
const OURS = new RegExp(`(\n|\t|\u001b${String.raw`\[(?:[0-2]|22|3[1-69]|39|9[0-7])m`})`);

/**
 * Output that does nothing to a terminal but show text: names, words and errors come from devices, models and services.
 * JSON remains JSON, as such characters stand only within its texts.
 */
export function harmless(output: string): string {
  return output
    .split(OURS)
    .map((part) => (OURS.test(part) ? part : printable(part)))
    .join('');
}
