import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BEDROOM, KITCHEN, ToolWorld } from '../../../../test/fakes/tool-world.js';

describe('messages to other devices', () => {
  let world: ToolWorld;
  beforeEach(async () => void (world = await ToolWorld.open()));
  afterEach(() => world.close());

  it('are sent to the named device, and name the sender', async () => {
    world.notices.present(BEDROOM);
    expect(await world.says('send_message', { to: '卧室', text: 'dinner is ready' })).toBe('I have told them.');
    const [message] = await world.notices.of(BEDROOM);
    expect(message).toMatchObject({ kind: 'message', text: 'A message from Kitchen: dinner is ready.', urgent: false });
    expect((message?.expiresMs ?? 0) - (message?.dueMs ?? 0)).toBe(24 * 3_600_000);
    expect(await world.notices.of(KITCHEN)).toEqual([]);
  });

  it('are sent to a room that is named in the other language', async () => {
    expect(await world.says('send_message', { to: 'the bedroom', text: 'dinner is ready' })).not.toContain('failed');
    expect(await world.notices.of(BEDROOM)).toHaveLength(1);
    expect(await world.says('send_message', { to: '厨房', text: '开饭了' }, BEDROOM)).not.toContain('failed');
    expect(await world.notices.of(KITCHEN)).toHaveLength(1);
  });

  it('wait for a sleeping device, and the user is told so', async () => {
    world.language = 'zh-CN';
    expect(await world.says('send_message', { to: 'the kitchen', text: '开饭了' }, BEDROOM)).toBe(
      '好的，等那边的设备醒来就说。',
    );
    expect((await world.notices.of(KITCHEN))[0]?.text).toBe('卧室捎话：开饭了。');
    expect(await world.says('send_message', { to: '所有人', text: '开饭了！' })).toContain('好的');
    expect((await world.notices.of(BEDROOM))[0]?.text).toBe('Kitchen捎话：开饭了！');
  });

  it('are reported as told only to the devices that are awake', async () => {
    await world.store.seen(
      { deviceId: '02:00:00:00:00:03', clientId: 'c', board: undefined, firmwareVersion: undefined, language: 'en' },
      1,
    );
    world.notices.present(BEDROOM);
    expect(await world.says('send_message', { to: 'all', text: 'x' })).toBe(
      'I have told those that are awake; the others hear it as soon as they are.',
    );
    world.language = 'zh-CN';
    expect(await world.says('send_message', { to: '大家', text: 'x' })).toBe(
      '好的，醒着的设备已经说了，其他的醒来就说。',
    );
  });

  it('are reported as refused by a device on which too many wait already', async () => {
    await world.store.seen(
      { deviceId: '02:00:00:00:00:03', clientId: 'c', board: undefined, firmwareVersion: undefined, language: 'en' },
      1,
    );
    for (let n = 0; n < 200; n++)
      await world.notices.add({ deviceId: BEDROOM, kind: 'reminder', text: 'x', dueMs: 1e13, timeZone: 'UTC' });
    const say = (to: string): Promise<string> => world.says('send_message', { to, text: 'x' });
    expect(await say('卧室')).toBe('failed: it was not sent: too many messages and reminders wait there already');
    expect(await say('all')).toBe('I have passed it on, but not everywhere: on some devices too much waits already.');
    expect(await world.notices.of('02:00:00:00:00:03')).toHaveLength(1);
  });

  it('are refused if the device is unknown, with the names of the known ones', async () => {
    expect(await world.says('send_message', { to: 'garage', text: 'x' })).toBe(
      'failed: there is no device called "garage"; there are: 卧室',
    );
    expect(await world.says('send_message', { to: 'Kitchen', text: 'x' })).toContain('there is no device');
  });
});
