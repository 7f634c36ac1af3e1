import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorsDocument } from '../scripts/docs/errors.js';
import { GENERATED_PAGES, pageFile } from '../scripts/docs/write.js';
import { configJsonSchema } from '../src/config/index.js';
import { ChorusError, describeError, ERROR_TABLE, isErrorCode } from '../src/core/index.js';

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly description?: string;
}
const described = (shape: Shape, prefix = ''): [key: string, description: string | undefined][] =>
  Object.entries(shape.properties ?? {}).flatMap(([name, member]) => [
    [`${prefix}${name}`, member.description],
    ...described(member, `${prefix}${name}.`),
  ]);

it.each([...GENERATED_PAGES])('%s matches the code; run `npm run docs` if it does not', (path, make) => {
  const text = readFileSync(pageFile(path), 'utf8');
  expect(text).toBe(make(text));
});

describe('in Chinese', () => {
  it('the pages and the editors explain every configuration key and section', () => {
    const keys = described(configJsonSchema('en'));
    expect(keys.length).toBeGreaterThan(80);
    expect(keys.filter(([, text]) => text === undefined)).toEqual([]);
    for (const [key, text] of described(configJsonSchema('zh'))) expect(text, key).toMatch(/\p{Script=Han}/u);
  });

  it('the page has every error code, and no sentence on it lacks a detail', () => {
    for (const code of Object.keys(ERROR_TABLE).filter(isErrorCode))
      expect(describeError(new ChorusError(code, 'English'), 'zh'), code).toMatch(/\p{Script=Han}/u);
    expect(errorsDocument('zh')).not.toMatch(/undefined|（）|\p{Script=Han} +\p{Script=Han}/u);
  });
});
