import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-code.js';
import { reportFailure } from '../../src/cli/failure.js';
import { MESSAGES } from '../../src/cli/words/index.js';
import { runProgram } from '../../src/cli/program.js';
import { systemClock, type UiLanguage } from '../../src/core/index.js';
import { fleetIdentity } from '../../src/measure/fleet/index.js';
import { placeOf } from '../../src/device/firmware/offer.js';
import { readLocalToken } from '../../src/http/index.js';
import { elfSha256Of, firmwareImage } from '../fakes/firmware-image.js';
import { UpdatingDevice, type Boot } from '../fakes/updating-device.js';
import { ServerUnderTest } from './server.js';

const BOARD = 'chorus-simulated';

interface Listed {
  readonly id: string;
  readonly version: string;
  readonly rollout: {
    readonly state: string;
    readonly share: number;
    readonly devices: readonly string[];
    readonly force: boolean;
    readonly offered: number;
    readonly arrived: number;
    readonly returned: number;
    readonly reason?: { readonly en: string; readonly zh: string };
  };
}

describe('firmware updates of a real server', () => {
  let server: ServerUnderTest;
  let folder: string;
  let token: string;
  beforeAll(async () => {
    server = await ServerUnderTest.start({ 'firmware.wave': '20', 'firmware.download_kb_per_s': '1000000' }, false);
    folder = await mkdtemp(join(tmpdir(), 'chorus-images-'));
    token = (await readLocalToken(server.dataDir)) ?? '';
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }, 90_000);

  async function chorus(
    args: readonly string[],
    language: UiLanguage = 'en',
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
    const said = { out: '', err: '' };
    const context = {
      language,
      words: MESSAGES[language],
      env: {},
      clock: systemClock,
      out: (text: string) => void (said.out += text),
      err: (text: string) => void (said.err += text),
      terminal: false,
      colours: picocolors.createColors(false),
      interrupted: new AbortController().signal,
    };
    const code = await runProgram([...args, '--data', server.dataDir], context).catch((error: unknown) =>
      reportFailure(error, context),
    );
    return { code, ...said };
  }
  async function image(version: string, build: string): Promise<string> {
    const file = join(folder, `${version}-${build}.bin`);
    await writeFile(file, firmwareImage({ version, build, segmentBytes: [300_000, 50_000] }));
    return file;
  }
  async function add(version: string, build: string, ...more: string[]): Promise<string> {
    const { code, out, err } = await chorus([
      'firmware',
      'add',
      await image(version, build),
      '--board',
      BOARD,
      ...more,
      '--json',
    ]);
    expect([code, err]).toEqual([EXIT.ok, '']);
    return (JSON.parse(out) as { firmware: Listed }).firmware.id;
  }
  const listed = async (id: string): Promise<Listed> => {
    const found = (JSON.parse((await chorus(['firmware', 'list', '--json'])).out) as Listed[]).find(
      (one) => one.id === id,
    );
    if (!found) throw new Error(`no firmware ${id}`);
    return found;
  };
  const device = (n: number, build: string, works = true, board = BOARD): UpdatingDevice =>
    new UpdatingDevice(
      server.otaUrl,
      { ...fleetIdentity(n, 'en-US'), board },
      () => (works ? elfSha256Of(build) : undefined),
      token,
    );
  const installed = (boots: readonly Boot[]): number => boots.filter(({ kind }) => kind === 'installed').length;

  it('reach a share of ten devices, then all of them, and never another board', async () => {
    const id = await add('2.5.0', 'good');
    const ten = Array.from({ length: 10 }, (_, i) => device(100 + i, 'good'));
    const stranger = device(150, 'good', true, 'another-board');
    expect(installed(await Promise.all(ten.map((one) => one.boot())))).toBe(0);
    expect((await chorus(['firmware', 'rollout', id.slice(0, 5), '--share', '40%'])).out).toContain('40% of the board');
    const early = ten.filter(({ identity }) => placeOf(id, identity.deviceId) < 0.4);
    const boots = await Promise.all([...ten, stranger].map((one) => one.boot()));
    expect(boots.map(({ kind }) => kind)).toEqual([
      ...ten.map((one) => (early.includes(one) ? 'installed' : 'nothing')),
      'nothing',
    ]);
    const hashes = new Set(boots.flatMap((boot) => (boot.kind === 'installed' ? [boot.sha256] : [])));
    expect([...hashes].map((hash) => `${hash}.bin`)).toEqual(
      early.length > 0 ? await readdir(join(server.dataDir, 'firmware')) : [],
    );
    // They boot with the image, ask again, and are offered nothing more.
    expect(installed(await Promise.all(early.map((one) => one.boot())))).toBe(0);
    expect((await listed(id)).rollout).toMatchObject({ offered: early.length, arrived: early.length });
    await chorus(['firmware', 'rollout', id, '--share', '1']);
    expect(installed(await Promise.all(ten.map((one) => one.boot())))).toBe(10 - early.length);
    expect(installed(await Promise.all([...ten, stranger].map((one) => one.boot())))).toBe(0);
    expect((await listed(id)).rollout).toMatchObject({ state: 'offered', offered: 10, arrived: 10, returned: 0 });
    for (const one of ten)
      expect([one.identity.firmwareVersion, one.reply?.violations, one.reply?.websocket?.token === '']).toEqual([
        '2.5.0',
        [],
        false,
      ]);
  }, 60_000);

  it('are halted and reported when devices come back without them; the others keep their version', async () => {
    const id = await add('2.6.0', 'bad', '--share', '1');
    const ten = Array.from({ length: 10 }, (_, i) => device(200 + i, 'bad', false));
    const [first, second, third, ...others] = ten;
    if (!first || !second || !third) throw new Error('no devices');
    expect(installed(await Promise.all([first, second, third].map((one) => one.boot())))).toBe(3);
    // On these devices, the boot loader went back to the previous image.
    for (const one of [first, second, third]) await one.ask();
    expect((await listed(id)).rollout).toMatchObject({ state: 'halted', returned: 3, arrived: 0 });
    expect(installed(await Promise.all(others.map((one) => one.boot())))).toBe(
      others.filter(({ reply }) => reply?.firmware?.version === '2.5.0').length,
    );
    for (const one of others) expect(one.reply?.firmware?.version).not.toBe('2.6.0');
    const [en, zh] = await Promise.all([chorus(['firmware', 'list']), chorus(['firmware', 'list'], 'zh')]);
    expect(en.out).toContain('halted');
    expect(en.out).toMatch(/of 3 devices that took it, 0 came back with it, 3 without it, and 0 not at all/);
    expect(zh.out).toContain('已停止推送');
    expect((await chorus(['firmware', 'rm', id])).code).toBe(EXIT.ok);
    expect((await chorus(['firmware', 'rollout', id])).err).toContain('firmware.unknown');
  }, 60_000);

  it('are forced once on one named device, and the force ends by itself', async () => {
    const back = device(300, 'old');
    await back.ask();
    await chorus(['devices', 'rename', back.identity.deviceId, 'Kitchen']);
    const id = await add('2.0.0', 'old', '--devices', 'kitchen', '--force');
    expect((await listed(id)).rollout).toMatchObject({ share: 0, devices: [back.identity.deviceId], force: true });
    expect(await back.boot()).toMatchObject({ kind: 'installed', version: '2.0.0' });
    await back.ask();
    expect(back.reply?.firmware).toMatchObject({ force: false });
    expect((await listed(id)).rollout).toMatchObject({ force: false, arrived: 1 });
    const { out } = await chorus(['devices', 'show', 'KITCHEN']);
    for (const part of [back.identity.deviceId, 'Kitchen', BOARD, '2.0.0', 'by a command on this machine', '2.5.0'])
      expect(out).toContain(part);
  }, 60_000);

  it('refuse a file that is no firmware, with a remedy, in both languages', async () => {
    const file = join(folder, 'merged-binary.bin');
    await writeFile(
      file,
      Buffer.concat([firmwareImage(), Buffer.alloc(50_000, 0xff), firmwareImage({ version: '2.7.0' })]),
    );
    const merged = await chorus(['firmware', 'add', file, '--board', BOARD]);
    expect([merged.code, merged.err]).toEqual([EXIT.failed, expect.stringContaining('xiaozhi.bin')]);
    expect((await chorus(['firmware', 'add', file, '--board', BOARD], 'zh')).err).toContain('整片闪存');
    expect((await chorus(['firmware', 'add', join(folder, 'none.bin'), '--board', BOARD])).err).toContain(
      'cannot be read',
    );
    const differs = await chorus(
      ['firmware', 'add', await image('2.7.0', 'x'), '--board', BOARD, '--version', '2.8.0'],
      'zh',
    );
    expect(differs.err).toContain('映像自己的版本是 2.7.0，不是 2.8.0');
    expect((await chorus(['firmware', 'add', await image('2.7.0', 'x'), '--board', BOARD, '--force'])).err).toContain(
      '--devices',
    );
    expect(
      (await chorus(['firmware', 'add', await image('2.7.0', 'x'), '--board', BOARD, '--devices', 'nobody'])).err,
    ).toContain('device.unknown');
    expect((await chorus(['firmware', 'rollout', 'zz', '--share', '2'])).code).toBe(EXIT.usage);
    expect((await chorus(['devices', 'show', 'nobody'], 'zh')).err).toContain('没有叫做 nobody 的设备');
    expect(await readdir(join(server.dataDir, 'firmware'))).not.toContainEqual(expect.stringMatching(/part$/));
  });

  it('of a forgotten device leave no data, and the device returns as a new one', async () => {
    const gone = device(400, 'good');
    await gone.ask();
    await chorus(['devices', 'rename', gone.identity.deviceId, 'Attic']);
    expect((await chorus(['devices', 'list'])).out).toMatch(/02:c0:5e:00:01:90 +Attic +paired/);
    expect((await chorus(['devices', 'forget', gone.identity.deviceId.slice(-8)])).out).toContain(
      'Attic (02:c0:5e:00:01:90)',
    );
    expect((await chorus(['devices', 'show', gone.identity.deviceId])).err).toContain('device.unknown');
    await gone.ask();
    expect(JSON.parse((await chorus(['devices', 'show', gone.identity.deviceId, '--json'])).out)).toMatchObject({
      bound: true,
      boundBy: 'local',
      tokenGeneration: expect.any(Number),
      previousTokenValid: false,
    });
    expect((await chorus(['devices', 'list'])).out).not.toContain('Attic');
    expect((await chorus(['devices', 'revoke', gone.identity.deviceId], 'zh')).out).toContain('不能再连接了');
  }, 60_000);
});
