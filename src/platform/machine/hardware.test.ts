import { expect, it } from 'vitest';
import { readHardware } from './hardware.js';

const GB = 2 ** 30;
const machine = { cores: 8, memoryBytes: 16 * GB };
const from = (files: Record<string, string>) => readHardware((path) => files[path], machine);

it('reports the whole machine without cgroups', () => {
  expect(from({})).toEqual({ cores: 8, cpuQuota: undefined, memoryBytes: 16 * GB });
});

it('reads v2 limits of a container whose path in /proc is its root', () => {
  expect(
    from({
      '/proc/self/cgroup': '0::/\n',
      '/sys/fs/cgroup/cpu.max': '150000 100000\n',
      '/sys/fs/cgroup/memory.max': `${3 * GB}\n`,
    }),
  ).toEqual({ cores: 8, cpuQuota: 1.5, memoryBytes: 3 * GB });
});

it('takes the smallest limit of the group and its ancestors, and reads "max" as no limit', () => {
  expect(
    from({
      '/proc/self/cgroup': '0::/system.slice/chorus.service\n',
      '/sys/fs/cgroup/system.slice/chorus.service/cpu.max': 'max 100000\n',
      '/sys/fs/cgroup/system.slice/chorus.service/memory.max': 'max\n',
      '/sys/fs/cgroup/system.slice/cpu.max': '400000 100000\n',
      '/sys/fs/cgroup/system.slice/memory.max': `${6 * GB}\n`,
    }),
  ).toEqual({ cores: 8, cpuQuota: 4, memoryBytes: 6 * GB });
});

it('reads v1 limits, and reads -1 and the page-rounded maximum as no limit', () => {
  const v1 = '4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n';
  expect(
    from({
      '/proc/self/cgroup': v1,
      '/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us': '50000',
      '/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us': '100000',
      '/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes': String(2 * GB),
    }),
  ).toEqual({ cores: 8, cpuQuota: 0.5, memoryBytes: 2 * GB });
  expect(
    from({
      '/proc/self/cgroup': v1,
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712',
    }),
  ).toEqual({ cores: 8, cpuQuota: undefined, memoryBytes: 16 * GB });
});
