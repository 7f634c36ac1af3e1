import { unzipSync } from 'fflate';
import { Parser } from 'htmlparser2';
import { ChorusError } from '../../../core/index.js';
import { CharacterBudget, tooLarge, unreadable, type DocumentText, type Section } from './document-text.js';
import { knowledgeWords } from '../words.js';

const BODY = 'word/document.xml';
/** Ten times the XML that the longest accepted text needs. */
const MAX_BODY_BYTES = 60 * 2 ** 20;
const HEADING = /^(heading|title|标题|berschrift|titre)\s*\d?$/i;

/**
 * Reads a Word document (.docx) with one section per heading. The body is unpacked into a buffer of the size that the
 * archive states, so that larger contents cannot use more memory. Throws `knowledge.unreadable` or
 * `knowledge.too_large`.
 */
export function readDocx(bytes: Uint8Array): DocumentText {
  const body = bodyOf(bytes);
  if (body === undefined) throw unreadable(knowledgeWords.docx.noWord);
  const sections = sectionsOf(new TextDecoder().decode(body));
  return { format: 'docx', title: undefined, pages: undefined, sections };
}

function bodyOf(bytes: Uint8Array): Uint8Array | undefined {
  try {
    const files = unzipSync(bytes, {
      filter({ name, originalSize }) {
        if (name !== BODY) return false;
        if (originalSize > MAX_BODY_BYTES) throw tooLarge(knowledgeWords.docx.tooLarge);
        return true;
      },
    });
    return files[BODY];
  } catch (error) {
    throw error instanceof ChorusError ? error : unreadable(knowledgeWords.docx.damaged, error);
  }
}

function sectionsOf(xml: string): readonly Section[] {
  const budget = new CharacterBudget();
  const sections: { place: string; text: string }[] = [{ place: '', text: '' }];
  let paragraph = '';
  let heading = false;
  let inText = false;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (name === 'w:t') inText = true;
        else if (name === 'w:tab') paragraph += '\t';
        else if (name === 'w:br' || name === 'w:cr') paragraph += '\n';
        else if (name === 'w:pStyle') heading = HEADING.test(attributes['w:val'] ?? '');
      },
      ontext(text) {
        if (inText) paragraph += budget.take(text);
      },
      onclosetag(name) {
        if (name === 'w:t') inText = false;
        if (name !== 'w:p') return;
        if (heading && paragraph.trim() !== '') sections.push({ place: paragraph.trim(), text: '' });
        else (sections.at(-1) as { text: string }).text += `${paragraph}\n`;
        paragraph = '';
        heading = false;
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(xml);
  return sections;
}
