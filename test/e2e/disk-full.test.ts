import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeConfig } from '../../src/config/index.js';
import { TinyDisk } from '../fakes/tiny-disk.js';
import { ask, expectNothingLeft, ScriptedServer } from './scripted-server.js';

/** Tests the files that a running server writes: the devices' database, the log and the configuration. */
describe.skipIf(!TinyDisk.possible())('a data folder on a full disk', () => {
  let disk: TinyDisk;
  let folder: string;
  let scripted: ScriptedServer;

  beforeAll(async () => {
    disk = TinyDisk.mount(8);
    folder = join(disk.folder, 'data');
    scripted = await ScriptedServer.start({ 'log.file': 'chorus.log', 'log.level': 'warn' }, folder);
  }, 90_000);
  afterAll(async () => {
    await scripted.stop();
    disk.unmount();
  });

  it('ends no conversation, keeps existing data, and recovers when there is free space', async () => {
    const { server } = scripted;
    const config = join(folder, 'config.yaml');
    await writeConfig({ file: config, values: new Map([['server.port', 8001]]) });
    const before = await readFile(config, 'utf8');
    const known = server.identity();
    const device = await server.raw({ identity: known });
    await device.reply(await ask(device));

    disk.fill();
    await device.reply(await ask(device));
    // A known device is still served, but a new device cannot be stored.
    device.vanish();
    const again = await server.raw({ identity: known });
    await again.reply(await ask(again));
    await expect(server.raw()).rejects.toThrow('has a problem of its own (HTTP 500)');
    await expect(writeConfig({ file: config, values: new Map([['server.port', 8002]]) })).rejects.toMatchObject({
      code: 'data.disk_full',
    });
    expect(await readFile(config, 'utf8')).toBe(before);
    await again.reply(await ask(again));
    expect([...device.heard(), ...again.heard()]).toHaveLength(4);
    const readyz = (): Promise<Response> => fetch(`http://127.0.0.1:${server.running.port}/readyz`);
    const full = await readyz();
    expect([full.status, await full.json()]).toMatchObject([
      200,
      { ready: true, details: { unwritable: { code: 'data.disk_full' } } },
    ]);

    disk.free();
    const late = await server.raw();
    await late.reply(await ask(late));
    expect(await (await readyz()).json()).not.toHaveProperty('details.unwritable');
    await writeConfig({ file: config, values: new Map([['server.port', 8002]]) });
    await expectNothingLeft(scripted);
  }, 60_000);
});
