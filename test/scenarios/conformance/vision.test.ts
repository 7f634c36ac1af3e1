import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PictureQuestion, PictureReader } from '../../../src/device/vision/vision-port.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { connect, DEVICE, HELLO, http, PEERS, startServer, tokenFor, type Harness } from './harness.js';

const OTHER = { deviceId: 'a0:85:e3:f4:49:35', clientId: 'other-client' } as const;
const BOUNDARY = '----ESP32_CAMERA_BOUNDARY';

/** The header of a JPEG of this size. What follows the header does not matter here. */
function jpeg(width: number, height: number, more = 0): Buffer {
  const [w, h] = [Buffer.alloc(2), Buffer.alloc(2)];
  w.writeUInt16BE(width);
  h.writeUInt16BE(height);
  const app0 = Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex');
  const sof = Buffer.concat([Buffer.from('ffc0001108', 'hex'), h, w, Buffer.from('03012200021101031101', 'hex')]);
  return Buffer.concat([app0, sof, Buffer.alloc(more), Buffer.from('ffd9', 'hex')]);
}

function form(question: string, picture: Buffer): Buffer[] {
  const head =
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="question"\r\n\r\n${question}\r\n` +
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="camera.jpg"\r\n` +
    'Content-Type: image/jpeg\r\n\r\n';
  return [Buffer.from(head), picture, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)];
}

class FakeReader implements PictureReader {
  on = true;
  readonly asked: PictureQuestion[] = [];
  answer: (signal: AbortSignal) => Promise<string> = () => Promise.resolve('A cat.');

  explain(question: PictureQuestion, signal: AbortSignal): Promise<string> {
    this.asked.push(question);
    return this.answer(signal);
  }
}

describe('conformance: pictures', () => {
  let harness: Harness;
  let reader: FakeReader;
  const clock = new FakeClock();
  beforeEach(async () => {
    reader = new FakeReader();
    harness = await startServer({ pictures: reader, clock });
  });
  afterEach(() => harness.close());

  async function vision(device: { readonly deviceId: string; readonly clientId: string } = DEVICE) {
    const token = await tokenFor(harness, device);
    const before = harness.host.sessions.length;
    const client = await connect(harness, { token, ...device, headers: { Host: '192.168.1.5:8000' } }).opened();
    client.socket.send(JSON.stringify(HELLO));
    return (await harness.host.session(before)).connection.vision;
  }

  /** Sends a picture as the firmware does: chunked, part by part. */
  function send(
    token: string,
    parts: readonly Buffer[],
    { deviceId, clientId }: { readonly deviceId: string; readonly clientId: string } = DEVICE,
  ): Promise<{ readonly status: number; readonly text: string; readonly json: Record<string, unknown> }> {
    return new Promise((resolve, reject) => {
      const headers = {
        'Device-Id': deviceId,
        'Client-Id': clientId,
        Authorization: `Bearer ${token}`,
        'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
        'Transfer-Encoding': 'chunked',
      };
      const path = '/mcp/vision/explain';
      const to = { host: '127.0.0.1', port: harness.port, method: 'POST', path, headers, agent: false } as const;
      const request = httpRequest(to, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text,
            json: JSON.parse(text) as Record<string, unknown>,
          }),
        );
      });
      request.on('error', reject);
      for (const part of parts) request.write(part);
      request.end();
    });
  }

  it('2, 72: a chunked form with question and file gets a 200 with less than 8 KB', async () => {
    const { url, token } = (await vision()) ?? { url: '', token: '' };
    expect(new URL(url).pathname).toBe('/mcp/vision/explain');
    expect(await send(token, form('这是什么？', jpeg(640, 480)))).toMatchObject({
      status: 200,
      json: { success: true, action: 'RESPONSE', response: 'A cat.' },
    });
    expect(reader.asked).toMatchObject([
      { device: { deviceId: DEVICE.deviceId }, question: '这是什么？', picture: { mediaType: 'image/jpeg' } },
    ]);
    expect(Buffer.from(reader.asked[0]?.picture.bytes ?? []).equals(jpeg(640, 480))).toBe(true);
    reader.answer = () => Promise.resolve('猫'.repeat(9000));
    const long = await send(token, form('?', jpeg(640, 480)));
    expect(long.json).toMatchObject({ success: true });
    expect(Buffer.byteLength(long.text)).toBeLessThan(8000);
  });

  it('72: no picture, a too large one, or a failure gets a 200, so that the model learns the reason', async () => {
    const { token = '' } = (await vision()) ?? {};
    const answerTo = async (parts: Buffer[]): Promise<string> => {
      const { status, json } = await send(token, parts);
      expect([status, json['success']]).toEqual([200, false]);
      return String(json['message']);
    };
    expect(await answerTo(form('?', Buffer.from('<svg width="1" height="1"/>')))).toContain('不是 JPEG');
    expect(await answerTo(form('?', jpeg(60_000, 60_000)))).toContain('太大');
    expect(await answerTo(form('?', jpeg(640, 480, 3 * 1024 * 1024)))).toContain('2 MB');
    expect(await answerTo(form('?', jpeg(640, 480)).slice(0, 2))).toContain('不完整');
    expect(reader.asked).toEqual([]);
    reader.answer = () => Promise.reject(new Error('boom'));
    await answerTo(form('?', jpeg(640, 480)));
  });

  it('73: the token belongs to the Device-Id, and gives no other access', async () => {
    const { token = '' } = (await vision()) ?? {};
    const { token: others = '' } = (await vision(OTHER)) ?? {};
    const picture = form('?', jpeg(640, 480));
    for (const wrong of ['', 'nonsense', others, await tokenFor(harness), token.replace(/\d+$/, '2')])
      expect(await send(wrong, picture)).toMatchObject({ status: 401, json: { success: false } });
    expect(await send(others, picture, OTHER)).toMatchObject({ status: 200 });
    expect((await connect(harness, { token }).refused()).refusedWith).toBe(401);
    await harness.server.revoke(DEVICE.deviceId);
    expect(await send(token, picture)).toMatchObject({ status: 401 });
    expect(reader.asked).toHaveLength(1);
  });

  it('64: every connection gets the address, and a token of its own device', async () => {
    const [first, again, other] = [await vision(), await vision(), await vision(OTHER)];
    expect(again).toEqual(first);
    expect(other?.url).toBe(first?.url);
    expect(other?.token).not.toBe(first?.token);
    expect(first?.url).toBe('http://192.168.1.5:8000/mcp/vision/explain');
  });

  it('reads no other format, because their readers take minutes for some files', async () => {
    const { token = '' } = (await vision()) ?? {};
    const box = (name: string, body: Buffer): Buffer => {
      const head = Buffer.alloc(8);
      head.writeUInt32BE(8 + body.length);
      head.write(name, 4, 'latin1');
      return Buffer.concat([head, body]);
    };
    const size = box('ispe', Buffer.alloc(12));
    const sizes = Buffer.alloc(95_000 * size.length, size);
    const properties = box('iprp', box('ipco', sizes));
    const heif = Buffer.concat([
      box('ftyp', Buffer.from('heic0000')),
      box('meta', Buffer.concat([Buffer.alloc(4), properties])),
    ]);
    expect((await send(token, form('?', heif))).json['message']).toContain('不是 JPEG');
  });

  it('admits a device whose neighbours behind the same address show wrong tokens', async () => {
    const { token = '' } = (await vision()) ?? {};
    const picture = form('?', jpeg(640, 480));
    const wrong: number[] = [];
    for (let times = 0; times < 32; times++) wrong.push((await send('nonsense', picture)).status);
    expect([wrong[0], wrong.at(-1)]).toEqual([401, 429]);
    expect(await send(token, picture)).toMatchObject({ status: 200, json: { success: true } });
  });

  it('handles one picture of a device at a time, and six in a row', async () => {
    const { token = '' } = (await vision()) ?? {};
    const { token: others = '' } = (await vision(OTHER)) ?? {};
    const picture = form('?', jpeg(640, 480));
    let finish: (text: string) => void = () => undefined;
    let begun: () => void = () => undefined;
    const begins = new Promise<void>((resolve) => (begun = resolve));
    reader.answer = () => {
      begun();
      return new Promise((resolve) => (finish = resolve));
    };
    const first = send(token, picture);
    await begins;
    expect(await send(token, picture)).toMatchObject({ status: 200, json: { success: false } });
    finish('done');
    expect((await first).json).toMatchObject({ success: true });
    reader.answer = () => Promise.resolve('again');
    for (let n = 0; n < 5; n += 1) expect((await send(token, picture)).json).toMatchObject({ success: true });
    expect((await send(token, picture)).json).toMatchObject({ success: false });
    expect((await send(others, picture, OTHER)).json).toMatchObject({ success: true });
  });

  it('is ready for the next picture of a device that hung up while its token was looked up', async () => {
    const { token = '' } = (await vision()) ?? {};
    const find = harness.store.find.bind(harness.store);
    let release: () => void = () => undefined;
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const held = new Promise<void>((resolve) => (release = resolve));
    harness.store.find = async (deviceId) => {
      asked();
      await held;
      return find(deviceId);
    };
    const headers = {
      'Device-Id': DEVICE.deviceId,
      Authorization: `Bearer ${token}`,
      'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
    };
    const path = '/mcp/vision/explain';
    const cut = httpRequest({ host: '127.0.0.1', port: harness.port, method: 'POST', path, headers, agent: false });
    const gone = new Promise((resolve) => cut.on('error', resolve));
    cut.write('--');
    await isAsked;
    cut.destroy(new Error('gone'));
    await gone;
    // The server has read the end of the connection once it answers another one.
    for (let n = 0; n < 2; n++) await http(harness, { path: '/healthz' });
    harness.store.find = find;
    release();
    expect((await send(token, form('?', jpeg(640, 480)))).json).toMatchObject({ success: true });
  });

  it('sends no address if no model reads pictures, and tells a person who opens it', async () => {
    const page = (): Promise<{ readonly text: string; readonly status: number }> =>
      http(harness, {
        path: '/mcp/vision/explain',
        headers: { Host: '192.168.1.5:8000', 'Accept-Language': 'zh-CN' },
        from: PEERS.lan,
      });
    expect(await page()).toMatchObject({
      status: 200,
      text: expect.stringContaining('http://192.168.1.5:8000/mcp/vision/explain') as string,
    });
    reader.on = false;
    expect(await vision()).toBeUndefined();
    expect((await page()).text).toContain('vision.model');
  });
});
