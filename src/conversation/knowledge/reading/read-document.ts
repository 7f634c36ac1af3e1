import { readDocx } from './read-docx.js';
import { readPdf } from './read-pdf.js';
import { readText } from './read-text.js';
import { unreadable, type DocumentText } from './document-text.js';
import { knowledgeWords } from '../words.js';

const MARKDOWN = /\.(md|markdown|mdx)$/i;

/**
 * The first bytes tell the format. Only the file's name tells whether a text is Markdown. Rejects with `knowledge.*`.
 */
export async function readDocument(bytes: Uint8Array, fileName: string): Promise<DocumentText> {
  if (bytes.length === 0) throw unreadable(knowledgeWords.empty);
  // The signature of a PDF may follow other bytes.
  if (Buffer.from(bytes.subarray(0, 1024)).includes('%PDF-')) return readPdf(bytes);
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return readDocx(bytes);
  return readText(bytes, MARKDOWN.test(fileName));
}
