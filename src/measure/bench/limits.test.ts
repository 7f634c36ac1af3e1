import { expect, it } from 'vitest';
import { usableLimits } from './limits.js';

it('reads the limits of the control group of the process', () => {
  const files: Readonly<Record<string, string>> = {
    '/proc/77/cgroup': '0::/small\n',
    '/sys/fs/cgroup/small/cpu.max': '50000 100000\n',
    '/sys/fs/cgroup/small/cpu.stat': 'usage_usec 1\n',
    '/sys/fs/cgroup/small/memory.current': '1000\n',
    '/sys/fs/cgroup/small/memory.max': '1000000\n',
  };
  expect(usableLimits(77, (path) => files[path])).toEqual({ usableCores: 0.5, memoryLimitBytes: 1_000_000 });
});
