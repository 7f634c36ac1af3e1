import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { systemClock } from '../../core/index.js';
import { encodeClip, type Clip } from './clip.js';
import { fleetIdentity } from './identity.js';
import { SimulatedDevice, type SimulatedDeviceOptions } from './simulated-device.js';
import { OpusEncoder } from '../../audio/index.js';

/** A tone of a third of a second between silences. The device takes it for speech. */
function tone(): Clip {
  const pcm = new Int16Array(16_000 * 0.6);
  for (let i = 16_000 * 0.1; i < 16_000 * 0.43; i++) pcm[i] = Math.round(9000 * Math.sin(i / 9));
  return encodeClip(pcm);
}

interface Scripted {
  readonly url: string;
  readonly received: (string | number)[];
  readonly headers: Record<string, string | string[] | undefined>[];
}

let servers: Server[] = [];
let devices: SimulatedDevice[] = [];
afterEach(async () => {
  for (const device of devices) device.close();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  servers = [];
  devices = [];
});

/** Starts a server with these OTA answers, of which the last repeats, and these status codes of `/activate`. */
async function scripted(
  ota: readonly object[],
  onText: (text: Record<string, unknown>, socket: WebSocket, packets: number) => void,
  activate: number[] = [],
): Promise<Scripted> {
  const received: (string | number)[] = [];
  const headers: Scripted['headers'] = [];
  let answers = 0;
  const server = createServer((request, response) => {
    headers.push(request.headers);
    received.push(request.url ?? '');
    if (request.url?.endsWith('/activate')) {
      response.writeHead(activate.shift() ?? 500).end('{}');
      return;
    }
    const { port } = server.address() as AddressInfo;
    const answer = {
      websocket: { url: `ws://127.0.0.1:${port}/xiaozhi/v1/`, token: 't', version: 1 },
      ...ota[Math.min(answers++, ota.length - 1)],
    };
    response.end(JSON.stringify(answer));
  });
  servers.push(server);
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => {
    headers.push(request.headers);
    let packets = 0;
    socket.on('message', (data, isBinary) => {
      if (isBinary) {
        packets += 1;
        received.push((data as Buffer).length);
        return;
      }
      const text = JSON.parse((data as Buffer).toString()) as Record<string, unknown>;
      received.push(`${String(text['type'])}${typeof text['state'] === 'string' ? ` ${text['state']}` : ''}`);
      onText(text, socket, packets);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/xiaozhi/ota/`, received, headers };
}

function start(url: string, more: Partial<SimulatedDeviceOptions> = {}): SimulatedDevice {
  const device = new SimulatedDevice({ otaUrl: url, identity: fleetIdentity(7, 'zh-CN'), clock: systemClock, ...more });
  devices.push(device);
  return device;
}

const hello = (socket: WebSocket): void =>
  socket.send(
    JSON.stringify({
      type: 'hello',
      transport: 'websocket',
      session_id: 's',
      audio_params: { format: 'opus', sample_rate: 24_000, channels: 1, frame_duration: 60 },
    }),
  );
const say = (socket: WebSocket, message: object): void => socket.send(JSON.stringify({ session_id: 's', ...message }));

function reply(socket: WebSocket, holeMs: number): void {
  const encoder = new OpusEncoder({ rateHz: 24_000, application: 'audio', complexity: 0, bitrate: 'auto', dtx: false });
  say(socket, { type: 'stt', text: 'hello' });
  say(socket, { type: 'tts', state: 'start' });
  say(socket, { type: 'tts', state: 'sentence_start', text: 'Hi.' });
  const packet = (): void => socket.send(encoder.encode(new Int16Array(1440).fill(1000)));
  for (let i = 0; i < 5; i++) setTimeout(packet, 300 + 60 * i + (i >= 3 ? holeMs : 0));
  setTimeout(() => say(socket, { type: 'tts', state: 'stop' }), 300 + 60 * 5 + holeMs);
}

describe('the simulated device on a socket', () => {
  it('boots, talks in real time and records the turn', async () => {
    const server = await scripted([{}], (text, socket, packets) => {
      if (text['type'] === 'hello') hello(socket);
      if (text['state'] === 'start' && packets === 0) setTimeout(() => reply(socket, 0), 900);
    });
    const device = start(server.url, { keepAudio: true, localToken: 'secret' });
    await device.boot(AbortSignal.timeout(5000));
    const turn = await device.say(tone(), { begin: 'click' });
    expect(turn).toMatchObject({
      outcome: 'answered',
      heard: 'hello',
      packets: 5,
      overflows: 0,
      lostPackets: 0,
      violations: [],
    });
    expect(turn.sentences.map(({ text }) => text)).toEqual(['Hi.']);
    const { speechStartMs, sttMs = 0, ttsStartMs = 0, firstSoundMs = 0, ttsStopMs = 0, playedMs = 0 } = turn.timeline;
    expect(speechStartMs).toBeCloseTo(-330, -1.5);
    // The warm-up takes 120 ms, speech ends 430 ms into the clip, and the answer comes after 900 ms.
    expect(sttMs).toBeGreaterThan(300);
    expect(sttMs).toBeLessThanOrEqual(ttsStartMs);
    expect(firstSoundMs - ttsStartMs).toBeGreaterThan(100);
    expect(playedMs - firstSoundMs).toBeGreaterThanOrEqual(300);
    expect(ttsStopMs).toBeGreaterThan(firstSoundMs);
    const audio = device.takeAudio();
    expect(audio?.pcm.length).toBeGreaterThanOrEqual(5 * 1440);
    expect(server.headers[0]).toMatchObject({
      'device-id': '02:c0:5e:00:00:07',
      'accept-language': 'zh-CN',
      'x-chorus-local': 'secret',
    });
    expect(server.headers[1]).toMatchObject({ host: '127.0.0.1', authorization: 'Bearer t', 'protocol-version': '1' });
    expect(server.headers[1]).not.toHaveProperty('x-chorus-local');
    expect(server.headers[1]).not.toHaveProperty('sec-websocket-extensions');
    const uplink = server.received.filter((entry) => typeof entry === 'number').length;
    expect(uplink).toBeGreaterThanOrEqual(10);
    expect(uplink).toBeLessThanOrEqual(20);
  });

  it('records a gap in the reply as an underrun', async () => {
    const server = await scripted([{}], (text, socket, packets) => {
      if (text['type'] === 'hello') hello(socket);
      if (text['state'] === 'start' && packets === 0) setTimeout(() => reply(socket, 250), 700);
    });
    const device = start(server.url);
    await device.boot(AbortSignal.timeout(5000));
    const turn = await device.say(tone(), { begin: 'click' });
    expect(turn.underruns).toBeGreaterThanOrEqual(1);
    expect(turn.underrunMs).toBeGreaterThan(150);
  });

  it('releases push-to-talk after the clip', async () => {
    const server = await scripted([{}], (text, socket) => {
      if (text['type'] === 'hello') hello(socket);
      if (text['state'] === 'stop') reply(socket, 0);
    });
    const device = start(server.url);
    await device.boot(AbortSignal.timeout(5000));
    const turn = await device.say(tone(), { begin: 'press' });
    expect(turn.outcome).toBe('answered');
    expect(device.state).toBe('idle');
    const stop = server.received.indexOf('listen stop');
    expect(server.received.slice(stop + 1).filter((entry) => typeof entry === 'number').length).toBeLessThanOrEqual(2);
  });

  it('pairs: shows the code, asks for activation, and boots again after approval', async () => {
    const activation = { activation: { code: '123456', message: 'm', challenge: 'c' } };
    const server = await scripted([activation, {}], (text, socket) => text['type'] === 'hello' && hello(socket), [200]);
    const codes: string[] = [];
    const device = start(server.url, { onPairingCode: (code) => codes.push(code) });
    await device.boot(AbortSignal.timeout(5000));
    expect(codes).toEqual(['123456']);
    expect(server.received).toEqual(['/xiaozhi/ota/', '/xiaozhi/ota/activate', '/xiaozhi/ota/']);
  });

  it('checks the OTA answer', async () => {
    const server = await scripted(
      [
        {
          mqtt: {},
          firmware: { version: 'v2', url: '' },
          server_time: { timestamp: 1_785_000_000, timezone_offset: 28_800_000 },
        },
      ],
      () => undefined,
    );
    const device = start(server.url);
    await device.boot(AbortSignal.timeout(5000));
    expect(device.violations.map(({ kind }) => kind)).toEqual(['bad_ota', 'bad_ota', 'bad_ota']);
  });

  it('reports an unreachable server, a missing answer, and a broken connection', async () => {
    const server = await scripted([{}], (text, socket, packets) => {
      if (text['type'] === 'hello') hello(socket);
      if (text['state'] === 'start' && packets > 0) socket.terminate();
    });
    const device = start(server.url);
    await device.boot(AbortSignal.timeout(5000));
    const quiet = await device.say(tone(), { begin: 'click', answerTimeoutMs: 200 });
    expect(quiet).toMatchObject({ outcome: 'no_answer', heard: undefined });
    device.click();
    const nobody = start('http://127.0.0.1:1/xiaozhi/ota/');
    await expect(nobody.boot(AbortSignal.timeout(5000))).rejects.toMatchObject({ code: 'device.unreachable' });
    const page = await scripted([{ websocket: undefined }], () => undefined);
    await expect(start(page.url).boot(AbortSignal.timeout(5000))).rejects.toMatchObject({ code: 'device.refused' });
    const cutting = await scripted([{}], (text, socket) =>
      text['type'] === 'hello' ? hello(socket) : setTimeout(() => socket.terminate(), 300),
    );
    const cut = start(cutting.url);
    await cut.boot(AbortSignal.timeout(5000));
    expect((await cut.say(tone(), { begin: 'click' })).outcome).toBe('closed');
    expect(cut.state).toBe('idle');
  });
});
