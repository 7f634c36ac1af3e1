import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { silentLogger, type Logger } from '../../core/index.js';
import { isYes } from './confirmation.js';
import type { ToolSource } from './tool-source.js';
import { createToolbox, type ToolboxOptions } from './toolbox.js';

const live = (): AbortSignal => new AbortController().signal;

function source(id: string, names: readonly string[], confirm = false): ToolSource {
  return {
    id,
    list: () =>
      names.map((name) => ({ name, description: '', inputSchema: { type: 'object' }, effects: 'none', confirm })),
    call: (name) => Promise.resolve({ text: `${id}: ${name}` }),
  };
}

function toolbox(sources: readonly ToolSource[], options: Partial<ToolboxOptions> = {}) {
  const clock = new FakeClock();
  const lines: unknown[] = [];
  const log: Logger = { ...silentLogger, info: (_message, fields) => lines.push(fields) };
  const box = createToolbox({ sources, clock, log, ...options });
  return { box, clock, lines, names: () => box.list().map(({ name }) => name) };
}

describe('a toolbox', () => {
  it('has the tools of all sources, and calls each at its source', async () => {
    const { box, names } = toolbox([source('server', ['get_time']), source('device', ['self_reboot'])]);
    expect(names()).toEqual(['get_time', 'self_reboot']);
    expect(await box.call('self_reboot', {}, live())).toEqual({ text: 'device: self_reboot' });
    await expect(box.call('reboot', {}, live())).rejects.toMatchObject({ code: 'tool.failed' });
  });

  it('keeps the name for the first source that has it, gives the other a stable name, logs it once', async () => {
    const { box, names, lines } = toolbox([
      source('server', ['search']),
      source('plugin:acme', ['search', 'plugin_acme_search']),
      source('plugin:b', ['search']),
    ]);
    const expected = ['search', 'plugin_acme_search', 'plugin_acme_plugin_acme_search', 'plugin_b_search'];
    for (let time = 0; time < 3; time++) expect(names()).toEqual(expected);
    expect(await box.call('plugin_acme_search', {}, live())).toEqual({ text: 'plugin:acme: search' });
    expect(await box.call('plugin_b_search', {}, live())).toEqual({ text: 'plugin:b: search' });
    expect(lines).toHaveLength(3);
    expect(lines[0]).toEqual({
      tool: 'search',
      source: 'plugin:acme',
      offeredAs: 'plugin_acme_search',
      keptBy: 'server',
    });
  });

  it('has only names that models accept', () => {
    const long = 'x'.repeat(64);
    const { names } = toolbox([source('a', [long]), source('b', [long]), source('c', [long])]);
    expect(new Set(names()).size).toBe(3);
    for (const name of names()) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  });

  it('offers and calls only the tools that the agent may use, even after a change', async () => {
    let may = true;
    const { box, names } = toolbox([source('server', ['a', 'b'])], { allowed: ({ name }) => may || name === 'a' });
    expect(names()).toEqual(['a', 'b']);
    may = false;
    expect(names()).toEqual(['a']);
    await expect(box.call('b', {}, live())).rejects.toMatchObject({ code: 'tool.failed' });
  });

  it('offers no more tools than vendors accept', () => {
    const many = Array.from({ length: 500 }, (_, index) => `tool_${index}`);
    const { names, lines } = toolbox([source('a', many), source('b', many)]);
    expect(names()).toEqual(many.slice(0, 128));
    names();
    expect(lines).toEqual([{ kept: 128 }]);
  });
});

describe('a tool with confirmation', () => {
  const call = { volume: 30 };
  const refused = { code: 'tool.failed', message: expect.stringContaining('Ask the user') };

  it('runs once after the user has said yes to the call', async () => {
    const { box } = toolbox([source('device', ['reboot'], true)]);
    box.heard('restart please');
    await expect(box.call('reboot', call, live())).rejects.toMatchObject(refused);
    box.heard('Yes.');
    expect(await box.call('reboot', call, live())).toEqual({ text: 'device: reboot' });
    await expect(box.call('reboot', call, live())).rejects.toMatchObject(refused);
  });

  it.each([
    ['it is called again in the same turn', [], call, 0],
    ['the user says no', ['No!'], call, 0],
    ['the user says yes only after other words', ['what time is it', 'yes'], call, 0],
    ['it is called with other input', ['yes'], { volume: 100 }, 0],
    ['the yes comes a long time later', ['yes'], call, 61_000],
  ] as const)('does not run if %s', async (_, said, input, laterMs) => {
    const { box, clock } = toolbox([source('device', ['reboot'], true)]);
    box.heard('yes');
    await expect(box.call('reboot', call, live())).rejects.toMatchObject(refused);
    await clock.advance(laterMs);
    for (const words of said) box.heard(words);
    await expect(box.call('reboot', input, live())).rejects.toMatchObject(refused);
  });

  it('recognises a yes', () => {
    for (const yes of ['Yes.', 'yes, please', 'OK', 'Sure, go ahead!', '好的。', '是的，确认', '可以', '嗯，好'])
      expect([yes, isYes(yes)]).toEqual([yes, true]);
    for (const no of ['yes?', 'OK?', 'Yes, please？', '可以？', '没问题?'])
      expect([no, isYes(no)]).toEqual([no, false]);
    for (const no of ['', 'no', 'yes but later', 'not sure', 'yesterday', '不要', '好不好', '不是', '是不是', '可以吗'])
      expect([no, isYes(no)]).toEqual([no, false]);
  });

  const RESTART = 'Shall I restart the device?';
  const UNLOCK = 'Shall I unlock the lock?';
  it.each([
    ['Yes, restart it.', RESTART],
    ['yes please restart the device', RESTART],
    ['OK, restart', RESTART],
    ['Yes, unlock it', UNLOCK],
    ['go ahead, unlock the lock', UNLOCK],
    ['Yes, do this', 'Shall I do this: delete file?'],
    ['yes, delete it', 'Shall I do this: delete file?'],
    ['是的，重启吧', '要重启设备吗？'],
    ['好的，重启设备', '要重启设备吗？'],
    ['可以，开锁吧', '要开锁吗？'],
    ['要的，重启', '要重启设备吗？'],
    ['嗯，要开锁', '要开锁吗？'],
  ])('takes "%s" to "%s" as a yes', (said, question) => expect(isYes(said, question)).toBe(true));

  it.each([
    ['yes but later', RESTART],
    ['yes, restart it later', RESTART],
    ['restart it', RESTART],
    ['yes, restart it?', RESTART],
    ['yes, do not restart it', 'Shall I restart it, or not?'],
    ['okay, shall I restart', RESTART],
    ['yes, lock it', UNLOCK],
    ['yes, the file', 'Shall I do this: delete file?'],
    ['yes, the lock', UNLOCK],
    ['yes it', RESTART],
    ['yes restart it', ''],
    ['是的，重启吗', '要重启设备吗？'],
    ['好，不重启', '要重启设备吗？'],
    ['是的，等一下重启', '要重启设备吗？'],
    ['好的，锁', '要开锁吗？'],
    ['是吧', '要重启设备吗？'],
    ['重启', '要重启设备吗？'],
    // The microphone hears the question itself from the device's speaker.
    ['要开锁', '要开锁吗？'],
    ['要重启设备', '要重启设备吗？'],
    ['要打开门锁', '要我打开门锁吗？'],
    ['I restart the device', RESTART],
    ['please, please open the door', 'Shall I please, please open the door?'],
  ])('does not take "%s" to "%s" as a yes', (said, question) => expect(isYes(said, question)).toBe(false));
});
