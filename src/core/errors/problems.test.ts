import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PROBLEM_TABLE, problemWords, type ProblemCode } from './problems.js';

const SRC = fileURLToPath(new URL('../../', import.meta.url));
/** These programs run beside a server, in their own terminal, so the console does not show their logs. */
const ELSEWHERE = /^(?:cli|maintenance|measure|moving-over)\//;

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  // `problem-ring.ts` only passes lines on, so it needs no codes.
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('problem-ring.ts'))
  .map((file) => ({ file, source: readFileSync(`${SRC}${file}`, 'utf8') }));

const LOGGED = FILES.filter(({ file }) => !ELSEWHERE.test(file)).flatMap(({ file, source }) =>
  [
    ...source.matchAll(
      /\b(?:log(?:ger)?|sparing)(?:\.(?:warn|error)|\[[^\]]*(?:warn|'error')[^\]]*\])\((?<said>.*?;)\n/gs,
    ),
  ].map(({ groups }) => ({ file, said: groups?.['said'] ?? '' })),
);

describe('a warning in the log', () => {
  it('has the code of an error or a problem, by which the page finds its text', () => {
    expect(LOGGED.length).toBeGreaterThan(60);
    expect(LOGGED.filter(({ said }) => !/\b(?:problem|code)\b|new ChorusError|\bdetails\b/.test(said))).toEqual([]);
  });

  it.each(Object.keys(PROBLEM_TABLE) as ProblemCode[])('with the code %s exists', (code) => {
    const users = FILES.filter(({ file, source }) => !file.startsWith('core/errors/') && source.includes(`'${code}'`));
    expect(users.length).toBeGreaterThan(0);
  });
});

it('has a sentence in both languages, with the remedy if one is known', () => {
  expect(problemWords('upkeep.attention', 'upkeep')).toMatchObject({
    text: { en: 'A task of the upkeep failed, or found something.', zh: '一项维护失败，或发现了问题。' },
    remedy: { zh: expect.stringContaining('upkeep --status') as string },
  });
  expect(problemWords('session.failed', 'session failed')).toEqual({
    text: { en: 'Session failed.', zh: '一次会话出错，已结束。' },
    remedy: undefined,
  });
  expect(problemWords(undefined, 'something new')).toEqual({
    text: { en: 'Something new.', zh: 'Something new.' },
    remedy: undefined,
  });
  for (const code of Object.keys(PROBLEM_TABLE) as ProblemCode[])
    expect(problemWords(code, 'x').text.zh).toMatch(/\p{Script=Han}/u);
});
