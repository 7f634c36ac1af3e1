import { barsHtml } from './bars.js';
import { distributionPanels, timelinePanels, type PanelData } from './chart-data.js';
import type { Block, Section, Table, Text } from './document.js';
import { bilingual } from './markup.js';
import { reportWords } from './words.js';

export class BlockWriter {
  readonly #panels: PanelData[] = [];

  get panels(): readonly PanelData[] {
    return this.#panels;
  }

  section(section: Section): string {
    const inside = section.blocks.map((block) => this.#block(block)).join('\n');
    const title = bilingual(section.title);
    return section.folded
      ? `<section><details><summary><h2>${title}</h2></summary>\n${inside}\n</details></section>`
      : `<section><h2>${title}</h2>\n${inside}\n</section>`;
  }

  #block(block: Block): string {
    switch (block.type) {
      case 'paragraph':
        return `<p>${bilingual(block.text)}</p>`;
      case 'table':
        return tableHtml(block);
      case 'bars':
        return figure(block, barsHtml(block));
      case 'timeline':
        return figure(block, this.#canvases(timelinePanels(block)));
      default:
        return figure(block, this.#canvases(distributionPanels(block)));
    }
  }

  #canvases(panels: readonly PanelData[]): string {
    // Charts of one group share their cursor.
    const group = this.#panels.length;
    return panels
      .map((panel) => `<div class="plot" data-panel="${this.#panels.push(panel) - 1}" data-group="${group}"></div>`)
      .join('');
  }
}

function figure(chart: { readonly title: Text; readonly explanation: Text }, inside: string): string {
  const caption = `<figcaption><h3>${bilingual(chart.title)}</h3><p>${bilingual(chart.explanation)}</p></figcaption>`;
  const none = `<p class="none">${bilingual(reportWords.nothing)}</p>`;
  return `<figure>${caption}${inside === '' ? none : inside}</figure>`;
}

function tableHtml({ caption, columns, rows }: Table): string {
  const side = (index: number): string => (columns[index]?.align === 'end' ? ' class="end"' : '');
  const head = columns.map(({ title }, index) => `<th scope="col"${side(index)}>${bilingual(title)}</th>`).join('');
  const body = rows
    .map((row) => `<tr>${row.map((cell, index) => `<td${side(index)}>${bilingual(cell)}</td>`).join('')}</tr>`)
    .join('\n');
  const title = caption === undefined ? '' : `<caption>${bilingual(caption)}</caption>`;
  const table = `<table>${title}<thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`;
  return `<div class="scroll" tabindex="0">${table}</div>`;
}
