import { getDocumentProxy } from 'unpdf';
import { both, ChorusError } from '../../../core/index.js';
import { MAX_PAGES } from '../limits.js';
import { CharacterBudget, tooLarge, unreadable, type DocumentText, type Section } from './document-text.js';

type Page = Awaited<ReturnType<Awaited<ReturnType<typeof getDocumentProxy>>['getPage']>>;

/**
 * The text of a PDF, one section per page. Pages are read one after the other, so that a large document needs only the
 * memory of one page. Errors: `knowledge.unreadable` (also for a scan without text), `knowledge.too_large`.
 */
export async function readPdf(bytes: Uint8Array): Promise<DocumentText> {
  const pdf = await getDocumentProxy(bytes, { isEvalSupported: false, verbosity: 0 }).catch((error: unknown) => {
    const locked = error instanceof Error && error.name === 'PasswordException';
    throw unreadable(
      locked ? both('it needs a password', '需要密码') : both('it is no PDF, or is damaged', '不是 PDF，或已损坏'),
      error,
    );
  });
  try {
    const { numPages } = pdf;
    if (numPages > MAX_PAGES)
      throw tooLarge(
        both(
          `the document has ${numPages} pages, more than ${MAX_PAGES}`,
          `文档有 ${numPages} 页，超过 ${MAX_PAGES} 页`,
        ),
      );
    const budget = new CharacterBudget();
    const sections: Section[] = [];
    for (let number = 1; number <= numPages; number++) {
      const page = await pdf.getPage(number);
      sections.push({ place: `p. ${number}`, text: budget.take(await textOf(page)) });
      page.cleanup();
    }
    if (sections.every(({ text }) => text.trim() === ''))
      throw unreadable(
        both(
          'its pages are pictures without text; run text recognition over it first',
          '它的页面只有图片，没有文字；请先做文字识别',
        ),
      );
    return { format: 'pdf', title: await titleOf(pdf), pages: numPages, sections };
  } catch (error) {
    throw error instanceof ChorusError ? error : unreadable(both('a page of it is damaged', '有一页已损坏'), error);
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
