import picocolors from 'picocolors';
import { expect, it } from 'vitest';
import { displayWidth, systemClock, type UiLanguage } from '../../core/index.js';
import type { DeviceDetails } from '../../http/index.js';
import type { CliContext } from '../context.js';
import { deviceCard, deviceTable } from './devices.js';
import { MESSAGES } from '../words/index.js';

const now = systemClock.wallMs();
const DEVICE: DeviceDetails = {
  deviceId: 'a0:85:e3:f4:49:34',
  name: '厨房',
  board: 'esp-box-3',
  firmwareVersion: '1.6.0',
  language: 'zh-CN',
  bound: true,
  boundBy: 'code',
  boundAtMs: now,
  revoked: false,
  connected: true,
  firstSeenMs: now,
  lastSeenMs: now,
  browser: false,
  tokenGeneration: 217_804_879,
  previousTokenValid: true,
  firmware: [],
  lastTurn: {
    atMs: now - 3000,
    outcome: 'answered',
    stages: { endpoint: 320 },
    underruns: 1,
    verdict: { kind: 'smooth', good: true, text: { en: 'Smooth.', zh: '流畅。' } },
  },
  talk: { turns: 3, lastTurnAtMs: now, lastOutcome: 'answered', underruns: 1, underrunMs: 60 },
};

it.each<UiLanguage>(['en', 'zh'])('lists everything about a device line by line, in %s', (language) => {
  const context: CliContext = {
    language,
    words: MESSAGES[language],
    env: {},
    clock: systemClock,
    terminal: false,
    colours: picocolors.createColors(false),
    interrupted: new AbortController().signal,
    out: () => undefined,
    err: () => undefined,
  };
  const card = deviceCard(DEVICE, context);
  const stage = language === 'zh' ? '说完后的停顿 320 毫秒' : 'pause after the last word 320 ms';
  const starts = ['厨房', 'esp-box-3', 'zh-CN', stage].map((value) => {
    const line = card.split('\n').find((text) => text.endsWith(value)) ?? '';
    return displayWidth(line) - displayWidth(value);
  });
  expect(new Set(starts).size, card).toBe(1);
  expect(card).toContain(language === 'zh' ? '3 轮，声音中断 1 次（60 毫秒）' : '3, the sound broke off once (60 ms)');
  expect(card).not.toContain('217804879');
  if (language === 'zh') expect(card.replaceAll(/\d+:\d+|[0-9a-f:]{17}/g, '')).not.toMatch(/[:()]/);
});

it('shows control sequences in device names as text', () => {
  const context = { language: 'en', clock: systemClock, colours: picocolors.createColors(false) } as CliContext;
  const hostile = { ...DEVICE, name: 'a\u001b]0;OWNED\u0007\nFAKE', board: '\u001b[2J\u009b31m\u202e' };
  for (const text of [deviceTable([hostile], context), deviceCard(hostile, context)]) {
    expect(text).toContain('\\u001b[2J\\u009b31m\\u202e');
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(text).not.toMatch(/^FAKE/m);
  }
});
