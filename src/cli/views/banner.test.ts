import picocolors from 'picocolors';
import { expect, it } from 'vitest';
import { newPasswordLines } from './banner.js';

const lines = (terminal: boolean): string =>
  newPasswordLines({ newPassword: 'made-up' }, '--data d', {
    language: 'en',
    colours: picocolors.createColors(false),
    terminal,
  }).join('');

it('shows the first password once; if it goes to a log, advises to set another', () => {
  expect(lines(true)).toContain('made-up');
  expect(lines(true)).toContain('shown only this once');
  expect(lines(false)).toContain('made-up');
  expect(lines(false)).toContain('stays in the log');
  expect(lines(false)).toContain('npx chorus admin password --data d');
});
