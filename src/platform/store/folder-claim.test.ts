import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeProgram } from '../../../test/compiled.js';
import { claimDataFolder, findServer } from './folder-claim.js';

let folder = '';
let holder: ChildProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-claim-'));
});
afterEach(async () => {
  holder?.kill('SIGKILL');
  holder = undefined;
  await rm(folder, { recursive: true, force: true });
});

const record = { pid: 4711, port: 8001, url: 'http://127.0.0.1:8001/', startedAt: '2026-11-25T12:00:00.000Z' };

async function holdElsewhere(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [fakeProgram('folder-holder'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

describe('the claim on a data folder', () => {
  it('refuses a second server, states where the first one runs, and leaves an empty file', async () => {
    const claim = await claimDataFolder(folder);
    expect(await findServer(folder)).toBeUndefined();
    await expect(claimDataFolder(folder)).rejects.toMatchObject({ code: 'data.in_use', details: { folder } });
    await claim.announce(record);
    expect(await findServer(folder)).toEqual(record);
    await expect(claimDataFolder(folder)).rejects.toMatchObject({
      code: 'data.in_use',
      details: { folder, pid: 4711, url: record.url },
    });
    await claim.release();
    expect(await findServer(folder)).toBeUndefined();
    expect(await readdir(folder)).toEqual(['server.lock']);
    await (await claimDataFolder(folder)).release();
  });

  it('ends with its process, however it died, so the next start need not wait', async () => {
    holder = await holdElsewhere();
    expect(await findServer(folder)).toMatchObject({ port: 8123, pid: holder.pid });
    await expect(claimDataFolder(folder)).rejects.toMatchObject({ code: 'data.in_use' });
    const died = once(holder, 'exit');
    holder.kill('SIGKILL');
    await died;
    await access(join(folder, 'server.json'));
    expect(await findServer(folder)).toBeUndefined();
    await (await claimDataFolder(folder)).release();
  }, 20_000);

  it('does not trust an invalid address', async () => {
    const claim = await claimDataFolder(folder);
    await writeFile(join(folder, 'server.json'), '{"pid": 1, "port":');
    expect(await findServer(folder)).toBeUndefined();
    await claim.release();
  });
});
