import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChorusError, silentLogger, systemClock } from '../../../src/core/index.js';
import { Firmware } from '../../../src/device/firmware/index.js';
import { openStore, type Store } from '../../../src/platform/store/index.js';
import { firmwareImage } from '../../fakes/firmware-image.js';
import {
  asCommand,
  connect,
  CountingMetrics,
  DEVICE,
  http,
  OTA_BODY,
  PEERS,
  postOta,
  startServer,
  type Harness,
  type HttpAnswer,
} from '../conformance/harness.js';

const IMAGE = firmwareImage({ version: '2.5.0', segmentBytes: [200_000, 10_000] });
const OTHER = { deviceId: '02:00:00:00:00:07', clientId: 'client-7' };

describe('firmware downloads', () => {
  let harness: Harness;
  let also: Harness | undefined;
  let store: Store;
  let dataDir: string;
  let firmware: Firmware;
  let releaseId: string;
  let aheadMs = 0;
  beforeEach(async () => {
    aheadMs = 0;
    const clock = {
      ...systemClock,
      nowMs: () => systemClock.nowMs() + aheadMs,
      wallMs: () => systemClock.wallMs() + aheadMs,
    };
    dataDir = await mkdtemp(join(tmpdir(), 'chorus-firmware-'));
    store = await openStore({ dataDir });
    const rules = {
      wave: 50,
      returnMs: 900_000,
      returnShare: 0.7,
      returnMinDevices: 3,
      downloads: 4,
      downloadBytesPerSecond: Number.POSITIVE_INFINITY,
    };
    firmware = await Firmware.open({
      store: store.firmware,
      dataDir,
      secretHex: '22'.repeat(32),
      rules: () => rules,
      clock,
      log: silentLogger,
      metrics: new CountingMetrics(),
    });
    harness = await startServer({ clock, store, firmware });
    releaseId = await add(IMAGE);
  });
  afterEach(async () => {
    await harness.close();
    await also?.close();
    also = undefined;
    await rm(dataDir, { recursive: true, force: true });
  });

  async function add(image: Buffer, query = 'board=bread-compact-wifi&share=1'): Promise<string> {
    const answer = await http(harness, {
      method: 'POST',
      path: `/api/v1/firmware?${query}`,
      headers: { ...asCommand(harness), 'content-type': 'application/octet-stream' },
      body: image,
    });
    return (answer.json as { firmware?: { id?: string } }).firmware?.id ?? `refused: ${answer.text}`;
  }
  /** The firmware address that a device is offered, and the path in it. */
  async function offered(
    device: typeof OTHER = DEVICE,
    call: Parameters<typeof postOta>[2] = {},
  ): Promise<{ readonly url: string; readonly path: string }> {
    const { url } = (await postOta(harness, device, call)).ota.firmware;
    return { url, path: url === '' ? '' : new URL(url).pathname };
  }
  const get = (path: string, call: { readonly method?: string; readonly from?: string } = {}): Promise<HttpAnswer> =>
    http(harness, { path, from: PEERS.lan, ...call });

  it('send a device all bytes with their length, by plain GET at the address that it used (2, 14)', async () => {
    const { url, path } = await offered();
    expect(url).toBe(`http://192.168.1.5:8123${path}`);
    expect(path).toMatch(/^\/xiaozhi\/firmware\/[0-9a-f]{8}\/[\w-]+\.bin$/);
    // The firmware sends neither Device-Id nor token with this request (docs/protocol.md 1.5).
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-length': String(IMAGE.length),
      'content-type': 'application/octet-stream',
      etag: expect.stringMatching(/^"[0-9a-f]{64}"$/),
    });
    expect(answer.headers['transfer-encoding']).toBeUndefined();
    expect((await postOta(harness, DEVICE)).ota.firmware).toMatchObject({ version: '2.5.0', force: 0 });
    expect((await get(path, { method: 'HEAD' })).status).toBe(404);
    // The firmware does not ask for ranges. A client that does gets the whole file.
    expect(
      await http(harness, { path, from: PEERS.lan, headers: { range: 'bytes=0-9' } }).then(({ status, headers }) => [
        status,
        headers['content-length'],
        headers['accept-ranges'],
      ]),
    ).toEqual([200, String(IMAGE.length), 'none']);
  });

  it('transfer images of several MB completely to a slow device (14)', async () => {
    const large = firmwareImage({ version: '2.7.0', segmentBytes: [3_000_000, 10_000] });
    await add(large);
    const { path } = await offered();
    const chunks: Buffer[] = [];
    const headers = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
      const to = { host: '127.0.0.1', port: harness.port, path, localAddress: PEERS.lan, agent: false } as const;
      httpRequest(to, (response) => {
        // A device writes to its flash meanwhile, so it takes the next piece only after other tasks have run.
        const take = (): void => {
          const chunk = response.read() as Buffer | null;
          if (chunk) chunks.push(chunk);
          if (chunk) setImmediate(take);
          else response.once('readable', take);
        };
        response.once('readable', take);
        response.on('end', () => resolve(response.headers));
        response.on('error', reject);
      })
        .on('error', reject)
        .end();
    });
    expect(headers).toMatchObject({ 'content-length': String(large.length) });
    expect(headers['transfer-encoding']).toBeUndefined();
    expect(Buffer.concat(chunks).equals(large)).toBe(true);
  });

  it('are answered at the advertised address, with a public address and behind a trusted proxy (2)', async () => {
    also = harness;
    harness = await startServer({
      store,
      firmware,
      publicUrl: 'https://voice.example.org',
      trustedProxies: [PEERS.loopback],
    });
    for (const call of [{ from: PEERS.lan }, { from: PEERS.loopback, headers: { 'x-forwarded-for': PEERS.lan } }]) {
      const { url, path } = await offered(DEVICE, call);
      expect(url).toBe(`https://voice.example.org:443${path}`);
      expect(await http(harness, { path, ...call }).then(({ status }) => status)).toBe(200);
    }
  });

  it('are forced by the number 1 until the device reports the version, and never again (10)', async () => {
    await firmware.rollOut(releaseId, { share: 0, deviceIds: [DEVICE.deviceId], force: true });
    const report = async (version: string) =>
      (await postOta(harness, DEVICE, { body: OTA_BODY.replaceAll('2.4.2', version) })).ota.firmware;
    expect(await report('2.6.0')).toEqual({ version: '2.5.0', url: expect.stringMatching(/^http/), force: 1 });
    for (const version of ['2.5.0', '2.5.0', '2.6.0', '2.4.2']) {
      const { force } = await report(version);
      expect([version, force]).toEqual([version, 0]);
    }
    expect((await report('2.5.0')).url).toBe('');
  });

  it('are for bound devices only; a device that needs a code gets no offer', async () => {
    const stranger = await postOta(harness, OTHER, { from: PEERS.public });
    expect(stranger.ota.firmware).toEqual({ version: '2.4.2', url: '', force: 0 });
    expect(stranger.ota.activation?.code).toMatch(/^\d{6}$/);
  });

  it('refuse every other request with the same answer', async () => {
    const { path } = await offered();
    const otherPath = (await offered(OTHER)).path;
    const [, , , release = '', ticket = ''] = path.split('/');
    const [mac = '', expiry = '', ...rest] = ticket.split('-');
    const changed = [
      `/xiaozhi/firmware/00000000/${ticket}`,
      `/xiaozhi/firmware/${release}/${otherPath.split('/')[4]?.split('-')[0]}-${expiry}-${rest.join('-')}`,
      `/xiaozhi/firmware/${release}/${mac}-zzzzzz-${rest.join('-')}`,
      `/xiaozhi/firmware/${release}/${mac}-${expiry}-${'A'.repeat(43)}.bin`,
      `/xiaozhi/firmware/${release}/x`,
      `/xiaozhi/firmware/${release}/${ticket.replace('.bin', '')}`,
    ];
    const first = await get(changed[0] ?? '');
    expect(first.status).toBe(403);
    for (const address of changed)
      expect(await get(address).then(({ status, text }) => [address, status, text])).toEqual([
        address,
        403,
        first.text,
      ]);
    // A revoked device, a withdrawn release and an expired address get the same answer.
    await harness.server.revoke(OTHER.deviceId);
    expect((await get(otherPath)).text).toBe(first.text);
    await firmware.pause(releaseId);
    expect((await get(path)).text).toBe(first.text);
    await firmware.rollOut(releaseId, {});
    expect((await get(path)).status).toBe(200);
    aheadMs = 61 * 60_000;
    expect(await get(path).then(({ status, text }) => [status, text])).toEqual([403, first.text]);
  });

  it('have no path that leads out of their folder', async () => {
    for (const path of [
      '/xiaozhi/firmware/../../local-token',
      '/xiaozhi/firmware/%2e%2e/%2e%2e%2flocal-token',
      `/xiaozhi/firmware/${releaseId}/..%2f..%2flocal-token`,
      '/xiaozhi/firmware//etc/passwd',
      `/xiaozhi/firmware/${releaseId}/....//....//chorus.db`,
      `/xiaozhi/firmware/${releaseId}/%00`,
      `/xiaozhi/firmware/${releaseId}/${'x'.repeat(3000)}`,
    ]) {
      const answer = await get(path);
      expect([400, 403, 404, 414], path).toContain(answer.status);
      expect(answer.text).not.toContain(harness.localToken);
    }
  });

  it('stop a client that guesses addresses, but no device, not even one behind the same router', async () => {
    const { path } = await offered();
    const statuses = [];
    for (let i = 0; i < 40; i++)
      statuses.push((await get(`/xiaozhi/firmware/${releaseId}/guess-${i}`, { from: PEERS.lan2 })).status);
    expect(statuses.filter((status) => status === 403)).toHaveLength(30);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    expect((await get(path, { from: PEERS.lan2 })).status).toBe(200);
    expect((await get(path)).status).toBe(200);
  });

  it('stop a device that downloads again and again', async () => {
    const { path } = await offered();
    const statuses = [];
    for (let i = 0; i < 8; i++) statuses.push((await get(path)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
    expect(harness.metrics.of('chorus_firmware_total{result=refused}')).toBe(2);
  });

  it("fail if the database cannot be written, but the device's conversation works", async () => {
    vi.spyOn(store.firmware, 'putInstall').mockRejectedValue(new ChorusError('data.disk_full', 'scripted'));
    const { ota, status } = await postOta(harness, DEVICE);
    expect([status, ota.firmware]).toEqual([200, { version: '2.4.2', url: '', force: 0 }]);
    await connect(harness, { token: ota.websocket.token }).opened();
  });

  it('come from images that were sent as bytes, with permission, and are valid', async () => {
    const headers = asCommand(harness);
    const post = (body: Buffer | string, more: Record<string, string>, query = 'board=b'): Promise<HttpAnswer> =>
      http(harness, { method: 'POST', path: `/api/v1/firmware?${query}`, headers: { ...headers, ...more }, body });
    const octets = { 'content-type': 'application/octet-stream' };
    expect(
      (await http(harness, { method: 'POST', path: '/api/v1/firmware?board=b', headers: octets, body: IMAGE })).status,
    ).toBe(401);
    expect((await post(IMAGE, octets, '')).json).toMatchObject({ error: { code: 'admin.bad_request' } });
    expect((await post('{}', {})).json).toMatchObject({ error: { code: 'admin.bad_request' } });
    expect((await post('MZ no firmware', octets)).json).toMatchObject({ error: { code: 'firmware.invalid' } });
    expect((await post(IMAGE, octets, 'board=b&file=../../../etc/passwd')).json).toMatchObject({
      firmware: { fileName: 'passwd' },
    });
    expect((await post(IMAGE, octets, 'board=b')).json).toMatchObject({ error: { code: 'firmware.exists' } });
    for (const id of ['00000000', '..%2f..%2flocal-token', '%2e%2e'])
      expect([400, 404]).toContain(
        (await http(harness, { method: 'DELETE', path: `/api/v1/firmware/${id}`, headers })).status,
      );
  });

  it('do not accept an endless upload, which is cut off', async () => {
    const endless = Buffer.alloc(13 * 1024 * 1024, 0xe9);
    const answer = await http(harness, {
      method: 'POST',
      path: '/api/v1/firmware?board=b',
      headers: { ...asCommand(harness), 'content-type': 'application/octet-stream' },
      body: endless,
    }).catch((error: NodeJS.ErrnoException) => error);
    // The server answers before it has read the whole body, so the sender may find the connection broken.
    if (answer instanceof Error) expect(['ECONNRESET', 'EPIPE']).toContain(answer.code);
    else expect(answer.json).toMatchObject({ error: { code: 'firmware.invalid' } });
    const { json } = await http(harness, { path: '/api/v1/firmware', headers: asCommand(harness) });
    expect((json as { firmware: unknown[] }).firmware).toHaveLength(1);
  });
});
