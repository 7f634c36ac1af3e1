import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../fakes/free-port.js';
import { systemClock } from '../../src/core/index.js';
import { fleetIdentity, SimulatedDevice, type DeviceTurn } from '../../src/measure/fleet/index.js';
import type { MonitorReport } from '../../src/measure/monitor/result.js';
import { readLocalToken } from '../../src/http/index.js';
import { CLI } from '../compiled.js';
import { FakeLlmServer, reply } from '../fakes/llm-server.js';
import { keepPhrases, newDataFolder } from './prepared-phrases.js';
import { spoken } from './transcripts.js';

// Runs the monitor as people do: the server and the command are processes of their own.

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function launch(args: readonly string[]): {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly until: (pattern: RegExp) => Promise<void>;
} {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...(PATH !== undefined && { PATH }), ...(HOME !== undefined && { HOME }), LANG: 'en_US.UTF-8' },
  });
  let out = '';
  let err = '';
  let look = (): void => undefined;
  child.stdout.on('data', (chunk: Buffer) => ((out += chunk.toString()), look()));
  child.stderr.on('data', (chunk: Buffer) => ((err += chunk.toString()), look()));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, out, err })));
  const until = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      look = () => pattern.test(out) && resolve();
      child.once('close', () => reject(new Error(`ended before ${String(pattern)}:\n${out}\n${err}`)));
      look();
    });
  return { child, ended, until };
}

let data = '';
let port = 0;
let server: ReturnType<typeof launch>;
let llm: FakeLlmServer;
beforeAll(async () => {
  data = await newDataFolder('chorus-monitor-');
  port = await freePort();
  llm = await FakeLlmServer.start();
  llm.script(reply('Yes, I think so.'));
  server = launch([
    'serve',
    '--data',
    data,
    '--port',
    String(port),
    ...[
      'server.host=127.0.0.1',
      'models.auto_pull=false',
      'tts.provider=flite',
      'log.level=error',
      `llm.base_url=${llm.baseUrl}`,
      'llm.model=fake',
    ].flatMap((set) => ['--set', set]),
  ]);
  await server.until(/Ready after/);
}, 60_000);
afterAll(async () => {
  server.child.kill('SIGTERM');
  await server.ended;
  await llm.close();
  await keepPhrases(data);
  await rm(data, { recursive: true, force: true });
}, 60_000);

/** One turn of a real device, which does not belong to the monitor. */
async function realDevice(): Promise<DeviceTurn> {
  const localToken = await readLocalToken(data);
  const device = new SimulatedDevice({
    otaUrl: `http://127.0.0.1:${port}/xiaozhi/ota/`,
    identity: fleetIdentity(77, 'en-US'),
    clock: systemClock,
    ...(localToken !== undefined && { localToken }),
  });
  try {
    await device.boot(AbortSignal.timeout(20_000));
    return await device.say(spoken('austen-0880'), { begin: 'click' });
  } finally {
    device.close();
  }
}

async function reportIn(folder: string): Promise<{ readonly report: MonitorReport; readonly html: string }> {
  const names = (await readdir(folder)).sort();
  expect(names).toEqual([
    expect.stringMatching(/^performance_report_\d{8}_\d{6}\.html$/),
    expect.stringMatching(/^performance_report_\d{8}_\d{6}\.json$/),
  ]);
  const [html = '', json = ''] = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return { report: JSON.parse(json) as MonitorReport, html };
}

describe('chorus monitor', () => {
  it('finds the server by its data folder, lets two devices talk, sees a real one, writes both reports', async () => {
    const monitor = launch(['monitor', '--mode', 'both', '--duration', '10', '--connections', '2', '--data', data]);
    const heard = await realDevice();
    const { code, out, err } = await monitor.ended;
    const { report, html } = await reportIn(join(data, 'reports'));

    expect(code, err).toBe({ holds: 0, missed: 1, invalid: 9 }[report.verdict.outcome]);
    expect(err).toContain(`2 simulated devices talk to http://127.0.0.1:${port} for 10 s`);
    expect(err).toMatch(/Report, .*performance_report_\d{8}_\d{6}\.html\nThe same for programs: .*\.json\n$/);
    const { observation, figures, targets } = report;
    expect(observation).toMatchObject({ mode: 'both', local: true, server: { pid: server.child.pid } });
    // The machine was sampled in each second of the run.
    expect(observation.machineSamples.length).toBeGreaterThanOrEqual(9);
    expect(observation.serverSamples.length).toBeGreaterThanOrEqual(9);
    expect(figures.machine?.processes.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['main', 'asr', 'listening', 'speaking']),
    );
    expect(figures.machine?.serverMemoryMaxBytes).toBeGreaterThan(100 * 2 ** 20);
    expect(observation.serverSamples.some(({ metrics }) => (metrics?.connections ?? 0) >= 2)).toBe(true);
    // Both devices were answered, and the monitor knows which one is real.
    expect(figures.answers.turns).toBeGreaterThanOrEqual(2);
    expect(observation.fleet?.devices).toHaveLength(2);
    expect(targets.map(({ id }) => id)).toEqual([
      'available',
      'connected',
      'connections_used',
      'first_sound',
      'underruns',
      'answered',
      'response',
      'machine_cpu',
      'machine_memory',
      'event_loop',
    ]);
    expect(targets.find(({ id }) => id === 'available')?.outcome).toBe(
      report.verdict.outcome === 'invalid' ? 'unknown' : 'holds',
    );
    const real = fleetIdentity(77, 'en-US').deviceId;
    expect(heard.outcome).toBe('answered');
    expect(observation.turns?.filter(({ deviceId }) => deviceId === real)).toHaveLength(1);
    expect(out).toContain(
      report.verdict.outcome === 'holds' ? 'targets that could be judged were met' : 'The server answers',
    );
    expect(html).toContain('<section class="verdict');
  }, 60_000);

  it('watches without talking, in Chinese, on a given address, and prints JSON for scripts', async () => {
    const folder = join(data, 'watched');
    const { code, out, err } = await launch([
      '--lang',
      'zh',
      'monitor',
      '--duration',
      '2',
      '--data',
      data,
      '--url',
      `http://127.0.0.1:${port}/xiaozhi/ota/`,
      '--out',
      folder,
      '--json',
    ]).ended;
    const { report } = await reportIn(folder);
    // The output names commands as this installation needs them, so their beginnings differ from those in the file.
    const alike = (text: string): unknown => JSON.parse(text.replaceAll(/(?:npx )?(?:xiaozhi-)?chorus /g, 'chorus '));
    expect(alike(out)).toEqual(alike(JSON.stringify(report)));
    expect(err).toMatch(/^观察 http/);
    expect(report.observation).toMatchObject({ mode: 'monitor', server: { pid: server.child.pid } });
    expect(report.observation.fleet).toBeUndefined();
    expect(code, err).toBe(report.verdict.outcome === 'holds' ? 0 : 1);
  });

  it('reports an address without a server, with its own exit code, and writes nothing', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'chorus-monitor-none-'));
    try {
      const { code, out, err } = await launch([
        'monitor',
        '--duration',
        '2',
        '--data',
        empty,
        '--set',
        `server.port=${await freePort()}`,
      ]).ended;
      expect(code).toBe(7);
      expect(out).toBe('');
      expect(err).toMatch(/\[device\.unreachable\]\nWhat to do: .*chorus serve/);
      expect(await readdir(empty)).not.toContain('reports');
    } finally {
      await rm(empty, { recursive: true, force: true });
    }
  });

  it('refuses an invalid number, mode and address', async () => {
    const ends = await Promise.all([
      launch(['monitor', '--duration', '0']).ended,
      launch(['monitor', '--mode', 'all']).ended,
      launch(['monitor', '--url', 'nowhere']).ended,
    ]);
    for (const { code, err } of ends) {
      expect(code).toBe(2);
      expect(err).toContain('chorus monitor --help');
    }
  });
});
