import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { ClientStream } from './client-stream.js';
import type { ListeningEvent } from './listening-port.js';
import { type ControlOp, eachPacket, PacketBatch } from './protocol.js';

/** The contents of one tick: controls by name, packets by their only byte. */
interface Sent {
  readonly orders: readonly string[];
  readonly uplink: readonly number[];
  /** Packets that the process is to take beyond its bound. */
  readonly waiting: number | undefined;
}

let clock: FakeClock;
let awake: boolean;
let events: ListeningEvent[];
/** Actions of a session during an event. */
let answer: (event: ListeningEvent) => void;
let stream: ClientStream;
let tick: number;
/** `continues` of the last turn begun in a tick. */
let continues: boolean | undefined;

beforeEach(() => {
  clock = new FakeClock();
  awake = true;
  events = [];
  tick = 0;
  answer = () => undefined;
  stream = new ClientStream(1, 100, clock, onEvent, {
    awake: () => awake,
    changed: () => undefined,
    dropped: () => undefined,
    closed: () => undefined,
  });
});

function onEvent(event: ListeningEvent): void {
  events.push(event);
  answer(event);
}

function take(): Sent {
  const controls: ControlOp[] = [];
  const batch = new PacketBatch();
  stream.take((tick += 1), controls, batch);
  const uplink: number[] = [];
  eachPacket(batch.take(), (_stream, reference, packet) => !reference && uplink.push(packet[0] ?? -1));
  const begin = controls.find((control) => control.op === 'begin');
  continues = begin?.continues;
  return { orders: controls.map(({ op }) => op), uplink, waiting: begin?.waitingPackets };
}

/** The process dies; another one is ready half a second later. */
async function die(meanwhile: () => void = () => undefined): Promise<void> {
  awake = false;
  stream.lose(tick, false);
  meanwhile();
  await clock.advance(500);
  awake = true;
}

function begin(mode: 'auto' | 'manual' | 'realtime' = 'auto'): void {
  stream.begin({ turnId: 1, mode, endpointSilenceMs: 500 });
}

function tell(event: ListeningEvent, packets = 0): void {
  stream.deliver(event, packets);
}

function push(from: number, to: number): void {
  for (let n = from; n < to; n++) stream.push(Uint8Array.of(n));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

describe('a turn whose process dies', () => {
  it('is heard again by the next one: audio sent, audio not sent, and speech meanwhile', async () => {
    begin();
    push(0, 5);
    take();
    push(5, 6);
    take();
    tell({ type: 'speech_started', turnId: 1, atMs: 100 });
    push(6, 7);
    await die(() => push(7, 9));
    expect(take()).toEqual({ orders: ['begin'], uplink: range(0, 9), waiting: 9 });
    push(9, 10);
    expect(take()).toEqual({ orders: [], uplink: [9], waiting: undefined });
    expect(events.map(({ type }) => type)).toEqual(['speech_started']);
  });

  it('is heard again before speech was detected: the first words are not lost', async () => {
    begin();
    push(0, 6);
    take();
    await die(() => push(6, 12));
    expect(take()).toEqual({ orders: ['begin'], uplink: range(0, 12), waiting: 12 });
    expect(events).toEqual([]);
  });

  it('keeps the silence that a beginning may need before the first word, in steps of 480 ms', async () => {
    begin();
    push(0, 60);
    take();
    tell({ type: 'still_silent', turnId: 1, atMs: 50 * 60 });
    await die();
    expect(take().uplink).toEqual(range(40, 60));
  });

  it('keeps all of an utterance, however long, and nothing of the one before', async () => {
    begin();
    tell({ type: 'speech_started', turnId: 1, atMs: 100 });
    for (let at = 0; at < 1000; at += 50) {
      push(0, 50);
      take();
    }
    await die();
    expect(take().uplink).toHaveLength(1000);
    begin();
    push(1, 3);
    take();
    await die();
    expect(take().uplink).toEqual([1, 2]);
  });

  it('is lost if more was said than is kept: its beginning cannot be heard again', async () => {
    begin();
    tell({ type: 'speech_started', turnId: 1, atMs: 100 });
    for (let at = 0; at < 1200; at += 100) {
      push(0, 100);
      take();
    }
    push(0, 1);
    take();
    await die();
    expect(events.map(({ type }) => type)).toEqual(['speech_started', 'lost']);
  });

  it('is lost if some of its speech was dropped: an utterance with a gap is not heard again', async () => {
    begin();
    push(0, 4);
    take();
    push(4, 105);
    await die();
    expect(events).toEqual([{ type: 'lost', turnId: 1 }]);
  });

  it('keeps at least eight packets if they are longer than 60 ms', async () => {
    begin();
    push(0, 20);
    take();
    tell({ type: 'still_silent', turnId: 1, atMs: 20 * 80 });
    await die();
    expect(take().uplink).toEqual(range(12, 20));
  });

  it('requires the initial silence of the next process, which has not heard the earlier pause', async () => {
    begin();
    push(0, 4);
    take();
    stream.requireSilence(1, 900);
    await die();
    expect(take().orders).toEqual(['begin']);
  });

  it('is ended by the next process if its end had been requested', async () => {
    begin('manual');
    push(0, 4);
    take();
    stream.finish(1);
    take();
    await die();
    expect(take()).toMatchObject({ orders: ['begin', 'finish'], uplink: range(0, 4) });
  });

  it('waits 30 s for the next one, however long it has been open', async () => {
    begin();
    take();
    await clock.advance(40_000);
    await die();
    stream.refuse(clock.nowMs() - 30_000);
    expect(events).toEqual([]);
    await clock.advance(30_000);
    stream.refuse(clock.nowMs() - 30_000);
    expect(events).toEqual([{ type: 'lost', turnId: 1, unavailable: true, silent: true }]);
  });

  it('is lost at the second death in it: sound that kills a process does not kill one after the other', async () => {
    begin();
    push(0, 4);
    take();
    await die();
    take();
    await die();
    expect(events).toEqual([{ type: 'lost', turnId: 1 }]);
    expect(take()).toMatchObject({ orders: [], uplink: [] });
  });

  it('is lost if there is no other process', () => {
    begin();
    push(0, 4);
    take();
    tell({ type: 'speech_started', turnId: 1, atMs: 100 });
    stream.lose(tick, true);
    expect(events.at(-1)).toEqual({ type: 'lost', turnId: 1, unavailable: true });
  });

  it('is said to be silent if a process heard it and nobody spoke', async () => {
    begin();
    push(0, 4);
    take();
    await die();
    stream.refuse(Infinity);
    expect(events).toEqual([{ type: 'lost', turnId: 1, unavailable: true, silent: true }]);
    begin();
    stream.refuse(Infinity);
    expect(events.at(-1)).toEqual({ type: 'lost', turnId: 1, unavailable: true });
  });
});

describe('a turn over a reply', () => {
  beforeEach(() => {
    begin('realtime');
    push(0, 4);
    take();
    stream.playbackStarted();
    push(4, 8);
    take();
  });

  it('is lost while the reply is played', async () => {
    await die();
    expect(events).toEqual([{ type: 'lost', turnId: 1 }]);
    expect(take()).toMatchObject({ orders: ['playback_started'], uplink: [] });
  });

  it('is lost if the reply was interrupted by it: its beginning cannot be heard again', async () => {
    tell({ type: 'barge_in', turnId: 1, atMs: 300 });
    stream.playbackStopped();
    tell({ type: 'speech_started', turnId: 1, atMs: 300 });
    push(8, 10);
    take();
    await die();
    expect(events.map(({ type }) => type)).toEqual(['barge_in', 'speech_started', 'lost']);
  });

  it('is lost if speech began over the reply and was detected after it', async () => {
    stream.playbackStopped();
    push(8, 16);
    take();
    tell({ type: 'speech_started', turnId: 1, atMs: 7 * 60 });
    await die();
    expect(events.map(({ type }) => type)).toEqual(['speech_started', 'lost']);
  });

  it('is heard again if speech began just after the reply', async () => {
    stream.playbackStopped();
    push(8, 16);
    take();
    tell({ type: 'speech_started', turnId: 1, atMs: 8 * 60 });
    await die();
    expect(take().uplink).toEqual(range(8, 16));
  });

  it('is heard again from the end of the reply on, if there was no speech over it', async () => {
    stream.playbackStopped();
    push(8, 10);
    take();
    await die();
    expect(take()).toMatchObject({ orders: ['begin'], uplink: [8, 9] });
  });

  it('is lost if it was going on when the reply began', async () => {
    stream.playbackStopped();
    push(8, 10);
    take();
    tell({ type: 'speech_started', turnId: 1, atMs: 500 });
    stream.playbackStarted();
    stream.playbackStopped();
    await die();
    expect(events.map(({ type }) => type)).toEqual(['speech_started', 'lost']);
  });
});

describe('a turn that is begun while the end of another is told', () => {
  const ended = (reason: 'silence' | 'stopped', packets: number): void =>
    tell(
      { type: 'utterance_ended', turnId: 1, pieces: 1, lastRevision: 0, reason, speechEndMs: 60, decidedMs: 660 },
      packets,
    );
  const next = (mode: 'auto' | 'manual' | 'realtime'): void => {
    answer = ({ type }) => {
      if (type === 'utterance_ended') stream.begin({ turnId: 2, mode, endpointSilenceMs: 500 });
    };
  };

  it.each(['realtime', 'auto'] as const)(
    'continues in %s mode where that one ended, with the packets not sent yet',
    (mode) => {
      begin(mode);
      next(mode);
      push(0, 12);
      take();
      push(12, 14);
      ended('silence', 11);
      push(14, 15);
      expect(take()).toEqual({ orders: ['begin'], uplink: [12, 13, 14], waiting: 0 });
      expect(continues).toBe(true);
    },
  );

  it.each([
    { mode: 'manual', reason: 'stopped' },
    { mode: 'realtime', reason: 'stopped' },
  ] as const)('begins again after $reason in $mode mode', ({ mode, reason }) => {
    begin(mode);
    next(mode);
    push(0, 12);
    take();
    push(12, 14);
    ended(reason, 11);
    push(14, 15);
    expect(take()).toEqual({ orders: ['begin'], uplink: [14], waiting: 0 });
    expect(continues).toBe(false);
  });

  it('starts afresh if it begins later', () => {
    begin('realtime');
    push(0, 12);
    take();
    ended('silence', 11);
    push(12, 14);
    begin('realtime');
    push(14, 15);
    expect(take()).toEqual({ orders: ['begin'], uplink: [14], waiting: 0 });
    expect(continues).toBe(false);
  });

  it.each(['before it was sent', 'after it was sent'] as const)(
    'is heard again from there on when the process dies %s',
    async (when) => {
      begin('realtime');
      next('realtime');
      push(0, 14);
      take();
      ended('silence', 11);
      push(14, 16);
      if (when === 'after it was sent') take();
      await die(() => push(16, 17));
      // The packet in which the first turn ended, and all after it.
      expect(take().uplink).toEqual(range(10, 17));
      expect(continues).toBe(false);
      expect(events.map(({ type }) => type)).toEqual(['utterance_ended']);
    },
  );

  it('leaves nothing of a turn that was heard again to the turn after it', async () => {
    begin('realtime');
    answer = ({ type, turnId }) => {
      if (type === 'utterance_ended') stream.begin({ turnId: turnId + 1, mode: 'realtime', endpointSilenceMs: 500 });
    };
    push(0, 14);
    take();
    ended('silence', 11);
    await die();
    push(14, 20);
    expect(take().uplink).toEqual(range(10, 20));
    tell(
      {
        type: 'utterance_ended',
        turnId: 2,
        pieces: 1,
        lastRevision: 0,
        reason: 'silence',
        speechEndMs: 60,
        decidedMs: 600,
      },
      10,
    );
    push(20, 22);
    await die();
    expect(take().uplink).toEqual(range(19, 22));
  });

  it('forgets its silence by its own time, which began with the packets already sent', async () => {
    begin('realtime');
    next('realtime');
    push(0, 14);
    take();
    ended('silence', 11);
    push(14, 74);
    take();
    tell({ type: 'still_silent', turnId: 2, atMs: 50 * 60 });
    await die();
    expect(take().uplink).toEqual(range(51, 74));
  });

  it('is lost if its beginning was sent while a reply was played, and is not kept', async () => {
    begin('realtime');
    next('realtime');
    push(0, 4);
    take();
    stream.playbackStarted();
    push(4, 14);
    take();
    stream.playbackStopped();
    ended('silence', 8);
    push(14, 20);
    take();
    tell({ type: 'speech_started', turnId: 2, atMs: 100 });
    await die();
    expect(events.map(({ type }) => type)).toEqual(['utterance_ended', 'speech_started', 'lost']);
  });
});
