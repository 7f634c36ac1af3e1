import picocolors from 'picocolors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CliContext } from '../../src/cli/context.js';
import { reportFailure } from '../../src/cli/failure.js';
import { MESSAGES } from '../../src/cli/words/index.js';
import { runProgram } from '../../src/cli/program.js';
import { systemClock } from '../../src/core/index.js';
import { readLocalToken } from '../../src/http/index.js';
import type { RawDevice } from './raw-device.js';
import { ask, expectHeard, ScriptedServer } from './scripted-server.js';

describe('saying and asking by HTTP and by command', () => {
  let scripted: ScriptedServer;
  let device: RawDevice;
  let deviceId: string;
  beforeAll(async () => {
    scripted = await ScriptedServer.start();
    const identity = scripted.server.identity();
    deviceId = identity.deviceId;
    device = await scripted.server.raw({ identity });
    await device.reply(await ask(device));
  }, 90_000);
  afterAll(() => scripted.stop());

  const call = async (path: string, body: object): Promise<{ status: number; json: unknown }> => {
    const { server } = scripted;
    const response = await fetch(`http://127.0.0.1:${server.running.port}/api/v1${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${(await readLocalToken(server.dataDir)) ?? ''}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    return { status: response.status, json: await response.json() };
  };
  const command = async (...args: readonly string[]): Promise<{ code: number; out: string; err: string }> => {
    let [out, err] = ['', ''];
    const context: CliContext = {
      language: 'en',
      words: MESSAGES.en,
      env: {},
      clock: systemClock,
      terminal: false,
      colours: picocolors.createColors(false),
      interrupted: new AbortController().signal,
      out: (text) => void (out += text),
      err: (text) => void (err += text),
    };
    const code = await runProgram([...args, '--data', scripted.server.dataDir], context).catch((error: unknown) =>
      reportFailure(error, context),
    );
    return { code, out, err };
  };

  /** Resolves when the device has said this and is silent. */
  const spoken = async (text: string, from: number): Promise<void> => {
    const said = await device.until(
      `"${text}"`,
      (came) => came.type === 'text' && came.message['text'] === text,
      from,
      30_000,
    );
    await device.message('tts', { state: 'stop', from: device.log.indexOf(said), patienceMs: 30_000 });
  };

  it('says something on devices by name, by agent and on all, with an answer for each', async () => {
    const speaking = { deviceId, id: expect.any(String) as string, outcome: 'speaking' };
    const text = 'Dinner is ready.';
    let mark = device.mark();
    const named = await call('/say', { devices: [deviceId, deviceId.toUpperCase(), '02:00:00:00:00:99', 'x'], text });
    expect(named.json).toEqual({
      answers: [
        { ...speaking, deviceId: deviceId.toUpperCase() },
        { deviceId: '02:00:00:00:00:99', outcome: 'unknown' },
        { deviceId: 'x', outcome: 'unknown' },
      ],
    });
    await spoken(text, mark);
    for (const devices of [{ agent: '' }, { all: true }]) {
      mark = device.mark();
      expect((await call('/say', { ...devices, text })).json).toEqual({ answers: [speaking] });
      await spoken(text, mark);
    }
    expect(await call('/say', { agent: 'nobody', text })).toMatchObject({
      status: 404,
      json: { error: { code: 'admin.not_found' } },
    });
    for (const wrong of [{ text }, { text, all: true, agent: '' }, { text, devices: [] }, { all: true, text: ' ' }])
      expect(await call('/say', wrong)).toMatchObject({ status: 400, json: { error: { code: 'admin.bad_request' } } });
  }, 90_000);

  it('asks, and answers with the words that the person says next, which the model does not hear', async () => {
    const before = scripted.llm.requests.length;
    for (const way of ['http', 'command'] as const) {
      const mark = device.mark();
      const answer =
        way === 'http'
          ? call(`/devices/${deviceId}/ask`, { text: 'What do you say?', waitS: 60, priority: 'high' })
          : command('ask', deviceId, 'What do you say?', '--wait', '60', '--now');
      await spoken('What do you say?', mark);
      await ask(device);
      const got = await answer;
      if ('json' in got) {
        const { asked, heard } = got.json as { readonly asked: boolean; readonly heard: string };
        expect([got.status, asked]).toEqual([200, true]);
        expectHeard([heard], 'austen-0880');
      } else {
        expect([got.code, got.err]).toEqual([0, '']);
        expectHeard([got.out.trim()], 'austen-0880');
      }
    }
    expect(scripted.llm.requests.length).toBe(before);
  }, 120_000);

  it('asks no device that is not known or not connected, and keeps nothing where that is asked', async () => {
    const text = 'Is anybody there?';
    expect(await call('/devices/02:00:00:00:00:99/ask', { text })).toMatchObject({ status: 404 });
    expect(await call(`/devices/${deviceId}/ask`, { text, waitS: 0 })).toMatchObject({ status: 400 });
    device.vanish();
    await expect.poll(() => scripted.server.running.status().connections, { timeout: 10_000 }).toBe(0);
    expect(await call(`/devices/${deviceId}/ask`, { text })).toEqual({ status: 200, json: { asked: false } });
    const asked = await command('ask', deviceId, text);
    expect(asked).toMatchObject({ code: 8, out: '', err: expect.stringContaining('could not ask') as string });
    expect((await call('/say', { all: true, text, onlyAwake: true })).json).toEqual({
      answers: [{ deviceId, outcome: 'no_channel' }],
    });
    expect((await call('/say', { all: true, text })).json).toMatchObject({ answers: [{ outcome: 'queued' }] });
  }, 60_000);
});
