import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearly } from '../../../test/fakes/nearly.js';
import {
  encodeOtaAnswer,
  isFirmwareVersion,
  isNewerFirmware,
  isSameFirmware,
  madeDeviceId,
  parseClientId,
  parseDeviceId,
  parseOtaBody,
  parseUserAgent,
  updateSlotBytes,
} from './index.js';

describe('OTA', () => {
  it('parses any body without an error, and limits each member', () => {
    const body = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.json(),
      nearly({
        language: ['zh-CN', 'x'.repeat(100)],
        mac_address: ['a0:85:e3:f4:49:34', 5],
        uuid: ['u', 'x'.repeat(500)],
        application: [{ version: '2.4.2' }, { version: 7 }, []],
        board: [{ name: 'b' }, { name: 'x'.repeat(500) }],
      }).map((value) => JSON.stringify(value) ?? ''),
    );
    fc.assert(
      fc.property(body, (text) => {
        expect(JSON.stringify(parseOtaBody(text)).length).toBeLessThan(2500);
      }),
      { numRuns: 10_000 },
    );
  });

  it('parses the report of the firmware member by member: only the wrong member is dropped', () => {
    const sha256 = 'c8'.repeat(32);
    const body = {
      language: 'zh-CN',
      mac_address: 'a0:85:e3:f4:49:34',
      uuid: '7b94d69a-9808-4c59-9c9b-704333b38aff',
      chip_model_name: 'esp32s3',
      application: { version: '2.4.2', elf_sha256: sha256 },
      partition_table: [{ type: 0, subtype: 16, size: 4_194_304 }],
      board: { name: 'bread-compact-wifi' },
    };
    expect(parseOtaBody(JSON.stringify({ ...body, more: 1 }))).toEqual(body);
    for (const member of Object.keys(body))
      expect(parseOtaBody(JSON.stringify({ ...body, [member]: 7 }))).toEqual({ ...body, [member]: undefined });
    const application = (given: object): unknown => parseOtaBody(JSON.stringify({ application: given })).application;
    expect(application({ version: 7, elf_sha256: sha256 })).toEqual({ elf_sha256: sha256 });
    expect(application({ version: 'x'.repeat(64), elf_sha256: 'c8' })).toEqual({ version: 'x'.repeat(64) });
    expect(application({ version: 'x'.repeat(65) })).toEqual({});
    for (const bad of ['0'.repeat(64), `${sha256}0`, `0${sha256}`, sha256.toUpperCase(), sha256.slice(1)])
      expect([application({ elf_sha256: bad }), bad]).toEqual([{}, bad]);
    expect(application({ elf_sha256: `0${'1'.repeat(63)}` })).toEqual({ elf_sha256: `0${'1'.repeat(63)}` });
    // Only a hash that is all zeros means that the build has none.
    expect(application({ elf_sha256: `1${'0'.repeat(63)}` })).toEqual({ elf_sha256: `1${'0'.repeat(63)}` });
  });

  it('limits the length of each member', () => {
    for (const [member, most] of [
      ['language', 35],
      ['mac_address', 64],
      ['uuid', 128],
      ['chip_model_name', 32],
    ] as const) {
      const read = (chars: number): unknown => parseOtaBody(JSON.stringify({ [member]: 'x'.repeat(chars) }))[member];
      expect([member, read(most), read(most + 1)]).toEqual([member, 'x'.repeat(most), undefined]);
    }
    const board = (chars: number): unknown =>
      parseOtaBody(JSON.stringify({ board: { name: `b${' '.repeat(chars - 2)}x` } })).board?.name;
    expect([board(128), board(129)]).toEqual(['b x', undefined]);
    const table = (rows: number): unknown =>
      parseOtaBody(
        JSON.stringify({ partition_table: Array.from({ length: rows }, () => ({ type: 0, subtype: 16, size: 1 })) }),
      ).partition_table;
    expect([(table(24) as unknown[]).length, table(25)]).toEqual([24, undefined]);
  });

  it('keeps any answer under 6 KB, without mqtt, and with versions that the firmware parses', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60 }),
        fc.string({ maxLength: 60 }),
        fc.double({ noNaN: true, min: 0, max: 4e12 }),
        (version, token, wallMs) => {
          const text = encodeOtaAnswer({
            wallMs,
            timezoneOffsetMinutes: 330,
            firmwareVersion: version,
            transports: { websocket: { url: 'ws://a:80/', token, version: 1 } },
            activation: undefined,
          });
          const answer = JSON.parse(text) as { firmware: { version: string }; server_time: { timestamp: number } };
          expect(text.length).toBeLessThan(6000);
          expect(answer).not.toHaveProperty('mqtt');
          expect(answer).not.toHaveProperty('activation');
          expect(isFirmwareVersion(answer.firmware.version)).toBe(true);
          expect(Number.isInteger(answer.server_time.timestamp)).toBe(true);
        },
      ),
    );
    for (const bad of ['v1', '1..2', '.1', '1.', '1.a', ' 1', '4294967296', '1.2.3.4.5.6.7.8.9'])
      expect(isFirmwareVersion(bad)).toBe(false);
    for (const good of ['', '2.4.2', '0', '999999999.1', '1.123456789', '1.2.3.4.5.6.7.8'])
      expect(isFirmwareVersion(good)).toBe(true);
  });

  it('compares versions like the firmware', () => {
    for (const [current, offered, newer] of [
      ['2.4.2', '2.4.3', true],
      ['2.4.2', '2.10.0', true],
      ['2.4.2', '2.4.2', false],
      ['2.4', '2.4.0', true],
      ['2.4.0', '2.4', false],
      ['3', '2.9.9', false],
      ['2.04', '2.4', false],
      ['', '0', true],
      ['1', '', false],
    ] as const) {
      expect([current, offered, isNewerFirmware(current, offered)]).toEqual([current, offered, newer]);
    }
    expect(isSameFirmware('2.04.1', '2.4.01')).toBe(true);
    const version = fc
      .array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('.'));
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect([isNewerFirmware(a, b), isNewerFirmware(b, a), isSameFirmware(a, b)].filter(Boolean)).toHaveLength(1);
        if (isNewerFirmware(a, b) && isNewerFirmware(b, c)) expect(isNewerFirmware(a, c)).toBe(true);
      }),
    );
  });

  it('states force as a number, and never offers a version that the firmware cannot parse', () => {
    const of = (version: string, force: boolean): unknown =>
      (
        JSON.parse(
          encodeOtaAnswer({
            wallMs: 1,
            timezoneOffsetMinutes: 0,
            firmwareVersion: '2.4.2',
            update: { version, url: 'http://a:80/x.bin', force },
            transports: {},
            activation: undefined,
          }),
        ) as { firmware: unknown }
      ).firmware;
    expect(of('2.5.0', false)).toEqual({ version: '2.5.0', url: 'http://a:80/x.bin', force: 0 });
    expect(of('2.3.0', true)).toEqual({ version: '2.3.0', url: 'http://a:80/x.bin', force: 1 });
    expect(of('v2', true)).toEqual({ version: '2.4.2', url: '', force: 0 });
  });

  it('limits an update to the smallest update slot; an impossible partition table gives no limit', () => {
    const slot = (table: unknown): number | undefined =>
      updateSlotBytes(parseOtaBody(JSON.stringify({ partition_table: table })));
    const row = (type: number, subtype: number, size: number): unknown => ({
      label: 'x',
      type,
      subtype,
      address: 0,
      size,
    });
    expect(slot([row(1, 2, 16_384), row(0, 0x10, 4_194_304), row(0, 0x11, 3_145_728)])).toBe(3_145_728);
    // Only application partitions numbered 0x10 to 0x1f are update slots.
    expect(slot([row(0, 0x10, 9), row(0, 0x0f, 1), row(0, 0x20, 2), row(1, 0x10, 3), row(0, 0x11, 0)])).toBe(9);
    expect([slot([row(0, 0x10, 1)]), slot([row(0, 0x1f, 1)]), slot([])]).toEqual([1, 1, undefined]);
    expect(slot([row(0, 0, 4_194_304)])).toBeUndefined();
    expect(slot([row(0, 0x10, -1)])).toBeUndefined();
    expect(slot('none')).toBeUndefined();
    expect(slot(undefined)).toBeUndefined();
  });

  it('accepts only a MAC and visible characters as ids', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 40 }),
          fc.stringMatching(/^[0-9A-Fa-f]{2}([:_-][0-9A-Fa-f]{2}){5}$/),
        ),
        (text) => {
          const id = parseDeviceId(text);
          expect(id === undefined || /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(id)).toBe(true);
          const client = parseClientId(text);
          expect(client === undefined || client === text).toBe(true);
        },
      ),
    );
    expect(parseDeviceId(' A0-85-e3_f4:49:34 ')).toBe('a0:85:e3:f4:49:34');
    // A token signs `client|MAC|number`, so no other text may be accepted around the MAC.
    const mac = 'a0:85:e3:f4:49:34';
    for (const around of [`x${mac}`, `${mac}x`, `c|${mac}`, `${mac}|1`, `${mac}\n${mac}`, `${mac}:00`, `00:${mac}`])
      expect([parseDeviceId(around), around]).toEqual([undefined, around]);
    expect(parseClientId('7b94d69a-9808-4c59-9c9b-704333b38aff')).toBeDefined();
    for (const bad of ['', 'a b', 'a\nb', 'é', undefined, 'x'.repeat(129)]) expect(parseClientId(bad)).toBeUndefined();
  });

  it('makes the same device id each time for a client without a MAC, and no factory assigns that id', () => {
    // The id consists of the first five bytes of the text's SHA-256.
    expect(madeDeviceId('test-device')).toBe('06:2f:e9:0d:9c:33');
    expect(madeDeviceId(' test-device ')).toBe('06:2f:e9:0d:9c:33');
    expect(parseDeviceId(madeDeviceId('x'.repeat(128)))).toBeDefined();
    expect(madeDeviceId('test-device-2')).not.toBe(madeDeviceId('test-device'));
    for (const bad of [undefined, '', ' ', 'a b', 'é', 'x'.repeat(129)]) expect(madeDeviceId(bad)).toBeUndefined();
    expect(parseDeviceId(undefined)).toBeUndefined();
  });

  it('gives a waiting device its code, and the time that it may wait', () => {
    const activation = { code: '123456', message: 'Enter 123456', challenge: 'c' };
    const answer = (given?: typeof activation): object =>
      JSON.parse(
        encodeOtaAnswer({
          wallMs: 1,
          timezoneOffsetMinutes: 0,
          firmwareVersion: '',
          transports: {},
          activation: given,
        }),
      ) as object;
    expect(answer(activation)).toMatchObject({ activation: { ...activation, timeout_ms: 30_000 } });
    expect(answer()).not.toHaveProperty('activation');
  });

  it('reads board and version from the User-Agent', () => {
    expect(parseUserAgent('bread-compact-wifi/2.4.2')).toEqual({ board: 'bread-compact-wifi', version: '2.4.2' });
    expect(parseUserAgent('box/12.34.567 (x)')).toEqual({ board: 'box', version: '12.34.567' });
    expect(parseUserAgent('E\u001b]0;x\u0007/2.4.2')).toEqual({ board: 'E ]0;x', version: '2.4.2' });
    const named = (name: string): unknown => parseOtaBody(JSON.stringify({ board: { name } })).board?.name;
    expect(named('x.\n\nNEW RULES\u202e\u009b31m')).toBe('x. NEW RULES 31m');
    expect(named('\u001b\n')).toBeUndefined();
    for (const other of [undefined, '', 'curl', 'a b/1.0', '/1.0', 'board/v1'])
      expect(parseUserAgent(other)).toEqual({ board: undefined, version: undefined });
  });
});
