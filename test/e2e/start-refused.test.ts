import type * as ChildProcesses from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config/index.js';
import { startServer, type RunningServer } from '../../src/main.js';
import { newDataFolder } from './prepared-phrases.js';

const spawned = vi.hoisted((): string[] => []);
vi.mock('node:child_process', async (original) => {
  const real = await original<typeof ChildProcesses>();
  return {
    ...real,
    spawn: (command: string, args: readonly string[], options: object) => {
      spawned.push([command, ...args].join(' '));
      return real.spawn(command, args, options);
    },
  };
});

/** Each obstacle is found before the server starts anything. */
describe('a server that cannot start', () => {
  let folder = '';
  let first: RunningServer | undefined;
  let other: Server | undefined;
  beforeEach(async () => {
    folder = await newDataFolder('chorus-refused-');
    spawned.length = 0;
  });
  afterEach(async () => {
    await first?.drain('test over');
    await new Promise((resolve) => (other === undefined ? resolve(undefined) : other.close(resolve)));
    first = other = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  async function start(dataDir: string, port = 0): Promise<RunningServer> {
    const settings = {
      'server.host': '127.0.0.1',
      'server.port': String(port),
      'models.auto_pull': 'false',
      'log.level': 'error',
      'tts.provider': 'flite',
    };
    const loaded = await loadConfig({
      dataDir,
      env: {},
      flags: Object.entries(settings).map(([key, text]) => ({ flag: '--set', key, text })),
    });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
    return startServer({ config: loaded.config, dataDir });
  }

  it('starts no child process and releases the folder, if its port is in use', async () => {
    other = createServer();
    await new Promise<void>((resolve) => other?.listen(0, '127.0.0.1', resolve));
    await expect(start(folder, (other.address() as AddressInfo).port)).rejects.toMatchObject({
      code: 'server.port_in_use',
    });
    expect(spawned).toEqual([]);
    first = await start(folder);
    expect(spawned.length).toBeGreaterThan(0);
    // The first start failed before it showed the page's password, so the password is made and shown now.
    expect(first.newPassword).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
  }, 30_000);

  it('names its data folder, if it cannot be used', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(start(join(folder, 'file', 'data'))).rejects.toMatchObject({ code: 'data.not_writable' });
    expect(spawned).toEqual([]);
  });

  it('names the other server, which keeps running, if that uses the data folder', async () => {
    first = await start(folder);
    await first.ready;
    spawned.length = 0;
    const refused = start(folder);
    await expect(refused).rejects.toMatchObject({
      code: 'data.in_use',
      details: { pid: process.pid, url: `http://127.0.0.1:${first.port}/` },
    });
    await expect(refused).rejects.toThrow(folder);
    expect(spawned).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${first.port}/readyz`)).status).toBe(200);
    await first.drain('over');
    expect(await readdir(folder)).not.toContain('server.json');
    first = await start(folder);
  }, 60_000);
});
