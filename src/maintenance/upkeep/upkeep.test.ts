import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { Cancelled, ChorusError, type LogFields, silentLogger } from '../../core/index.js';
import { filesOf, keepNewest } from './kept-files.js';
import type { StoreUpkeep, TaskContext, TaskOutcome, UpkeepTask, UpkeepTaskName } from './upkeep-port.js';
import { readRecords, writeRecords } from './record-file.js';
import { upkeepTasks, type TaskParts } from './tasks.js';
import { Upkeep } from './upkeep.js';

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chorus-upkeep-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const signal = new AbortController().signal;
const ok: TaskOutcome = { outcome: 'done', said: { en: 'Fine.', zh: '好。' } };
const task = (
  name: UpkeepTaskName,
  run: (context: TaskContext) => Promise<TaskOutcome> = () => Promise.resolve(ok),
  quiet = false,
): UpkeepTask => ({ name, quiet, run });
const upkeepOf = (tasks: readonly UpkeepTask[], isIdle = (): boolean => true): Upkeep =>
  new Upkeep({ dataDir, tasks, isIdle, clock: new FakeClock(), log: silentLogger });

describe('the upkeep', () => {
  it('runs every task even if others fail, and records each outcome', async () => {
    const upkeep = upkeepOf([
      task('leftovers', () => Promise.reject(new ChorusError('data.disk_full', 'full'))),
      task('logs', () => {
        throw new TypeError('a defect');
      }),
      task('store_check'),
    ]);
    const taskNames: string[] = [];
    const records = await upkeep.run({
      waitIdleMs: 0,
      dryRun: false,
      signal,
      onTask: ({ name }) => taskNames.push(name),
    });
    expect(records.map(({ name, outcome, code }) => [name, outcome, code])).toEqual([
      ['leftovers', 'failed', 'data.disk_full'],
      ['logs', 'failed', 'internal'],
      ['store_check', 'done', undefined],
    ]);
    expect(records[0]?.said).toEqual({ en: 'Failed: full', zh: '失败，错误代码 data.disk_full，详情见日志。' });
    expect(taskNames).toEqual(['leftovers', 'logs', 'store_check']);
    expect(await upkeep.records()).toEqual(records);
    await upkeepOf([task('logs')]).run({ waitIdleMs: 0, dryRun: false, signal });
    expect((await readRecords(dataDir)).map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'leftovers failed',
      'logs done',
      'store_check done',
    ]);
  });

  it('logs a problem only for a task that failed or needs attention', async () => {
    const lines: unknown[] = [];
    const note =
      (level: string) =>
      (_: string, fields?: LogFields): void =>
        void lines.push([level, fields?.['task'], fields?.problem]);
    const log = { ...silentLogger, info: note('info'), warn: note('warn'), error: note('error') };
    const ending = (name: UpkeepTaskName, outcome: TaskOutcome['outcome']): UpkeepTask =>
      task(name, () => Promise.resolve({ ...ok, outcome }));
    const tasks = [
      ending('logs', 'done'),
      ending('memory', 'attention'),
      task('store_check', () => Promise.reject(new ChorusError('data.disk_full', 'full'))),
      task('store_vacuum', undefined, true),
    ];
    const upkeep = new Upkeep({ dataDir, tasks, isIdle: () => false, clock: new FakeClock(), log });
    await upkeep.run({ waitIdleMs: 0, dryRun: false, signal });
    expect(lines).toEqual([
      ['info', 'logs', undefined],
      ['warn', 'memory', 'upkeep.attention'],
      ['error', 'store_check', 'upkeep.attention'],
      ['info', 'store_vacuum', undefined],
    ]);
  });

  it('never runs twice at the same time', async () => {
    let finish = (): void => undefined;
    const upkeep = upkeepOf([task('logs', () => new Promise((resolve) => (finish = () => resolve(ok))))]);
    const first = upkeep.run({ waitIdleMs: 0, dryRun: false, signal });
    expect(upkeep.running).toBe(true);
    await expect(upkeep.run({ waitIdleMs: 0, dryRun: false, signal })).rejects.toMatchObject({
      code: 'upkeep.running',
    });
    await expect.poll(() => (finish(), upkeep.running)).toBe(false);
    expect(await first).toHaveLength(1);
  });

  it('postpones tasks that block other work while somebody talks', async () => {
    const upkeep = upkeepOf([task('store_vacuum', undefined, true), task('logs')], () => false);
    const records = await upkeep.run({ waitIdleMs: 0, dryRun: false, signal });
    expect(records.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['store_vacuum', 'skipped'],
      ['logs', 'done'],
    ]);
  });

  it('changes nothing in a dry run, not even its record', async () => {
    const seen: boolean[] = [];
    await upkeepOf([task('logs', ({ dryRun }) => (seen.push(dryRun), Promise.resolve(ok)))]).run({
      waitIdleMs: 0,
      dryRun: true,
      signal,
    });
    expect([seen, await readdir(dataDir)]).toEqual([[true], []]);
  });

  it('stops when the server stops, and does not count an aborted task as failed', async () => {
    const stop = new AbortController();
    const upkeep = upkeepOf([
      task('logs'),
      task('performance', () => {
        stop.abort(new Cancelled('server stops'));
        return Promise.reject(new ChorusError('device.unreachable', 'gone'));
      }),
    ]);
    await expect(upkeep.run({ waitIdleMs: 0, dryRun: false, signal: stop.signal })).rejects.toThrow('server stops');
    expect(upkeep.running).toBe(false);
    expect((await upkeep.records()).map(({ name }) => name)).toEqual(['logs']);
  });

  it('continues with the next task if a task was cancelled for another reason', async () => {
    const upkeep = upkeepOf([
      task('performance', () => Promise.reject(new Cancelled('a request was given up'))),
      task('logs'),
    ]);
    const records = await upkeep.run({ waitIdleMs: 0, dryRun: false, signal });
    expect(records.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['performance', 'failed'],
      ['logs', 'done'],
    ]);
  });

  it('runs only the requested tasks', async () => {
    const upkeep = upkeepOf([task('leftovers'), task('logs'), task('memory')]);
    expect(
      (await upkeep.run({ tasks: ['logs'], waitIdleMs: 0, dryRun: false, signal })).map(({ name }) => name),
    ).toEqual(['logs']);
  });
});

describe('the record of the upkeep', () => {
  it('is ignored if damaged, and written again', async () => {
    await writeFile(join(dataDir, 'upkeep.json'), '{"version":1,"tasks":[{');
    expect(await readRecords(dataDir)).toEqual([]);
    await writeRecords(dataDir, [{ name: 'logs', startedAtMs: 1, tookMs: 2, outcome: 'done', said: ok.said }]);
    expect(await readRecords(dataDir)).toHaveLength(1);
    expect(await readdir(dataDir)).toEqual(['upkeep.json']);
  });
});

describe('the tasks', () => {
  const calls: string[] = [];
  const store: StoreUpkeep = {
    check: () => (calls.push('check'), Promise.resolve([])),
    backup: (keep) => (calls.push(`backup ${keep}`), Promise.resolve({ file: 'b.db', bytes: 5_000_000 })),
    pruneHistory: (beforeMs, _signal, keepTurns) => (calls.push(`prune ${beforeMs} ${keepTurns}`), Promise.resolve(3)),
    pruneAudio: ({ beforeMs, maxBytes }) => (calls.push(`audio ${beforeMs} ${maxBytes}`), Promise.resolve(2)),
    vacuum: () => (calls.push('vacuum'), Promise.resolve({ beforeBytes: 20_000_000, afterBytes: 12_300_000 })),
  };
  const parts = (change: Partial<TaskParts> = {}): TaskParts => ({
    clock: new FakeClock(),
    dataDir,
    temporaryDir: undefined,
    uid: undefined,
    leftoversOlderThanMs: 1000,
    log: { dataDir, file: 'chorus.log', maxBytes: 1_000_000, count: 3 },
    backUpConfig: () => (calls.push('config'), Promise.resolve({ id: '20261125_040000', kept: 4 })),
    store,
    storeCopies: 10,
    historyBeforeMs: 77,
    audioLimits: { beforeMs: 78, maxBytes: 79 },
    historyTurns: 5,
    checkPerformance: () => (
      calls.push('performance'),
      Promise.resolve({ sentence: { en: 'All held.', zh: '都达到了。' }, file: 'r.html', missed: false })
    ),
    memory: { growing: () => [], watchedHours: () => 30 },
    ...change,
  });
  const run = async (change: Partial<TaskParts> = {}, dryRun = false): Promise<readonly string[]> => {
    calls.length = 0;
    const records = await upkeepOf(upkeepTasks(parts(change))).run({ waitIdleMs: 0, dryRun, signal });
    return records.map(({ name, outcome, said }) => `${name} ${outcome}: ${said.en} | ${said.zh}`);
  };

  it('report their work in both languages, and copy the database before they compact it', async () => {
    expect(await run()).toEqual([
      'leftovers done: Nothing was left behind. | 没有残留文件。',
      'logs done: 0 log files, 0.0 MB. | 0 个日志文件，共 0.0 MB。',
      'config_backup done: Kept as 20261125_040000; 4 copies are there. | 已备份为 20261125_040000，共有 4 个备份。',
      'store_check done: The database is in order. | 数据库完好。',
      'store_backup done: Copied to b.db, 5.0 MB. | 已复制到 b.db，5.0 MB。',
      'history done: 3 turns that were too old were removed. 2 recordings were removed. | 已删除 3 条过期的对话记录。已删除 2 段录音。',
      'store_vacuum done: 20 MB before, 12 MB after. | 整理前 20 MB，整理后 12 MB。',
      'memory done: No process grows steadily (watched for 30 hours). | 没有进程的内存持续增长（已观察 30 小时）。',
      'performance done: All held. Report: r.html | 都达到了。 报告：r.html',
    ]);
    expect(calls).toEqual(['config', 'check', 'backup 10', 'prune 77 5', 'audio 78 79', 'vacuum', 'performance']);
  });

  it('change nothing in a dry run', async () => {
    const said = await run({}, true);
    expect(said.filter((line) => line.includes('Would be done'))).toHaveLength(5);
    expect(calls).toEqual(['check']);
  });

  it('give the reason if there was nothing to do', async () => {
    const said = await run({
      log: undefined,
      backUpConfig: () => Promise.resolve(undefined),
      checkPerformance: undefined,
      memory: undefined,
    });
    expect(said.filter((line) => line.includes(' skipped: ')).map((line) => line.split(' ')[0])).toEqual([
      'logs',
      'config_backup',
      'memory',
      'performance',
    ]);
    expect((await run({ checkPerformance: 'off' })).at(-1)).toContain('Switched off');
  });

  it('ask for attention after damage, growth, or a missed target', async () => {
    const growth = {
      name: 'asr',
      pid: 7,
      sizeBytes: 500e6,
      bytesPerHour: 12e6,
      lowBytesPerHour: 10e6,
      highBytesPerHour: 14e6,
      hours: 9,
    };
    const said = await run({
      store: { ...store, check: () => Promise.resolve(['row 7 is missing']) },
      memory: { growing: () => [growth], watchedHours: () => 9 },
      checkPerformance: () =>
        Promise.resolve({ sentence: { en: 'One was missed.', zh: '一个没达到。' }, file: 'r.html', missed: true }),
    });
    expect(said.filter((line) => line.includes(' attention: ') || line.includes(' failed: '))).toEqual([
      expect.stringMatching(/^store_check failed: Failed: The database is damaged: row 7 is missing/),
      expect.stringMatching(
        new RegExp(
          String.raw`^memory attention: The process asr \(7\) grows by 12 MB an hour ` +
            String.raw`\(95 %: 10 MB to 14 MB\), for 9 hours; it has 500 MB now`,
        ),
      ),
      expect.stringMatching(/^performance attention: One was missed/),
    ]);
  });

  it('remove log files beyond the present count, and notice that another program fills the log', async () => {
    for (const name of [
      'chorus.log',
      'chorus.1.log',
      'chorus.2.log',
      'chorus.3.log',
      'chorus.17.log',
      'chorus.x.log',
      'other.4.log',
    ])
      await writeFile(join(dataDir, name), 'x'.repeat(1000));
    expect((await run())[1]).toContain('3 log files, 0.0 MB; 2 beyond log.file_count removed.');
    expect((await readdir(dataDir)).filter((name) => name.endsWith('.log')).toSorted()).toEqual([
      'chorus.1.log',
      'chorus.2.log',
      'chorus.log',
      'chorus.x.log',
      'other.4.log',
    ]);
    await writeFile(join(dataDir, 'chorus.log'), Buffer.alloc(7_000_000));
    expect((await run())[1]).toMatch(/^logs attention: The log takes 7.0 MB/);
    expect((await readFile(join(dataDir, 'chorus.log'))).byteLength).toBe(7_000_000);
  });
});

it('keepNewest keeps the newest reports, each page together with its data', async () => {
  for (const day of ['21', '22', '23'])
    for (const ending of ['html', 'json'])
      await writeFile(join(dataDir, `daily_report_202611${day}_040000.${ending}`), day);
  await writeFile(join(dataDir, 'performance_report_20261101_120000.html'), 'mine');
  const removed = await keepNewest(await filesOf(dataDir, /^daily_report_/), 2, (name) => name.replace(/\.\w+$/, ''));
  expect(removed.map(({ name }) => name).toSorted()).toEqual([
    'daily_report_20261121_040000.html',
    'daily_report_20261121_040000.json',
  ]);
  expect(await readdir(dataDir)).toHaveLength(5);
});
