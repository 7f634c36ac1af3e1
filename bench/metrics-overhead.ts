import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silentLogger } from '../src/core/index.js';
import { turnRecord, type TurnRecord } from '../src/records/index.js';
import { openTraces, PrometheusMetrics } from '../src/platform/telemetry/index.js';
import { EventLoopDelay } from '../src/platform/telemetry/event-loop-delay.js';
import { ServerUnderTest } from '../test/e2e/server.js';
import { loadClips } from './clips.js';
import { atMost, report } from './results.js';

const DEVICES = 40;
const TURNS = 6;
const REPLAYED = 400_000;
const SCRAPES = 100;
/** Interval in the configuration file that comes with Prometheus. */
const SCRAPE_EVERY_S = 15;
/** Shortest interval of `chorus monitor`. */
const WATCH_EVERY_S = 1;

interface Call {
  readonly method: 'count' | 'gauge' | 'observeMs';
  readonly args: readonly unknown[];
}

/**
 * Measures what metrics cost for 40 devices. Records the calls of a real server while one device talks, and replays
 * them to find the cost of a call.
 */
export async function metricsOverhead(): Promise<boolean> {
  const { calls, seconds, scrapeMs } = await recordedCalls();
  const callNs = replay(calls);
  const perSecond = (calls.length / seconds) * DEVICES;
  const loopShare = await eventLoopShare();
  const recordsShare = perSecond * callNs * 1e-9;
  const scrapeShare = scrapeMs / 1000 / SCRAPE_EVERY_S;
  const traceMs = await traceCost();
  const turnsPerSecond = (TURNS / seconds) * DEVICES;
  return report(
    'metrics-overhead',
    [
      {
        what: 'calls of a device that talks without a pause',
        value: `${(calls.length / seconds).toFixed(0)} a second, ${(calls.length / TURNS).toFixed(0)} a turn`,
      },
      { what: 'a call', value: `${callNs.toFixed(0)} ns` },
      { what: `calls of ${DEVICES} devices`, value: `${(100 * recordsShare).toFixed(3)} % of a core` },
      { what: 'reading /metrics once, client included', value: `${scrapeMs.toFixed(1)} ms of CPU` },
      {
        what: `the same every ${SCRAPE_EVERY_S} s; every ${WATCH_EVERY_S} s`,
        value:
          (100 * scrapeShare).toFixed(3) + ` %; ${(100 * (scrapeMs / 1000 / WATCH_EVERY_S)).toFixed(2)} % of a core`,
      },
      { what: 'watching the event loop, against not', value: `${(100 * loopShare).toFixed(3)} % of a core more` },
      atMost(
        `all of it, ${DEVICES} devices, read every ${SCRAPE_EVERY_S} s`,
        100 * (recordsShare + scrapeShare + loopShare),
        1,
        '% of a core',
        3,
      ),
      {
        what: `with telemetry.otlp_endpoint: a trace of each turn, collector included`,
        value:
          `${traceMs.toFixed(2)} ms a turn, ${(100 * (traceMs / 1000) * turnsPerSecond).toFixed(2)}` +
          ' % of a core more',
      },
    ],
    {
      devices: DEVICES,
      turns: TURNS,
      seconds,
      calls: calls.length,
      byName: tally(calls),
      callNs,
      scrapeMs,
      loopShare,
      traceMs,
    },
  );
}

async function recordedCalls(): Promise<{
  readonly calls: readonly Call[];
  readonly seconds: number;
  readonly scrapeMs: number;
}> {
  const calls: Call[] = [];
  const restore = record(calls);
  const server = await ServerUnderTest.start();
  try {
    const device = await server.device();
    const clips = loadClips();
    // The first turn does not count, because it initialises code that later turns use.
    const first = clips[0];
    if (first) await device.say(first.clip, { begin: 'click' });
    calls.length = 0;
    const startMs = performance.now();
    for (let n = 0; n < TURNS; n++) {
      const clip = clips[n % clips.length];
      if (clip) await device.say(clip.clip, { begin: 'click' });
    }
    const seconds = (performance.now() - startMs) / 1000;
    const made = [...calls];
    device.close();
    const url = `http://127.0.0.1:${server.running.port}/metrics`;
    const scrapeMs = await cpuMs(async () => {
      for (let n = 0; n < SCRAPES; n++) await fetch(url).then((response) => response.text());
    });
    return { calls: made, seconds, scrapeMs: scrapeMs / SCRAPES };
  } finally {
    restore();
    await server.stop();
  }
}

type Methods = Record<Call['method'], (this: unknown, ...args: readonly unknown[]) => void>;
const METHODS = ['count', 'gauge', 'observeMs'] as const;

/** Records every call from now on. The returned function ends the recording. */
function record(calls: Call[]): () => void {
  const prototype = PrometheusMetrics.prototype as unknown as Methods;
  const originals: Methods = {
    ...prototype,
    count: prototype.count,
    gauge: prototype.gauge,
    observeMs: prototype.observeMs,
  };
  for (const method of METHODS) {
    prototype[method] = function (...args) {
      calls.push({ method, args });
      originals[method].call(this, ...args);
    };
  }
  return () => {
    for (const method of METHODS) prototype[method] = originals[method];
  };
}

/** CPU time of one call in nanoseconds, for the recorded mix of calls. */
function replay(calls: readonly Call[]): number {
  const metrics = new PrometheusMetrics();
  const target = metrics as unknown as Methods;
  const once = (times: number): void => {
    for (let n = 0; n < times; n++) {
      const call = calls[n % calls.length];
      if (call) target[call.method](...call.args);
    }
  };
  once(REPLAYED / 10);
  const before = process.cpuUsage();
  once(REPLAYED);
  const { user, system } = process.cpuUsage(before);
  metrics.close();
  return ((user + system) * 1000) / REPLAYED;
}

/** Share of a core that the event loop measurement uses. It is usually too small to be measured. */
async function eventLoopShare(): Promise<number> {
  const seconds = 5;
  const idle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const without = await cpuMs(idle);
  const delay = new EventLoopDelay();
  const watched = await cpuMs(idle);
  delay.close();
  return Math.max(0, watched - without) / 1000 / seconds;
}

async function traceCost(): Promise<number> {
  const turns = 1000;
  const server = createServer((request, response) => request.resume().on('end', () => response.end('{}')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const traces = await openTraces({ endpoint, version: '0', llm: () => 'openai:m', log: silentLogger });
  const spent = await cpuMs(async () => {
    for (let n = 0; n < turns; n++) {
      traces.turn(someTurn(n));
      if (n % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await traces.close();
  });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return spent / turns;
}

function someTurn(id: number): TurnRecord {
  return turnRecord(id, {
    deviceId: '02:00:00:00:00:01',
    language: 'en-US',
    board: 'board',
    firmwareVersion: '2.0.0',
    atWallMs: Date.now(),
    utteranceAtWallMs: Date.now() - 6000,
    outcome: 'answered',
    mode: 'auto',
    asr: 'moonshine-tiny-en',
    speculated: true,
    inputTokens: 100,
    outputTokens: 50,
    stagesMs: {
      endpoint: 600,
      asr_wait: 1,
      asr_run: 100,
      transcript: 100,
      llm_first_token: 200,
      llm_first_chunk: 250,
      llm_answer: 800,
      tts_first_audio: 300,
      first_packet: 600,
    },
    packets: 80,
    bytes: 8000,
    sentences: 3,
  });
}

async function cpuMs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function tally(calls: readonly Call[]): Record<string, number> {
  const byName: Record<string, number> = {};
  for (const { args } of calls) byName[String(args[0])] = (byName[String(args[0])] ?? 0) + 1;
  return byName;
}
