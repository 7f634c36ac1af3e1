import type { Echo } from './websocket-outcome.js';

/** What the answers to evenly spaced pings say of what stands between. */
export interface StreamFacts {
  /** Not all were answered, although the connection stood. */
  readonly lost: number;
  /** Of all answers: share that came together with the one before, although the pings were apart. */
  readonly bunched: number;
  readonly medianMs: number;
  readonly worstMs: number;
}

/** Pings closer than that say nothing: our own clock was late. */
const APART_MS = 40;
const TOGETHER_MS = 10;
/** Bad Wi-Fi delays some answers; a buffer delays nearly all. */
const BUNCHED_MUCH = 0.5;
const LATE_MS = 120;

/** Pure. */
export function streamFacts(echoes: readonly Echo[]): StreamFacts {
  const answered = echoes.filter((echo): echo is Echo & { readonly gotMs: number } => echo.gotMs !== undefined);
  let [apart, bunched] = [0, 0];
  for (const [i, echo] of answered.entries()) {
    const before = answered[i - 1];
    if (before === undefined || echo.sentMs - before.sentMs < APART_MS) continue;
    apart += 1;
    if (echo.gotMs - before.gotMs < TOGETHER_MS) bunched += 1;
  }
  const delays = answered.map(({ sentMs, gotMs }) => gotMs - sentMs).sort((a, b) => a - b);
  return {
    lost: echoes.length - answered.length,
    bunched: apart === 0 ? 0 : bunched / apart,
    medianMs: delays[Math.floor(delays.length / 2)] ?? 0,
    worstMs: delays.at(-1) ?? 0,
  };
}

/** Something in between keeps what is small until it has more of it. */
export function isBuffered({ lost, bunched, worstMs }: StreamFacts, echoes: number): boolean {
  return lost > echoes / 2 || (bunched > BUNCHED_MUCH && worstMs > LATE_MS);
}
