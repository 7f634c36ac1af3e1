import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MICROPHONE_PROCESSOR } from './audio-messages.js';
import { Talk } from './talk.js';

class FakePort extends EventTarget {
  constructor(private readonly processor: string) {
    super();
  }
  start(): void {}
  postMessage({ type }: { readonly type: string }): void {
    if (type === 'flush' && this.processor === MICROPHONE_PROCESSOR) this.tell({ type: 'flushed' });
  }
  tell(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
}

class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  readonly readyState = FakeSocket.OPEN;
  /** The types or states of the messages, and for each packet the first sample of its frame. */
  readonly sent: unknown[] = [];
  constructor() {
    super();
    sockets.push(this);
  }
  send(data: string | Uint8Array): void {
    if (typeof data !== 'string') this.sent.push(data[0]);
    else {
      const message = JSON.parse(data) as { readonly type: string; readonly state?: string };
      this.sent.push(message.state ?? message.type);
    }
  }
  tell(message: object): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }
  close(): void {}
}

class FakeEncoder {
  state = 'unconfigured';
  constructor(private readonly init: { readonly output: (chunk: object) => void }) {}
  static readonly isConfigSupported = async (): Promise<object> => ({ supported: true });
  configure(): void {
    this.state = 'configured';
  }
  encode({ data }: { readonly data: Float32Array }): void {
    this.init.output({ byteLength: 1, copyTo: (packet: Uint8Array) => packet.set([data[0] ?? 0]) });
  }
  async flush(): Promise<void> {}
  close(): void {
    this.state = 'closed';
  }
}

let sockets: FakeSocket[];
let microphones: FakePort[];
let players: FakePort[];
let timers: { readonly delayMs: number; readonly work: () => void }[];
let talk: Talk;

const settle = async (): Promise<void> => {
  for (let i = 0; i < 50; i++) await Promise.resolve();
};

/** The microphone of this conversation, counted from 0, gives 60 ms of sound that begin with this sample. */
function speak(conversation: number, sample: number): void {
  microphones[conversation]?.tell({ type: 'frame', samples: new Float32Array(960).fill(sample) });
}

/** The server answers the hello of this conversation, counted from 0. */
async function open(conversation: number): Promise<FakeSocket> {
  await settle();
  const socket = sockets[conversation];
  if (socket === undefined) throw new Error('there is no connection');
  socket.tell({ type: 'hello', transport: 'websocket' });
  await settle();
  return socket;
}

/** Lets the time pass after which the sound of an utterance is complete. */
async function pass(): Promise<void> {
  const due = timers.filter(({ delayMs }) => delayMs === 150);
  timers = timers.filter((timer) => !due.includes(timer));
  for (const { work } of due) work();
  await settle();
}

beforeEach(() => {
  sockets = [];
  microphones = [];
  players = [];
  timers = [];
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('AudioEncoder', FakeEncoder);
  vi.stubGlobal(
    'AudioData',
    class {
      readonly data: Float32Array;
      constructor(init: { readonly data: Float32Array }) {
        this.data = init.data;
      }
      close(): void {}
    },
  );
  vi.stubGlobal(
    'AudioContext',
    class {
      readonly sampleRate = 48_000;
      readonly audioWorklet = { addModule: async () => undefined };
      readonly resume = async (): Promise<void> => undefined;
      readonly close = async (): Promise<void> => undefined;
      readonly createMediaStreamSource = (): object => ({ connect: () => undefined });
    },
  );
  vi.stubGlobal(
    'AudioWorkletNode',
    class {
      readonly port: FakePort;
      readonly connect = (): void => undefined;
      constructor(_context: unknown, processor: string) {
        this.port = new FakePort(processor);
        (processor === MICROPHONE_PROCESSOR ? microphones : players).push(this.port);
      }
    },
  );
  const stream = { getTracks: () => [], getAudioTracks: () => [] };
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: async () => stream } });
  talk = new Talk({
    address: async () => ({ url: 'ws://server', protocols: [] }),
    clock: {
      wallMs: () => 0,
      after: (delayMs, work) => {
        timers.push({ delayMs, work });
        return () => undefined;
      },
    },
    onChange: () => undefined,
    onLevel: () => undefined,
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it('a button that is pressed again at once begins a whole utterance', async () => {
  talk.dispatch({ type: 'press' });
  const { sent } = await open(0);
  speak(0, 1);
  talk.dispatch({ type: 'release' });
  talk.dispatch({ type: 'press' });
  await pass();
  speak(0, 2);
  expect(sent).toEqual(['start', 1, 'abort', 'start', 2]);
  talk.dispatch({ type: 'release' });
  speak(0, 3);
  await pass();
  expect(sent.slice(5)).toEqual([3, 'stop']);
});

it('a conversation gets nothing from microphone and loudspeaker of the one before', async () => {
  talk.dispatch({ type: 'begin', mode: 'hands-free' });
  await open(0);
  talk.dispatch({ type: 'end' });
  talk.dispatch({ type: 'begin', mode: 'hands-free' });
  const socket = await open(1);
  speak(0, 1);
  speak(1, 2);
  speak(0, 1);
  expect(socket.sent).toEqual(['start', 2]);
  socket.tell({ type: 'tts', state: 'start' });
  socket.tell({ type: 'tts', state: 'stop' });
  players[0]?.tell({ type: 'over', figures: talk.view.figures });
  expect(talk.view.conversation.phase).toBe('speaking');
  players[1]?.tell({ type: 'over', figures: talk.view.figures });
  expect(talk.view.conversation.phase).toBe('listening');
});
