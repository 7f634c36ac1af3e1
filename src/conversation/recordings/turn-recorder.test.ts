import { describe, expect, it } from 'vitest';
import type { Listening, ListeningEvent, ListeningStream } from '../../speech/listening/listening-port.js';
import type { ReplyEvent, ReplyStats, Speaking, SpokenReply } from '../../speech/speaking/speaking-port.js';
import { TurnRecorder } from './turn-recorder.js';

/** A packet of 60 ms (SILK, one frame) that carries its own number. */
const packet = (n: number): Uint8Array => Uint8Array.of(0x18, n);
const numbers = (packets: readonly { readonly bytes: Uint8Array }[]): readonly (number | undefined)[] =>
  packets.map(({ bytes }) => bytes[1]);
const STATS = {
  packets: 0,
  bytes: 0,
  underruns: 0,
  underrunMs: 0,
  firstAudioMs: 0,
  cachedSentences: 0,
  sentences: 0,
  musicMs: 0,
};

class Device {
  readonly recorder = new TurnRecorder();
  readonly stream: ListeningStream;
  #report: (event: ListeningEvent) => void = () => undefined;
  #sent = 0;
  onEvent: (event: ListeningEvent) => void = () => undefined;

  constructor() {
    const none = (): void => undefined;
    const inner: ListeningStream = {
      push: none,
      begin: none,
      requireSilence: none,
      finish: none,
      end: none,
      playbackStarted: none,
      reference: none,
      playbackStopped: none,
      close: none,
    };
    const listening: Listening = {
      open: (onEvent) => {
        this.#report = onEvent;
        return inner;
      },
    };
    this.stream = this.recorder.hears(listening).open((event) => this.onEvent(event));
  }

  begin(turnId: number, mode: 'auto' | 'manual' = 'auto'): void {
    this.stream.begin({ turnId, mode, endpointSilenceMs: 500 });
  }

  /** Packets are numbered from 0. */
  send(count: number): void {
    for (let n = 0; n < count; n++) this.stream.push(packet(this.#sent++ % 250));
  }

  report(event: ListeningEvent): void {
    this.#report(event);
  }

  ended(turnId: number, decidedMs: number, reason: 'silence' | 'stopped' = 'silence'): void {
    this.report({ type: 'utterance_ended', turnId, pieces: 1, lastRevision: 0, reason, speechEndMs: 0, decidedMs });
  }
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, n) => from + n);

describe('the packets of the device', () => {
  it('are kept from half a second before the first word until the utterance ends', () => {
    const device = new Device();
    device.begin(1);
    device.send(30);
    // The first word began at 1500 ms, and was detected at 1800 ms.
    device.report({ type: 'speech_started', turnId: 1, atMs: 1500 });
    device.send(10);
    device.ended(1, 2400);
    device.send(5);
    expect(numbers(device.recorder.take([1], false).heard)).toEqual(range(16, 40));
    expect(device.recorder.take([1], false).heard).toEqual([]);
  });

  it('of a continued turn include its first word, even from before the turn began', () => {
    const device = new Device();
    device.begin(1);
    device.send(10);
    device.report({ type: 'speech_started', turnId: 1, atMs: 0 });
    device.send(12);
    device.onEvent = () => device.begin(2);
    // The turn ends at 1200 ms, which is reported two packets later.
    device.ended(1, 1200);
    device.onEvent = () => undefined;
    device.send(8);
    device.report({ type: 'speech_started', turnId: 2, atMs: 300 });
    device.ended(2, 600);
    expect(numbers(device.recorder.take([1], false).heard)).toEqual(range(0, 22));
    expect(numbers(device.recorder.take([2], false).heard)).toEqual(range(16, 30));
  });

  it('are joined if several listening turns form one utterance', () => {
    const device = new Device();
    for (const turnId of [1, 2]) {
      device.begin(turnId, 'manual');
      device.send(3);
      device.report({ type: 'speech_started', turnId, atMs: 0 });
      device.ended(turnId, 180, 'stopped');
    }
    expect(numbers(device.recorder.take([1, 2], false).heard)).toEqual(range(0, 6));
  });

  it('are forgotten if nobody spoke, the utterance was lost, or listening was ended', () => {
    const device = new Device();
    device.begin(1);
    device.send(3);
    device.ended(1, 180);
    device.begin(2);
    device.send(3);
    device.report({ type: 'speech_started', turnId: 2, atMs: 0 });
    device.report({ type: 'lost', turnId: 2 });
    device.begin(3);
    device.send(3);
    device.report({ type: 'speech_started', turnId: 3, atMs: 0 });
    device.stream.end();
    device.ended(3, 180);
    expect(device.recorder.take([1, 2, 3], false).heard).toEqual([]);
  });

  it('are copied; empty ones become silence, and invalid ones are left out', () => {
    const device = new Device();
    device.begin(1);
    const own = packet(7);
    device.stream.push(own);
    own.fill(0);
    device.stream.push(new Uint8Array(0));
    device.stream.push(Uint8Array.of(0x1b, 0));
    device.report({ type: 'speech_started', turnId: 1, atMs: 0 });
    device.ended(1, 180);
    const { heard } = device.recorder.take([1], false);
    expect(heard.map(({ bytes, ms }) => [...bytes, ms])).toEqual([
      [0x18, 7, 60],
      [0x18, 60],
    ]);
  });

  it('are limited in size, whatever a device sends', () => {
    const device = new Device();
    device.begin(1);
    device.report({ type: 'speech_started', turnId: 1, atMs: 0 });
    for (let n = 0; n < 2000; n++) device.stream.push(new Uint8Array(1275).fill(0x18));
    device.ended(1, 120_000);
    const bytes = device.recorder.take([1], false).heard.reduce((sum, one) => sum + one.bytes.byteLength, 0);
    expect(bytes).toBeLessThanOrEqual(512 * 1024);
    expect(bytes).toBeGreaterThan(500 * 1024);
  });
});

class Voice implements Speaking {
  send: (packet: Uint8Array) => void = () => undefined;
  tell: (event: ReplyEvent) => void = () => undefined;
  playedMs = 0;

  speaks(): boolean {
    return true;
  }
  takesPieces(): boolean {
    return false;
  }

  takesGuesses(): boolean {
    return false;
  }

  reply(options: Parameters<Speaking['reply']>[0], onEvent: (event: ReplyEvent) => void): SpokenReply {
    this.send = (one) => options.sink.sendPacket(one, 1);
    this.tell = onEvent;
    const none = (): void => undefined;
    return {
      begin: none,
      say: none,
      sayRecorded: none,
      write: none,
      sayIfQuiet: none,
      ready: () => Promise.resolve(),
      play: none,
      end: none,
      hold: none,
      resume: none,
      stop: () => ({ text: '', playedMs: this.playedMs, stats: STATS satisfies ReplyStats }),
    };
  }
}

function spoken(): {
  readonly recorder: TurnRecorder;
  readonly voice: Voice;
  readonly sent: Uint8Array[];
  readonly open: (onEvent?: (event: ReplyEvent) => void) => SpokenReply;
} {
  const recorder = new TurnRecorder();
  const voice = new Voice();
  const speaking = recorder.speaks(voice);
  const sent: Uint8Array[] = [];
  const sink = { sendPacket: (one: Uint8Array) => void sent.push(one), bufferedBytes: () => 0, deviceQueueLimit: 10 };
  const options = { deviceId: 'd', language: 'en-US', notBeforeMs: 0, sink };
  return { recorder, voice, sent, open: (onEvent = () => undefined) => speaking.reply(options, onEvent) };
}

describe('the packets of the server', () => {
  it('are all packets that were sent', () => {
    const { recorder, voice, sent, open } = spoken();
    open();
    for (const n of [1, 2, 3]) voice.send(packet(n));
    voice.tell({ type: 'finished', stats: STATS });
    expect(sent).toHaveLength(3);
    expect(numbers(recorder.take([], true).said)).toEqual([1, 2, 3]);
    expect(recorder.take([], true).said).toEqual([]);
  });

  it('end at an interruption, with the packet that was being played', () => {
    const { recorder, voice, open } = spoken();
    const reply = open();
    for (const n of range(0, 10)) voice.send(packet(n));
    voice.playedMs = 200;
    reply.stop();
    expect(numbers(recorder.take([], true).said)).toEqual([0, 1, 2, 3]);
  });

  it('include the apology after a voice that failed, but nothing of a reply outside any turn', () => {
    const { recorder, voice, open } = spoken();
    open();
    voice.send(packet(9));
    voice.tell({ type: 'finished', stats: STATS });
    let apology: SpokenReply | undefined;
    open(() => {
      apology = open();
    });
    for (const n of [1, 2]) voice.send(packet(n));
    voice.tell({ type: 'failed', error: new Error('broken'), stats: STATS });
    for (const n of [3, 4, 5]) voice.send(packet(n));
    voice.playedMs = 100;
    apology?.stop();
    expect(numbers(recorder.take([], true).said)).toEqual([1, 2, 3, 4]);
  });

  it('are not taken by a turn without speech', () => {
    const { recorder, voice, open } = spoken();
    open();
    voice.send(packet(1));
    expect(recorder.take([], false).said).toEqual([]);
    voice.send(packet(2));
    expect(numbers(recorder.take([], true).said)).toEqual([1, 2]);
  });

  it('include no music', () => {
    const { recorder, voice, open } = spoken();
    const reply = open();
    voice.send(packet(1));
    reply.play({ next: () => Promise.resolve(undefined), stopped: () => undefined });
    voice.send(packet(2));
    expect(numbers(recorder.take([], true).said)).toEqual([1]);
  });
});
