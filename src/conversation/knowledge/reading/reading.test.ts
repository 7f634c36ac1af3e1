import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { docxOf, paragraph, pdfOf } from '../../../../test/fakes/documents.js';
import { MAX_CHARACTERS, MAX_PAGES } from '../limits.js';
import { passagesOf, widthOf } from './passages.js';
import { readDocument } from './read-document.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const unreadable = { code: 'knowledge.unreadable' };
const tooLarge = { code: 'knowledge.too_large' };

describe('a PDF', () => {
  it('is read page by page, in English and Chinese, with the title from the document', async () => {
    const pdf = pdfOf([['Turn the valve to the left.', 'Then wait.'], [], ['滤网每月清洗一次。']], '说明书 Manual');
    expect(await readDocument(pdf, 'x.bin')).toEqual({
      format: 'pdf',
      title: '说明书 Manual',
      pages: 3,
      sections: [
        { place: 'p. 1', text: 'Turn the valve to the left.\nThen wait.' },
        { place: 'p. 2', text: '' },
        { place: 'p. 3', text: '滤网每月清洗一次。' },
      ],
    });
  });

  it('is refused if it is damaged, a scan, or too long', async () => {
    const pdf = pdfOf([['text']]);
    await expect(readDocument(pdf.subarray(0, 200), 'x.pdf')).rejects.toMatchObject(unreadable);
    await expect(readDocument(bytes('%PDF-1.7 and nothing'), 'x.pdf')).rejects.toMatchObject(unreadable);
    await expect(readDocument(pdfOf([[], []]), 'x.pdf')).rejects.toMatchObject(unreadable);
    const pages = Array.from({ length: MAX_PAGES + 1 }, () => ['x']);
    await expect(readDocument(pdfOf(pages), 'x.pdf')).rejects.toMatchObject(tooLarge);
  });
});

describe('a Word document', () => {
  it('is read as one section per heading', async () => {
    const body =
      paragraph('Before', undefined) +
      paragraph('Cleaning &amp; care', 'Heading1') +
      '<w:p><w:r><w:t>First</w:t><w:tab/><w:t>half, </w:t></w:r><w:r><w:t>second half.</w:t><w:br/></w:r></w:p>' +
      paragraph('保养', '标题 2') +
      paragraph('每月一次。');
    expect((await readDocument(docxOf(body), 'x.docx')).sections).toEqual([
      { place: '', text: 'Before\n' },
      { place: 'Cleaning & care', text: 'First\thalf, second half.\n\n' },
      { place: '保养', text: '每月一次。\n' },
    ]);
  });

  it('is unpacked only as far as its body, whatever else is in the archive', async () => {
    const bomb = { 'word/media/a.bin': new Uint8Array(80 * 2 ** 20), '../../etc/x': bytes('x') };
    expect((await readDocument(docxOf(paragraph('fine'), bomb), 'x.docx')).sections).toEqual([
      { place: '', text: 'fine\n' },
    ]);
  });

  it('is refused if its body unpacks to more than the limit, or to more than its stated size', async () => {
    await expect(readDocument(docxOf(paragraph('a'.repeat(MAX_CHARACTERS + 1))), 'x.docx')).rejects.toMatchObject(
      tooLarge,
    );
    await expect(readDocument(docxOf(' '.repeat(61 * 2 ** 20)), 'x.docx')).rejects.toMatchObject(tooLarge);
    const lying = zipThatPromises(100, 50 * 2 ** 20);
    const text = await readDocument(lying, 'x.docx').then(
      ({ sections }) => sections.map((section) => section.text).join(''),
      () => '',
    );
    expect(text.length).toBeLessThan(200);
  });

  it('is refused if the archive contains something else', async () => {
    await expect(readDocument(bytes('PK\u0003\u0004 garbage'), 'x.docx')).rejects.toMatchObject(unreadable);
  });
});

describe('text', () => {
  it('is read in the usual encodings', async () => {
    const chinese = Uint8Array.from([0xb9, 0xfd, 0xc2, 0xcb, 0xcd, 0xf8]);
    expect((await readDocument(chinese, 'x.txt')).sections[0]?.text).toBe('过滤网');
    const utf16 = Uint8Array.from([0xff, 0xfe, ...Buffer.from('滤网', 'utf16le')]);
    expect((await readDocument(utf16, 'x.txt')).sections[0]?.text).toBe('滤网');
  });

  it('has its Markdown headings as places, and `#` in code is no heading', async () => {
    const text = '# House\nintro\n## Heating\nValve left.\n```\n# no heading\n```\n## Water #\nTap.\n';
    const { title, sections } = await readDocument(bytes(text), 'house.MD');
    expect(title).toBe('House');
    expect(sections.map(({ place }) => place)).toEqual(['', 'House', 'House › Heating', 'House › Water']);
    expect((await readDocument(bytes(text), 'house.txt')).sections).toHaveLength(1);
  });

  it('is refused if it is empty or binary', async () => {
    await expect(readDocument(new Uint8Array(), 'x')).rejects.toMatchObject(unreadable);
    await expect(readDocument(Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]), 'x')).rejects.toMatchObject(
      unreadable,
    );
    await expect(readDocument(bytes('a'.repeat(MAX_CHARACTERS + 1)), 'x.txt')).rejects.toMatchObject(tooLarge);
  });
});

describe('passages', () => {
  it('contain all words in order, are never too wide, and never span two sections', () => {
    const long = `${'词'.repeat(1500)} ${'word '.repeat(400)}`;
    const sections = [
      { place: 'a', text: `One sentence. ${long}\n\nLast paragraph.` },
      { place: 'b', text: '第一句。第二句！\n\n第三句？' },
    ];
    const passages = passagesOf(sections);
    expect(passages.every(({ text }) => widthOf(text) <= 700)).toBe(true);
    for (const { place, text } of sections)
      expect(
        passages
          .filter((passage) => passage.place === place)
          .map((passage) => passage.text)
          .join(''),
      ).toSatisfy((joined: string) => joined.replaceAll(/\s/g, '') === text.replaceAll(/\s/g, ''));
    expect(passages.filter(({ place }) => place === 'b')).toHaveLength(1);
  });

  it('join words that a PDF hyphenates, and contain no invisible characters', () => {
    expect(passagesOf([{ place: '', text: 'the venti-\nlation\u202e \u200bis on' }])[0]?.text).toBe(
      'the ventilation is on',
    );
  });
});

/** The archive states `promised` bytes for its body, which has `real` bytes. */
function zipThatPromises(promised: number, real: number): Uint8Array {
  const name = Buffer.from('word/document.xml');
  const data = deflateRawSync(Buffer.from(`<w:p><w:t>${'a'.repeat(real)}</w:t></w:p>`));
  const header = (signature: number, central: boolean): Buffer => {
    const head = Buffer.alloc(central ? 46 : 30);
    const at = central ? 2 : 0;
    head.writeUInt32LE(signature, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(8, 8 + at);
    head.writeUInt32LE(data.length, 18 + at);
    head.writeUInt32LE(promised, 22 + at);
    head.writeUInt16LE(name.length, 26 + at);
    return Buffer.concat([head, name]);
  };
  const local = header(0x04034b50, false);
  const central = header(0x02014b50, true);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length + data.length, 16);
  return Buffer.concat([local, data, central, end]);
}
