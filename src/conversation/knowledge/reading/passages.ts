import type { KnowledgePassage } from '../../../platform/store/index.js';
import type { Section } from './document-text.js';

/** Maximum width of a passage, in which a Chinese character counts twice. This is about 150 tokens for most models. */
const MAX_WIDTH = 700;
/** A shorter paragraph is joined with the next paragraph of the section. */
const MIN_WIDTH = 250;
const MAX_PLACE_CHARS = 120;
const WIDE = /[\u2E80-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\uFF00-\uFFEF]/gu;
/** Matches sentences in Latin and Chinese writing, with their punctuation. */
const SENTENCES = /[^.!?。！？；;\n]*(?:[.!?](?=\s|$)|[。！？；;\n]|[.!?]|$)/gu;

/**
 * Cuts sections into passages, which are searched and quoted as a whole. No passage spans two sections, so that its
 * place is always right.
 */
export function passagesOf(sections: readonly Section[]): readonly KnowledgePassage[] {
  return sections.flatMap(({ place, text }) =>
    piecesOf(clean(text)).map((piece) => ({
      place: place.replace(/\s+/g, ' ').slice(0, MAX_PLACE_CHARS),
      text: piece,
    })),
  );
}

function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  let current = '';
  const close = (): void => {
    if (current.trim() !== '') pieces.push(current.trim());
    current = '';
  };
  for (const paragraph of text.split(/\n{2,}/)) {
    if (widthOf(current) >= MIN_WIDTH) close();
    for (const sentence of paragraph.match(SENTENCES) ?? []) {
      for (const part of fitting(sentence)) {
        if (widthOf(current) + widthOf(part) > MAX_WIDTH) close();
        current += part;
      }
    }
    current += '\n';
  }
  close();
  return pieces;
}

function* fitting(sentence: string): Generator<string> {
  let rest = sentence;
  while (widthOf(rest) > MAX_WIDTH) {
    const most = rest.slice(0, MAX_WIDTH / 2);
    const space = most.lastIndexOf(' ');
    const at = space > MAX_WIDTH / 4 ? space + 1 : most.length;
    yield rest.slice(0, at);
    rest = rest.slice(at);
  }
  yield rest;
}

export function widthOf(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0);
}

/** Removes control characters and soft hyphens, and joins words that are hyphenated at the end of a line. */
function clean(text: string): string {
  return (
    text
      .normalize('NFC')
      .replace(/\r\n?/g, '\n')
      // oxlint-disable-next-line no-control-regex -- control characters are what is removed
      .replace(/[\u0000-\u0008\u000B-\u001F\u007F\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g, '')
      .replace(/(\p{Ll})-\n(\p{Ll})/gu, '$1$2')
      .replace(/[ \t]+/g, ' ')
      .replace(/ ?\n ?/g, '\n')
  );
}
