import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chineseOf, read, ROOT, withoutBlocks } from './pages.js';

// Code and tests refer to docs/protocol.md for how devices behave. The numbers of its sections and rules never change,
// and whatever is referred to must exist. Each rule has a test, or the page says why it has none.

const PAGE = 'docs/protocol.md';
const SELF = 'test/docs/protocol.test.ts';

const FOLDERS = ['src', 'test', 'bench', 'console', 'scripts', 'docs', 'deploy'];
const TEXT = /\.(?:[cm]?[jt]sx?|md|css|html|ya?ml|sh|conf|env)$/;
const OTHERS = /(?:^|\/)(?:node_modules|dist)\//;

const filesIn = (folder: string): string[] =>
  readdirSync(`${ROOT}/${folder}`, { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => TEXT.test(path) && !OTHERS.test(path) && path !== SELF);

const FILES = FOLDERS.flatMap(filesIn).map((path) => ({ path, text: read(path) }));
const CODE = FILES.filter(({ path }) => !path.endsWith('.md'));
const TESTS = CODE.filter(
  ({ path }) => path.endsWith('.ts') && (path.startsWith('test/') || path.endsWith('.test.ts')),
);

/** Matches the number of a section or a rule, for example 54a. */
const NUMBER = String.raw`\d+(?:\.\d+)?[a-z]?(?![\w%])`;
const LIST = String.raw`${NUMBER}(?:(?:, | and | to )${NUMBER})*`;
const numbersIn = (list: string): string[] => list.match(new RegExp(NUMBER, 'g')) ?? [];

/** Joins the lines of a comment, whose later lines begin with a star or slashes. */
const unwrapped = (text: string): string => text.replaceAll(/\s*\n\s*(?:\*(?!\/)|\/\/)?\s*/g, ' ');

interface References {
  readonly sections: readonly string[];
  readonly rules: readonly string[];
}

/**
 * Finds references such as "docs/protocol.md 4.3", "protocol.md section 5", "checklist 44, 48" and "items 34 to 58".
 */
function referencesOf(text: string): References {
  const plain = unwrapped(text);
  const found = (pattern: string): string[] =>
    [...plain.matchAll(new RegExp(pattern, 'g'))].flatMap(([, list = '']) => numbersIn(list));
  return {
    sections: found(String.raw`protocol(?:\.zh-CN)?\.md\)?,? (?:sections? )?(${LIST})`),
    rules: found(String.raw`[Cc]hecklist,? (?:(?:items?|numbers?|rules?) )?(${LIST})`),
  };
}

/** Numbers of the sections, from headings such as `## 4. Audio` and `### 4.3 Queues`. */
const sectionsOf = (text: string): string[] =>
  [...withoutBlocks(text).matchAll(/^#{2,3} (\d+(?:\.\d+)?)\.? /gm)].map(([, number = '']) => number);

/** Rows of the tables in a section, split into cells, without the headings. */
function rowsOf(text: string, section: string): string[][] {
  const [, body = ''] =
    new RegExp(String.raw`^#+ ${section.replace('.', String.raw`\.`)} .*\n([^]*?)(?=^#|(?![^]))`, 'm').exec(
      withoutBlocks(text),
    ) ?? [];
  const rows = [...body.matchAll(/^\| (.*) \|$/gm)].map(([, row = '']) => row.split(' | '));
  return rows.filter(([first = '']) => /^\d/.test(first));
}

interface Rule {
  readonly number: string;
  readonly sections: readonly string[];
}

const rulesOf = (text: string): Rule[] =>
  rowsOf(text, '10.1').map((cells) => ({ number: cells[0] ?? '', sections: numbersIn(cells.at(-1) ?? '') }));

/** Rules that have no test, each with the reason. */
const untestedOf = (text: string): [rule: string, why: string][] =>
  rowsOf(text, '10.2').flatMap(([numbers = '', why = '']) =>
    numbersIn(numbers).map((number): [string, string] => [number, why]),
  );

/** Finds the titles of tests, which are texts followed by a function. */
const titlesOf = (text: string): string[] =>
  [...text.matchAll(/(['"`])((?:\\.|(?!\1)[^\\\n])*)\1,\s*(?:async )?\(/g)].map(([, , title = '']) => title);

const RULE_LIST = String.raw`\d+[a-z]?(?:, \d+[a-z]?)*`;
const AT_START = new RegExp(String.raw`^(${RULE_LIST}):? `);
const AT_END = new RegExp(String.raw`\((?:docs/protocol\.md, )?(?:checklist )?(${RULE_LIST})\)$`);

/**
 * Rules that are named in a file's test titles: "44, 48 first packet ..." in conformance tests, "... (44, 48)" and "...
 * (checklist 44)" in all tests.
 */
function namedIn({ path, text }: { readonly path: string; readonly text: string }): string[] {
  return titlesOf(text).flatMap((title) => [
    ...(path.includes('conformance') ? numbersIn(AT_START.exec(title)?.[1] ?? '') : []),
    ...numbersIn(AT_END.exec(title)?.[1] ?? ''),
  ]);
}

const english = read(PAGE);
const sections = new Set(sectionsOf(english));
const rules = rulesOf(english);
const ruleNumbers = rules.map(({ number }) => number);

it('the page has every rule once, in order, with the section that explains it', () => {
  const whole = ruleNumbers.filter((number) => /^\d+$/.test(number)).map(Number);
  expect(whole.length).toBeGreaterThanOrEqual(79);
  expect(whole).toEqual(whole.map((_, index) => index + 1));
  expect(new Set(ruleNumbers).size).toBe(ruleNumbers.length);
  for (const number of ruleNumbers)
    if (/[a-z]$/.test(number)) expect(ruleNumbers[ruleNumbers.indexOf(number) - 1]).toBe(number.slice(0, -1));
  expect(
    rules.filter(({ sections: named }) => named.length === 0 || named.some((number) => !sections.has(number))),
  ).toEqual([]);
});

it('every reference in code, tests and documents has its target on the page', () => {
  const wrong: string[] = [];
  let found = 0;
  for (const { path, text } of FILES) {
    const { sections: toSections, rules: toRules } = referencesOf(text);
    found += toSections.length + toRules.length;
    for (const number of toSections) if (!sections.has(number)) wrong.push(`${path}: ${PAGE} has no section ${number}`);
    for (const number of toRules)
      if (!ruleNumbers.includes(number)) wrong.push(`${path}: the checklist has no ${number}`);
  }
  expect(wrong).toEqual([]);
  expect(found).toBeGreaterThan(60);
});

it('code refers to pages of this repository, not to notes or lines of the firmware', () => {
  const line =
    /\b(?:as|afe|app|board|cam|glyph|gw|kc|mcp|mq|net|ota|proto|py|sm|ws):(?:\d+(?:-\d+)?\b| ?\w+\.(?:cc|h)\b)/;
  const gone = new RegExp(`${line.source}|founders' list|founding guide`, 'g');
  expect(
    CODE.flatMap(({ path, text }) => [...unwrapped(text).matchAll(gone)].map(([reference]) => `${path}: ${reference}`)),
  ).toEqual([]);
});

it('every rule has a test, or the page gives the reason why it has none', () => {
  const named = new Set(TESTS.flatMap(namedIn));
  const untested = new Map(untestedOf(english));
  expect(
    ruleNumbers.filter((number) => !named.has(number) && !untested.has(number)),
    'neither tested nor excused',
  ).toEqual([]);
  expect(
    ruleNumbers.filter((number) => named.has(number) && untested.has(number)),
    'tested and excused',
  ).toEqual([]);
  expect(
    [...untested].filter(([number, why]) => !ruleNumbers.includes(number) || why.trim() === ''),
    'excused without a rule or a reason',
  ).toEqual([]);
});

it('titles of conformance tests name only rules of the page', () => {
  const wrong = TESTS.filter(({ path }) => path.includes('conformance')).flatMap((file) =>
    namedIn(file)
      .filter((number) => !ruleNumbers.includes(number))
      .map((number) => `${file.path}: ${number}`),
  );
  expect(wrong).toEqual([]);
});

it('the Chinese page has the same sections and rules', () => {
  const chinese = read(chineseOf(PAGE));
  expect(sectionsOf(chinese)).toEqual(sectionsOf(english));
  expect(rulesOf(chinese)).toEqual(rules);
  expect(untestedOf(chinese).map(([number]) => number)).toEqual(untestedOf(english).map(([number]) => number));
});

describe('the search', () => {
  it('finds references in comments of several lines, and lists', () => {
    expect(
      referencesOf(
        '/** Late (docs/protocol.md\n * 4.4, rule 3). Known (protocol.md 4.1, 4.6); all of protocol.md section 5. */',
      ).sections,
    ).toEqual(['4.4', '4.1', '4.6', '5']);
    expect(
      referencesOf(
        '// (docs/protocol.md, checklist 30, 31): 40 packets\n// The checklist, items 34 to 43, 47 and 54a, in 60 ms',
      ).rules,
    ).toEqual(['30', '31', '34', '43', '47', '54a']);
    expect(referencesOf('protocol.md; of 90 % (checklist).')).toEqual({ sections: [], rules: [] });
  });

  it('finds rules in titles', () => {
    const text =
      "it('44, 48 over all of this (54a)', () => {});\n" +
      "])('firmware %s (checklist 48)', async (a) => {});\nit('no number (here)', () => {});\n" +
      "it('2,000 guesses', () => {});";
    expect(namedIn({ path: 'test/conformance.test.ts', text })).toEqual(['44', '48', '54a', '48']);
    expect(namedIn({ path: 'test/other.test.ts', text })).toEqual(['54a', '48']);
  });
});
