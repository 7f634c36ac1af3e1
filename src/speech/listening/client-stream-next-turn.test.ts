import { beforeEach, describe, expect, it } from 'vitest';
import { ClientStreamWorld, range } from '../../../test/fakes/client-stream-world.js';

let world: ClientStreamWorld;

beforeEach(() => {
  world = new ClientStreamWorld();
});

describe('a turn that begins while the end of the previous turn is reported', () => {
  const ended = (reason: 'silence' | 'stopped', packets: number): void =>
    world.tell(
      { type: 'utterance_ended', turnId: 1, pieces: 1, lastRevision: 0, reason, speechEndMs: 60, decidedMs: 660 },
      packets,
    );
  const next = (mode: 'auto' | 'manual' | 'realtime'): void => {
    world.answer = ({ type }) => {
      if (type === 'utterance_ended') world.stream.begin({ turnId: 2, mode, endpointSilenceMs: 500 });
    };
  };

  it.each(['realtime', 'auto'] as const)(
    'continues in %s mode where the previous turn ended, with the packets not sent yet',
    (mode) => {
      world.begin(mode);
      next(mode);
      world.push(0, 12);
      world.take();
      world.push(12, 14);
      ended('silence', 11);
      world.push(14, 15);
      expect(world.take()).toEqual({ orders: ['begin'], uplink: [12, 13, 14], waiting: 0 });
      expect(world.continues).toBe(true);
    },
  );

  it.each([
    { mode: 'manual', reason: 'stopped' },
    { mode: 'realtime', reason: 'stopped' },
  ] as const)('begins from scratch after $reason in $mode mode', ({ mode, reason }) => {
    world.begin(mode);
    next(mode);
    world.push(0, 12);
    world.take();
    world.push(12, 14);
    ended(reason, 11);
    world.push(14, 15);
    expect(world.take()).toEqual({ orders: ['begin'], uplink: [14], waiting: 0 });
    expect(world.continues).toBe(false);
  });

  it('begins from scratch if it begins later', () => {
    world.begin('realtime');
    world.push(0, 12);
    world.take();
    ended('silence', 11);
    world.push(12, 14);
    world.begin('realtime');
    world.push(14, 15);
    expect(world.take()).toEqual({ orders: ['begin'], uplink: [14], waiting: 0 });
    expect(world.continues).toBe(false);
  });

  it.each(['before it was sent', 'after it was sent'] as const)(
    'is analysed again from the end of the previous turn if the process dies %s',
    async (when) => {
      world.begin('realtime');
      next('realtime');
      world.push(0, 14);
      world.take();
      ended('silence', 11);
      world.push(14, 16);
      if (when === 'after it was sent') world.take();
      await world.die(() => world.push(16, 17));
      // The next turn begins with the packet in which the first turn ended.
      expect(world.take().uplink).toEqual(range(10, 17));
      expect(world.continues).toBe(false);
      expect(world.events.map(({ type }) => type)).toEqual(['utterance_ended']);
    },
  );

  it('gets only the last packet of the previous turn, even if that turn was analysed again', async () => {
    world.begin('realtime');
    world.answer = ({ type, turnId }) => {
      if (type === 'utterance_ended')
        world.stream.begin({ turnId: turnId + 1, mode: 'realtime', endpointSilenceMs: 500 });
    };
    world.push(0, 14);
    world.take();
    ended('silence', 11);
    await world.die();
    world.push(14, 20);
    expect(world.take().uplink).toEqual(range(10, 20));
    world.tell(
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
    world.push(20, 22);
    await world.die();
    expect(world.take().uplink).toEqual(range(19, 22));
  });

  it('counts its silence from the first packet that it took over', async () => {
    world.begin('realtime');
    next('realtime');
    world.push(0, 14);
    world.take();
    ended('silence', 11);
    world.push(14, 74);
    world.take();
    world.tell({ type: 'still_silent', turnId: 2, atMs: 50 * 60 });
    await world.die();
    expect(world.take().uplink).toEqual(range(51, 74));
  });

  it('is lost if its first packets were sent during a reply and are not kept', async () => {
    world.begin('realtime');
    next('realtime');
    world.push(0, 4);
    world.take();
    world.stream.playbackStarted();
    world.push(4, 14);
    world.take();
    world.stream.playbackStopped();
    ended('silence', 8);
    world.push(14, 20);
    world.take();
    world.tell({ type: 'speech_started', turnId: 2, atMs: 100 });
    await world.die();
    expect(world.events.map(({ type }) => type)).toEqual(['utterance_ended', 'speech_started', 'lost']);
  });
});
