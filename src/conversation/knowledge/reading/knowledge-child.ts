import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { serveChild } from '../../../engines/child.js';
import { indexPassages, writeIndex } from '../passage-index.js';
import { passagesOf } from './passages.js';
import { readDocument } from './read-document.js';
import { unreadable } from './document-text.js';
import type { ReadAnswer, ReadCall, ReadPassages } from './read-in-child.js';
import { knowledgeWords } from '../words.js';

// Entry of a process that reads one document and then ends. Reading a PDF of hundreds of pages takes seconds, and a
// hostile document may use all memory.

/** Number of passages in one message. A larger message would delay the main process. */
const PAGE = 100;

const child = serveChild({
  init: () => Promise.resolve(),
  call: (request) => read(request as ReadCall), // Both ends are the same build.
});

async function read({ file, fileName, title: wanted }: ReadCall): Promise<ReadAnswer> {
  const bytes = await readFile(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { format, title: own, pages, sections } = await readDocument(new Uint8Array(bytes), fileName);
  const passages = passagesOf(sections);
  if (passages.length === 0) throw unreadable(knowledgeWords.noText);
  const title = wanted ?? own ?? fileName.replace(/\.[^.]+$/, '');
  for (let from = 0; from < passages.length; from += PAGE)
    child.emit({ passages: passages.slice(from, from + PAGE) } satisfies ReadPassages);
  return {
    format,
    title,
    pages,
    sha256,
    characters: passages.reduce((sum, { text }) => sum + text.length, 0),
    searchIndex: writeIndex(indexPassages(title, passages)),
  };
}
