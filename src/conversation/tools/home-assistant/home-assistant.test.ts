import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ToolWorld } from '../../../../test/fakes/tool-world.js';
import { silentLogger } from '../../../core/index.js';
import { createToolbox } from '../toolbox.js';

const STATES = [
  { entity_id: 'light.kitchen', state: 'on', attributes: { friendly_name: 'Kitchen light' } },
  { entity_id: 'media_player.tv', state: 'on', attributes: { friendly_name: 'TV' } },
  { entity_id: 'lock.front', state: 'locked', attributes: { friendly_name: 'Front door' } },
  { entity_id: 'light.hall', state: 'off', attributes: { friendly_name: 'Light hall' } },
  { entity_id: 'light.study', state: 'off', attributes: { friendly_name: 'Study ceiling light' } },
  { entity_id: 'light.shufang', state: 'off', attributes: { friendly_name: '书房吸顶灯' } },
  { entity_id: 'light.ceiling_2', state: 'off', attributes: { friendly_name: 'Hue go' } },
  { entity_id: 'sensor.hue', state: '20', attributes: { friendly_name: 'Warmth' } },
  { entity_id: 'input_boolean.guests', state: 'off', attributes: { friendly_name: 'Guests' } },
];

describe('Home Assistant with locks, switches and sound', () => {
  let world: ToolWorld;
  let posted: readonly unknown[] | undefined;
  let areas: () => Response;
  let askedForAreas: number;
  beforeEach(async () => {
    posted = undefined;
    askedForAreas = 0;
    areas = () =>
      new Response('light.ceiling_2,sensor.hue,light.unknown 主卧 Bedroom\n\ngarbage\nlight.kitchen Kitchen');
    const home: typeof fetch = (address, init) => {
      const url = new URL(address instanceof Request ? address.url : address);
      if (init?.method !== 'POST') return Promise.resolve(Response.json(STATES));
      if (url.pathname === '/api/template') {
        askedForAreas += 1;
        expect(JSON.parse(init.body as string)).toEqual({ template: expect.stringContaining('areas()') as string });
        return Promise.resolve(areas());
      }
      posted = [url.pathname.replace('/api/services/', ''), JSON.parse(init.body as string)];
      return Promise.resolve(Response.json([]));
    };
    const sections = { home_assistant: { url: 'http://home.example', token: 'long' } };
    world = await ToolWorld.open({ sections, services: { fetch: home } });
  });
  afterEach(() => world.close());

  it.each([
    ['light.kitchen', { action: 'brighter' }, 'light/turn_on', { brightness_step_pct: 10 }],
    ['light.kitchen', { action: 'darker' }, 'light/turn_on', { brightness_step_pct: -10 }],
    ['light.kitchen', { action: 'set_color', color: '#FF8000' }, 'light/turn_on', { rgb_color: [255, 128, 0] }],
    ['light.kitchen', { action: 'set_color', color: 'Light Blue' }, 'light/turn_on', { color_name: 'lightblue' }],
    ['light.kitchen', { action: 'set_color_temperature', value: 2700 }, 'light/turn_on', { color_temp_kelvin: 2700 }],
    ['media_player.tv', { action: 'louder' }, 'media_player/volume_up', {}],
    ['media_player.tv', { action: 'quieter' }, 'media_player/volume_down', {}],
    ['media_player.tv', { action: 'mute' }, 'media_player/volume_mute', { is_volume_muted: true }],
    ['media_player.tv', { action: 'unmute' }, 'media_player/volume_mute', { is_volume_muted: false }],
    ['input_boolean.guests', { action: 'turn_on' }, 'homeassistant/turn_on', {}],
    ['lock.front', { action: 'lock' }, 'lock/lock', {}],
  ])('%s: %j calls %s', async (name, given, service, data) => {
    await world.says('home_control', { name, ...given });
    expect(posted).toEqual([service, { entity_id: name, ...data }]);
  });

  it.each([
    ['Front door', { action: 'turn_on' }, 'a lock does not know turn_on; it takes lock'],
    ['Front door', { action: 'toggle' }, 'a lock does not know toggle; it takes lock'],
    ['TV', { action: 'set_color', color: 'red' }, 'a media_player does not know set_color'],
    ['Kitchen light', { action: 'set_color' }, 'set_color needs a color: an English name or #rrggbb'],
    ['Kitchen light', { action: 'set_color_temperature', value: 80 }, 'needs a value from 1500 to 10000'],
  ])('%s: %j is refused', async (name, given, reason) => {
    expect(await world.says('home_control', { name, ...given })).toContain(reason);
    expect(posted).toBeUndefined();
  });

  it.each([
    ['hall light', 'light.hall'],
    ['the light in the hall', 'light.hall'],
    ['study lights', 'light.study'],
    ['书房灯', 'light.shufang'],
    ['书房里的灯', 'light.shufang'],
    ['bedroom light', 'light.ceiling_2'],
    ['bedroom lamp', 'light.ceiling_2'],
    ['主卧的灯', 'light.ceiling_2'],
  ])('finds "%s"', async (name, id) => {
    await world.says('home_control', { name, action: 'turn_on' });
    expect(posted).toEqual(['homeassistant/turn_on', { entity_id: id }]);
  });

  it.each(['hall heater', 'bathroom light', 'the', 'bedroom fan', '浴室灯'])('finds no "%s"', async (name) => {
    expect(await world.says('home_control', { name, action: 'turn_on' })).toContain('there is nothing of that name');
    expect(posted).toBeUndefined();
  });

  it('requests areas only if no name matches, does so once, and works without areas', async () => {
    expect(await world.says('home_find', { name: 'hall light' })).toBe('Light hall (light.hall): off');
    expect(askedForAreas).toBe(0);
    for (let n = 0; n < 2; n++)
      expect(await world.says('home_find', { name: 'bedroom' })).toBe(
        'Hue go (light.ceiling_2): off\nWarmth (sensor.hue): 20',
      );
    expect(askedForAreas).toBe(1);
    await world.clock.advance(300_001);
    areas = () => new Response('401: Unauthorized', { status: 401 });
    for (let n = 0; n < 2; n++)
      expect(await world.says('home_find', { name: 'bedroom' })).toContain('there is nothing of that name');
    expect(askedForAreas).toBe(2);
  });

  it('unlocks only locks, and only after a spoken yes', async () => {
    world.language = 'zh-CN';
    const { clock } = world;
    const toolbox = createToolbox({ sources: [world.source()], language: 'zh-CN', clock, log: silentLogger });
    const unlock = () => toolbox.call('home_unlock', { name: 'front door' }, new AbortController().signal);
    await expect(unlock()).rejects.toMatchObject({ details: { ask: '要开锁吗？' } });
    toolbox.spoken('要开锁吗？');
    expect(toolbox.heard('不要')).toBeUndefined();
    await expect(unlock()).rejects.toMatchObject({ details: { ask: '要开锁吗？' } });
    expect(posted).toBeUndefined();
    toolbox.spoken('要开锁吗？');
    expect(toolbox.heard('好的')).toEqual({ name: 'home_unlock', input: { name: 'front door' } });
    expect((await unlock()).say).toBe('Front door开锁了。');
    expect(posted).toEqual(['lock/unlock', { entity_id: 'lock.front' }]);
    expect(await world.says('home_unlock', { name: 'TV' })).toBe('failed: this is no lock; see home_control');
  });
});
