import { CharacterBudget, unreadable, type DocumentText, type Section } from './document-text.js';
import { knowledgeWords } from '../words.js';

/** Chinese texts from Windows that are not in UTF-8 usually have this encoding. */
const OTHER_ENCODING = 'gb18030';
const HEADING = /^(#{1,6})\s+(.+?)\s*#*$/;
const FENCE = /^\s*(```|~~~)/;

/**
 * Reads UTF-8, UTF-16 with a byte order mark, or GB 18030. Each heading of Markdown begins a section. Throws
 * `knowledge.unreadable` or `knowledge.too_large`.
 */
export function readText(bytes: Uint8Array, markdown: boolean): DocumentText {
  const text = new CharacterBudget().take(decoded(bytes));
  if (!markdown) return { format: 'text', title: undefined, pages: undefined, sections: [{ place: '', text }] };
  const sections = sectionsOf(text);
  const title = HEADING.exec(text.split('\n', 1)[0] ?? '')?.[2];
  return { format: 'markdown', title, pages: undefined, sections };
}

function decoded(bytes: Uint8Array): string {
  const mark =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff && 'utf-16be';
  if (typeof mark === 'string') return new TextDecoder(mark).decode(bytes);
  if (bytes.subarray(0, 8192).includes(0)) throw unreadable(knowledgeWords.text.unknown);
  for (const encoding of ['utf-8', OTHER_ENCODING]) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // The next encoding is tried.
    }
  }
  throw unreadable(knowledgeWords.text.encoding);
}

/** The place of a section is its heading, after all parent headings. A `#` in a code block is no heading. */
function sectionsOf(text: string): readonly Section[] {
  const path: string[] = [];
  const sections: { place: string; text: string }[] = [{ place: '', text: '' }];
  let inCode = false;
  for (const line of text.split(/\r?\n/)) {
    if (FENCE.test(line)) inCode = !inCode;
    const heading = inCode ? null : HEADING.exec(line);
    if (!heading) {
      (sections.at(-1) as { text: string }).text += `${line}\n`;
      continue;
    }
    const [, marks = '#', title = ''] = heading;
    path.length = Math.min(path.length, marks.length - 1);
    path[marks.length - 1] = title;
    sections.push({ place: path.filter(Boolean).join(' › '), text: '' });
  }
  return sections;
}
