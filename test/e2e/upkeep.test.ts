import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CliContext } from '../../src/cli/context.js';
import { MESSAGES } from '../../src/cli/words/index.js';
import { runProgram } from '../../src/cli/program.js';
import { systemClock, type UiLanguage } from '../../src/core/index.js';
import { connect } from '../../src/platform/store/database-open.js';
import { migrate, schemaState } from '../../src/platform/store/migrations.js';
import { newDataFolder } from './prepared-phrases.js';
import { ServerUnderTest } from './server.js';

/** Runs a `chorus` command in this process. Returns its exit code and output. */
async function chorus(
  argv: readonly string[],
  language: UiLanguage = 'en',
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = '';
  let err = '';
  const context: CliContext = {
    language,
    words: MESSAGES[language],
    env: {},
    clock: systemClock,
    terminal: false,
    colours: picocolors.createColors(false),
    interrupted: new AbortController().signal,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
  };
  const code = await runProgram(argv, context).catch((error: unknown) => {
    err += String(error);
    return -1;
  });
  return { code, out, err };
}

async function leftover(dataDir: string): Promise<void> {
  const path = join(dataDir, '.config.yaml.4711.tmp');
  await writeFile(path, 'half');
  const old = new Date(Date.now() - 48 * 3_600_000);
  await utimes(path, old, old);
}

describe('upkeep in the running server', () => {
  let server: ServerUnderTest;
  beforeAll(async () => {
    const dataDir = await newDataFolder('chorus-upkeep-');
    await writeFile(join(dataDir, 'config.yaml'), 'upkeep:\n  check_seconds: 1\n  at: 04:00\n  weekly_restart: off\n');
    server = await ServerUnderTest.start({ 'log.file': 'chorus.log', 'log.level': 'info' }, true, dataDir);
  }, 60_000);
  afterAll(() => server.stop());

  it('does all tasks, reports them in words, and records them', async () => {
    const { dataDir } = server;
    await leftover(dataDir);
    const fresh = await chorus(['upkeep', '--status', '--data', dataDir]);
    expect(fresh.out).toMatch(/leftovers .* not yet/);
    expect(fresh.out).toMatch(/Next: /);
    const run = await chorus(['upkeep', '--data', dataDir]);
    expect(run, run.out).toMatchObject({ code: 0 });
    expect(run.out).toContain('Removed 1 file or folder, 0.0 MB.');
    expect(run.out).toMatch(/logs .* done .*\n {2}1 log file, /);
    expect(run.out).toMatch(/config_backup .* done .*\n {2}Kept as \d{8}_\d{6}/);
    expect(run.out).toContain('The database is in order.');
    expect(run.out).toMatch(/store_backup .* done .*\n {2}Copied to .*chorus\.\d{8}_\d{6}/);
    expect(run.out).toMatch(/memory .* done .*\n {2}Watched for 0\.0 hours/);
    expect(run.out).toMatch(/performance .* (?:done|look at it) .*\n {2}.* Report: .*daily_report_\d{8}_\d{6}\.html/);
    expect(await readdir(join(dataDir, 'reports'))).toHaveLength(2);
    expect((await readdir(join(dataDir, 'backups'))).length).toBeGreaterThanOrEqual(2);
    const status = await chorus(['upkeep', '--status', '--json', '--data', dataDir], 'zh');
    const { tasks, running } = JSON.parse(status.out) as {
      readonly running: boolean;
      readonly tasks: readonly { readonly name: string; readonly outcome?: string }[];
    };
    expect(running).toBe(false);
    expect(tasks.map(({ name }) => name)).toEqual([
      'leftovers',
      'logs',
      'config_backup',
      'store_check',
      'store_backup',
      'history',
      'store_vacuum',
      'memory',
      'performance',
    ]);
    expect(tasks.filter(({ outcome }) => outcome === undefined || outcome === 'failed')).toEqual([]);
    expect(await readFile(join(dataDir, 'chorus.log'), 'utf8')).toMatch(
      /"task":"leftovers","outcome":"done".*"msg":"upkeep"/,
    );
  }, 60_000);

  it('knows its tasks, and does nothing without the secret', async () => {
    const unknown = await chorus(['upkeep', 'dishes', '--data', server.dataDir]);
    expect(unknown.code).toBe(-1);
    expect(unknown.err).toContain('there is no task dishes; there are leftovers, logs,');
    for (const [method, path] of [
      ['POST', 'upkeep'],
      ['GET', 'upkeep'],
      ['POST', 'drain'],
    ] as const) {
      const answer = await fetch(`http://127.0.0.1:${server.running.port}/api/v1/${path}`, { method });
      expect([path, answer.status]).toEqual([path, 401]);
    }
  });

  it('refuses a request with a wrong secret, with a message', async () => {
    const file = join(server.dataDir, 'local-token');
    const own = await readFile(file, 'utf8');
    await writeFile(file, 'A'.repeat(43));
    for (const command of [['drain'], ['upkeep'], ['admin', 'password', '--reset']]) {
      const { code, err } = await chorus([...command, '--data', server.dataDir], 'zh');
      expect([command, code, err]).toEqual([command, -1, expect.stringContaining('本机令牌不对')]);
    }
    await writeFile(file, own);
  });

  it('reports planned changes in a dry run without making them', async () => {
    await leftover(server.dataDir);
    const { code, out } = await chorus(
      ['upkeep', '--dry-run', 'leftovers', 'store-vacuum', 'memory', '--data', server.dataDir],
      'zh',
    );
    expect(code).toBe(0);
    expect(out).toContain('将删除 1 个文件或文件夹');
    expect(out).toContain('会执行。');
    expect(out).toMatch(/^leftovers {6}清理残留文件 {2}完成 {2}/m);
    expect(out).toMatch(/memory .*\n {2}由正在运行的服务器来做。/);
    expect(await readdir(server.dataDir)).toContain('.config.yaml.4711.tmp');
  });
});

describe('upkeep without a server', () => {
  it('leaves the database of an older version unchanged in a dry run', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'chorus-upkeep-'));
    const old = await connect({ dataDir });
    await migrate(old, undefined, '0001-devices');
    const run = await chorus(['upkeep', '--dry-run', '--data', dataDir]);
    expect(run, run.err).toMatchObject({ code: 0 });
    expect(run.out).toContain('The database is in order.');
    expect((await schemaState(old)).at).toBe('0001-devices');
    await old.destroy();
    expect(await readdir(dataDir)).not.toContain('backups');
    await rm(dataDir, { recursive: true });
  }, 30_000);

  it('does tasks that need no server, and keeps servers off the folder meanwhile', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'chorus-upkeep-'));
    await mkdir(dataDir, { recursive: true });
    await writeFile(join(dataDir, 'config.yaml'), 'log:\n  level: warn\n');
    await leftover(dataDir);
    const run = await chorus(['upkeep', '--json', '--data', dataDir]);
    expect(run, run.err).toMatchObject({ code: 0 });
    const lines = JSON.parse(run.out) as readonly { readonly name: string; readonly outcome: string }[];
    expect(lines.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'leftovers done',
      'logs skipped',
      'config_backup done',
      'store_check done',
      'store_backup done',
      'history done',
      'store_vacuum done',
      'memory skipped',
      'performance skipped',
    ]);
    expect(await readdir(dataDir)).not.toContain('.config.yaml.4711.tmp');
    expect((await chorus(['upkeep', '--status', '--data', dataDir])).out).toMatch(
      /memory .* left out .*\n {2}Not done: that needs a running server\./,
    );
    await rm(dataDir, { recursive: true });
  }, 30_000);
});
