import { chmodSync, mkdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { costKey, MeasuredCosts } from '../../src/capacity/index.js';
import { findModel, PINNED_SHERPA } from '../../src/engines/index.js';
import { describeMachine } from '../../src/platform/machine/index.js';
import { answering, silent } from '../fakes/bad-proxies.js';
import { freePort } from '../fakes/free-port.js';
import { clockOff, hurriedClock, newFolder, type Ill } from '../fakes/doctor-context.js';
import { FakeEdgeServer } from '../fakes/edge-server.js';
import { engineRoom } from '../fakes/engine-room.js';
import { FakeLlmServer, type LlmScript } from '../fakes/llm-server.js';
import type { OwnThings, Plant } from './doctor-way-plants.js';

const MB = 2 ** 20;
const DAY_S = 86_400;

/** The contents of /proc and /sys in a container of cgroup v2, unless `files` says otherwise. */
const inContainer = (files: Readonly<Record<string, string>>): NonNullable<Ill['recorded']> => ({
  '/proc/self/cgroup': '0::/\n',
  '/proc/meminfo': 'MemTotal: 8000000 kB\nMemAvailable: 7000000 kB\n',
  ...files,
});

const model =
  (script: LlmScript, more: Readonly<Record<string, string>> = {}) =>
  async ({ use }: OwnThings): Promise<Ill> => {
    const server = use(await FakeLlmServer.start());
    server.script(script);
    return {
      settings: { 'llm.base_url': server.baseUrl, 'llm.model': 'scripted', 'llm.api_key': 'sk-planted', ...more },
    };
  };
const refusing = (status: number, message: string): LlmScript => ({
  kind: 'status',
  status,
  body: JSON.stringify({ error: { message } }),
});

/** A file of an installed model loses its second half. */
async function cutModel(): Promise<Ill> {
  const dataDir = newFolder();
  const found = findModel('paraformer-live-trilingual-int8');
  if (!found) throw new Error('no such model');
  const installed = await (
    await engineRoom(dataDir)
  ).install(found, {
    'encoder.int8.onnx': new Uint8Array(20_000).fill(7),
    'decoder.int8.onnx': new Uint8Array(20_000).fill(7),
    'tokens.txt': 'a 0\n',
  });
  const weights = installed.files.find(({ name }) => name.endsWith('.onnx'));
  truncateSync(weights?.path ?? '', 10_000);
  return { dataDir, settings: { 'session.language': 'zh-CN' } };
}

/** A package that does what the text says when it is loaded. */
function packageThat(script: string | undefined): Ill {
  const from = newFolder();
  if (script !== undefined) {
    mkdirSync(join(from, 'node_modules', 'native-thing'), { recursive: true });
    writeFileSync(join(from, 'node_modules', 'native-thing', 'index.js'), script);
  }
  return { packages: [{ name: 'native-thing', from }] };
}

/** A speech library of that version beside the addon that Chorus asks for. */
function speechLibrary(version: string): Ill {
  const from = newFolder();
  const library = `sherpa-onnx-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  for (const [name, of] of [
    ['sherpa-onnx-node', PINNED_SHERPA],
    [library, version],
  ] as const) {
    mkdirSync(join(from, 'node_modules', name), { recursive: true });
    writeFileSync(join(from, 'node_modules', name, 'package.json'), JSON.stringify({ name, version: of }));
  }
  return { speechFrom: join(from, 'x.js') };
}

/** A Zen 4 whose self-test found what the slow runtime takes. */
async function slowRecognition(): Promise<Ill> {
  const dataDir = newFolder();
  const recorded = {
    '/proc/cpuinfo':
      'vendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel name\t: AMD EPYC\nflags\t\t: fpu avx512_vnni\n',
  };
  const key = costKey(
    describeMachine((path) => recorded[path as '/proc/cpuinfo']),
    'asr',
    'sensevoice-cost',
    PINNED_SHERPA,
  );
  await (await MeasuredCosts.load(dataDir)).set(key, 0.069, '2026-01-01T00:00:00.000Z');
  return { ...speechLibrary(PINNED_SHERPA), dataDir, recorded };
}

async function takenPort({ use }: OwnThings): Promise<Ill> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  use({ close: () => new Promise<void>((resolve) => server.close(() => resolve())) });
  const address = server.address();
  return {
    settings: { 'server.host': '127.0.0.1', 'server.port': String(typeof address === 'object' ? address?.port : 0) },
  };
}

/** A server of ours that answers `/readyz` like that, and `/metrics` with the version. */
const sayingOfItself =
  (readiness: unknown, version = '0.0.0') =>
  async ({ use }: OwnThings): Promise<Ill> => {
    const { origin } = use(
      await answering(200, {}, typeof readiness === 'string' ? readiness : JSON.stringify(readiness)),
    );
    const metrics = `chorus_build_info{version="${version}",node="20"} 1\n`;
    const answer: typeof fetch = async (input, init) =>
      String(input instanceof Request ? input.url : input).endsWith('/metrics')
        ? new Response(metrics)
        : fetch(input, init);
    return { server: { origin, port: 8000, pid: process.pid, localToken: undefined }, fetch: answer };
  };
const engine = (state: string, restarts = 0): unknown => ({
  name: 'asr',
  state,
  restarts,
  reason: 'it died three times',
});

function reportsOf(memory: readonly number[]): Ill {
  const dataDir = newFolder();
  mkdirSync(join(dataDir, 'reports'));
  for (const [i, megabytes] of memory.entries()) {
    const report = {
      format: 'chorus-monitor',
      startedAt: new Date(1_764_000_000_000 + i * DAY_S * 1000).toISOString(),
      figures: { machine: { processes: [{ name: 'main', memoryMaxBytes: megabytes * MB }] } },
      observation: { server: { pid: 77 } },
    };
    writeFileSync(join(dataDir, 'reports', `performance_report_2026110${i + 1}_101500.json`), JSON.stringify(report));
  }
  return { dataDir };
}

function looseFile(name: string, mode: number, text: string): Ill {
  const dataDir = newFolder();
  chmodSync(dataDir, 0o755);
  writeFileSync(join(dataDir, name), text);
  chmodSync(join(dataDir, name), mode);
  return { dataDir };
}

function oldDownload(): Ill {
  const dataDir = newFolder();
  const part = join(dataDir, 'models', '.staging', 'sense-voice-int8');
  mkdirSync(part, { recursive: true });
  writeFileSync(join(part, 'model.int8.onnx.part'), 'cut');
  const before = Date.now() / 1000 - 3 * DAY_S;
  utimesSync(join(part, 'model.int8.onnx.part'), before, before);
  utimesSync(part, before, before);
  return { dataDir };
}

const now = (ill: Ill) => (): Promise<Ill> => Promise.resolve(ill);

/** Faults of the machine, the configuration and the services. */
export const PLANTS: readonly Plant[] = [
  {
    fault: 'package.missing',
    how: 'a package is not there',
    remedy: /npm ci/,
    plant: () => Promise.resolve(packageThat(undefined)),
  },
  {
    fault: 'package.broken',
    how: 'a package is of another system',
    remedy: /Remove node_modules/,
    plant: () => Promise.resolve(packageThat('throw new Error("invalid ELF header")')),
  },
  {
    fault: 'package.broken',
    how: 'a package ends the process',
    remedy: /Remove node_modules/,
    plant: () => Promise.resolve(packageThat('process.abort()')),
  },
  {
    fault: 'speech.version',
    how: 'a newer speech library',
    remedy: /npm ci/,
    plant: () => Promise.resolve(speechLibrary('1.13.8')),
  },
  {
    fault: 'speech.slow',
    how: 'recognition that takes twice what a Zen 4 needs',
    remedy: /chorus profile/,
    plant: slowRecognition,
  },
  {
    fault: 'config.mistake',
    how: 'an unknown key',
    remedy: /config rollback/,
    plant: now({ yaml: 'llm:\n  modle: x\n' }),
  },
  {
    fault: 'config.unreadable',
    how: 'a folder in the place of the file',
    remedy: /--config/,
    plant: now({
      configuration: { ok: false, file: '/x/config.yaml', unreadable: '/x/config.yaml cannot be read (EISDIR)' },
    }),
  },
  {
    fault: 'config.note',
    how: 'an old name of a key',
    remedy: /Nothing has to be done/,
    plant: now({ yaml: 'auth:\n  pairing: allowlist\n' }),
  },
  {
    fault: 'mcp.file',
    how: 'a file that is no JSON',
    remedy: /mcp reload/,
    plant: () => Promise.resolve(looseFile('mcp_servers.json', 0o600, '{ mcpServers')),
  },
  {
    fault: 'secrets.readable',
    how: 'a key in a file that everybody may read',
    remedy: /chmod 600/,
    plant: () => Promise.resolve(looseFile('config.yaml', 0o644, 'llm:\n  preset: glm\n  api_key: planted-key-1234\n')),
  },
  {
    fault: 'secrets.readable',
    how: 'the local token for everybody',
    remedy: /chmod 600/,
    plant: () => Promise.resolve(looseFile('local-token', 0o640, 'x')),
  },
  {
    fault: 'data.missing',
    how: 'no data folder',
    remedy: /chorus serve/,
    plant: now({ dataDir: join(tmpdir(), 'chorus-nowhere') }),
  },
  {
    fault: 'data.not_folder',
    how: 'a file of its name',
    remedy: /--data/,
    plant: () => Promise.resolve({ dataDir: fileOf('not a folder') }),
  },
  // Nobody, not even root, makes files there.
  {
    fault: 'data.not_writable',
    how: 'a folder in which nobody may write',
    remedy: /chown/,
    plant: now({ dataDir: '/proc' }),
  },
  {
    fault: 'disk.leftovers',
    how: 'a download that was cut three days ago',
    remedy: /--fix/,
    plant: () => Promise.resolve(oldDownload()),
  },
  {
    fault: 'database.damaged',
    how: 'garbage in the place of the database',
    remedy: /chorus store restore/,
    plant: () => Promise.resolve(looseFile('chorus.db', 0o600, 'garbage '.repeat(2000))),
  },
  {
    fault: 'database.unreachable',
    how: 'a database server that is not there',
    remedy: /store\.url/,
    plant: async () => ({
      settings: { 'store.url': `postgres://chorus:pa55word@127.0.0.1:${await freePort()}/chorus` },
    }),
  },
  {
    fault: 'memory.limit_small',
    how: 'a container of 400 MB (v2)',
    remedy: /mem_limit/,
    plant: now({ recorded: inContainer({ '/sys/fs/cgroup/memory.max': `${400 * MB}\n` }) }),
  },
  {
    fault: 'memory.limit_small',
    how: 'a container of 400 MB (v1)',
    remedy: /mem_limit/,
    plant: now({
      recorded: {
        ...inContainer({}),
        '/proc/self/cgroup': '4:memory:/docker/abc\n',
        '/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes': `${400 * MB}\n`,
      },
    }),
  },
  {
    fault: 'memory.tight',
    how: 'a limit with little room',
    remedy: /quarter/,
    plant: now({ recorded: inContainer({ '/sys/fs/cgroup/memory.max': `${600 * MB}\n` }) }),
  },
  {
    fault: 'memory.others',
    how: 'other programs have the memory',
    remedy: /top/,
    plant: now({ recorded: inContainer({ '/proc/meminfo': 'MemTotal: 8000000 kB\nMemAvailable: 100000 kB\n' }) }),
  },
  {
    fault: 'memory.near_limit',
    how: 'a server at its limit',
    remedy: /max_concurrent_sessions/,
    plant: now({
      server: { origin: 'http://127.0.0.1:1', port: 1, pid: 77, localToken: undefined },
      recorded: inContainer({
        '/proc/77/cgroup': '0::/\n',
        '/sys/fs/cgroup/memory.max': `${1000 * MB}\n`,
        '/sys/fs/cgroup/memory.current': `${980 * MB}\n`,
        '/sys/fs/cgroup/memory.stat': `inactive_file ${10 * MB}\n`,
      }),
    }),
  },
  {
    fault: 'memory.swapped',
    how: 'a server in swap',
    remedy: /chorus drain/,
    plant: now({
      server: { origin: 'http://127.0.0.1:1', port: 1, pid: 77, localToken: undefined },
      recorded: inContainer({
        '/proc/77/stat': '77 (node) S 1 5 5 0 -1 0 0 0 0 0 150 50 0 0 20 0 4 0 777 0 0\n',
        '/proc/77/status': 'VmRSS: 20 kB\nVmSwap:\t  200000 kB\n',
        '/proc/77/task/77/children': '',
      }),
    }),
  },
  {
    fault: 'oom.killed',
    how: 'the kernel has ended a process (v2)',
    remedy: /MemoryMax/,
    plant: now({
      recorded: inContainer({ '/sys/fs/cgroup/memory.events': 'low 0\nhigh 0\nmax 90\noom 2\noom_kill 2\n' }),
    }),
  },
  {
    fault: 'oom.killed',
    how: 'the kernel has ended a process (v1)',
    remedy: /MemoryMax/,
    plant: now({
      recorded: {
        '/proc/self/cgroup': '4:memory:/docker/abc\n',
        '/sys/fs/cgroup/memory/docker/abc/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 1\n',
        '/sys/fs/cgroup/memory/docker/abc/memory.failcnt': '12\n',
      },
    }),
  },
  {
    fault: 'oom.kernel',
    how: 'the kernel log tells of a killed Node.js',
    remedy: /smaller model/,
    plant: now({
      recorded: {},
      kernelLog: () =>
        Promise.resolve(
          '[ 9.1] usb 1-1: new device\n[12.5] Memory cgroup out of memory: Killed process 4711 (node) total-vm:900kB\n',
        ),
    }),
  },
  {
    fault: 'oom.pressed',
    how: 'the limit was met without a loss',
    remedy: /Nothing has to be done/,
    plant: now({ recorded: inContainer({ '/sys/fs/cgroup/memory.events': 'max 9\noom_kill 0\n' }) }),
  },
  {
    fault: 'cpu.quota_small',
    how: 'half a core',
    remedy: /1\.5 cores/,
    plant: now({ recorded: inContainer({ '/sys/fs/cgroup/cpu.max': '50000 100000\n' }) }),
  },
  {
    fault: 'cpu.threads',
    how: 'threads of a larger machine',
    remedy: /OMP_NUM_THREADS/,
    plant: now({
      env: { OMP_NUM_THREADS: '16' },
      recorded: inContainer({ '/sys/fs/cgroup/cpu.max': '150000 100000\n' }),
    }),
  },
  {
    fault: 'cpu.throttled',
    how: 'a server that its quota stops',
    remedy: /cpus:/,
    plant: now({
      server: { origin: 'http://127.0.0.1:1', port: 1, pid: 77, localToken: undefined },
      recorded: inContainer({
        '/proc/77/cgroup': '0::/\n',
        '/sys/fs/cgroup/cpu.max': '150000 100000\n',
        '/sys/fs/cgroup/cpu.stat': 'usage_usec 1\nnr_periods 1000\nnr_throttled 400\nthrottled_usec 9\n',
      }),
    }),
  },
  {
    fault: 'files.limit',
    how: 'a thousand open files',
    remedy: /LimitNOFILE/,
    plant: now({
      recorded: { '/proc/self/limits': 'Max open files            1024                 1024                 files\n' },
    }),
  },
  {
    fault: 'recognition.unreachable',
    how: 'a Wyoming service that does not run',
    remedy: /address/,
    plant: now({ settings: { 'asr.model': 'wyoming', 'asr.wyoming.url': 'tcp://127.0.0.1:1' } }),
  },
  {
    fault: 'realtime.unusable',
    how: 'a realtime model at an address where nothing answers',
    remedy: /the model and the voice/,
    plant: now({
      settings: {
        'realtime.services': 'openai-realtime',
        'realtime.openai-realtime.url': 'ws://127.0.0.1:1/v1/realtime',
        'realtime.openai-realtime.api_key': 'sk-planted',
      },
    }),
  },
  { fault: 'models.damaged', how: 'a model file cut in half', remedy: /pull ID --force/, plant: cutModel },
  {
    fault: 'models.missing',
    how: 'a Chinese server without its model',
    remedy: /chorus models pull/,
    plant: now({ settings: { 'session.language': 'zh-CN' } }),
  },
  {
    fault: 'models.to_come',
    how: 'the same with auto_pull',
    remedy: /Nothing has to be done/,
    plant: now({ settings: { 'session.language': 'zh-CN', 'models.auto_pull': 'true' } }),
  },
  {
    fault: 'models.wrong_language',
    how: 'an English model for a Chinese server',
    remedy: /asr\.model/,
    plant: now({ settings: { 'session.language': 'zh-CN', 'asr.model': 'moonshine-tiny-en' } }),
  },
  {
    fault: 'clock.year',
    how: 'a board without a battery',
    remedy: /set-ntp/,
    plant: () => Promise.resolve({ clock: clockOff(-40 * 365 * DAY_S * 1000) }),
  },
  {
    fault: 'clock.skew',
    how: 'a service whose Date is ten minutes on',
    remedy: /set-ntp/,
    plant: async ({ use }) => ({
      settings: {
        'llm.base_url': use(await answering(404, { date: new Date(Date.now() + 600_000).toUTCString() })).origin,
        'llm.model': 'm',
      },
    }),
  },
  {
    fault: 'dns.failed',
    how: 'a name server that knows nothing',
    remedy: /resolv\.conf/,
    plant: now({
      settings: { 'llm.preset': 'glm', 'llm.api_key': 'k' },
      resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    }),
  },
  {
    fault: 'dns.failed',
    how: 'a name server that does not answer',
    remedy: /resolv\.conf/,
    plant: now({
      clock: hurriedClock(50),
      settings: { 'llm.preset': 'glm', 'llm.api_key': 'k' },
      resolve: () => new Promise(() => undefined),
    }),
  },
  {
    fault: 'llm.key',
    how: 'a wrong key',
    remedy: /llm\.api_key/,
    plant: model(refusing(401, 'Incorrect API key provided')),
  },
  {
    fault: 'llm.money',
    how: 'an empty account',
    remedy: /Top it up/,
    plant: model(refusing(402, 'Insufficient Balance')),
  },
  {
    fault: 'llm.refused',
    how: 'a model that is not there',
    remedy: /llm\.model/,
    plant: model(refusing(404, 'model not found')),
  },
  {
    fault: 'llm.passing',
    how: 'an overloaded model',
    remedy: /llm\.fallback/,
    plant: model(refusing(503, 'overloaded')),
  },
  {
    fault: 'llm.unreachable',
    how: 'a model that never answers',
    remedy: /curl -I/,
    plant: async (own) => ({ ...(await model({ kind: 'silence' })(own)), clock: hurriedClock(50) }),
  },
  { fault: 'voice.refused', how: 'Edge takes our version no longer', remedy: /tts\.edge\.version/, plant: edge(403) },
  {
    fault: 'voice.unreachable',
    how: 'a voice service that never answers',
    remedy: /tts\.provider/,
    plant: async ({ use }) => ({
      clock: hurriedClock(50),
      settings: { 'tts.provider': 'edge', 'tts.edge.url': use(await silent()).origin.replace('http', 'ws') },
    }),
  },
  {
    fault: 'voice.refused',
    how: 'a wrong key of the speech service',
    remedy: /tts\.openai\.api_key/,
    plant: async ({ use }) => ({
      settings: { 'tts.provider': 'openai', 'tts.openai.base_url': use(await answering(401)).origin },
    }),
  },
  { fault: 'port.taken', how: 'another program on the port', remedy: /Stop that program/, plant: takenPort },
  {
    fault: 'port.address',
    how: 'an address that is not ours',
    remedy: /ip addr/,
    plant: now({ settings: { 'server.host': '203.0.113.7', 'server.port': '8123' } }),
  },
  {
    fault: 'port.moved',
    how: 'a server elsewhere',
    remedy: /restart it/,
    plant: now({
      settings: { 'server.host': '127.0.0.1', 'server.port': '8124' },
      server: { origin: 'http://127.0.0.1:1', port: 1, pid: 77, localToken: undefined },
    }),
  },
  {
    fault: 'address.loopback',
    how: 'devices are sent to themselves',
    remedy: /ip addr/,
    plant: now({ settings: { 'server.public_url': 'http://localhost:8000' } }),
  },
  {
    fault: 'address.container',
    how: 'devices are sent into a container',
    remedy: /address of the host/,
    plant: now({ settings: { 'server.public_url': 'http://172.17.0.2:8000' } }),
  },
  {
    fault: 'address.only_here',
    how: 'a server for this machine only',
    remedy: /0\.0\.0\.0/,
    plant: now({ settings: { 'server.host': '127.0.0.1' } }),
  },
  {
    fault: 'server.silent',
    how: 'a server that hangs',
    remedy: /chorus doctor --bundle/,
    plant: async ({ use }) => ({
      clock: hurriedClock(50),
      server: { origin: use(await silent()).origin, port: 8000, pid: 77, localToken: undefined },
    }),
  },
  {
    fault: 'server.engine_failed',
    how: 'recognition cannot be kept alive',
    remedy: /models, memory/,
    plant: sayingOfItself({ ready: false, details: { engines: [engine('failed')] } }),
  },
  {
    fault: 'server.model_waits',
    how: 'no mirror is reached',
    remedy: /--file ARCHIVE/,
    plant: sayingOfItself({
      ready: false,
      details: { models: [{ id: 'sense-voice-int8', state: 'waiting', reason: 'no mirror' }] },
    }),
  },
  {
    fault: 'server.not_ready',
    how: 'it still starts',
    remedy: /readyz/,
    plant: sayingOfItself({ ready: false, details: { starting: ['listening'] } }),
  },
  {
    fault: 'server.restarts',
    how: 'recognition died often',
    remedy: /log/,
    plant: sayingOfItself({ ready: true, details: { engines: [engine('ready', 5)] } }),
  },
  {
    fault: 'server.other_version',
    how: 'an older one runs',
    remedy: /Restart the server/,
    plant: sayingOfItself({ ready: true }, '0.0.0-old'),
  },
  { fault: 'server.absent', how: 'none runs', remedy: /chorus serve/, plant: now({}) },
  {
    fault: 'growth.memory',
    how: 'memory that rises from day to day',
    remedy: /chorus drain/,
    plant: () => Promise.resolve(reportsOf([200, 260, 330, 410])),
  },
];

function fileOf(text: string): string {
  const path = join(newFolder(), 'file');
  writeFileSync(path, text);
  return path;
}

function edge(status: number): (own: OwnThings) => Promise<Ill> {
  return async ({ use }) => {
    const server = use(await FakeEdgeServer.start());
    server.script({ kind: 'refuse', status });
    return { settings: { 'tts.provider': 'edge', 'tts.edge.url': server.url } };
  };
}
