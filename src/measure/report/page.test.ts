import { createHash } from 'node:crypto';
import { parse, type DefaultTreeAdapterTypes } from 'parse5';
import { describe, expect, it } from 'vitest';
import type { ReportDocument, Text } from './document.js';
import { renderHtml } from './page.js';

type Node = DefaultTreeAdapterTypes.ChildNode | DefaultTreeAdapterTypes.Document;
type Element = DefaultTreeAdapterTypes.Element;

const HOSTILE = [
  '<script>alert(1)</script>',
  '</script><script>alert(2)</script>',
  '<img src=x onerror="alert(3)">',
  '"><svg onload=alert(4)>',
  "' onmouseover='alert(5)",
  '<!--<script>',
  ']]>&lt;&#x3c;b&#62;',
  'javascript:alert(6)',
  '\u2028\u2029\u0000\u001b[31m',
  '</title></style></textarea>',
  'a `<b>',
];

describe('the page of a report', () => {
  it('shows every text as text, whatever it contains', () => {
    for (const hostile of HOSTILE) {
      const html = renderHtml(documentOf(hostile));
      const page = parse(html);
      const harmless = parse(renderHtml(documentOf('harmless')));
      // The elements and attributes are the same as with a harmless text, so nothing became markup.
      expect(skeleton(page), hostile).toEqual(skeleton(harmless));
      expect(textOf(page).split(shown(hostile)).length, hostile).toBeGreaterThan(20);
    }
  });

  it("contains the charts' data as JSON that parses to the same values", () => {
    for (const hostile of [...HOSTILE, 'plain']) {
      const payload = payloadOf(renderHtml(documentOf(hostile)));
      expect(payload.title).toBe(hostile);
      expect(payload.panels.map((panel) => panel.kind)).toEqual(['line', 'step', 'share', 'histogram']);
      expect(payload.panels[0]).toEqual({
        kind: 'line',
        x: 'elapsed',
        xUnit: { en: 'time', zh: '时间' },
        yUnit: hostile,
        xs: [0, 1, 2],
        series: [{ name: hostile, ys: [1, null, 3] }],
        bounds: [{ name: hostile, value: 70 }],
        marks: [{ at: 1, text: hostile }],
        atLeast: 100,
      });
      expect(payload.panels[2]).toMatchObject({
        xs: [5, 10, 20],
        series: [{ ys: [25, 75, 100] }],
        bounds: [{ name: hostile, value: 15 }],
      });
    }
  });

  it('fetches nothing, and runs only its own scripts', () => {
    const html = renderHtml(documentOf('x'));
    const elements = all(parse(html));
    expect(
      elements.filter(({ tagName }) =>
        ['link', 'img', 'iframe', 'object', 'embed', 'base', 'form', 'a', 'source'].includes(tagName),
      ),
    ).toEqual([]);
    expect(
      elements
        .flatMap(({ attrs }) => attrs)
        .filter(({ name }) => name === 'src' || name === 'href' || name.startsWith('on')),
    ).toEqual([]);
    expect(html).not.toMatch(/@import|url\(/);
    const policy =
      attribute(
        elements.find((element) => attribute(element, 'http-equiv') === 'Content-Security-Policy'),
        'content',
      ) ?? '';
    expect(policy).toContain("default-src 'none'");
    const scripts = elements.filter(
      (element) => element.tagName === 'script' && attribute(element, 'type') === undefined,
    );
    expect(scripts).toHaveLength(2);
    for (const script of scripts)
      expect(policy).toContain(`'sha256-${createHash('sha256').update(textOf(script)).digest('base64')}'`);
  });

  it('has verdict, targets and advice before the first chart, and machine and details after the last', () => {
    const order = all(parse(renderHtml(documentOf('x')))).map(
      (element) => attribute(element, 'class') ?? element.tagName,
    );
    const at = (name: string): number => order.indexOf(name);
    expect(at('verdict missed')).toBeGreaterThan(0);
    expect(at('verdict missed')).toBeLessThan(at('targets'));
    expect(at('targets')).toBeLessThan(at('advice'));
    expect(at('advice')).toBeLessThan(at('plot'));
    expect(order.lastIndexOf('plot')).toBeLessThan(at('dl'));
    expect(at('dl')).toBeLessThan(at('details'));
  });

  it('has both languages, each with its language attribute', () => {
    const words: Text = { en: 'the answer', zh: '回答' };
    const spans = all(parse(renderHtml({ ...documentOf('x'), title: words }))).filter(
      ({ tagName }) => tagName === 'span',
    );
    expect(spans.filter((span) => attribute(span, 'lang') === 'en').map(textOf)).toContain('the answer');
    expect(spans.filter((span) => attribute(span, 'lang') === 'zh-CN').map(textOf)).toContain('回答');
    const languages = new Set(spans.map((span) => attribute(span, 'lang')).filter((lang) => lang !== undefined));
    expect(languages).toEqual(new Set(['en', 'zh-CN']));
  });

  it('shows text between backticks as code, and no other text', () => {
    const page = parse(renderHtml({ ...documentOf('x'), about: 'set `asr.model` to `<b>`, not ` alone' }));
    expect(
      all(page)
        .filter(({ tagName, parentNode }) => tagName === 'code' && parentNode?.nodeName === 'p')
        .map(textOf),
    ).toEqual(['asr.model', '<b>']);
    expect(all(page).filter(({ tagName }) => tagName === 'b')).toHaveLength(2);
  });

  it('shows a message instead of an empty chart when nothing was measured', () => {
    const empty = documentOf('x').sections.map((section) => ({
      ...section,
      blocks: section.blocks.map((block) =>
        block.type === 'timeline'
          ? { ...block, panels: [{ unit: '%', series: [{ name: 'x', values: [null, Number.NaN] }] }] }
          : block.type === 'distribution'
            ? { ...block, series: [{ name: 'x', values: [] }] }
            : block.type === 'bars'
              ? { ...block, rows: [{ name: 'x', values: [0, Number.NaN] }], bounds: [] }
              : block,
      ),
    }));
    const page = parse(renderHtml({ ...documentOf('x'), sections: empty }));
    expect(all(page).filter((element) => attribute(element, 'class') === 'none')).toHaveLength(4);
    expect(all(page).filter((element) => attribute(element, 'class') === 'plot')).toHaveLength(0);
  });

  it('draws bars in proportion to their values', () => {
    const widths = all(parse(renderHtml(documentOf('x')))).flatMap(
      (element) => /^width:([\d.]+)%$/.exec(attribute(element, 'style') ?? '')?.[1] ?? [],
    );
    // The longest bar is 10 + 30. The other bar is 20 + 0.
    expect(widths).toEqual(['25.00', '75.00', '50.00']);
  });
});

function documentOf(text: string): ReportDocument {
  const chart = { title: text, explanation: { en: text, zh: text } };
  return {
    title: text,
    about: { en: text, zh: `${text}（中文）` },
    generatedAtWallMs: 1_764_080_000_000,
    producer: text,
    command: text,
    verdict: { outcome: 'missed', sentence: text, meaning: text },
    targets: [{ what: text, measured: text, bound: text, outcome: 'missed', note: text }],
    advice: [{ found: text, remedies: [text, text] }],
    machine: [{ name: text, value: text }],
    sections: [
      {
        title: text,
        blocks: [
          {
            ...chart,
            type: 'timeline',
            atS: [0, 1, 2],
            marks: [{ atS: 1, text }],
            panels: [
              {
                unit: text,
                atLeast: 100,
                bounds: [{ name: text, value: 70 }],
                series: [{ name: text, values: [1, null, 3] }],
              },
              { unit: text, shape: 'step', series: [{ name: text, values: [0, 1, 0] }] },
            ],
          },
          {
            ...chart,
            type: 'distribution',
            shape: 'share',
            unit: text,
            bounds: [{ name: text, value: 15 }],
            series: [{ name: text, values: [20, 5, 10, 10] }],
          },
          {
            ...chart,
            type: 'distribution',
            shape: 'histogram',
            unit: text,
            series: [{ name: text, values: [20, 5, 10, 10] }],
          },
          {
            ...chart,
            type: 'bars',
            unit: text,
            bounds: [{ name: text, value: 35 }],
            parts: [text, text],
            rows: [
              { name: text, values: [10, 30] },
              { name: text, values: [20, 0] },
            ],
          },
        ],
      },
      {
        title: text,
        folded: true,
        blocks: [
          { type: 'paragraph', text },
          {
            type: 'table',
            caption: text,
            columns: [{ title: text }, { title: text, align: 'end' }],
            rows: [[text, text]],
          },
        ],
      },
    ],
  };
}

function payloadOf(html: string): { title: string; panels: { kind: string }[] } {
  const script = all(parse(html)).find((element) => attribute(element, 'id') === 'report');
  return JSON.parse(textOf(script)) as { title: string; panels: { kind: string }[] };
}

function shown(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f]/g, '\u{fffd}');
}

function all(node: Node): Element[] {
  const children = 'childNodes' in node ? node.childNodes : [];
  return [...('tagName' in node ? [node] : []), ...children.flatMap(all)];
}

function skeleton(page: Node): string[] {
  return all(page).map(
    ({ tagName, attrs }) =>
      `${tagName} ${attrs.map(({ name, value }) => (name === 'title' ? name : `${name}=${value}`)).join(' ')}`,
  );
}

function textOf(node: Node | undefined): string {
  if (!node) return '';
  if (node.nodeName === '#text') return (node as DefaultTreeAdapterTypes.TextNode).value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

function attribute(element: Element | undefined, name: string): string | undefined {
  return element?.attrs.find((attr) => attr.name === name)?.value;
}
