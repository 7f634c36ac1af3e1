import { both, withTimeout } from '../../../core/index.js';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { providersOf } from '../providers.js';

export interface ClockFacts {
  readonly wallMs: number;
  /**
   * `Date` of an answer from outside, and the duration of its round trip. Undefined: no host was asked, or the answer
   * had no `Date`.
   */
  readonly other: { readonly host: string; readonly wallMs: number; readonly uncertainMs: number } | undefined;
}

/** Chorus did not exist before this year. */
const YEAR_LEAST = 2026;
const YEAR_MOST = 2100;
/** Edge refuses clients whose clock is five minutes off, and certificates begin to look invalid. */
const FAULT_MS = 300_000;
const WARNING_MS = 60_000;
/** The `Date` header has whole seconds only. */
const HEADER_MS = 1000;
const ASK_MS = 8000;

const SET_CLOCK = both(
  '`timedatectl set-ntp true`, or set it with `date -s`. In a container the clock is that of the host.',
  '`timedatectl set-ntp true`，或手动设置（`date -s`）。容器的时钟就是宿主的时钟。',
);

const KNOWN = issues('clock', {
  year: {
    severity: 'fault',
    title: both('The clock of this machine is years off.', '这台机器的时钟差了好几年。'),
    cause: both(
      'A board without a battery that has not set its clock over the network yet.',
      '没有电池的板子，还没有通过网络校时。',
    ),
    remedy: SET_CLOCK,
  },
  skew: {
    severity: 'warning',
    title: both('The clock of this machine is wrong.', '这台机器的时钟不准。'),
    cause: both(
      'It is not set over the network. Devices take their time from the server; ' +
        'services refuse requests, and certificates look invalid, when it is minutes off.',
      '没有通过网络校时。设备的时间来自服务器；差上几分钟，服务会拒绝请求，证书看起来也无效。',
    ),
    remedy: SET_CLOCK,
  },
});

export function judgeClock({ wallMs, other }: ClockFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const year = new Date(wallMs).getUTCFullYear();
  const now = new Date(wallMs).toISOString();
  if (year < YEAR_LEAST || year > YEAR_MOST)
    findings.push(found(KNOWN.year, both(`It says ${now}.`, `它显示 ${now}。`)));
  const skewMs = other === undefined ? 0 : wallMs - other.wallMs;
  const sureMs = Math.max(0, Math.abs(skewMs) - (other?.uncertainMs ?? 0) - HEADER_MS);
  if (other !== undefined && findings.length === 0 && sureMs > WARNING_MS) {
    const seconds = Math.round(Math.abs(skewMs) / 1000);
    findings.push(
      found(
        KNOWN.skew,
        both(
          `It is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} ${other.host}.`,
          `比 ${other.host} ${skewMs > 0 ? '快' : '慢'} ${seconds} 秒。`,
        ),
        sureMs > FAULT_MS ? { severity: 'fault' } : {},
      ),
    );
  }
  return orOk(
    findings,
    'clock',
    other === undefined ? now : both(`${now}, as ${other.host} says`, `${now}，与 ${other.host} 一致`),
  );
}

/** Asks the configured services in turn until one answers with a `Date`; the status of its answer does not matter. */
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
  about: both(
    'Clock: the year, and the difference to the Date of a configured service',
    '时钟：年份，以及与所配置服务的 Date 之差',
  ),
  where: 'here',
  issues: Object.values(KNOWN),
  run: async (context) => judgeClock(await clockFacts(context)),
};
