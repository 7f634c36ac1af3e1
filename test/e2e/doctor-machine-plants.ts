import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { costKey, MeasuredCosts } from '../../src/capacity/index.js';
import { PINNED_SHERPA } from '../../src/engines/index.js';
import { describeMachine } from '../../src/platform/machine/index.js';
import { freePort } from '../fakes/free-port.js';
import { newFolder, type FaultySetup } from '../fakes/doctor-context.js';
import { now, type Plant } from './doctor-way-plants.js';

const MB = 2 ** 20;
const DAY_S = 86_400;

/** Contents of /proc and /sys in a container with cgroup v2. `files` adds to them or replaces them. */
const inContainer = (files: Readonly<Record<string, string>>): NonNullable<FaultySetup['recorded']> => ({
  '/proc/self/cgroup': '0::/\n',
  '/proc/meminfo': 'MemTotal: 8000000 kB\nMemAvailable: 7000000 kB\n',
  ...files,
});

/** Makes a package that runs this script when it is loaded. */
function packageThat(script: string | undefined): FaultySetup {
  const from = newFolder();
  if (script !== undefined) {
    mkdirSync(join(from, 'node_modules', 'native-thing'), { recursive: true });
    writeFileSync(join(from, 'node_modules', 'native-thing', 'index.js'), script);
  }
  return { packages: [{ name: 'native-thing', from }] };
}

/** Makes a speech library of that version, next to the addon that Chorus needs. */
function speechLibrary(version: string): FaultySetup {
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

/** A Zen 4 processor whose self-test measured the times that a slow speech runtime takes. */
async function slowRecognition(): Promise<FaultySetup> {
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

function looseFile(name: string, mode: number, text: string): FaultySetup {
  const dataDir = newFolder();
  chmodSync(dataDir, 0o755);
  writeFileSync(join(dataDir, name), text);
  chmodSync(join(dataDir, name), mode);
  return { dataDir };
}

function oldDownload(): FaultySetup {
  const dataDir = newFolder();
  const part = join(dataDir, 'models', '.staging', 'sense-voice-int8');
  mkdirSync(part, { recursive: true });
  writeFileSync(join(part, 'model.int8.onnx.part'), 'cut');
  const before = Date.now() / 1000 - 3 * DAY_S;
  utimesSync(join(part, 'model.int8.onnx.part'), before, before);
  utimesSync(part, before, before);
  return { dataDir };
}

/** Faults of the machine, of its files and of the configuration, each with a function that causes it. */
export const MACHINE_PLANTS: readonly Plant[] = [
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
  // In this folder no user can create files, not even root.
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

function reportsOf(memory: readonly number[]): FaultySetup {
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
