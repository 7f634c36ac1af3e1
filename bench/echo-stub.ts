import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { decodeFrame, encodeFrame, isFraming, type Framing } from '../src/device/protocol/index.js';

// A server without recognition. It repeats the received sound as soon as the device is silent, and prints its OTA
// address. It runs in a separate process, so that its cost does not count as that of the simulated devices.

/** A packet of at most this size is silence or fading sound. A packet of speech (60 ms) is always larger. */
const SILENCE_BYTES = 60;
const END_FRAMES = 5;
const START_FRAMES = 8;
const LEAD_FRAMES = 7;
const FRAME_MS = 60;
const START_GAP_MS = 100;

interface Talker {
  readonly socket: WebSocket;
  readonly framing: Framing;
  heard: Uint8Array[];
  silent: number;
  reply: { readonly packets: readonly Uint8Array[]; readonly startMs: number; next: number } | undefined;
}

const talkers = new Set<Talker>();

function say(talker: Talker, message: object): void {
  talker.socket.send(JSON.stringify({ session_id: 's', ...message }));
}

function hear(talker: Talker, packet: Uint8Array): void {
  if (talker.reply) return;
  if (packet.byteLength > SILENCE_BYTES) {
    talker.heard.push(packet.slice());
    talker.silent = 0;
    return;
  }
  talker.silent += 1;
  if (talker.silent < END_FRAMES) return;
  if (talker.heard.length >= START_FRAMES) {
    say(talker, { type: 'stt', text: 'echo' });
    say(talker, { type: 'tts', state: 'start' });
    say(talker, { type: 'tts', state: 'sentence_start', text: 'echo' });
    talker.reply = { packets: talker.heard, startMs: performance.now() + START_GAP_MS, next: 0 };
  }
  talker.heard = [];
}

setInterval(() => {
  const nowMs = performance.now();
  for (const talker of talkers) {
    const { reply } = talker;
    if (!reply) continue;
    // Sends at most one packet every 20 ms, and never more than LEAD_FRAMES ahead of playback.
    if (
      reply.next < reply.packets.length &&
      nowMs >= reply.startMs + Math.max(reply.next * 20, (reply.next - LEAD_FRAMES) * FRAME_MS)
    ) {
      talker.socket.send(encodeFrame(talker.framing, reply.packets[reply.next] ?? new Uint8Array(), 0));
      reply.next += 1;
    } else if (reply.next >= reply.packets.length) {
      talker.reply = undefined;
      say(talker, { type: 'tts', state: 'stop' });
    }
  }
}, 20);

const http = createServer((_request, response) => {
  const { port } = http.address() as AddressInfo;
  response.end(JSON.stringify({ websocket: { url: `ws://127.0.0.1:${port}/xiaozhi/v1/`, token: 't', version: 1 } }));
});
new WebSocketServer({ server: http, perMessageDeflate: false }).on('connection', (socket, request) => {
  const version = Number(request.headers['protocol-version']);
  const talker: Talker = { socket, framing: isFraming(version) ? version : 1, heard: [], silent: 0, reply: undefined };
  talkers.add(talker);
  socket.on('close', () => talkers.delete(talker));
  socket.on('message', (data, isBinary) => {
    if (isBinary) {
      const packet = decodeFrame(talker.framing, data as Buffer)?.packet;
      if (packet) hear(talker, packet);
      return;
    }
    const message = JSON.parse((data as Buffer).toString()) as { readonly type: string };
    if (message.type === 'hello')
      socket.send(
        JSON.stringify({
          type: 'hello',
          transport: 'websocket',
          session_id: 's',
          audio_params: { format: 'opus', sample_rate: 16_000, channels: 1, frame_duration: FRAME_MS },
        }),
      );
    if (message.type === 'abort' && talker.reply) {
      talker.reply = undefined;
      say(talker, { type: 'tts', state: 'stop' });
    }
  });
});
http.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(http.address() as AddressInfo).port}/xiaozhi/ota/`));
