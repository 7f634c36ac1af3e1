import { strToU8, zipSync } from 'fflate';

/**
 * Makes a PDF with these lines on each page. Chinese is encoded as Word does it: in code units, with a map to Unicode.
 */
export function pdfOf(pages: readonly (readonly string[])[], title?: string): Uint8Array {
  const objects: string[] = [];
  const add = (body: string): number => objects.push(body);
  add('<< /Type /Catalog /Pages 2 0 R >>');
  add('');
  const map = stream(
    '/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def\n' +
      '1 begincodespacerange <0000> <FFFF> endcodespacerange\n' +
      `${Array.from({ length: 256 }, (_, high) => high)
        .map((high) => {
          const hex = high.toString(16).padStart(2, '0');
          return `1 beginbfrange <${hex}00> <${hex}FF> <${hex}00> endbfrange`;
        })
        .join('\n')}\nendcmap end end`,
  );
  const toUnicode = add(map);
  const font = add(
    '<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Test /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) ' +
      '/Supplement 0 >> /FontDescriptor << /Type /FontDescriptor /FontName /Test /Flags 4 /FontBBox [0 0 1 1] ' +
      '/ItalicAngle 0 /Ascent 1 /Descent 0 /CapHeight 1 /StemV 1 >> /DW 500 >>',
  );
  const type0 = add(
    `<< /Type /Font /Subtype /Type0 /BaseFont /Test /Encoding /Identity-H /DescendantFonts [${font} 0 R] ` +
      `/ToUnicode ${toUnicode} 0 R >>`,
  );
  const kids = pages.map((lines) => {
    const text = lines.map((line) => `<${hexOf(line)}> Tj T*`).join('\n');
    const content = add(stream(`BT /F1 12 Tf 14 TL 50 750 Td\n${text}\nET`));
    return add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${content} 0 R ` +
        `/Resources << /Font << /F1 ${type0} 0 R >> >> >>`,
    );
  });
  objects[1] = `<< /Type /Pages /Count ${kids.length} /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}] >>`;
  const info = title === undefined ? undefined : add(`<< /Title <feff${hexOf(title)}> >>`);
  return fileOf(objects, info);
}

/** Makes a Word document whose body is the given XML. `extra` contains more files for the archive. */
export function docxOf(body: string, extra: Readonly<Record<string, Uint8Array>> = {}): Uint8Array {
  const xml = `<?xml version="1.0"?><w:document xmlns:w="w"><w:body>${body}</w:body></w:document>`;
  return zipSync({ '[Content_Types].xml': strToU8('<Types/>'), 'word/document.xml': strToU8(xml), ...extra });
}

export const paragraph = (text: string, style?: string): string =>
  `<w:p>${style === undefined ? '' : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`}<w:r><w:t>${text}</w:t></w:r></w:p>`;

const hexOf = (text: string): string => Buffer.from(text, 'utf16le').swap16().toString('hex');
const stream = (text: string): string => `<< /Length ${text.length} >>\nstream\n${text}\nendstream`;

function fileOf(objects: readonly string[], info: number | undefined): Uint8Array {
  let text = '%PDF-1.7\n';
  const offsets = objects.map((body, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return at;
  });
  const start = text.length;
  const rows = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  text += `xref\n0 ${size}\n0000000000 65535 f \n${rows}`;
  text += `trailer\n<< /Size ${size} /Root 1 0 R${info === undefined ? '' : ` /Info ${info} 0 R`} >>\n`;
  return Uint8Array.from(Buffer.from(`${text}startxref\n${start}\n%%EOF\n`, 'latin1'));
}
