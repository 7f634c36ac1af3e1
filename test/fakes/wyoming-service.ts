import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { encodeEvent, EventReader, wyomingEvent, type WyomingEvent } from '../../src/platform/wyoming/index.js';

/** The service's end of one connection. */
export interface WyomingPeer {
  readonly received: WyomingEvent[];
  /** How many bytes of audio all chunks had together. */
  audioBytes: number;
  send(type: string, data?: Readonly<Record<string, unknown>>, payload?: Uint8Array): void;
  raw(bytes: string | Uint8Array): Promise<void>;
  cut(): void;
}

export type WyomingScript = (peer: WyomingPeer, event: WyomingEvent) => void;

/**
 * What the service does at the first event other than `describe`, in this order: no answer, half an event, a close, 50
 * MB of spaces, nonsense, an event that announces 50 MB.
 */
export type WyomingFault = 'mute' | 'half' | 'close' | 'flood' | 'nonsense' | 'huge' | undefined;

/** A Wyoming service on a real port. */
export class WyomingService {
  readonly peers: WyomingPeer[] = [];
  open = 0;
  fault: WyomingFault;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    public script: WyomingScript,
  ) {}

  static async start(script: WyomingScript): Promise<WyomingService> {
    const server = createServer();
    const service = new WyomingService(server, script);
    server.on('connection', (socket) => service.#serve(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  get url(): string {
    return `tcp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    this.open += 1;
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.open -= 1;
      this.#sockets.delete(socket);
    });
    const peer: WyomingPeer = {
      received: [],
      audioBytes: 0,
      send: (type, data, payload) => void socket.write(encodeEvent(wyomingEvent(type, data, payload))),
      raw: (bytes) => new Promise((resolve) => socket.write(bytes, () => resolve())),
      cut: () => socket.destroy(),
    };
    this.peers.push(peer);
    const reader = new EventReader();
    socket.on('data', (bytes) => {
      for (const event of reader.push(bytes)) {
        peer.received.push(event);
        peer.audioBytes += event.type === 'audio-chunk' ? event.payload.byteLength : 0;
        if (this.fault === 'mute') continue;
        if (event.type !== 'describe' && this.fault) void misbehave(peer, this.fault);
        else this.script(peer, event);
      }
    });
  }
}

async function misbehave(peer: WyomingPeer, fault: Exclude<WyomingFault, undefined>): Promise<void> {
  if (fault === 'half') await peer.raw('{"type":"transcript","data_length":100}\n{"te').then(() => peer.cut());
  else if (fault === 'close') peer.cut();
  else if (fault === 'flood') await peer.raw(Buffer.alloc(50e6, 0x20));
  else if (fault === 'nonsense') await peer.raw('HTTP/1.1 400 Bad Request\r\n\r\n');
  else if (fault === 'huge') await peer.raw('{"type":"audio-chunk","payload_length":52428800}\n');
}

const ATTRIBUTION = { name: 'a', url: 'https://a.example' };
const artifact = (name: string, more: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  name,
  attribution: ATTRIBUTION,
  installed: true,
  description: name,
  version: '1',
  ...more,
});

/** How a service with recognition and voices describes itself. */
export const infoOf = (streams = false): Readonly<Record<string, unknown>> => ({
  asr: [
    artifact('ears', {
      models: [artifact('whisper', { languages: ['en', 'zh'] })],
      supports_transcript_streaming: streams,
    }),
  ],
  tts: [
    artifact('mouth', {
      voices: [
        artifact('amy', { languages: ['en_US'] }),
        artifact('huayan', { languages: ['zh_CN'] }),
        artifact('later', { languages: ['fr_FR'], installed: false }),
      ],
      supports_synthesize_streaming: streams,
    }),
  ],
});
