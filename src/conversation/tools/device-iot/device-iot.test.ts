import { describe, expect, it } from 'vitest';
import type { IotCommand } from '../../../device/protocol/index.js';
import { DeviceIot } from './device-iot.js';

const live = (): AbortSignal => new AbortController().signal;
const thing = (name: string, methods: unknown, more = {}) => ({ name, description: `The ${name}`, methods, ...more });

function device() {
  const sent: IotCommand[] = [];
  const iot = new DeviceIot(
    (commands) => sent.push(...commands),
    () => 'en-US',
  );
  const announce = (descriptors: unknown[], states: unknown[] = []) =>
    iot.onMessage({ type: 'iot', session_id: undefined, descriptors, states });
  return { iot, sent, announce };
}

describe('a device whose firmware is older than MCP', () => {
  it('gets a tool for each method, with parameters of its known types', () => {
    const { iot, announce } = device();
    const parameters = { r: { description: 'red', type: 'number' }, odd: { description: 'x', type: 'colour' } };
    announce([
      thing('Lamp', { TurnOn: { description: 'Switches it on' }, SetRGB: { description: 'Colours it', parameters } }),
    ]);
    expect(iot.list().map(({ name, description }) => [name, description])).toEqual([
      ['Lamp_TurnOn', 'The Lamp: Switches it on'],
      ['Lamp_SetRGB', 'The Lamp: Colours it'],
    ]);
    expect(iot.list()[1]?.inputSchema).toMatchObject({
      properties: { r: { type: 'number' }, odd: { type: 'string' } },
      required: ['r', 'odd'],
    });
  });

  it('gets values of the types that it described, and no call or parameter that it did not describe', async () => {
    const { iot, sent, announce } = device();
    announce([thing('Speaker', { SetVolume: { parameters: { volume: { type: 'number' } } } })]);
    await iot.call('Speaker_SetVolume', { volume: '30', other: 1 }, live());
    expect(sent).toEqual([{ name: 'Speaker', method: 'SetVolume', parameters: { volume: 30 } }]);
    await expect(iot.call('Speaker_Explode', {}, live())).rejects.toMatchObject({ code: 'tool.failed' });
    const gone = AbortSignal.abort(new Error('barge-in'));
    await expect(iot.call('Speaker_SetVolume', { volume: 1 }, gone)).rejects.toThrow('barge-in');
    expect(sent).toHaveLength(1);
  });

  it('passes the last state of each of its things to the prompt', () => {
    const { iot, announce } = device();
    expect(iot.state()).toBeUndefined();
    announce(
      [],
      [{ name: 'Speaker', state: { volume: 70 } }, { name: 'Lamp', state: { power: true } }, { name: 'Bad' }, 7],
    );
    announce([], [{ name: 'Speaker', state: { volume: 30 } }]);
    expect(iot.state()).toBe('{"Speaker":{"volume":30},"Lamp":{"power":true}}');
    announce(
      [],
      Array.from({ length: 200 }, (_, index) => ({ name: `t${index}`, state: {} })),
    );
    expect(Object.keys(JSON.parse(iot.state() ?? '{}') as object)).toHaveLength(64);
  });

  it('needs a confirmation before a call that makes it unavailable', () => {
    const { iot, announce } = device();
    announce([
      thing('Network', { GetStatus: {}, SwitchTo4G: {} }),
      thing('System', { Reboot: {} }),
      thing('Lamp', { On: {} }),
    ]);
    expect(iot.list().map(({ name, question }) => [name, question?.en])).toEqual([
      ['Network_GetStatus', undefined],
      ['Network_SwitchTo4G', 'Shall I change the network of the device? It will be offline.'],
      ['System_Reboot', 'Shall I restart the device?'],
      ['Lamp_On', undefined],
    ]);
  });
});
