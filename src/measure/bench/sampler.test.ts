import { afterEach, expect, it, vi } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { machineSample } from '../../../test/fakes/monitor-observation.js';
import { BenchSampler } from './sampler.js';

afterEach(() => void vi.unstubAllGlobals());

it('adds up the CPU time and the counters of a server that is restarted', async () => {
  const clock = new FakeClock();
  const server = { pid: 1, cpuSeconds: 100, sent: 5000 };
  const metrics = (): string => `chorus_packets_sent_total ${server.sent}\n`;
  vi.stubGlobal('fetch', () => Promise.resolve({ status: 200, text: () => Promise.resolve(metrics()) }));
  const sampler = new BenchSampler({
    clock,
    baseUrl: 'http://127.0.0.1:1',
    pid: () => server.pid,
    createSampler: (pid) => ({
      sample: () =>
        Promise.resolve(
          machineSample(clock.nowMs() / 1000, { processCpuSeconds: pid === undefined ? 0 : server.cpuSeconds }),
        ),
    }),
  });
  const over = new AbortController();
  const watching = sampler.watch(over.signal);
  await clock.advance(2000);
  sampler.count();
  await clock.advance(2000);
  Object.assign(server, { cpuSeconds: 103, sent: 5300 });
  await clock.advance(2000);
  Object.assign(server, { pid: 2, cpuSeconds: 1, sent: 10 });
  await clock.advance(2000);
  Object.assign(server, { cpuSeconds: 6, sent: 200 });
  over.abort();
  await watching;
  expect(sampler.windowS).toBe(5);
  expect(sampler.meanCores).toBe((3 + 6) / 5);
  expect(sampler.grown('chorus_packets_sent_total')).toBe(300 + 200);
  expect(sampler.grown('chorus_nothing_total')).toBeUndefined();
});
