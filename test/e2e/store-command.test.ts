import { readdirSync, statSync } from 'node:fs';
import { chown, mkdir, mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportFailure } from '../../src/cli/failure.js';
import { MESSAGES } from '../../src/cli/words/index.js';
import { runProgram } from '../../src/cli/program.js';
import { systemClock, type UiLanguage } from '../../src/core/index.js';
import { claimDataFolder, openStore } from '../../src/platform/store/index.js';
import { fill, seeDevices, snapshot, turnOf } from '../fakes/filled-store.js';

let folder = '';
let dataDir = '';
beforeEach(async () => {
  folder = dataDir = await mkdtemp(join(tmpdir(), 'chorus-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function chorus(
  args: readonly string[],
  language: UiLanguage = 'en',
  env: Readonly<Record<string, string>> = {},
  interrupted = new AbortController().signal,
): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const context = {
    language,
    words: MESSAGES[language],
    env,
    clock: systemClock,
    terminal: false,
    colours: picocolors.createColors(false),
    interrupted,
    out: (text: string) => void (said.out += text),
    err: (text: string) => void (said.err += text),
  };
  const code = await runProgram(['store', ...args, '--data', dataDir], context).catch((error: unknown) =>
    reportFailure(error, context),
  );
  return { code, ...said };
}

describe('chorus store', () => {
  it('copies, lists, restores by id and checks, as text and as JSON', async () => {
    expect(await chorus(['check'])).toMatchObject({ code: 0, out: expect.stringContaining('is empty') as string });
    expect(await chorus(['list'])).toMatchObject({ code: 0, out: 'There is no copy yet.\n' });
    const store = await openStore({ dataDir });
    await fill(store);
    const before = await snapshot(store);
    const made = await chorus(['backup', '--json']);
    const { id, file } = JSON.parse(made.out) as { readonly id: string; readonly file: string };
    expect(made.code).toBe(0);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await store.forget('a0:85:e3:f4:49:34');
    await store.close();
    expect((await chorus(['list'])).out).toContain(`${id}  0.`);
    const restored = await chorus(['restore', id]);
    expect(restored).toMatchObject({ code: 0, err: '' });
    expect(restored.out).toMatch(
      /^Restored into .+chorus\.db:\n {2}devices: 3\n(.+\n)+What was there before is in .+\.\n$/,
    );
    const again = await openStore({ dataDir });
    expect(await snapshot(again)).toEqual(before);
    await again.close();
    expect((await chorus(['check'])).out).toMatch(/in order\.\nSchema \d{4}-\S+, \d+\.\d MB\n {2}devices: 3\n/);
    expect(JSON.parse((await chorus(['check', '--json'])).out)).toMatchObject({
      engine: 'libsql',
      problems: [],
      pending: [],
      rows: { turns: 1203 },
    });
    expect(JSON.parse((await chorus(['list', '--json'])).out)).toHaveLength(2);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'gives the folder of copies to the user of the server if root creates it',
    async () => {
      await (await openStore({ dataDir })).close();
      await chown(dataDir, 12_345, 54_321);
      expect(await chorus(['backup'])).toMatchObject({ code: 0 });
      expect(await stat(join(dataDir, 'backups'))).toMatchObject({ uid: 12_345, gid: 54_321 });
    },
  );

  it('writes lines of JSON to a new file, and restores them', async () => {
    const store = await openStore({ dataDir });
    await fill(store);
    await store.close();
    const out = join(dataDir, 'all.jsonl');
    expect(await chorus(['backup', '--portable', '--out', out], 'zh')).toMatchObject({
      code: 0,
      out: expect.stringContaining('已备份到') as string,
    });
    expect(await chorus(['backup', '--portable', '--out', out])).toMatchObject({
      code: 4,
      err: expect.stringContaining('exists already') as string,
    });
    expect(await chorus(['restore', out], 'zh')).toMatchObject({
      code: 0,
      out: expect.stringContaining('设备：3') as string,
    });
  });

  it('refuses with a code and a remedy: a running server, an invalid or damaged file, a damaged database', async () => {
    const store = await openStore({ dataDir });
    await fill(store);
    await store.close();
    await chorus(['backup']);
    const claim = await claimDataFolder(dataDir);
    const [{ id, file }] = JSON.parse((await chorus(['list', '--json'])).out) as [
      { readonly id: string; readonly file: string },
    ];
    expect(await chorus(['restore', id])).toMatchObject({
      code: 4,
      err: expect.stringContaining('[data.in_use]') as string,
    });
    await claim.release();
    expect(await chorus(['restore', 'nonsense'])).toMatchObject({
      code: 4,
      err: expect.stringContaining('chorus store list') as string,
    });
    await truncate(file, 50_000);
    for (const [language, words] of [
      ['en', 'cannot be restored'],
      ['zh', '不是数据库备份'],
    ] as const) {
      const refused = await chorus(['restore', id], language);
      expect(refused).toMatchObject({ code: 4, err: expect.stringContaining(words) as string });
      expect(refused.err).toContain('[store.bad_backup]');
    }
    // The damaged database is in another folder, because this process may still write to the one that it has open.
    dataDir = await mkdtemp(join(dataDir, 'other-'));
    await writeFile(join(dataDir, 'chorus.db'), 'this is not a database, but something of another kind'.repeat(50));
    expect(await chorus(['check'])).toMatchObject({ code: 4, out: expect.stringContaining('is damaged') as string });
    expect(await chorus(['check', '--json'])).toMatchObject({
      code: 4,
      out: expect.stringContaining('file is not a database') as string,
    });
  });

  it('reports an interrupted copy, and leaves no file of it', async () => {
    const store = await openStore({ dataDir });
    await seeDevices(store);
    await store.history.keepTurns(
      Array.from({ length: 100 }, (_, n) => ({ ...turnOf(n), userText: 'x'.repeat(100_000) })),
    );
    await store.close();
    const backups = join(dataDir, 'backups');
    await mkdir(backups);
    const growing = (part: string): boolean =>
      readdirSync(backups).some((name) => name.includes(part) && statSync(join(backups, name)).size > 0);
    for (const [args, part, language, words] of [
      [['backup'], '.tmp', 'en', 'no copy was made'],
      [['backup', '--portable'], '.copy.', 'zh', '没有生成备份'],
      [['backup', '--portable'], '.chorus.2', 'en', 'no copy was made'],
      [['check'], '', 'en', 'was not looked through'],
    ] as const) {
      const stop = new AbortController();
      const said = chorus(args, language, {}, stop.signal);
      if (part !== '') while (!growing(part)) await new Promise(setImmediate);
      stop.abort();
      expect(await said, args.join(' ')).toMatchObject({
        code: 130,
        out: '',
        err: expect.stringContaining(words) as string,
      });
      expect(readdirSync(backups)).toEqual([]);
    }
    expect(await chorus(['backup'])).toMatchObject({ code: 0 });
  }, 30_000);

  it('never prints the password of a database server that does not answer', async () => {
    for (const args of [['check'], ['backup'], ['restore', join(dataDir, 'none')]]) {
      const result = await chorus(args, 'en', {
        CHORUS_STORE__URL: 'postgres://chorus:planted-password@127.0.0.1:1/chorus',
      });
      expect(result.code).toBe(4);
      expect(JSON.stringify(result)).not.toContain('planted-password');
    }
  });
});
