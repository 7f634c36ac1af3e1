import { describe, expect, it } from 'vitest';
import type { TurnRecord } from '../../src/records/index.js';
import type { NoticeSource } from '../../src/conversation/session/index.js';
import { createAnsweredWorld, createWorld, endWorld, type World } from './turn-world.js';

const ID = 'aa:bb:cc:dd:ee:ff';

/** A source of notices that records how it is called. */
function noticeLog(): { readonly log: string[]; readonly notices: NoticeSource } {
  const log: string[] = [];
  return {
    log,
    notices: {
      present: () => log.push('present'),
      over: (_device, id, spoken) => log.push(`${id} ${spoken ? 'spoken' : 'unspoken'}`),
      gone: () => log.push('gone'),
    },
  };
}
const notice = (id: string, urgent = false) => ({ id, text: () => `Notice ${id}.`, urgent });
const saysOf = (world: World): string[] => world.connection.words.filter((word) => /^(say|tts)/.test(word));

describe('a notice of the server', () => {
  it('is spoken while the device listens and nobody speaks', async () => {
    const { log, notices } = noticeLog();
    const world = createWorld({ notices });
    world.device.start();
    await world.clock.advance(5000);
    expect(world.host.notify(ID, notice('a'))).toBe(true);
    await world.clock.advance(2000);
    expect(saysOf(world)).toEqual(['tts:start', 'say:Notice a.', 'tts:stop']);
    expect(log).toEqual(['present', 'a spoken']);
    await endWorld(world);
    expect(log.at(-1)).toBe('gone');
  });

  it('of an alarm rings before it is spoken, and counts as spoken only after both', async () => {
    const { log, notices } = noticeLog();
    const world = createWorld({ notices });
    world.device.start();
    await world.clock.advance(5000);
    world.host.notify(ID, { ...notice('a'), rings: true });
    await world.clock.advance(4000);
    expect(saysOf(world)).toEqual(['tts:start', 'say:♪♪♪', 'say:Notice a.', 'tts:stop']);
    expect(log).toEqual(['present', 'a spoken']);
    await endWorld(world);
  });

  it('waits for the end of a running reply, and follows it without a stop in between', async () => {
    const { log, notices } = noticeLog();
    const world = await createAnsweredWorld({ notices });
    world.host.notify(ID, notice('a'));
    world.host.notify(ID, notice('b'));
    expect(log).toEqual(['present']);
    await world.clock.advance(10_000);
    const says = saysOf(world);
    expect(says.filter((word) => word.startsWith('tts'))).toEqual(['tts:start', 'tts:stop']);
    expect(says.slice(-3)).toEqual(['say:Notice a.', 'say:Notice b.', 'tts:stop']);
    expect(log).toEqual(['present', 'a spoken', 'b spoken']);
    await endWorld(world);
  });

  it('interrupts the reply, but not the user, if it is urgent', async () => {
    const world = await createAnsweredWorld();
    world.host.notify(ID, notice('now', true));
    await world.clock.advance(300);
    expect(saysOf(world).at(-1)).toBe('say:Notice now.');
    await world.clock.advance(5000);
    world.device.start();
    world.stream().starts();
    world.host.notify(ID, notice('later', true));
    await world.clock.advance(5000);
    expect(saysOf(world)).not.toContain('say:Notice later.');
    await endWorld(world);
  });

  it('replaces the greeting if the device was woken by its wake word alone', async () => {
    const world = createWorld();
    world.host.notify(ID, notice('kept'));
    await world.clock.advance(3000);
    expect(saysOf(world)).toEqual([]);
    world.device.wake();
    world.device.start();
    world.stream().silent(400);
    await world.clock.advance(2000);
    expect(saysOf(world)).toEqual(['tts:start', 'say:Notice kept.', 'tts:stop']);
    await endWorld(world);
  });

  it('does not begin while the device may be about to listen', async () => {
    const world = createWorld();
    world.device.start();
    world.host.notify(ID, notice('a'));
    await world.clock.advance(900);
    expect(saysOf(world)).toEqual([]);
    await world.clock.advance(200);
    expect(saysOf(world)[0]).toBe('tts:start');
    await endWorld(world);
  });

  it('is repeated from the start if the user cut it off before it sounded', async () => {
    const { log, notices } = noticeLog();
    const world = createWorld({ notices });
    world.device.start();
    await world.clock.advance(2000);
    for (const id of ['a', 'b']) world.host.notify(ID, notice(id));
    await world.clock.advance(300);
    expect(log).toEqual(['present']);
    world.device.abort();
    expect(log).toEqual(['present', 'a spoken']);
    world.device.start();
    await world.clock.advance(5000);
    expect(log).toEqual(['present', 'a spoken', 'b spoken']);
    expect(saysOf(world).filter((word) => word === 'say:Notice a.')).toHaveLength(1);
    await endWorld(world);
  });

  it('that has a recording is played while its title is shown, and is in the history', async () => {
    const { log, notices } = noticeLog();
    const turns: TurnRecord[] = [];
    const world = createWorld({ notices, onTurn: (_turn, complete) => void turns.push(complete) });
    world.device.start();
    await world.clock.advance(2000);
    const recording = [new Uint8Array([1]), new Uint8Array([2])];
    world.host.notify(ID, { id: 'a', text: () => 'Grandma sings. Twice.', recording, urgent: false });
    world.host.notify(ID, { id: 'b', text: () => '', recording, urgent: false });
    world.host.notify(ID, notice('c'));
    await world.clock.advance(5000);
    expect(saysOf(world)).toEqual(['tts:start', 'say:Grandma sings. Twice.', 'say:♪', 'say:Notice c.', 'tts:stop']);
    expect(world.speaking.replies.flatMap(({ recorded }) => recorded)).toEqual([recording, recording]);
    expect(log).toEqual(['present', 'a spoken', 'b spoken', 'c spoken']);
    // The first notice had been spoken before the others came, so these were spoken in another reply.
    expect(turns).toEqual([
      expect.objectContaining({ outcome: 'played', answerText: 'Grandma sings. Twice.', stagesMs: {}, packets: 10 }),
      expect.objectContaining({ outcome: 'played', answerText: '♪', stagesMs: {}, packets: 20 }),
    ]);

    for (const id of ['d', 'e']) world.host.notify(ID, { id, text: () => id, recording, urgent: false });
    await world.clock.advance(1300);
    world.device.abort();
    expect(turns[2]).toMatchObject({ outcome: 'played', answerText: 'd' });
    await endWorld(world);
  });

  it('is released if the connection breaks during its playback', async () => {
    const { log, notices } = noticeLog();
    const world = createWorld({ notices });
    world.device.start();
    await world.clock.advance(2000);
    world.host.notify(ID, notice('a'));
    await world.clock.advance(300);
    expect(saysOf(world).at(-1)).toBe('say:Notice a.');
    await endWorld(world);
    expect(log).toEqual(['present', 'gone']);
  });

  it('is returned to the source if it cannot be spoken', async () => {
    const { log, notices } = noticeLog();
    const world = createWorld({ notices });
    world.speaking.fails = () => new Error('no voice');
    world.device.start();
    await world.clock.advance(2000);
    world.host.notify(ID, notice('a'));
    await world.clock.advance(5000);
    expect(log).toEqual(['present', 'a unspoken']);
    expect(world.host.notify('11:22:33:44:55:66', notice('b'))).toBe(false);
    await endWorld(world);
  });

  it('waits while the user of a push to talk device presses the button', async () => {
    const world = createWorld();
    world.device.start('manual');
    await world.clock.advance(2000);
    world.host.notify(ID, notice('a'));
    await world.clock.advance(3000);
    expect(saysOf(world)).toEqual([]);
    world.device.stop();
    await world.clock.advance(3000);
    expect(saysOf(world)).toContain('say:Notice a.');
    await endWorld(world);
  });
});
