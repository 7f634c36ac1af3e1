import { getDocumentProxy } from 'unpdf';
import { ChorusError } from '../../../core/index.js';
import { MAX_PAGES } from '../limits.js';
import { CharacterBudget, tooLarge, unreadable, type DocumentText, type Section } from './document-text.js';
import { knowledgeWords } from '../words.js';

type Page = Awaited<ReturnType<Awaited<ReturnType<typeof getDocumentProxy>>['getPage']>>;

/**
 * One section per page. Rejects with `knowledge.too_large` or `knowledge.unreadable`. A scan without text is unreadable
 * too.
 */
export async function readPdf(bytes: Uint8Array): Promise<DocumentText> {
  const pdf = await getDocumentProxy(bytes, { isEvalSupported: false, verbosity: 0 }).catch((error: unknown) => {
    const locked = error instanceof Error && error.name === 'PasswordException';
    throw unreadable(locked ? knowledgeWords.pdf.password : knowledgeWords.pdf.damaged, error);
  });
  try {
    const { numPages } = pdf;
    if (numPages > MAX_PAGES) throw tooLarge(knowledgeWords.pdf.tooManyPages(numPages, MAX_PAGES));
    const budget = new CharacterBudget();
    const sections: Section[] = [];
    for (let number = 1; number <= numPages; number++) {
      const page = await pdf.getPage(number);
      sections.push({ place: `p. ${number}`, text: budget.take(await textOf(page)) });
      page.cleanup();
    }
    if (sections.every(({ text }) => text.trim() === '')) throw unreadable(knowledgeWords.pdf.pictures);
    return { format: 'pdf', title: await titleOf(pdf), pages: numPages, sections };
  } catch (error) {
    throw error instanceof ChorusError ? error : unreadable(knowledgeWords.pdf.damagedPage, error);
  } finally {
    await pdf.destroy();
  }
}

async function textOf(page: Page): Promise<string> {
  const { items } = await page.getTextContent();
  return items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
}

async function titleOf(pdf: { getMetadata(): Promise<{ info: object }> }): Promise<string | undefined> {
  const { info } = await pdf.getMetadata().catch(() => ({ info: {} }));
  const title: unknown = (info as Readonly<Record<string, unknown>>)['Title'];
  return typeof title === 'string' && title.trim() !== '' ? title.trim() : undefined;
}
