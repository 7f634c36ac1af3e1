import picocolors from 'picocolors';
import { expect, it } from 'vitest';
import { systemClock, type UiLanguage } from '../../core/index.js';
import type { CliContext } from '../context.js';
import { MESSAGES } from '../words/index.js';
import { movingOverLines } from './moving-over-lines.js';

const context = (language: UiLanguage): CliContext => ({
  language,
  words: MESSAGES[language],
  env: {},
  clock: systemClock,
  out: () => undefined,
  err: () => undefined,
  terminal: false,
  colours: picocolors.createColors(false),
  interrupted: new AbortController().signal,
});
const lines = (server: Parameters<typeof movingOverLines>[0], language: UiLanguage = 'en'): readonly string[] =>
  movingOverLines(server, context(language), (label, value) => `${label}: ${value}`);

it('prints no lines if nothing was moved', () => {
  expect(lines({ otaPorts: [], movingOver: undefined })).toEqual([]);
});

it('names the ports that answer, those that other programs use, and the time that devices have for moving', () => {
  const otaPorts = [
    { port: 8002, state: 'in_use' },
    { port: 8003, state: 'listening' },
  ] as const;
  expect(lines({ otaPorts, movingOver: { daysLeft: 13 } })).toEqual([
    'OTA also on ports: 8003',
    '  port 8002 is in use by another program (is the old server still running?): devices ' +
      'that ask there do not find Chorus\n',
    'Moving over: devices of the old server come in without a code for 13 more days',
  ]);
  expect(lines({ otaPorts: [], movingOver: { daysLeft: 1 } })).toEqual([
    'Moving over: devices of the old server come in without a code for 1 more day',
  ]);
  expect(lines({ otaPorts: [], movingOver: { daysLeft: 0 } })).toEqual([
    'Moving over: has ended; devices that did not come need a code',
  ]);
  expect(lines({ otaPorts, movingOver: { daysLeft: 13 } }, 'zh')[2]).toBe(
    '迁移: 今后 13 天内，原服务器的设备不需要配对码',
  );
});
