import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseBenchResult } from '../../src/measure/bench/index.js';
import { systemClock } from '../../src/core/index.js';
import { createSampler } from '../../src/platform/machine/index.js';
import { CLI } from '../compiled.js';

// Runs `chorus bench` as people do. The server, the stand-ins for services, and the fleet of simulated devices are
// separate processes.

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-bench-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Bench {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output(): string;
  until(pattern: RegExp): Promise<void>;
}

function bench(...args: readonly string[]): Bench {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [CLI, 'bench', '--data', folder, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, HOME, LANG: 'en_US.UTF-8', TMPDIR: folder },
  });
  let output = '';
  const waiting: (() => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (const look of waiting) look();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    ended,
    output: () => output,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        waiting.push(() => pattern.test(output) && resolve());
        void ended.then((code) => reject(new Error(`ended with ${code ?? '?'}:\n${output}`)));
      }),
  };
}

/** An ended process that its new parent does not collect counts as ended. */
function alive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
/** Processes of a run that measures soon: the stand-ins, the server, and the server's three processes. */
async function childrenOf(run: Bench): Promise<readonly number[]> {
  await run.until(/preparing the simulated devices/);
  const { processes } = await createSampler({ clock: systemClock, rootPid: run.child.pid }).sample();
  const children = processes.filter(({ pid }) => pid !== run.child.pid).map(({ pid }) => pid);
  expect(children.length).toBeGreaterThanOrEqual(5);
  return children;
}
/** Data folders of benchmarked servers that were not removed. */
const leftovers = async (): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.startsWith('chorus-bench-'));

describe('chorus bench', () => {
  it('lets two devices talk to a server of its own and reports the result', { timeout: 150_000 }, async () => {
    const [json, html] = [join(folder, 'result.json'), join(folder, 'result.html')];
    const run = bench(
      '--devices',
      '2',
      '--duration',
      '10',
      '--warmup',
      '2',
      '--seed',
      '7',
      '--queue',
      'mix',
      '--json',
      json,
      '--html',
      html,
      '--set',
      'session.greeting=false',
      '--set',
      'session.filler_ms=30000',
    );
    const code = await run.ended;
    // A few turns prove nothing, so the exit code is 9 (no verdict). It is 1 if a busy machine certainly missed a
    // limit.
    expect([1, 9], run.output()).toContain(code);
    const result = parseBenchResult(await readFile(json, 'utf8'), json);
    expect(result.fleet.totals.turns).toBeGreaterThan(0);
    expect(result.options).toMatchObject({ devices: 2, asrModel: 'moonshine-tiny-en', queues: [40, 20, 5] });
    expect(result.options.settings).toContain('session.greeting=false');
    // A turn is joined with the model's request by its first sentence. Some answers begin with "let me think" instead.
    const answered = result.fleet.turns.filter((turn) => !turn.warmup && turn.firstSoundMs !== undefined);
    expect(result.llmOwn.joined).toBeGreaterThan(0);
    expect(result.llmOwn.joined).toBeLessThanOrEqual(answered.length);
    expect(result.llmOwn.medianMs).toBeGreaterThan(300);
    expect(result.standIns?.tts.requests).toBeGreaterThanOrEqual(answered.length);
    expect(result.server.processes.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['main', 'listening', 'speaking', 'asr']),
    );
    expect(result.server.cores).toBeGreaterThan(0);
    expect(result.observations.length).toBeGreaterThan(5);
    expect(run.output()).toContain('Holes in the sound of an answer');
    expect(await readFile(html, 'utf8')).toContain('2 simulated devices');
    expect(await leftovers()).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'leaves no process and no file when it is interrupted',
    { timeout: 90_000 },
    async () => {
      const run = bench('--devices', '1', '--duration', '60');
      const children = await childrenOf(run);
      run.child.kill('SIGINT');
      expect(await run.ended, run.output()).toBe(130);
      expect(children.filter(alive)).toEqual([]);
      expect(await leftovers()).toEqual([]);
    },
  );

  it.runIf(process.platform === 'linux')('leaves no process when it is killed', { timeout: 90_000 }, async () => {
    const run = bench('--devices', '1', '--duration', '60');
    const children = await childrenOf(run);
    run.child.kill('SIGKILL');
    await expect.poll(() => children.filter(alive), { timeout: 60_000 }).toEqual([]);
  });

  it('refuses impossible arguments before anything is started', { timeout: 60_000 }, async () => {
    const [scenario, reply, base, kernels] = [
      bench('--scenario', 'party'),
      bench('--reply', 'five'),
      bench('--compare', join(folder, 'none.json')),
      bench('--baseline', 'kernels', '--url', 'http://127.0.0.1:9/xiaozhi/ota/'),
    ];
    expect(await Promise.all([scenario.ended, reply.ended, base.ended, kernels.ended])).toEqual([2, 2, 2, 2]);
    expect(kernels.output()).toContain('--baseline');
    expect(scenario.output()).toContain('steady, wake-storm');
    expect(reply.output()).toContain('--reply five');
    expect(base.output()).toContain('none.json cannot be read');
  });
});
