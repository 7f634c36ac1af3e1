import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fleetResult, fleetTurn, machineSample } from '../../../test/fakes/monitor-observation.js';
import { systemClock, type Clock } from '../../core/index.js';
import type { FleetOptions } from '../fleet/index.js';
import type { Observation } from './observation.js';
import { observe, type MonitorContext, type MonitorOptions, type MonitorProgress } from './observe.js';

interface Scripted {
  readyz: () => { status: number; body: string };
  metrics: () => string | undefined;
  turns: (header: string | undefined) => object | undefined;
}

const READY = {
  status: 200,
  body: JSON.stringify({
    ready: true,
    details: { recognition: { en: 'moonshine', zh: 'sense-voice' }, llm: 'offline', voices: ['flite'], maxTalking: 10 },
  }),
};
const FAST: Clock = {
  nowMs: () => systemClock.nowMs() * 10,
  wallMs: () => systemClock.wallMs(),
  after: (delayMs, fn) => systemClock.after(delayMs / 10, fn),
};

let server: Server;
let origin = '';
let script: Scripted;
let forgotten: string[] = [];
beforeEach(async () => {
  forgotten = [];
  script = {
    readyz: () => READY,
    metrics: () =>
      'chorus_connections 3\nchorus_connections_limit 2000\nchorus_build_info{version="9.8.7"} 1\n' +
      'chorus_event_loop_delay_seconds{quantile="0.99"} 0.012\n' +
      'chorus_admission_total{result="refused"} 2\n',
    turns: () => ({
      turns: [
        {
          id: 4,
          deviceId: 'a',
          atWallMs: 5,
          outcome: 'answered',
          stagesMs: { endpoint: 3 },
          underruns: 1,
          underrunMs: 60,
        },
      ],
    }),
  };
  server = createServer((request, response) => {
    const answer = (status: number, body: string): void => void response.writeHead(status).end(body);
    if (request.url === '/readyz') {
      const { status, body } = script.readyz();
      if (status === 0) request.socket.destroy();
      else answer(status, body);
    } else if (request.method === 'DELETE') {
      forgotten.push(request.url ?? '');
      answer(204, '');
    } else if (request.url === '/metrics') {
      const metrics = script.metrics();
      answer(metrics === undefined ? 403 : 200, metrics ?? '');
    } else {
      const turns = script.turns(request.headers.authorization?.replace('Bearer ', ''));
      answer(turns === undefined ? 403 : 200, JSON.stringify(turns ?? {}));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const options = (change: Partial<MonitorOptions> = {}): MonitorOptions => ({
  mode: 'monitor',
  durationMs: 600_000,
  connections: 2,
  otaUrl: `${origin}/xiaozhi/ota/`,
  localToken: 'secret',
  metricsToken: undefined,
  local: true,
  pid: 7,
  language: undefined,
  preferChinese: false,
  ...change,
});
const context = (change: Partial<MonitorContext> = {}): MonitorContext => ({
  clock: FAST,
  signal: new AbortController().signal,
  sampler: { sample: () => Promise.resolve(machineSample(1)) },
  machine: undefined,
  runFleet: () => Promise.reject(new Error('nobody asked for a fleet')),
  ...change,
});

function observeSamples(
  count: number,
  of: MonitorOptions = options(),
  change: Partial<MonitorContext> = {},
  reported: MonitorProgress[] = [],
): Promise<Observation> {
  const enough = new AbortController();
  const onProgress = (progress: MonitorProgress): void => {
    reported.push(progress);
    if (reported.length >= count) enough.abort(new Error('enough'));
  };
  return observe(of, context({ signal: enough.signal, onProgress, ...change }));
}

describe('the observation of a server', () => {
  it("samples once a second, and asks for the server's identity", async () => {
    const reported: MonitorProgress[] = [];
    const seen = await observeSamples(3, options(), {}, reported);
    expect(seen.server).toEqual({
      url: origin,
      pid: 7,
      version: '9.8.7',
      recognition: { en: 'moonshine', zh: 'sense-voice' },
      llm: 'offline',
      voices: ['flite'],
      maxTalking: 10,
    });
    expect(seen.serverSamples).toHaveLength(3);
    expect(seen.machineSamples).toHaveLength(3);
    seen.serverSamples.forEach(({ atS }, index) => expect(atS).toBeGreaterThan(index + 0.9));
    expect(reported.map(({ server: sample }) => sample)).toEqual(seen.serverSamples);
    expect(seen.serverSamples[0]).toMatchObject({
      ready: true,
      metrics: { connections: 3, connectionsLimit: 2000, loopDelayP99Ms: 12, refused: 2 },
    });
    expect(seen.turns).toEqual([
      {
        id: 4,
        deviceId: 'a',
        atWallMs: 5,
        outcome: 'answered',
        code: undefined,
        stagesMs: { endpoint: 3 },
        underruns: 1,
        underrunMs: 60,
      },
    ]);
    expect(seen).toMatchObject({ countedFromS: 0, fleet: undefined });
  });

  it('samples less often in a long run, which has some hundred samples at most', async () => {
    const { serverSamples } = await observeSamples(1, options({ durationMs: 3_600_000 }));
    expect(serverSamples[0]?.atS).toBeGreaterThan(5.9);
  });

  it('continues when the server goes away, and records it', async () => {
    let asked = 0;
    script.readyz = () => (++asked === 2 ? { status: 0, body: '' } : READY);
    const { serverSamples } = await observeSamples(2);
    expect(serverSamples[0]).toMatchObject({ responseMs: undefined, metrics: undefined });
    expect(serverSamples[1]?.responseMs).toBeGreaterThan(0);
  });

  it('sends the secret of the data folder only to read turns, and works without data that it may not see', async () => {
    const shown: (string | undefined)[] = [];
    script.turns = (header) => (shown.push(header), undefined);
    script.metrics = () => undefined;
    const seen = await observeSamples(1);
    expect(shown).toEqual(['secret']);
    expect(seen.turns).toBeUndefined();
    expect(seen.serverSamples[0]).toMatchObject({ ready: true, metrics: undefined });
    expect((await observeSamples(1, options({ localToken: undefined }))).turns).toBeUndefined();
    expect(shown).toHaveLength(1);
  });

  it("lets the fleet talk for the requested time, warm-up included, and counts from the fleet's mark", async () => {
    const asked: FleetOptions[] = [];
    let sample = (): void => undefined;
    const sampled = new Promise<void>((resolve) => (sample = resolve));
    const runFleet: MonitorContext['runFleet'] = async (of) => {
      asked.push(of);
      await sampled;
      return fleetResult([fleetTurn()], {
        startedAt: new Date(systemClock.wallMs() + 2000).toISOString(),
        marks: [
          { atS: 10, what: 'counted_from' },
          { atS: 50, what: 'planned_end' },
        ],
      });
    };
    const seen = await observe(
      options({ mode: 'both', durationMs: 60_000, preferChinese: true }),
      context({ runFleet, onProgress: () => sample() }),
    );
    expect(asked[0]).toMatchObject({
      devices: 2,
      durationMs: 50_000,
      warmupMs: 10_000,
      scenario: 'steady',
      language: 'zh-CN',
      localToken: 'secret',
      otaUrl: `${origin}/xiaozhi/ota/`,
    });
    expect(seen.countedFromS).toBeGreaterThan(11);
    expect(seen.countedToS - seen.countedFromS).toBeCloseTo(40);
    expect(seen.machineSamples.length).toBeGreaterThan(0);
    expect((await observe(options({ mode: 'test' }), context({ runFleet }))).machineSamples).toEqual([]);
    script.readyz = () => ({
      status: 200,
      body: JSON.stringify({ ready: true, details: { recognition: { en: 'moonshine' } } }),
    });
    await observe(options({ mode: 'test', preferChinese: true }), context({ runFleet }));
    expect(asked.map(({ language }) => language)).toEqual(['zh-CN', 'en-US', 'en-US']);
  });

  it('returns the results so far when interrupted', async () => {
    const interrupted = new AbortController();
    const seen = await observe(
      options({ durationMs: 600_000 }),
      context({ signal: interrupted.signal, onProgress: () => interrupted.abort(new Error('Ctrl+C')) }),
    );
    expect(seen.interrupted).toBe(true);
    expect(seen.serverSamples).toHaveLength(1);
    expect((await observe(options({ durationMs: 300 }), context())).interrupted).toBe(false);
  });

  it('forgets all simulated devices, also those that an interrupted fleet does not report', async () => {
    const runFleet: MonitorContext['runFleet'] = (of) =>
      Promise.resolve(fleetResult([], { options: { ...of, devices: 2 }, devices: [] }));
    await observe(options({ mode: 'test' }), context({ runFleet }));
    expect(forgotten).toEqual(['/api/v1/devices/02:c0:5e:5b:8d:80', '/api/v1/devices/02:c0:5e:5b:8d:81']);
  });

  it('refuses a server that is not Chorus', async () => {
    script.readyz = () => ({ status: 200, body: '<html>a router</html>' });
    await expect(observe(options(), context())).rejects.toMatchObject({ code: 'device.unreachable' });
    await expect(observe(options({ otaUrl: 'http://127.0.0.1:1/xiaozhi/ota/' }), context())).rejects.toMatchObject({
      code: 'device.unreachable',
    });
  });
});
