import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS_DOCUMENTS, errorsDocument } from '../scripts/errors-doc.js';
import { ADMIN_API_DOCUMENT, adminApiDocument } from '../scripts/admin-api-doc.js';
import { LABEL_WORDS_ZH, METRICS_ZH } from '../scripts/metrics-zh.js';
import { METRICS_DOCUMENTS, metricsDocument } from '../scripts/metrics-doc.js';
import { ERRORS_ZH } from '../src/cli/messages/errors-zh.js';
import { ABOUT_ZH, configJsonSchema, configurationPage, SECTIONS_ZH } from '../src/config/index.js';
import { ERROR_TABLE, METRICS, type MetricDefinition } from '../src/core/index.js';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly description?: string;
}
const described = (shape: Shape, prefix = ''): [key: string, description: string | undefined][] =>
  Object.entries(shape.properties ?? {}).flatMap(([name, member]) => [
    [`${prefix}${name}`, member.description],
    ...described(member, `${prefix}${name}.`),
  ]);

it('the generated pages are those of the code: run `npm run docs`', () => {
  for (const language of ['en', 'zh'] as const) {
    expect(readFileSync(ERRORS_DOCUMENTS[language], 'utf8')).toBe(errorsDocument(language));
    expect(readFileSync(METRICS_DOCUMENTS[language], 'utf8')).toBe(metricsDocument(language));
  }
  expect(readFileSync(ADMIN_API_DOCUMENT, 'utf8')).toBe(adminApiDocument());
  expect(read('docs/configuration.md')).toBe(configurationPage('en'));
  expect(read('docs/configuration.zh-CN.md')).toBe(configurationPage('zh'));
});

describe('in Chinese', () => {
  it('every key and section of the configuration is explained (src/config/about-zh.ts), on the page and for editors', () => {
    const keys = described(configJsonSchema('en'));
    expect(keys.length).toBeGreaterThan(80);
    expect(Object.keys({ ...SECTIONS_ZH, ...ABOUT_ZH }).toSorted()).toEqual(keys.map(([key]) => key).toSorted());
    expect(keys.filter(([, text]) => text === undefined)).toEqual([]);
    for (const [key, text] of described(configJsonSchema('zh'))) expect(text, key).toMatch(/\p{Script=Han}/u);
  });

  it('every error code is (src/cli/messages/errors-zh.ts), and no sentence on the page has a hole where a detail would be', () => {
    expect(Object.keys(ERRORS_ZH).toSorted()).toEqual(Object.keys(ERROR_TABLE).toSorted());
    expect(errorsDocument('zh')).not.toMatch(/undefined|（）|\p{Script=Han} +\p{Script=Han}/u);
  });

  it('every metric is (scripts/metrics-zh.ts), and what its labels can be', () => {
    expect(Object.keys(METRICS_ZH).toSorted()).toEqual(Object.keys(METRICS).toSorted());
    const words = Object.values<MetricDefinition>(METRICS).flatMap(({ labels = {} }) => Object.values(labels));
    expect(
      words.filter(
        (text) => !text.split(', ').every((word) => /^[\w.…-]+$/.test(word)) && LABEL_WORDS_ZH[text] === undefined,
      ),
    ).toEqual([]);
  });
});
