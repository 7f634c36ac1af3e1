import { spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { openCgroup } from './cgroup-usage.js';
import { readTextFile } from './read-text.js';

const MB = 2 ** 20;
const read = (files: Record<string, string>) => openCgroup(77, (path) => files[path])?.read();

it('reads v2: usage, throttling, pressure, and droppable page cache separately', () => {
  const folder = '/sys/fs/cgroup/system.slice/chorus.service';
  expect(
    read({
      '/proc/77/cgroup': '0::/system.slice/chorus.service\n',
      [`${folder}/cpu.stat`]:
        'usage_usec 12500000\nuser_usec 1\nsystem_usec 1\nnr_periods 400\nnr_throttled 20\nthrottled_usec 750000\n',
      [`${folder}/cpu.max`]: '150000 100000\n',
      [`${folder}/cpu.pressure`]:
        'some avg10=3.25 avg60=1.50 avg300=0.50 total=4200000\nfull avg10=0.25 avg60=0.00 avg300=0.00 total=100000\n',
      [`${folder}/memory.current`]: `${900 * MB}\n`,
      [`${folder}/memory.stat`]: `anon ${500 * MB}\nfile ${400 * MB}\ninactive_file ${300 * MB}\n`,
      [`${folder}/memory.max`]: 'max\n',
      '/sys/fs/cgroup/system.slice/memory.max': `${3000 * MB}\n`,
    }),
  ).toEqual({
    version: 2,
    cpuSeconds: 12.5,
    cpuQuota: 1.5,
    periods: 400,
    throttledPeriods: 20,
    throttledSeconds: 0.75,
    memoryBytes: 900 * MB,
    workingSetBytes: 600 * MB,
    memoryLimitBytes: 3000 * MB,
    cpuPressure: {
      some: { avg10: 0.0325, avg60: 0.015, totalSeconds: 4.2 },
      full: { avg10: 0.0025, avg60: 0, totalSeconds: 0.1 },
    },
  });
});

it('reads v1: each controller in its own hierarchy, and the throttling of the ancestor with the quota', () => {
  expect(
    read({
      '/proc/77/cgroup': '9:name=systemd:/\n4:memory:/docker/abc\n2:cpu,cpuacct:/docker/abc\n0::/\n',
      '/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu/docker/abc/cpu.stat': 'nr_periods 0\nnr_throttled 0\nthrottled_time 0\n',
      '/sys/fs/cgroup/cpu/docker/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/cpu/docker/cpu.cfs_quota_us': '50000\n',
      '/sys/fs/cgroup/cpu/docker/cpu.stat': 'nr_periods 80\nnr_throttled 40\nthrottled_time 2500000000\n',
      '/sys/fs/cgroup/cpuacct/docker/abc/cpuacct.usage': '3500000000\n',
      '/sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes': `${100 * MB}\n`,
      '/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes': `${200 * MB}\n`,
      '/sys/fs/cgroup/memory/docker/abc/memory.stat': `cache 1\ninactive_file 1\ntotal_inactive_file ${30 * MB}\n`,
    }),
  ).toEqual({
    version: 1,
    cpuSeconds: 3.5,
    cpuQuota: 0.5,
    periods: 80,
    throttledPeriods: 40,
    throttledSeconds: 2.5,
    memoryBytes: 100 * MB,
    workingSetBytes: 70 * MB,
    memoryLimitBytes: 200 * MB,
    cpuPressure: undefined,
  });
});

it('falls back to visible folders if the path is from the host', () => {
  expect(
    read({
      '/proc/77/cgroup': '0::/kubepods/pod1/x\n',
      '/sys/fs/cgroup/memory.current': '5\n',
      '/sys/fs/cgroup/memory.max': '10\n',
    }),
  ).toMatchObject({ memoryBytes: 5, memoryLimitBytes: 10 });
});

it('opens no reader without cgroups', () => {
  expect(openCgroup(77, () => undefined)).toBeUndefined();
});

const V1 = '/sys/fs/cgroup/cpu/cpu.cfs_quota_us';
const GROUPS = [
  `/sys/fs/cgroup/cpu/chorus-test-${process.pid}`,
  `/sys/fs/cgroup/cpuacct/chorus-test-${process.pid}`,
  `/sys/fs/cgroup/memory/chorus-test-${process.pid}`,
];

it.skipIf(!canMakeGroups())('reads the throttling and limits of a real v1 group', async () => {
  for (const group of GROUPS) mkdirSync(group, { recursive: true });
  const [cpu = '', accounting = '', memory = ''] = GROUPS;
  const burn = 'while (process.cpuUsage().user < 250_000); process.send("burnt"); setInterval(() => undefined, 1000)';
  writeFileSync(`${cpu}/cpu.cfs_quota_us`, '20000');
  writeFileSync(`${memory}/memory.limit_in_bytes`, String(256 * MB));
  const child = spawn(
    'sh',
    [
      '-c',
      `for g in "$@"; do echo $$ > $g/cgroup.procs; done; exec "${process.execPath}" -e '${burn}'`,
      'sh',
      cpu,
      accounting,
      memory,
    ],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  );
  try {
    await once(child, 'message');
    const usage = openCgroup(child.pid ?? 0, readTextFile)?.read();
    expect(usage).toMatchObject({ version: 1, cpuQuota: 0.2, memoryLimitBytes: 256 * MB });
    expect(usage?.cpuSeconds).toBeGreaterThan(0.25);
    expect(usage?.throttledPeriods).toBeGreaterThan(0);
    expect(usage?.throttledSeconds).toBeGreaterThan(0);
    expect(usage?.memoryBytes).toBeGreaterThan(4 * MB);
    expect(usage?.workingSetBytes).toBeLessThanOrEqual(usage?.memoryBytes ?? 0);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
    for (const group of GROUPS) rmdirSync(group);
  }
});

function canMakeGroups(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    accessSync(V1.replace('cpu.cfs_quota_us', 'cgroup.procs'), constants.W_OK);
    mkdirSync(GROUPS[0] ?? '');
    const bandwidth = readTextFile(`${GROUPS[0]}/cpu.cfs_quota_us`) !== undefined;
    rmdirSync(GROUPS[0] ?? '');
    return bandwidth;
  } catch {
    return false;
  }
}
