import type { Echo } from './websocket-outcome.js';

/** What the answers to evenly spaced pings tell about the network path. */
export interface StreamFacts {
  /** Number of pings that were not answered in time. */
  readonly lost: number;
  /** Share of the answers that arrived together with the previous answer, although the two pings were sent apart. */
  readonly bunched: number;
  readonly medianMs: number;
  readonly worstMs: number;
}

/** A late timer may send two pings closer together than this. Such pings say nothing about the path. */
const APART_MS = 40;
const TOGETHER_MS = 10;
/** Bad Wi-Fi delays some answers, but a buffer delays nearly all of them. */
const BUNCHED_MUCH = 0.5;
const LATE_MS = 120;

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

/** True if something on the path delays small messages until it has several of them. */
export function isBuffered({ lost, bunched, worstMs }: StreamFacts, echoes: number): boolean {
  return lost > echoes / 2 || (bunched > BUNCHED_MUCH && worstMs > LATE_MS);
}
