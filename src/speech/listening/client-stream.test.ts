import { beforeEach, describe, expect, it } from 'vitest';
import { ClientStreamWorld, range } from '../../../test/fakes/client-stream-world.js';

let world: ClientStreamWorld;

beforeEach(() => {
  world = new ClientStreamWorld();
});

describe('a turn whose process dies', () => {
  it('is analysed again by the next process: sent audio, unsent audio, and speech in between', async () => {
    world.begin();
    world.push(0, 5);
    world.take();
    world.push(5, 6);
    world.take();
    world.tell({ type: 'speech_started', turnId: 1, atMs: 100 });
    world.push(6, 7);
    await world.die(() => world.push(7, 9));
    expect(world.take()).toEqual({ orders: ['begin'], uplink: range(0, 9), waiting: 9 });
    world.push(9, 10);
    expect(world.take()).toEqual({ orders: [], uplink: [9], waiting: undefined });
    expect(world.events.map(({ type }) => type)).toEqual(['speech_started']);
  });

  it('is analysed again even before speech was detected, so the first words are not lost', async () => {
    world.begin();
    world.push(0, 6);
    world.take();
    await world.die(() => world.push(6, 12));
    expect(world.take()).toEqual({ orders: ['begin'], uplink: range(0, 12), waiting: 12 });
    expect(world.events).toEqual([]);
  });

  it('keeps the silence that an onset may need before the first word, in steps of 480 ms', async () => {
    world.begin();
    world.push(0, 60);
    world.take();
    world.tell({ type: 'still_silent', turnId: 1, atMs: 50 * 60 });
    await world.die();
    expect(world.take().uplink).toEqual(range(40, 60));
  });

  it('keeps all of an utterance of 60 s, and nothing of the previous one', async () => {
    world.begin();
    world.tell({ type: 'speech_started', turnId: 1, atMs: 100 });
    for (let at = 0; at < 1000; at += 50) {
      world.push(0, 50);
      world.take();
    }
    await world.die();
    expect(world.take().uplink).toHaveLength(1000);
    world.begin();
    world.push(1, 3);
    world.take();
    await world.die();
    expect(world.take().uplink).toEqual([1, 2]);
  });

  it('is lost if the utterance exceeds what is kept, because its beginning is missing', async () => {
    world.begin();
    world.tell({ type: 'speech_started', turnId: 1, atMs: 100 });
    for (let at = 0; at < 1200; at += 100) {
      world.push(0, 100);
      world.take();
    }
    world.push(0, 1);
    world.take();
    await world.die();
    expect(world.events.map(({ type }) => type)).toEqual(['speech_started', 'lost']);
  });

  it('is lost if some of its speech was dropped, because an utterance with a gap is not repeated', async () => {
    world.begin();
    world.push(0, 4);
    world.take();
    world.push(4, 105);
    await world.die();
    expect(world.events).toEqual([{ type: 'lost', turnId: 1 }]);
  });

  it('is analysed again if only sound of the reply before it was dropped, which is no uplink', async () => {
    world.stream.playbackStarted();
    for (let n = 0; n < 100; n++) world.stream.reference(Uint8Array.of(n));
    world.stream.playbackStopped();
    world.begin();
    world.push(0, 4);
    expect(world.dropped).toBe(0);
    expect(world.take().uplink).toEqual(range(0, 4));
    await world.die();
    expect(world.take().uplink).toEqual(range(0, 4));
    world.push(0, 104);
    expect(world.dropped).toBe(4);
  });

  it('keeps at least eight packets even if packets are longer than 60 ms', async () => {
    world.begin();
    world.push(0, 20);
    world.take();
    world.tell({ type: 'still_silent', turnId: 1, atMs: 20 * 80 });
    await world.die();
    expect(world.take().uplink).toEqual(range(12, 20));
  });

  it('ends after its initial silence in the next process, which does not know the earlier pause', async () => {
    world.begin();
    world.push(0, 4);
    world.take();
    world.stream.requireSilence(1, 900);
    await world.die();
    expect(world.take().orders).toEqual(['begin']);
  });

  it('ends in the next process if its end was already requested', async () => {
    world.begin('manual');
    world.push(0, 4);
    world.take();
    world.stream.finish(1);
    world.take();
    await world.die();
    expect(world.take()).toMatchObject({ orders: ['begin', 'finish'], uplink: range(0, 4) });
  });

  it('waits 30 s for the next process, however long the turn has lasted', async () => {
    world.begin();
    world.take();
    await world.clock.advance(40_000);
    await world.die();
    world.stream.refuse(world.clock.nowMs() - 30_000);
    expect(world.events).toEqual([]);
    await world.clock.advance(30_000);
    world.stream.refuse(world.clock.nowMs() - 30_000);
    expect(world.events).toEqual([{ type: 'lost', turnId: 1, unavailable: true, silent: true }]);
  });

  it('is lost if the second process dies too, so that the same audio does not kill a third one', async () => {
    world.begin();
    world.push(0, 4);
    world.take();
    await world.die();
    world.take();
    await world.die();
    expect(world.events).toEqual([{ type: 'lost', turnId: 1 }]);
    expect(world.take()).toMatchObject({ orders: [], uplink: [] });
  });

  it('is lost if no other process starts', () => {
    world.begin();
    world.push(0, 4);
    world.take();
    world.tell({ type: 'speech_started', turnId: 1, atMs: 100 });
    world.lose(true);
    expect(world.events.at(-1)).toEqual({ type: 'lost', turnId: 1, unavailable: true });
  });

  it('is reported as silent if a process analysed it and nobody spoke', async () => {
    world.begin();
    world.push(0, 4);
    world.take();
    await world.die();
    world.stream.refuse(Infinity);
    expect(world.events).toEqual([{ type: 'lost', turnId: 1, unavailable: true, silent: true }]);
    world.begin();
    world.stream.refuse(Infinity);
    expect(world.events.at(-1)).toEqual({ type: 'lost', turnId: 1, unavailable: true });
  });
});

describe('a turn over a reply', () => {
  beforeEach(() => {
    world.begin('realtime');
    world.push(0, 4);
    world.take();
    world.stream.playbackStarted();
    world.push(4, 8);
    world.take();
  });

  it('is lost while the reply is played', async () => {
    await world.die();
    expect(world.events).toEqual([{ type: 'lost', turnId: 1 }]);
    expect(world.take()).toMatchObject({ orders: ['playback_started'], uplink: [] });
  });

  it('is lost if it interrupted the reply, because its beginning cannot be analysed again', async () => {
    world.tell({ type: 'barge_in', turnId: 1, atMs: 300 });
    world.stream.playbackStopped();
    world.tell({ type: 'speech_started', turnId: 1, atMs: 300 });
    world.push(8, 10);
    world.take();
    await world.die();
    expect(world.events.map(({ type }) => type)).toEqual(['barge_in', 'speech_started', 'lost']);
  });

  it('is lost if speech began over the reply and was detected after it', async () => {
    world.stream.playbackStopped();
    world.push(8, 16);
    world.take();
    world.tell({ type: 'speech_started', turnId: 1, atMs: 7 * 60 });
    await world.die();
    expect(world.events.map(({ type }) => type)).toEqual(['speech_started', 'lost']);
  });

  it('is analysed again if speech began just after the reply', async () => {
    world.stream.playbackStopped();
    world.push(8, 16);
    world.take();
    world.tell({ type: 'speech_started', turnId: 1, atMs: 8 * 60 });
    await world.die();
    expect(world.take().uplink).toEqual(range(8, 16));
  });

  it('is analysed again from the end of the reply on if there was no speech over it', async () => {
    world.stream.playbackStopped();
    world.push(8, 10);
    world.take();
    await world.die();
    expect(world.take()).toMatchObject({ orders: ['begin'], uplink: [8, 9] });
  });

  it('is lost if it was open when the reply began', async () => {
    world.stream.playbackStopped();
    world.push(8, 10);
    world.take();
    world.tell({ type: 'speech_started', turnId: 1, atMs: 500 });
    world.stream.playbackStarted();
    world.stream.playbackStopped();
    await world.die();
    expect(world.events.map(({ type }) => type)).toEqual(['speech_started', 'lost']);
  });
});
