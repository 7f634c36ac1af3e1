import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { OpusEncoder } from '../../audio/index.js';
import { systemClock } from '../../core/index.js';
import { testTurn, type TurnServer } from './test-turn.js';

/** The server answers after this many packets from the device. All speech has arrived by then. */
const HEARD_PACKETS = 110;
const PACKET_MS = 60;
/** The answer lasts half a minute. */
const STORY_PACKETS = 500;
const PACKETS_BEFORE_SOUND = 2;

interface Story {
  readonly api: TurnServer;
  readonly sent: () => number;
  readonly texts: string[];
  readonly calls: string[];
}

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
});

/** `afterAbort` is the number of packets that the server still sends after the device has stopped the answer. */
async function storyteller(afterAbort = 0): Promise<Story> {
  const encoder = new OpusEncoder({ rateHz: 24_000, application: 'audio', complexity: 0, bitrate: 'auto', dtx: false });
  const texts: string[] = [];
  const calls: string[] = [];
  let sent = 0;
  const http = createServer((request, response) => {
    const { port } = http.address() as AddressInfo;
    const websocket = { url: `ws://127.0.0.1:${port}/xiaozhi/v1/`, token: 't', version: 1 };
    response.end(JSON.stringify(request.url === '/readyz' ? { ready: true } : { websocket }));
  });
  server = http;
  new WebSocketServer({ server: http }).on('connection', (socket) => {
    const say = (message: object): void => socket.send(JSON.stringify({ session_id: 's', ...message }));
    let heard = 0;
    let story: NodeJS.Timeout | undefined;
    const end = (): void => {
      clearInterval(story);
      say({ type: 'tts', state: 'stop' });
    };
    socket.on('close', () => clearInterval(story));
    socket.on('message', (data, isBinary) => {
      if (isBinary) {
        if (++heard !== HEARD_PACKETS) return;
        say({ type: 'stt', text: 'tell me a story' });
        say({ type: 'tts', state: 'start' });
        say({ type: 'tts', state: 'sentence_start', text: 'Once upon a time.' });
        let intervals = 0;
        story = setInterval(() => {
          // The device drops sound in the first 100 ms after `start`, so the story begins later.
          if (++intervals <= PACKETS_BEFORE_SOUND) return;
          sent += 1;
          socket.send(encoder.encode(new Int16Array(1440).fill(1000)));
          if (sent === STORY_PACKETS) end();
        }, PACKET_MS);
        return;
      }
      const text = JSON.parse((data as Buffer).toString()) as Record<string, unknown>;
      texts.push(String(text['type']));
      if (text['type'] === 'hello') hello(socket);
      if (text['type'] === 'abort') {
        for (let packet = 0; packet < afterAbort; packet++) socket.send(encoder.encode(new Int16Array(1440)));
        end();
      }
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    api: {
      otaUrl: `http://127.0.0.1:${port}/xiaozhi/ota/`,
      token: 'secret',
      call: (method, path) => {
        calls.push(`${method} ${path.replace(/\?.*/, '')}`);
        return Promise.resolve(method === 'GET' ? { next: 1, turns: [] } : undefined);
      },
    },
    sent: () => sent,
    texts,
    calls,
  };
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

it('stops a long answer after its first words, and removes the test device', { timeout: 60_000 }, async () => {
  const { api, sent, texts, calls } = await storyteller();
  await expect(testTurn(api, 'en-US', systemClock, new AbortController().signal)).resolves.toBeUndefined();
  expect(texts).toContain('abort');
  expect(sent()).toBeGreaterThan(10);
  expect(sent()).toBeLessThan(STORY_PACKETS / 2);
  expect(calls.filter((call) => call.startsWith('DELETE '))).toEqual([
    expect.stringMatching(/^DELETE \/devices\/02:c0:5e:[0-9a-f:]{8}$/) as string,
  ]);
});

it('does not blame the configuration for a server that is slow to stop', { timeout: 60_000 }, async () => {
  const { api, texts } = await storyteller(5);
  await expect(testTurn(api, 'en-US', systemClock, new AbortController().signal)).resolves.toBeUndefined();
  expect(texts).toContain('abort');
});
