import { readdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import { elfSha256Of, firmwareImage, type ImageShape } from '../../../test/fakes/firmware-image.js';
import { MemoryFirmwareStore } from '../../../test/fakes/memory-firmware-store.js';
import { noMetrics, silentLogger } from '../../core/index.js';
import { Firmware, type FirmwareRules } from './firmware.js';
import type { ReleaseReport } from './rollouts.js';
import type { AddRequest } from './new-release.js';
import type { AskingDevice } from './offer.js';

const BOARD = 'bread-compact-wifi';
const REQUEST: AddRequest = {
  board: BOARD,
  version: undefined,
  fileName: 'xiaozhi.bin',
  share: 1,
  deviceIds: [],
  force: false,
};
const device = (n: number, fields: Partial<AskingDevice> = {}): AskingDevice => ({
  deviceId: `02:00:00:00:00:${n.toString(16).padStart(2, '0')}`,
  board: BOARD,
  version: '2.4.2',
  chip: 'esp32s3',
  elfSha256: undefined,
  slotBytes: undefined,
  ...fields,
});

describe('a firmware release', () => {
  let dataDir: string;
  let clock: FakeClock;
  let rules: FirmwareRules;
  let store: MemoryFirmwareStore;
  let firmware: Firmware;
  const said: string[] = [];
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'chorus-firmware-'));
    clock = new FakeClock();
    rules = {
      wave: 5,
      returnMs: 900_000,
      returnShare: 0.7,
      returnMinDevices: 3,
      downloads: 4,
      downloadBytesPerSecond: Number.POSITIVE_INFINITY,
    };
    store = new MemoryFirmwareStore();
    said.length = 0;
    firmware = await reopen();
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  const reopen = (): Promise<Firmware> =>
    Firmware.open({
      store,
      dataDir,
      secretHex: '11'.repeat(32),
      rules: () => rules,
      clock,
      log: { ...silentLogger, error: (message) => said.push(message) },
      metrics: noMetrics,
    });
  async function add(
    shape: ImageShape = { version: '2.5.0' },
    request: Partial<AddRequest> = {},
  ): Promise<ReleaseReport> {
    return (await firmware.add(oneByOne(firmwareImage(shape)), { ...REQUEST, ...request })).report;
  }
  async function* oneByOne(bytes: Buffer): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 1000) {
      await Promise.resolve();
      yield bytes.subarray(at, at + 1000);
    }
  }
  const report = async (): Promise<ReleaseReport> => {
    const [first] = await firmware.list();
    if (!first) throw new Error('no release');
    return first;
  };
  /** Returns false if the device was offered nothing. */
  async function take(asking: AskingDevice): Promise<boolean> {
    const offer = await firmware.offer(asking);
    if (!offer) return false;
    const [releaseId = '', ticket = ''] = offer.link.split('/');
    const deviceId = firmware.linkedDevice(releaseId, ticket);
    const download = await firmware.download(releaseId, deviceId ?? '', new AbortController().signal);
    if (!download) throw new Error('no download');
    const bytes = Buffer.concat((await download.stream.toArray()) as Buffer[]);
    expect(bytes.length).toBe(download.sizeBytes);
    await download.done();
    return true;
  }

  it('is stored under the hash of its image, readable by its owner only', async () => {
    const { release, offered, confirmed } = await add();
    expect(release).toMatchObject({
      board: BOARD,
      version: '2.5.0',
      chip: 'esp32s3',
      elfSha256: elfSha256Of('a'),
      share: 1,
      state: 'offered',
    });
    expect({ offered, confirmed }).toEqual({ offered: 0, confirmed: 0 });
    expect(await readdir(join(dataDir, 'firmware'))).toEqual([`${release.sha256}.bin`]);
    expect((await stat(join(dataDir, 'firmware', `${release.sha256}.bin`))).mode & 0o777).toBe(0o600);
    expect((await stat(join(dataDir, 'firmware'))).mode & 0o777).toBe(0o700);
    firmware = await reopen();
    expect((await report()).release).toEqual(release);
    await firmware.remove(release.id);
    expect(await readdir(join(dataDir, 'firmware'))).toEqual([]);
    await expect(firmware.remove(release.id)).rejects.toMatchObject({ code: 'firmware.unknown' });
  });

  it('is known to other servers of the database within 30 s, and stays paused whatever they write', async () => {
    const other = await reopen();
    const over = new AbortController();
    const watching = other.watch(over.signal).catch(() => undefined);
    const { release } = await add(undefined, { deviceIds: [device(1).deviceId], force: true });
    expect(await other.offer(device(1))).toBeUndefined();
    await clock.advance(30_000);
    await settle(20);
    expect(await take(device(1))).toBe(true);
    await firmware.pause(release.id);
    expect(await other.offer(device(1, { version: '2.5.0' }))).toBeUndefined();
    const [stored] = await store.releases();
    expect(stored).toMatchObject({ state: 'paused', force: false });
    await expect(other.add(oneByOne(firmwareImage({ version: '2.5.0' })), REQUEST)).rejects.toMatchObject({
      code: 'firmware.exists',
    });
    await firmware.remove(release.id);
    await expect(other.rollOut(release.id, { share: 1 })).rejects.toMatchObject({ code: 'firmware.unknown' });
    over.abort(new Error('over'));
    await watching;
  });

  it('leaves its image on disk until no other release has the same image', async () => {
    const one = await add();
    const two = await add({ version: '2.5.0' }, { board: 'other' });
    expect(two.release.sha256).toBe(one.release.sha256);
    await firmware.remove(one.release.id);
    expect(await readdir(join(dataDir, 'firmware'))).toHaveLength(1);
    await firmware.remove(two.release.id);
    expect(await readdir(join(dataDir, 'firmware'))).toHaveLength(0);
  });

  it('is refused, and not stored, if no device could install its image', async () => {
    const fault = async (shape: ImageShape, request: Partial<AddRequest> = {}): Promise<unknown> =>
      add(shape, request).then(
        () => 'none',
        (error: { code: string; details: { fault?: string } }) => error.details.fault ?? error.code,
      );
    expect(await fault({ version: '2.5.0' }, { version: '2.5.1' })).toBe('version_differs');
    expect(await fault({ version: 'v2.5.0-dirty' }, { version: '2.5.0' })).toBe('own_version');
    expect(await fault({})).toBe('version_missing');
    expect(await fault({}, { version: 'v1' })).toBe('given_version');
    expect(await fault({ version: '2.5.0' }, { force: true })).toBe('firmware.force_needs_devices');
    await expect(firmware.add(oneByOne(Buffer.from('no firmware')), REQUEST)).rejects.toMatchObject({
      code: 'firmware.invalid',
    });
    expect(await readdir(join(dataDir, 'firmware'))).toEqual([]);
    expect(await fault({ version: '2.5.0' })).toBe('none');
    expect(await fault({ version: '2.5.0', build: 'b' })).toBe('firmware.exists');
    expect(await fault({ version: '2.05.0', build: 'b' })).toBe('firmware.exists');
    expect(await readdir(join(dataDir, 'firmware'))).toHaveLength(1);
  });

  it('is returned with warnings about its image', async () => {
    const { notes } = await firmware.add(oneByOne(firmwareImage({ chipId: 0x99 })), { ...REQUEST, version: '3.0' });
    expect(notes.map(({ kind }) => kind)).toEqual(['version_unproven', 'chip_unknown']);
    const large = await firmware.add(
      oneByOne(firmwareImage({ version: '3.1', segmentBytes: [4_300_000, 1000] })),
      REQUEST,
    );
    expect(large.notes).toEqual([{ kind: 'too_large_for', slotMb: 4 }]);
  });

  it('is offered to a device until the device runs it', async () => {
    await add();
    expect(await firmware.offer(device(1))).toMatchObject({ version: '2.5.0', force: false });
    expect(await firmware.offer(device(1))).toMatchObject({ version: '2.5.0' });
    expect(await take(device(1))).toBe(true);
    expect((await report()).outcomes).toMatchObject({ underWay: 1 });
    expect(await firmware.offer(device(1, { version: '2.5.0' }))).toBeUndefined();
    expect(await report()).toMatchObject({ offered: 1, confirmed: 1, outcomes: { confirmed: 1, underWay: 0 } });
    expect(await firmware.offer(device(2, { board: 'other' }))).toBeUndefined();
    expect(await firmware.offer(device(3, { version: '2.6.0' }))).toBeUndefined();
  });

  it('is not offered again after a device came back without it twice', async () => {
    await add();
    expect(await take(device(1))).toBe(true);
    expect(await take(device(1))).toBe(true);
    expect(await take(device(1))).toBe(false);
    expect((await report()).outcomes).toMatchObject({ returned: 1, confirmed: 0 });
    expect((await firmware.judge(device(1)))[0]?.judgement).toEqual({ offer: false, because: 'gave_up' });
  });

  it('is not offered again after two failures, even if the clock is set back later', async () => {
    await add();
    clock.setAhead(-3_600_000);
    expect(await take(device(1))).toBe(true);
    expect(await take(device(1))).toBe(true);
    expect(await take(device(1))).toBe(false);
    expect((await report()).outcomes).toMatchObject({ returned: 1, confirmed: 0 });
  });

  it("counts as failed if the device's boot loader soon goes back to the old image", async () => {
    await add();
    await take(device(1));
    expect(await firmware.offer(device(1, { version: '2.5.0' }))).toBeUndefined();
    expect((await report()).outcomes).toMatchObject({ confirmed: 1 });
    await clock.advance(60_000);
    await firmware.offer(device(1));
    expect((await report()).outcomes).toMatchObject({ confirmed: 0 });
  });

  it('does not count as failed if the device came back with an even newer version', async () => {
    await add();
    await take(device(1));
    await firmware.offer(device(1, { version: '3.0.0' }));
    expect((await report()).outcomes).toMatchObject({ confirmed: 1, returned: 0 });
  });

  it('is halted when devices come back without it, until an operator resumes it', async () => {
    const { release } = await add();
    for (const n of [1, 2, 3]) await take(device(n));
    for (const n of [1, 2]) await firmware.offer(device(n));
    expect((await report()).release.state).toBe('offered');
    expect(await firmware.offer(device(3))).toBeUndefined();
    expect((await report()).release).toMatchObject({
      state: 'halted',
      reason: 'of 3 devices that took it, 0 came back with it, 3 without it, and 0 not at all',
    });
    expect(said).toContain('firmware halted');
    expect(await firmware.offer(device(4))).toBeUndefined();
    expect(await firmware.download(release.id, device(4).deviceId, new AbortController().signal)).toBeUndefined();
    firmware = await reopen();
    expect((await report()).release.state).toBe('halted');
    await clock.advance(1);
    await firmware.rollOut(release.id, { share: 1 });
    expect(await report()).toMatchObject({
      release: { state: 'offered', reason: undefined },
      outcomes: { returned: 0 },
    });
    expect(await take(device(1))).toBe(true);
  });

  it('is halted when devices do not come back at all, even without any request', async () => {
    await add();
    for (const n of [1, 2, 3]) await take(device(n));
    const over = new AbortController();
    const watching = firmware.watch(over.signal).catch(() => undefined);
    await clock.advance(890_000);
    await settle(20);
    expect((await report()).release.state).toBe('offered');
    await clock.advance(60_000);
    await settle(20);
    expect((await report()).release).toMatchObject({
      state: 'halted',
      reason: 'of 3 devices that took it, 0 came back with it, 0 without it, and 3 not at all',
    });
    over.abort(new Error('over'));
    await watching;
  });

  it.each([
    ['its clock is set', (): Promise<void> => Promise.resolve(clock.setAhead(3_600_000))],
    ['its clock is set back', (): Promise<void> => Promise.resolve(clock.setAhead(-3_600_000))],
    [
      'it was stopped',
      async (): Promise<void> => {
        await clock.advance(3_600_000);
        firmware = await reopen();
      },
    ],
  ])(
    'is not halted because of devices that the server could not hear (%s), unless they stay away afterwards',
    async (_why, happens) => {
      await add();
      for (const n of [1, 2, 3]) await take(device(n));
      await happens();
      const over = new AbortController();
      const watching = firmware.watch(over.signal).catch(() => undefined);
      await clock.advance(890_000);
      await settle(20);
      expect(await report()).toMatchObject({ release: { state: 'offered' }, outcomes: { silent: 0, underWay: 3 } });
      await clock.advance(90_000);
      await settle(20);
      expect((await report()).release).toMatchObject({
        state: 'halted',
        reason: expect.stringMatching(/and 3 not at all$/) as string,
      });
      over.abort(new Error('over'));
      await watching;
    },
  );

  it('is offered in waves to devices that start at once; more follow as devices come back', async () => {
    rules = { ...rules, wave: 2 };
    await add();
    expect([await take(device(1)), await take(device(2)), await take(device(3))]).toEqual([true, true, false]);
    expect((await firmware.judge(device(3)))[0]?.judgement).toEqual({ offer: false, because: 'others_under_way' });
    // A device that has already taken the release may ask again.
    expect(await take(device(2, { version: '2.4.1' }))).toBe(true);
    await firmware.offer(device(1, { version: '2.5.0' }));
    expect(await take(device(3))).toBe(true);
    for (const n of [2, 3]) await firmware.offer(device(n, { version: '2.5.0' }));
    expect([await take(device(4)), await take(device(5)), await take(device(6)), await take(device(7))]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('is forced once on each named device, whatever the device runs; the force then ends', async () => {
    const { release } = await add(
      { version: '2.3.0', build: 'old' },
      { share: 0, deviceIds: [device(1).deviceId, device(2).deviceId], force: true },
    );
    expect(await firmware.offer(device(3))).toBeUndefined();
    expect(await firmware.offer(device(1))).toMatchObject({ version: '2.3.0', force: true });
    await take(device(1));
    const has = { version: '2.3.0', elfSha256: elfSha256Of('old') };
    expect(await firmware.offer(device(1, has))).toBeUndefined();
    expect((await report()).release.force).toBe(true);
    // The device got the release from another source.
    expect(await firmware.offer(device(2, has))).toBeUndefined();
    expect((await report()).release.force).toBe(false);
    // A device with a later version is not forced back.
    expect(await firmware.offer(device(1, { version: '2.4.2' }))).toBeUndefined();
    await expect(firmware.rollOut(release.id, { deviceIds: [], force: true })).rejects.toMatchObject({
      code: 'firmware.force_needs_devices',
    });
    await firmware.rollOut(release.id, { force: true });
    expect(await firmware.offer(device(1, { version: '2.4.2' }))).toMatchObject({ force: true });
  });

  it('stays on a device that was put back to it, and the newer release does not count as failed', async () => {
    const [kitchen, bedroom] = [device(1).deviceId, device(2).deviceId];
    await add();
    await take(device(1));
    expect(await firmware.offer(device(1, { version: '2.5.0' }))).toBeUndefined();
    await clock.advance(1000);
    const old = { version: '2.4.2', build: 'old' };
    await add(old, { share: 0, deviceIds: [kitchen, bedroom], force: true });
    await clock.advance(1000);
    expect(await take(device(1, { version: '2.5.0' }))).toBe(true);
    // The other device is off, so `force` stays on. This device installs nothing again, and is not taken forward.
    for (let boot = 0; boot < 3; boot++) expect(await firmware.offer(device(1))).toBeUndefined();
    expect(await firmware.list()).toMatchObject([
      { release: { version: '2.4.2', force: true }, outcomes: { confirmed: 1, returned: 0 } },
      { release: { version: '2.5.0', force: false }, outcomes: { confirmed: 1, returned: 0 } },
    ]);
    expect((await firmware.judge(device(1)))[1]?.judgement).toEqual({ offer: false, because: 'put_back' });
  });

  it('is no longer forced once devices have it that were named in several steps', async () => {
    const [kitchen, bedroom] = [device(1).deviceId, device(2).deviceId];
    const { release } = await add({ version: '2.4.2' }, { share: 0, deviceIds: [kitchen], force: true });
    await firmware.offer(device(1));
    expect((await report()).release.force).toBe(false);
    await clock.advance(1000);
    await firmware.rollOut(release.id, { deviceIds: [kitchen, bedroom], force: true });
    await firmware.offer(device(1));
    await firmware.offer(device(2));
    expect((await report()).release.force).toBe(false);
  });

  it('is withdrawn by a pause even from devices with an offer, and resumes with a rollout', async () => {
    const { release } = await add({ version: '2.5.0' }, { share: 0 });
    expect(await firmware.offer(device(1))).toBeUndefined();
    await firmware.rollOut(release.id, { deviceIds: [device(1).deviceId] });
    const offer = await firmware.offer(device(1));
    await firmware.pause(release.id);
    expect(await firmware.download(release.id, device(1).deviceId, new AbortController().signal)).toBeUndefined();
    expect(await firmware.offer(device(1))).toBeUndefined();
    await firmware.rollOut(release.id, {});
    expect(await firmware.offer(device(1))).toMatchObject({ version: offer?.version });
    await expect(firmware.pause('00000000')).rejects.toMatchObject({ code: 'firmware.unknown' });
  });

  it('is not offered while its image is missing on the disk, which is reported', async () => {
    const { release } = await add();
    await rm(join(dataDir, 'firmware', `${release.sha256}.bin`));
    expect(await firmware.offer(device(1))).toBeUndefined();
    expect(said).toContain('a firmware image is missing in the data folder');
  });
});
