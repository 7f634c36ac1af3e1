import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CliContext } from '../../src/cli/context.js';
import { reportFailure } from '../../src/cli/failure.js';
import { MESSAGES } from '../../src/cli/words/index.js';
import { runProgram } from '../../src/cli/program.js';
import { concatFloat, int16ToFloat, OpusDecoder, SPEAK_RATE_HZ } from '../../src/audio/index.js';
import { systemClock } from '../../src/core/index.js';
import { readLocalToken, type HistoryEntry } from '../../src/http/index.js';
import type { RawDevice } from './raw-device.js';
import { ask, expectHeard, ScriptedServer } from './scripted-server.js';

describe('speaking and asking by HTTP and by command', () => {
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

  const call = async (path: string, body?: object | Uint8Array): Promise<{ status: number; json: unknown }> => {
    const { server } = scripted;
    const isFile = body instanceof Uint8Array;
    const response = await fetch(`http://127.0.0.1:${server.running.port}/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${(await readLocalToken(server.dataDir)) ?? ''}`,
        ...(body !== undefined && { 'content-type': isFile ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body !== undefined && { body: isFile ? body : JSON.stringify(body) }),
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

  /** Resolves when the device has played this text and is silent. Returns where in the device's log the text began. */
  const spoken = async (text: string, from: number): Promise<number> => {
    const said = await device.until(
      `"${text}"`,
      (came) => came.type === 'text' && came.message['text'] === text,
      from,
      30_000,
    );
    const begun = device.log.indexOf(said);
    await device.message('tts', { state: 'stop', from: begun, patienceMs: 30_000 });
    return begun;
  };

  it('speaks on devices by name, by agent and on all, with a result for each', async () => {
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

  it('asks, and returns the next words of the person, which the model does not get', async () => {
    const before = scripted.llm.requests.length;
    for (const way of ['http', 'command', 'several', 'pattern'] as const) {
      const mark = device.mark();
      const answer =
        way === 'several'
          ? call('/ask', { devices: [deviceId, 'x'], text: 'What do you say?', waitS: 60, priority: 'high' })
          : way === 'pattern'
            ? command('ask', '*', 'What do you say?', '--wait', '60', '--now')
            : way === 'http'
              ? call(`/devices/${deviceId}/ask`, { text: 'What do you say?', waitS: 60, priority: 'high' })
              : command('ask', deviceId, 'What do you say?', '--wait', '60', '--now');
      await spoken('What do you say?', mark);
      await ask(device);
      const got = await answer;
      if ('json' in got && way === 'several') {
        const { answers } = got.json as { readonly answers: readonly { readonly heard: string }[] };
        expect(answers).toEqual([
          { deviceId, outcome: 'answered', heard: expect.any(String) as string },
          { deviceId: 'x', outcome: 'unknown' },
        ]);
        expectHeard([answers[0]?.heard ?? ''], 'austen-0880');
      } else if ('json' in got) {
        const { asked, heard } = got.json as { readonly asked: boolean; readonly heard: string };
        expect([got.status, asked]).toEqual([200, true]);
        expectHeard([heard], 'austen-0880');
      } else {
        expect([got.code, got.err]).toEqual([0, '']);
        expectHeard([got.out.replace(`${deviceId}: `, '').trim()], 'austen-0880');
        expect(got.out.startsWith(deviceId)).toBe(way === 'pattern');
      }
    }
    expect(scripted.llm.requests.length).toBe(before);
  }, 120_000);

  /** Frequency and length, in seconds, of the fixture's tone as the device plays it. */
  const toneHeard = (from: number): { readonly hz: number; readonly seconds: number } => {
    const decoder = new OpusDecoder(SPEAK_RATE_HZ);
    const sound = concatFloat(
      device.packets(from).map(({ packet }) => {
        const decoded = decoder.decode(packet);
        if (!decoded.ok) throw new Error(decoded.reason);
        return int16ToFloat(decoded.pcm);
      }),
    );
    const middle = sound.subarray(SPEAK_RATE_HZ / 4, SPEAK_RATE_HZ * 1.25);
    const crossings = middle.filter((sample, at) => sample < 0 && (middle[at + 1] ?? 0) >= 0).length;
    return { hz: crossings, seconds: sound.length / SPEAK_RATE_HZ };
  };
  const recording = async (name: string): Promise<Uint8Array> =>
    new Uint8Array(await readFile(new URL(`../fixtures/${name}`, import.meta.url)));

  it('plays whole recordings on one device, on those of an agent and on all', async () => {
    const requests: readonly (readonly [string, string, string])[] = [
      [`/devices/${deviceId}/say/audio?text=Good%20night`, 'tone.flac', 'Good night'],
      ['/say/audio?agent=&priority=high', 'tone.ogg', '♪'],
      [`/say/audio?devices=${deviceId},02:00:00:00:00:99&text=To%20all`, 'tone.opus', 'To all'],
    ];
    for (const [path, name, shown] of requests) {
      const mark = device.mark();
      const { status, json } = await call(path, await recording(name));
      expect([status, JSON.stringify(json)]).toEqual([200, expect.stringMatching(/speaking|"awake":true/) as string]);
      const { hz, seconds } = toneHeard(await spoken(shown, mark));
      expect(Math.abs(hz - 440), name).toBeLessThan(5);
      expect(Math.abs(seconds - 1.7), name).toBeLessThan(0.3);
    }
    const history = async (): Promise<readonly HistoryEntry[]> =>
      ((await call('/history?limit=50')).json as { readonly turns: readonly HistoryEntry[] }).turns.filter(
        ({ outcome }) => outcome === 'played',
      );
    await expect.poll(async () => (await history()).length, { timeout: 20_000 }).toBe(3);
    for (const turn of await history()) expect(turn.underruns, JSON.stringify(turn)).toBe(0);
    expect(device.violations()).toEqual([]);
  }, 90_000);

  it('plays and asks by command, and an abort ends a recording', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chorus-say-'));
    try {
      const file = join(folder, 'question.mp3');
      await writeFile(file, await recording('austen-0880.mp3'));
      let mark = device.mark();
      const answer = command('ask', deviceId, '--audio', file, '--wait', '90', '--now');
      await spoken('♪', mark);
      await ask(device);
      const got = await answer;
      expect([got.code, got.err]).toEqual([0, '']);
      expectHeard([got.out.trim()], 'austen-0880');
      await device.reply(mark);

      mark = device.mark();
      expect(await command('say', deviceId, 'A story', '--audio', file)).toMatchObject({ code: 0, err: '' });
      await device.audio(10, mark);
      device.abort();
      await device.message('tts', { state: 'stop', from: mark });
      const heard = device.packets(mark).length;
      expect(heard).toBeLessThan(60);
      expect(await command('say', deviceId)).toMatchObject({ code: 2, err: 'a text or --audio is needed\n' });
      expect(await command('say', deviceId, '--audio', join(folder, 'none.wav'))).toMatchObject({
        code: 1,
        err: expect.stringContaining('none.wav cannot be read') as string,
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 120_000);

  it('refuses a file that is no recording, with a remedy', async () => {
    const path = `/devices/${deviceId}/say/audio`;
    const refused = async (file: Uint8Array, at = path): Promise<unknown> => {
      const { status, json } = await call(at, file);
      return [status, (json as { readonly error: { readonly code: string } }).error.code];
    };
    const unreadable = [400, 'recording.unreadable'];
    expect(await refused(new TextEncoder().encode('<html>'))).toEqual(unreadable);
    expect(await refused(new Uint8Array(1))).toEqual(unreadable);
    expect(await refused((await recording('tone.flac')).subarray(0, 60))).toEqual(unreadable);
    expect(await refused(new Uint8Array(13 * 2 ** 20))).toEqual([413, 'recording.too_long']);
    expect(await refused(await recording('tone.ogg'), '/say/audio')).toEqual([400, 'admin.bad_request']);
    expect(await refused(await recording('tone.ogg'), '/devices/02:00:00:00:00:99/ask/audio')).toEqual([
      404,
      'admin.not_found',
    ]);
    expect((await call(path, { text: 'no file' })).status).toBe(400);
  }, 60_000);

  it('does not ask an unknown or disconnected device, and stores nothing if the request says so', async () => {
    const text = 'Is anybody there?';
    expect(await call('/devices/02:00:00:00:00:99/ask', { text })).toMatchObject({ status: 404 });
    expect(await call(`/devices/${deviceId}/ask`, { text, waitS: 0 })).toMatchObject({ status: 400 });
    device.vanish();
    await expect.poll(() => scripted.server.running.status().connections, { timeout: 10_000 }).toBe(0);
    expect(await call(`/devices/${deviceId}/ask`, { text })).toEqual({ status: 200, json: { asked: false } });
    expect((await call('/ask', { all: true, text })).json).toEqual({ answers: [{ deviceId, outcome: 'no_channel' }] });
    expect(await call('/ask', { text, all: true, agent: '' })).toMatchObject({ status: 400 });
    expect(await command('ask', '*', text)).toMatchObject({
      code: 8,
      out: '',
      err: expect.stringContaining('could not ask') as string,
    });
    const asked = await command('ask', deviceId, text);
    expect(asked).toMatchObject({ code: 8, out: '', err: expect.stringContaining('could not ask') as string });
    expect((await call('/say', { all: true, text, onlyAwake: true })).json).toEqual({
      answers: [{ deviceId, outcome: 'no_channel' }],
    });
    expect((await call('/say', { all: true, text })).json).toMatchObject({ answers: [{ outcome: 'queued' }] });
  }, 60_000);

  it('stores 200 messages for a sleeping device, recordings included, and then reports a full queue', async () => {
    const tone = await recording('tone.opus');
    expect((await call(`/devices/${deviceId}/say/audio`, tone)).json).toMatchObject({ awake: false });
    let kept = 0;
    while (kept < 200 && (await call(`/devices/${deviceId}/say`, { text: `Message ${kept}` })).status === 200)
      kept += 1;
    // Some messages of earlier tests are still waiting, so there is room for fewer.
    expect(kept).toBeGreaterThan(190);
    const full = { status: 429, json: { error: { code: 'notice.too_many' } } };
    expect(await call(`/devices/${deviceId}/say`, { text: 'One more' })).toMatchObject(full);
    expect(await call(`/devices/${deviceId}/say/audio`, tone)).toMatchObject(full);
    const answers = [{ deviceId, outcome: 'full' }];
    expect((await call('/say', { all: true, text: 'One more' })).json).toEqual({ answers });
    expect((await call('/say/audio?all=true', tone)).json).toEqual({ answers });
    expect(await command('say', '*', 'One more')).toMatchObject({
      code: 1,
      out: expect.stringContaining('too much waits there already') as string,
    });
  }, 120_000);
});
