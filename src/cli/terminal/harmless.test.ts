import picocolors from 'picocolors';
import { expect, it } from 'vitest';
import { harmless } from './harmless.js';

it('shows terminal control sequences as text, but keeps colours and line breaks', () => {
  const colours = picocolors.createColors(true);
  const ours = `${colours.bold('a')} ${colours.red('b')}\t${colours.dim('c')}${colours.green('d')}\n`;
  expect(harmless(ours)).toBe(ours);
  const foreign = '\u001b]0;OWNED\u0007\u001b[2J\u001b[8mhidden\rover\u009b31m\u202e';
  expect(harmless(`${colours.red(foreign)}\n`)).toBe(
    `${colours.red(String.raw`\u001b]0;OWNED\u0007\u001b[2J\u001b[8mhidden\u000dover\u009b31m\u202e`)}\n`,
  );
  const json = JSON.stringify({ text: foreign }, null, 2);
  expect(JSON.parse(harmless(json))).toEqual({ text: foreign });
});
