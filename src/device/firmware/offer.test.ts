import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNewerFirmware, isSameFirmware } from '../protocol/index.js';
import type { FirmwareInstall, FirmwareRelease } from '../../platform/store/index.js';
import { chooseRelease, isChosen, judgeOffer, TRIES, type AskingDevice, placeOf } from './offer.js';

const RELEASE: FirmwareRelease = {
  id: '0a1b2c3d',
  board: 'bread-compact-wifi',
  version: '2.5.0',
  sha256: 'a'.repeat(64),
  sizeBytes: 2_000_000,
  chip: 'esp32s3',
  elfSha256: undefined,
  fileName: 'xiaozhi.bin',
  share: 1,
  deviceIds: [],
  force: false,
  state: 'offered',
  reason: undefined,
  createdMs: 1000,
  countedFromMs: 1000,
};
const DEVICE: AskingDevice = {
  deviceId: '02:00:00:00:00:01',
  board: 'bread-compact-wifi',
  version: '2.4.2',
  chip: 'esp32s3',
  elfSha256: undefined,
  slotBytes: 4_194_304,
};
const INSTALL: FirmwareInstall = {
  releaseId: RELEASE.id,
  deviceId: DEVICE.deviceId,
  fromVersion: '2.4.2',
  offers: 1,
  offeredMs: 2000,
  downloads: 0,
  downloadedMs: undefined,
  confirmedMs: undefined,
  returnedMs: undefined,
};
const judge = (
  release: Partial<FirmwareRelease> = {},
  device: Partial<AskingDevice> = {},
  install?: FirmwareInstall,
  room = true,
  others: readonly FirmwareRelease[] = [],
): string => {
  const judgement = judgeOffer({ ...RELEASE, ...release }, { ...DEVICE, ...device }, install, room, others);
  return judgement.offer ? (judgement.force ? 'forced' : 'offered') : judgement.because;
};

const mac = fc.stringMatching(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);
const version = fc
  .array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('.'));
const id = fc.stringMatching(/^[0-9a-f]{8}$/);

describe('the offer of a release', () => {
  it('goes only to devices of its board with an older version', () => {
    expect(judge()).toBe('offered');
    expect(judge({}, { board: 'another' })).toBe('other_board');
    expect(judge({}, { board: undefined })).toBe('other_board');
    expect(judge({}, { chip: 'esp32' })).toBe('other_chip');
    expect(judge({}, { chip: undefined })).toBe('offered');
    expect(judge({ chip: undefined })).toBe('offered');
    expect(judge({ sizeBytes: 4_194_304 })).toBe('offered');
    expect(judge({ sizeBytes: 5_000_000 })).toBe('too_large');
    expect(judge({ sizeBytes: 5_000_000 }, { slotBytes: undefined })).toBe('offered');
    expect(judge({}, { version: '2.5.0' })).toBe('has_it');
    // Only one hash is known, so the versions decide.
    expect(judge({}, { version: '2.5.0', elfSha256: 'b'.repeat(64) })).toBe('has_it');
    expect(judge({}, { version: '2.6' })).toBe('not_newer');
    expect(judge({}, { version: undefined })).toBe('version_unknown');
    expect(judge({ state: 'paused' })).toBe('paused');
    expect(judge({ state: 'halted' })).toBe('halted');
    expect(judge({ share: 0 })).toBe('not_chosen');
    expect(judge({ share: 0, deviceIds: [DEVICE.deviceId] })).toBe('offered');
    expect(judge({}, {}, undefined, false)).toBe('others_under_way');
  });

  it('ends for a device that always comes back without it, until an operator resumes the release', () => {
    const tried = { ...INSTALL, downloads: TRIES, downloadedMs: 3000, returnedMs: 4000 };
    expect(judge({}, {}, { ...tried, downloads: TRIES - 1 })).toBe('offered');
    expect(judge({}, {}, tried)).toBe('gave_up');
    expect(judge({ countedFromMs: 5000 }, {}, tried)).toBe('offered');
  });

  it('is forced only on named devices, until they have the release', () => {
    const named = { force: true, deviceIds: [DEVICE.deviceId] };
    expect(judge(named, { version: '3.0.0' })).toBe('forced');
    expect(judge(named, { version: undefined })).toBe('forced');
    expect(judge(named, { version: '2.5.0' })).toBe('has_it');
    // Another build of the same version is another program.
    expect(judge({ ...named, elfSha256: 'b'.repeat(64) }, { version: '2.5.0', elfSha256: 'c'.repeat(64) })).toBe(
      'forced',
    );
    expect(judge({ ...named, elfSha256: 'b'.repeat(64) }, { version: '2.5.0', elfSha256: 'b'.repeat(64) })).toBe(
      'has_it',
    );
    expect(judge({ force: true, deviceIds: ['02:00:00:00:00:99'] }, { version: '3.0.0' })).toBe('not_newer');
    expect(judge(named, { version: '3.0.0' }, { ...INSTALL, downloads: TRIES, downloadedMs: 3000 })).toBe('gave_up');
    const had = { ...INSTALL, downloads: 1, downloadedMs: 3000, confirmedMs: 4000 };
    expect(judge(named, { version: '3.0.0' }, had)).toBe('not_newer');
    expect(judge({ ...named, countedFromMs: 5000 }, { version: '3.0.0' }, had)).toBe('forced');
  });

  it('does not undo by its share what an operator put on a device by name later', () => {
    const back = {
      ...RELEASE,
      id: 'back',
      version: '2.4.2',
      share: 0,
      deviceIds: [DEVICE.deviceId],
      countedFromMs: 2000,
    };
    const after = (more: Partial<FirmwareRelease>, other: Partial<FirmwareRelease> = {}): string =>
      judge(more, {}, undefined, true, [RELEASE, { ...back, ...other }]);
    expect(after({})).toBe('put_back');
    expect(after({ countedFromMs: 9000 })).toBe('put_back');
    expect(after({ deviceIds: [DEVICE.deviceId] })).toBe('offered');
    expect(after({ createdMs: 3000 })).toBe('offered');
    expect(after({}, { deviceIds: ['02:00:00:00:00:99'] })).toBe('offered');
    expect(after({}, { version: '2.4.1' })).toBe('offered');
  });

  it('is never for the present or an older version, unless an operator forces it on a named device', () => {
    fc.assert(
      fc.property(
        id,
        mac,
        version,
        version,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        (releaseId, deviceId, has, offered, share, force) => {
          const judgement = judgeOffer(
            { ...RELEASE, id: releaseId, version: offered, share, force },
            { ...DEVICE, deviceId, version: has },
            undefined,
            true,
            [],
          );
          if (judgement.offer) expect(isNewerFirmware(has, offered)).toBe(true);
          const named = judgeOffer(
            { ...RELEASE, id: releaseId, version: offered, share: 0, deviceIds: [deviceId], force },
            { ...DEVICE, deviceId, version: has },
            undefined,
            true,
            [],
          );
          if (isSameFirmware(has, offered)) expect(named.offer).toBe(false);
          if (named.offer && !force) expect(isNewerFirmware(has, offered)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('goes to a fixed set of devices for each share; a larger share only adds devices', () => {
    fc.assert(
      fc.property(
        id,
        mac,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (releaseId, deviceId, a, b) => {
          const [small, large] = a < b ? [a, b] : [b, a];
          const inShare = (share: number): boolean => isChosen({ id: releaseId, deviceIds: [], share }, deviceId);
          if (inShare(small)) expect(inShare(large)).toBe(true);
          expect(inShare(a)).toBe(inShare(a));
          expect(inShare(1)).toBe(true);
          expect(inShare(0)).toBe(false);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('reaches about the given share, with different devices for each release', () => {
    const devices = Array.from(
      { length: 4000 },
      (_, i) => `02:c0:5e:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`,
    );
    const chosen = (releaseId: string): Set<string> =>
      new Set(devices.filter((device) => placeOf(releaseId, device) < 0.25));
    const [one, two] = [chosen('00000001'), chosen('00000002')];
    // 137 is five standard deviations of a binomial distribution of 4000 at 0.25.
    for (const set of [one, two]) expect(Math.abs(set.size - 1000)).toBeLessThan(137);
    const both = [...one].filter((device) => two.has(device)).length;
    expect(both).toBeGreaterThan(150);
    expect(both).toBeLessThan(350);
  });

  it('is for the newest of several releases, unless another one is forced', () => {
    const of = (
      releaseId: string,
      more: Partial<FirmwareRelease>,
      force = false,
    ): { release: FirmwareRelease; force: boolean } => ({ release: { ...RELEASE, id: releaseId, ...more }, force });
    expect(
      chooseRelease([of('1', { version: '2.5' }), of('2', { version: '2.10' }), of('3', { version: '2.9.9' })])?.release
        .id,
    ).toBe('2');
    expect(
      chooseRelease([of('1', { version: '2.5', createdMs: 1 }), of('2', { version: '2.5', createdMs: 2 })])?.release.id,
    ).toBe('2');
    expect(
      chooseRelease([of('2', { version: '2.5', createdMs: 2 }), of('1', { version: '2.5', createdMs: 1 })])?.release.id,
    ).toBe('2');
    expect(chooseRelease([of('1', { version: '9' }), of('2', { version: '1' }, true)])?.release.id).toBe('2');
    expect(chooseRelease([])).toBeUndefined();
  });
});
