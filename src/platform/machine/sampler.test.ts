import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { systemClock } from '../../core/index.js';
import { PortableReader } from './process-reader.js';
import type { ProcessReading } from './processes.js';
import { createSampler } from './sampler.js';

const reading = (pid: number, cpuSeconds: number, startedTicks = 1): ProcessReading => ({
  pid,
  parentPid: 1,
  name: `p${pid}`,
  cpuSeconds,
  rssBytes: 100,
  pssBytes: 60,
  threads: 1,
  openFiles: 3,
  startedTicks,
});

it('computes rates over the interval between two samples, and none in the first', async () => {
  const clock = new FakeClock();
  let stat = 'cpu  100 0 50 800 50 0 0 0 0 0\n';
  let processes = [reading(10, 1), reading(11, 5)];
  const sampler = createSampler({
    clock,
    pids: [10],
    readText: (path) => ({ '/proc/stat': stat, '/proc/meminfo': 'MemTotal: 1000 kB\nMemAvailable: 250 kB\n' })[path],
    processes: { read: () => Promise.resolve(processes) },
  });
  const first = await sampler.sample();
  expect(first).toMatchObject({
    intervalMs: undefined,
    cpuShare: undefined,
    memory: { totalBytes: 1_024_000, availableBytes: 256_000 },
    pressure: { cpu: undefined },
    sockets: undefined,
    processCpuSeconds: 6,
    processMemoryBytes: 120,
  });
  expect(first.processes.map(({ cpuCores }) => cpuCores)).toEqual([undefined, undefined]);

  await clock.advance(2000);
  // Of 200 new ticks, 100 are busy, including 10 stolen.
  stat = 'cpu  150 0 80 880 70 0 10 10 0 0\n';
  processes = [reading(10, 2), reading(11, 0.5, 9)];
  const second = await sampler.sample();
  expect(second).toMatchObject({ intervalMs: 2000, cpuShare: 0.5, stolenShare: 0.05, processCpuSeconds: 7.5 });
  expect(second.processes.map(({ cpuCores }) => cpuCores)).toEqual([0.5, undefined]);
});

it('keeps the last PSS until the next reading is due', async () => {
  const clock = new FakeClock();
  let pssKb = 10;
  const files = (path: string): string | undefined => {
    if (path === '/proc/5/stat') return `5 (a b) c) S 1 5 5 0 -1 0 0 0 0 0 150 50 0 0 20 0 4 0 777 0 0\n`;
    if (path === '/proc/5/smaps_rollup') return `Rss: 99 kB\nPss:        ${pssKb} kB\n`;
    if (path === '/proc/5/status') return 'VmRSS:\t      20 kB\n';
    if (path === '/proc/5/cmdline') return 'node\0dist/cli/chorus.js\0serve\0';
    return path === '/proc/5/task/5/children' ? '' : undefined;
  };
  const sampler = createSampler({ clock, rootPid: 5, pssEveryMs: 5000, readText: files });
  expect((await sampler.sample()).processes).toMatchObject([
    { pid: 5, parentPid: 1, name: 'main', cpuSeconds: 2, rssBytes: 20_480, pssBytes: 10_240, threads: 4 },
  ]);
  pssKb = 30;
  await clock.advance(4000);
  expect((await sampler.sample()).processMemoryBytes).toBe(10_240);
  await clock.advance(1000);
  expect((await sampler.sample()).processMemoryBytes).toBe(30_720);
});

describe.skipIf(process.platform !== 'linux')('on this machine', () => {
  const started: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of started.splice(0)) {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
  });

  /** Starts a process whose child has used 0.2 s of CPU. */
  async function family(): Promise<{ parent: ChildProcess; childPid: number }> {
    // When the parent ends, the child's stdin closes, so the child exits too.
    const inner =
      'while (process.cpuUsage().user < 200_000); console.log("burnt"); process.stdin.on("end", process.exit).resume()';
    const outer = `
      const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(inner)}]);
      c.stdout.once('data', () => process.send(c.pid));
      process.on('message', () => c.kill('SIGKILL'));
      c.on('exit', () => process.send('gone'));`;
    const parent = spawn(process.execPath, ['-e', outer], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    started.push(parent);
    const [childPid] = await once(parent, 'message');
    return { parent, childPid: Number(childPid) };
  }

  it('measures child processes; drops those that have ended but keeps their CPU time in the total', async () => {
    const { parent, childPid } = await family();
    const sampler = createSampler({ rootPid: parent.pid, clock: systemClock });
    const sample = await sampler.sample();
    expect(sample.processes.map(({ pid }) => pid)).toEqual([parent.pid, childPid]);
    const child = sample.processes[1];
    expect(child).toMatchObject({ parentPid: parent.pid, name: 'node' });
    expect(child?.cpuSeconds).toBeGreaterThan(0.15);
    expect(child?.rssBytes).toBeGreaterThan(20e6);
    expect(child?.pssBytes).toBeGreaterThan(1e6);
    expect(child?.pssBytes).toBeLessThanOrEqual(child?.rssBytes ?? 0);
    expect(child?.openFiles).toBeGreaterThan(3);
    expect(child?.threads).toBeGreaterThan(1);
    expect(sample.memory.availableBytes).toBeLessThan(sample.memory.totalBytes);
    expect(sample.sockets?.used).toBeGreaterThan(0);

    const gone = once(parent, 'message');
    parent.send('end');
    await gone;
    const after = await sampler.sample();
    expect(after.processes.map(({ pid }) => pid)).toEqual([parent.pid]);
    expect(after.processCpuSeconds).toBeGreaterThanOrEqual(sample.processCpuSeconds);
    // The kernel counts in ticks of 10 ms, so there may be no tick between two samples.
    await expect.poll(async () => (await sampler.sample()).cpuShare ?? 0).toBeGreaterThan(0);
  });

  it('agrees with the portable reader about CPU and memory', async () => {
    const { parent, childPid } = await family();
    const [own, portable] = [
      await createSampler({ pids: [childPid], clock: systemClock }).sample(),
      await createSampler({ pids: [childPid], clock: systemClock, processes: new PortableReader() }).sample(),
    ];
    expect(portable.processes[0]?.cpuSeconds).toBeCloseTo(own.processes[0]?.cpuSeconds ?? Number.NaN, 0);
    expect(portable.processes[0]?.rssBytes).toBeGreaterThan(0.9 * (own.processes[0]?.rssBytes ?? Infinity));
    expect(portable.processes[0]?.parentPid).toBe(parent.pid);
  });

  it('reports nothing about processes that do not exist', async () => {
    expect(await createSampler({ pids: [4_194_304], clock: systemClock }).sample()).toMatchObject({
      processes: [],
      processCpuSeconds: 0,
    });
    expect(await new PortableReader().read([4_194_304])).toEqual([]);
  });
});
