import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { messageWords } from './problem-words.js';

const SRC = fileURLToPath(new URL('../../', import.meta.url));
/** Programs that run beside a server, in a terminal of their own. Their log is on no page. */
const ELSEWHERE = /^(?:cli|maintenance|measure|moving-over)\//;

/** Messages of warnings and errors in the source that come without a code of docs/errors.md. */
function messages(): readonly string[] {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !ELSEWHERE.test(file),
  );
  return files.flatMap((file) => {
    const source = readFileSync(`${SRC}${file}`, 'utf8');
    const calls = [
      ...source.matchAll(
        /\b(?:log(?:ger)?|sparing)(?:\.(?:warn|error)|\[[^\]]*(?:warn|'error')[^\]]*\])\((?<said>.*?;)\n/gs,
      ),
    ].map(({ groups }) => groups?.['said'] ?? '');
    return calls
      .filter((said) => !/\bcode\b|new ChorusError/.test(said))
      .flatMap((said) =>
        [...(said.split(', {')[0] ?? '').matchAll(/'((?:[^'\\]|\\.)+)'/g)].map(([, text = '']) => text),
      );
  });
}

it('say in Chinese what the server warns of', () => {
  const found = messages();
  expect(found.length).toBeGreaterThan(30);
  // Told at the level of information.
  const harmless = new Set(['the machine has recovered']);
  expect(
    found.filter((message) => !harmless.has(message) && !/\p{Script=Han}/u.test(messageWords(message).text.zh)),
  ).toEqual([]);
});

it('are sentences, with what to do where that is known', () => {
  expect(messageWords('upkeep')).toMatchObject({
    text: { en: 'A task of the upkeep failed, or found something.' },
    remedy: { zh: expect.stringContaining('upkeep --status') as string },
  });
  expect(messageWords('something new')).toEqual({
    text: { en: 'Something new.', zh: 'Something new.' },
    remedy: undefined,
  });
});
