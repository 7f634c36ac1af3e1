import { withTimeout } from '../../../core/index.js';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { providersOf } from '../providers.js';
import { clockWords } from '../words/clock.js';

export interface ClockFacts {
  readonly wallMs: number;
  /** Time in another host's answer. `uncertainMs` is the duration of the round trip. */
  readonly other: { readonly host: string; readonly wallMs: number; readonly uncertainMs: number } | undefined;
}

/** Chorus did not exist before this year, so a clock with an earlier year is wrong. */
const YEAR_LEAST = 2026;
const YEAR_MOST = 2100;
/** The voice service of Microsoft Edge refuses clients whose clock is off by five minutes. */
const FAULT_MS = 300_000;
const WARNING_MS = 60_000;
/** Greatest error of a `Date` header, which has whole seconds only. */
const HEADER_MS = 1000;
const ASK_MS = 8000;

const KNOWN = issues('clock', clockWords.issues, {
  year: { severity: 'fault', remedy: clockWords.setClock },
  skew: { severity: 'warning', remedy: clockWords.setClock },
});

export function judgeClock({ wallMs, other }: ClockFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const year = new Date(wallMs).getUTCFullYear();
  const now = new Date(wallMs).toISOString();
  if (year < YEAR_LEAST || year > YEAR_MOST) findings.push(found(KNOWN.year, clockWords.says(now)));
  const skewMs = other === undefined ? 0 : wallMs - other.wallMs;
  const sureMs = Math.max(0, Math.abs(skewMs) - (other?.uncertainMs ?? 0) - HEADER_MS);
  if (other !== undefined && findings.length === 0 && sureMs > WARNING_MS) {
    const seconds = Math.round(Math.abs(skewMs) / 1000);
    findings.push(
      found(
        KNOWN.skew,
        clockWords.differs(seconds, skewMs, other.host),
        sureMs > FAULT_MS ? { severity: 'fault' } : {},
      ),
    );
  }
  return orOk(findings, 'clock', other === undefined ? now : clockWords.agrees(now, other.host));
}

/** The status of an answer does not matter, only the `Date` header. */
async function clockFacts({ config, clock, signal, fetch }: DoctorContext): Promise<ClockFacts> {
  for (const { url } of providersOf(config)) {
    const origin = new URL(url.replace(/^ws/, 'http')).origin;
    const fromMs = clock.nowMs();
    const date = await withTimeout(
      clock,
      ASK_MS,
      signal,
      () => new Error('no answer'),
      async (inner) => {
        const response = await fetch(origin, { method: 'HEAD', redirect: 'manual', signal: inner });
        return response.headers.get('date');
      },
    ).catch(() => undefined);
    signal.throwIfAborted();
    const wallMs = Date.parse(date ?? '');
    if (!Number.isNaN(wallMs))
      return {
        wallMs: clock.wallMs(),
        other: { host: new URL(origin).host, wallMs, uncertainMs: clock.nowMs() - fromMs },
      };
  }
  return { wallMs: clock.wallMs(), other: undefined };
}

export const clockCheck: Check = {
  id: 'clock',
  about: clockWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: async (context) => judgeClock(await clockFacts(context)),
};
