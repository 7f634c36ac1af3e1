import type { Language, Words } from './words/index.js';

/** A duration, for example 340 ms or 1.2 s. */
export function duration(ms: number, language: Language): string {
  if (ms < 950) return `${Math.round(ms)} ${language === 'zh' ? '毫秒' : 'ms'}`;
  return `${(ms / 1000).toFixed(ms < 9950 ? 1 : 0)} ${language === 'zh' ? '秒' : 's'}`;
}

export function percent(value: number | undefined): string {
  return value === undefined ? '' : `${Math.floor(value)} %`;
}

export function size(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.max(1, Math.round(bytes / 1e6))} MB`;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export function ago(atMs: number, nowMs: number, words: Words): string {
  const ms = nowMs - atMs;
  if (ms < MINUTE_MS) return words.time.now;
  if (ms < HOUR_MS) return words.time.minutes(Math.floor(ms / MINUTE_MS));
  if (ms < DAY_MS) return words.time.hours(Math.floor(ms / HOUR_MS));
  return words.time.days(Math.floor(ms / DAY_MS));
}

export function span(ms: number, words: Words): string {
  return words.time.span(
    Math.floor(ms / DAY_MS),
    Math.floor((ms % DAY_MS) / HOUR_MS),
    Math.floor((ms % HOUR_MS) / MINUTE_MS),
  );
}

/** A time of day, for example 14:03:20, with the date unless it is today. */
export function clockTime(atMs: number, nowMs: number, tag: string): string {
  const today = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return new Intl.DateTimeFormat(tag, {
    ...(!today && { month: 'numeric', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(atMs);
}

/** The date where the reader is, for example 2026-11-25. */
export function localDate(atMs: number): string {
  const offsetMs = new Date(atMs).getTimezoneOffset() * MINUTE_MS;
  return new Date(atMs - offsetMs).toISOString().slice(0, 10);
}

export interface StageSegment {
  readonly stage: 'endpoint' | 'recognition' | 'model' | 'voice';
  readonly ms: number;
}

/** The stages during which the person waited, in order (docs/metrics.md). The list is empty if there was no answer. */
export function stageSegments(stages: Readonly<Record<string, number>>): readonly StageSegment[] {
  const { endpoint, transcript, first_packet: answer, llm_first_chunk: chunk } = stages;
  if (endpoint === undefined || transcript === undefined || answer === undefined) return [];
  const model = Math.min(chunk ?? 0, answer);
  const segments: readonly StageSegment[] = [
    { stage: 'endpoint', ms: endpoint },
    { stage: 'recognition', ms: transcript },
    { stage: 'model', ms: model },
    { stage: 'voice', ms: answer - model },
  ];
  return segments.filter(({ ms }) => ms > 0);
}

/** Returns undefined if there was no answer. */
export function firstSoundMs(stages: Readonly<Record<string, number>>): number | undefined {
  return stages['speech_end_to_first_packet'];
}
