import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLocalToken } from '../../src/http/index.js';
import { checkStore } from '../../src/platform/store/index.js';
import { reply } from '../fakes/llm-server.js';
import { PASSWORD, PostgresServer, postgresMissing } from '../fakes/postgres-server.js';
import { describeWith } from '../fakes/required.js';
import { ask, ScriptedServer } from './scripted-server.js';

describeWith(postgresMissing, 'a server on PostgreSQL', () => {
  let database: PostgresServer;
  let url = '';
  let scripted: ScriptedServer;
  const base = (): string => `http://127.0.0.1:${scripted.server.running.port}`;
  const ready = async (): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${base()}/readyz`);
    return { status: response.status, text: await response.text() };
  };
  beforeAll(async () => {
    database = await PostgresServer.start();
    url = await database.newDatabase();
    scripted = await ScriptedServer.start({
      'store.url': url,
      'store.timeout_ms': '2000',
      'history.transcripts': 'true',
      'log.level': 'warn',
      'log.file': 'chorus.log',
      'log.format': 'json',
    });
  }, 120_000);
  afterAll(async () => {
    await scripted.stop();
    await database.stop();
  });

  it('loses its database: connected devices continue, new ones must retry, and readyz gives the reason', async () => {
    const { server, llm } = scripted;
    llm.script(reply('All right.'));
    const device = await server.raw();
    await device.reply(await ask(device));
    expect((await ready()).status).toBe(200);

    await database.halt();
    await expect.poll(async () => (await ready()).status, { timeout: 20_000 }).toBe(503);
    const lost = await ready();
    expect(JSON.parse(lost.text)).toMatchObject({
      ready: false,
      details: { starting: ['database'], store: { code: 'store.unreachable', sinceMs: expect.any(Number) as number } },
    });
    expect(lost.text).not.toContain(PASSWORD);
    const mark = await ask(device);
    await device.reply(mark);
    expect(device.packets(mark).length).toBeGreaterThan(0);
    await expect(server.raw()).rejects.toMatchObject({ code: 'device.refused' });
    expect((await fetch(`${base()}/healthz`)).status).toBe(200);
    const headers = { authorization: `Bearer ${(await readLocalToken(server.dataDir)) ?? ''}` };
    const shown = async (): Promise<unknown> =>
      (
        (await fetch(`${base()}/api/v1/turns`, { headers }).then((response) => response.json())) as {
          turns: { id: unknown }[];
        }
      ).turns.map(({ id }) => id);
    await expect.poll(shown, { timeout: 20_000 }).toEqual([1, 2]);

    await database.resume();
    await expect.poll(async () => (await ready()).status, { timeout: 20_000 }).toBe(200);
    const other = await server.raw();
    await other.reply(await ask(other));
    // The turn that took place without a database is stored as well.
    const turns = async (): Promise<readonly Record<string, unknown>[]> =>
      database.query(url, 'select outcome, user_text from turns order by at_ms');
    await expect.poll(async () => (await turns()).length, { timeout: 60_000 }).toBe(3);
    expect(
      (await turns()).every(
        ({ outcome, user_text: text }) => outcome === 'answered' && typeof text === 'string' && text.length > 0,
      ),
    ).toBe(true);
    expect((await checkStore({ dataDir: server.dataDir, url })).rows).toMatchObject({ devices: 2, turns: 3 });
    for (const one of server.raws) one.vanish();
  }, 120_000);

  it('wrote its password nowhere', async () => {
    const { dataDir } = scripted.server;
    const files = (await readdir(dataDir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name)).toContain('chorus.log');
    for (const file of files)
      expect((await readFile(join(file.parentPath, file.name), 'latin1')).includes(PASSWORD), file.name).toBe(false);
    expect(files.map(({ name }) => name)).not.toContain('chorus.db');
  });
});
