import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ago, clockTime, duration, localDate, percent, size, span, stageSegments } from './figures.js';
import { LANGUAGE_TAG, WORDS } from './words/index.js';

describe('numbers on the page', () => {
  it('are written for people', () => {
    expect([
      duration(0, 'en'),
      duration(340.4, 'en'),
      duration(1234, 'en'),
      duration(12_400, 'en'),
      duration(1234, 'zh'),
    ]).toEqual(['0 ms', '340 ms', '1.2 s', '12 s', '1.2 秒']);
    expect([percent(undefined), percent(0), percent(99.9), percent(100)]).toEqual(['', '0 %', '99 %', '100 %']);
    expect([size(240_000_000), size(1_620_000_000), size(10)]).toEqual(['240 MB', '1.6 GB', '1 MB']);
    const now = 1_000_000_000_000;
    expect([0, 59_000, 60_000, 7_300_000, 90_000_000, 200_000_000].map((ms) => ago(now - ms, now, WORDS.en))).toEqual([
      'just now',
      'just now',
      '1 min ago',
      '2 h ago',
      'yesterday',
      '2 days ago',
    ]);
    expect([span(59_000, WORDS.en), span(3_700_000, WORDS.en), span(90_000_000, WORDS.zh)]).toEqual([
      '0 min',
      '1 h 1 min',
      '1 天 1 小时',
    ]);
  });

  it('include the date in a time of day, unless it is today', () => {
    const at = (day: number): number => new Date(2026, 10, day, 14, 3, 20).getTime();
    expect(clockTime(at(25), at(25) + 1000, 'en-GB')).toBe('14:03:20');
    expect(clockTime(at(24), at(25), 'en-GB')).toMatch(/^24\/11\D+14:03:20$/);
    expect(clockTime(at(24), at(25), 'zh-CN')).toMatch(/^11\/24\D+14:03:20$/);
  });

  it('write the hour after midnight as 00, in both languages', () => {
    const at = new Date(2026, 10, 25, 0, 5, 3).getTime();
    for (const tag of Object.values(LANGUAGE_TAG)) expect(clockTime(at, at, tag)).toBe('00:05:03');
  });

  it('have the date of the place where the page is read', () => {
    vi.stubEnv('TZ', 'Asia/Shanghai');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(localDate(Date.UTC(2026, 10, 24, 15, 59))).toBe('2026-11-24');
    expect(localDate(Date.UTC(2026, 10, 24, 16, 1))).toBe('2026-11-25');
  });

  it('show the consecutive stages of a turn, which add up to the wait of the person', () => {
    const stages = {
      endpoint: 400,
      admission: 0,
      asr_run: 90,
      transcript: 20,
      llm_first_token: 300,
      llm_first_chunk: 350,
      first_packet: 600,
      tts_first_audio: 240,
      speech_end_to_first_packet: 1020,
    };
    const segments = stageSegments(stages);
    expect(segments).toEqual([
      { stage: 'endpoint', ms: 400 },
      { stage: 'recognition', ms: 20 },
      { stage: 'model', ms: 350 },
      { stage: 'voice', ms: 250 },
    ]);
    expect(segments.reduce((sum, { ms }) => sum + ms, 0)).toBe(stages.speech_end_to_first_packet);
    expect(stageSegments({ endpoint: 400, transcript: 20 })).toEqual([]);
    // This answer was prepared before the end of speech was certain, so the person waited only 10 of the model's 30 ms.
    expect(stageSegments({ endpoint: 400, transcript: 0, first_packet: 10, llm_first_chunk: 30 })).toEqual([
      { stage: 'endpoint', ms: 400 },
      { stage: 'model', ms: 10 },
    ]);
  });
});
