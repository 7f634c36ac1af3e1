import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderHtml, type ReportDocument } from '../../src/measure/report/index.js';
import { describeWith } from '../fakes/required.js';
import { NO_CHROMIUM, openPage, startBrowser } from './browser.js';

const chart = { title: 'chart', explanation: 'what it shows' };
const REPORT: ReportDocument = {
  title: { en: 'Report', zh: '报告' },
  about: 'about',
  generatedAtWallMs: 1_764_080_000_000,
  producer: 'Chorus',
  verdict: { outcome: 'missed', sentence: 'missed' },
  targets: [],
  advice: [],
  machine: [],
  sections: [
    {
      title: 'charts',
      blocks: [
        {
          ...chart,
          type: 'timeline',
          atS: [0, 1, 2],
          marks: [{ atS: 1, text: 'mark' }],
          panels: [
            { unit: 'ms', bounds: [{ name: 'bound', value: 70 }], series: [{ name: 'line', values: [1, null, 3] }] },
            { unit: 'turns', shape: 'step', series: [{ name: 'step', values: [0, 1, 0] }] },
          ],
        },
        { ...chart, type: 'distribution', shape: 'share', unit: 'ms', series: [{ name: 'x', values: [20, 5, 10] }] },
        { ...chart, type: 'distribution', shape: 'histogram', unit: 'ms', series: [{ name: 'x', values: [20, 5] }] },
      ],
    },
  ],
};

describeWith(NO_CHROMIUM, 'a report that is opened from the disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chorus-report-'));
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  it('draws its charts and changes its language, with scripts that its own policy allows', async () => {
    const file = join(folder, 'report.html');
    writeFileSync(file, renderHtml(REPORT));
    const { context, page, complaints } = await openPage(browser, { url: pathToFileURL(file).href });
    expect(await page.locator('.plot canvas').count()).toBe(4);
    expect(await page.title()).toBe('Report');
    await page.locator('#language').click();
    expect(await page.title()).toBe('报告');
    expect(await page.locator('.plot canvas').count()).toBe(4);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
