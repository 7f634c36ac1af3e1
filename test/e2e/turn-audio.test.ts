import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OggDecoder } from '../../src/audio/index.js';
import { readLocalToken, type HistoryEntry, type TurnEntry } from '../../src/http/index.js';
import { FakeLlmServer, reply } from '../fakes/llm-server.js';
import { openAiLikeService } from '../fakes/realtime-services.js';
import { ScriptedSocket } from '../fakes/scripted-socket.js';
import { newDataFolder } from './prepared-phrases.js';
import type { RawDevice } from './raw-device.js';
import { ask } from './scripted-server.js';
import { ServerUnderTest } from './server.js';
import { spoken } from './transcripts.js';

const ANSWER = 'The rain in Spain stays mainly in the plain, and the sun goes down behind the hills.';
/** A recording that a killed server left. Its turn was never written to the database. */
const ORPHAN = '2026-11-25/1795600000000_020000000001_5e7c0000-1.heard';

async function filesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return names.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Length and loudness of an Ogg file, read with the decoder that browsers use. */
async function listenTo(file: Uint8Array): Promise<{ readonly ms: number; readonly rms: number }> {
  const decoder = await OggDecoder.create();
  try {
    const pcm = decoder.push(file);
    decoder.end();
    const power = pcm.reduce((sum, sample) => sum + sample * sample, 0) / pcm.length;
    return { ms: (pcm.length * 1000) / (decoder.rateHz ?? Number.NaN), rms: Math.sqrt(power) };
  } finally {
    decoder.close();
  }
}

describe('the audio of turns', () => {
  let server: ServerUnderTest;
  let llm: FakeLlmServer;
  let model: ScriptedSocket;
  let spokenByModel = { text: 'It is fine.', audioMs: 1_800 };
  let token = '';
  let audio = '';
  beforeAll(async () => {
    llm = await FakeLlmServer.start();
    llm.script(reply(ANSWER));
    model = await ScriptedSocket.start(
      openAiLikeService(
        // The model speaks twice as fast as the speech is played.
        { trouble: () => undefined, answer: () => spokenByModel, pause: (next) => void setTimeout(next, 50) },
        { inputHz: 24_000 },
      ),
    );
    const dataDir = await newDataFolder('chorus-e2e-');
    audio = join(dataDir, 'audio');
    await mkdir(join(audio, '2026-11-25'), { recursive: true });
    await writeFile(join(audio, ORPHAN), 'nobody has a key for this');
    const settings = { 'history.audio': 'true', 'llm.base_url': llm.baseUrl, 'llm.model': 'scripted' };
    const realtime = {
      'realtime.services': 'openai-realtime',
      'realtime.openai-realtime.url': `${model.url}/v1`,
      'realtime.openai-realtime.api_key': 'sk-secret',
    };
    server = await ServerUnderTest.start({ ...settings, ...realtime, 'session.filler_ms': '20000' }, true, dataDir);
    token = (await readLocalToken(server.dataDir)) ?? '';
  }, 90_000);
  afterAll(async () => {
    await server.stop();
    await llm.close();
    await model.close();
  });

  const call = (path: string, method = 'GET', bearer = token, body?: unknown): Promise<Response> =>
    fetch(`http://127.0.0.1:${server.running.port}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const history = async (): Promise<readonly HistoryEntry[]> =>
    ((await (await call('/history')).json()) as { turns: HistoryEntry[] }).turns;

  it('is removed if a killed server has left it without a turn', async () => {
    await expect.poll(() => filesIn(audio), { timeout: 10_000 }).toEqual([]);
  });

  it('is stored encrypted, played back unchanged, and deleted with its turn', async () => {
    const device = await server.device({ keepAudio: true });
    const clip = spoken('austen-0880');
    const record = await device.say(clip, { begin: 'click' });
    expect(record).toMatchObject({ outcome: 'answered' });
    device.close();
    await expect.poll(async () => (await history()).length, { timeout: 20_000 }).toBe(1);
    await expect.poll(() => filesIn(audio), { timeout: 20_000 }).toHaveLength(2);
    const [turn] = await history();
    const id = turn?.id ?? '';
    expect(turn?.audio).toEqual({ turn: id, sides: ['heard', 'said'] });
    const { turns } = (await (await call('/turns')).json()) as { turns: TurnEntry[] };
    expect(turns.at(-1)?.audio).toEqual(turn?.audio);

    for (const file of await filesIn(audio)) expect((await readFile(file)).includes('OggS')).toBe(false);
    const [heard, said] = await Promise.all(
      ['heard', 'said'].map(async (side) => {
        const answer = await call(`/history/${id}/audio/${side}`);
        expect(answer.status).toBe(200);
        expect(answer.headers.get('content-type')).toBe('audio/ogg');
        expect(answer.headers.get('cache-control')).toBe('no-store');
        return listenTo(new Uint8Array(await answer.arrayBuffer()));
      }),
    );
    const clipMs = (clip.pcm.length * 1000) / 16_000;
    // The recording begins half a second before the first word and ends with the silence that ended the utterance.
    expect(heard?.ms).toBeGreaterThan(clipMs * 0.8);
    expect(heard?.ms).toBeLessThan(clipMs + 3000);
    expect(heard?.rms).toBeGreaterThan(0.01);
    expect(Math.abs((said?.ms ?? 0) - record.packets * 60)).toBeLessThan(70);
    expect(said?.rms).toBeGreaterThan(0.01);

    expect((await call(`/history/${id}/audio/heard`, 'GET', 'x'.repeat(43))).status).toBe(401);
    expect((await call(`/history/${id}/audio/other`)).status).toBe(400);
    expect((await call('/history/none/audio/heard')).status).toBe(404);
    expect(await (await call(`/history?turn=${id}`, 'DELETE')).json()).toEqual({ forgotten: 1 });
    expect((await call(`/history/${id}/audio/heard`)).status).toBe(404);
    expect(await filesIn(audio)).toEqual([]);
    expect(await history()).toEqual([]);
  }, 60_000);

  /** Returns the only turn of a device with its stored audio, and then deletes the turn. */
  async function onlyTurnOf(deviceId: string) {
    const turns = async (): Promise<readonly HistoryEntry[]> =>
      (await history()).filter((turn) => turn.deviceId === deviceId);
    await expect.poll(async () => (await turns())[0]?.audio?.sides, { timeout: 20_000 }).toEqual(['heard', 'said']);
    const [turn] = await turns();
    const side = async (name: string): ReturnType<typeof listenTo> =>
      listenTo(new Uint8Array(await (await call(`/history/${turn?.id}/audio/${name}`)).arrayBuffer()));
    const found = { outcome: turn?.outcome, heard: await side('heard'), said: await side('said') };
    expect((await call(`/history?device=${deviceId}`, 'DELETE')).status).toBe(200);
    return found;
  }

  /** Asks a question, waits for this many packets and presses the button. Returns how many packets came in all. */
  async function interrupted(device: RawDevice, afterPackets: number): Promise<number> {
    const mark = await ask(device);
    await device.audio(afterPackets, mark);
    device.abort();
    await device.message('tts', { state: 'stop', from: mark });
    return device.packets(mark).length;
  }

  it('of an interrupted answer is its heard part', async () => {
    llm.script(reply(ANSWER.repeat(4)));
    const identity = server.identity();
    const device = await server.raw({ identity });
    const packets = await interrupted(device, 40);
    device.vanish();
    const { outcome, heard, said } = await onlyTurnOf(identity.deviceId);
    expect(outcome).toBe('interrupted');
    expect(heard.rms).toBeGreaterThan(0.01);
    expect(said.rms).toBeGreaterThan(0.01);
    // Everything that was sent is stored, except for what was still queued in the device. The whole answer would take
    // 20 s.
    expect(said.ms).toBeLessThanOrEqual(packets * 60 + 1);
    expect(said.ms).toBeGreaterThan((packets - 20) * 60);
    expect(said.ms).toBeLessThan(8_000);
  }, 60_000);

  it('of a realtime model is stored as well, and ends at the interruption', async () => {
    expect((await call('/agents/kim', 'POST', token, { name: 'Kim', realtime: 'openai-realtime' })).status).toBe(200);
    const devices = [server.identity(), server.identity()];
    for (const identity of devices) {
      (await server.raw({ identity })).vanish();
      const path = `/devices/${identity.deviceId}/agent`;
      expect((await call(path, 'POST', token, { agent: 'kim' })).status).toBe(204);
    }
    const [whole, cut] = devices as [(typeof devices)[0], (typeof devices)[0]];
    const first = await server.raw({ identity: whole });
    await first.reply(await ask(first));
    first.vanish();
    const complete = await onlyTurnOf(whole.deviceId);
    expect(complete.outcome).toBe('answered');
    // The server's own recogniser did not run, but the audio that the realtime model got is stored.
    expect(complete.heard.ms).toBeGreaterThan(1_000);
    expect(complete.heard.rms).toBeGreaterThan(0.01);
    expect(complete.said.ms).toBeGreaterThan(1_700);
    expect(complete.said.ms).toBeLessThan(2_300);

    spokenByModel = { text: 'Once upon a time there was a fox. It lived in a wood.', audioMs: 9_000 };
    const second = await server.raw({ identity: cut });
    const packets = await interrupted(second, 30);
    second.vanish();
    const half = await onlyTurnOf(cut.deviceId);
    expect(half.outcome).toBe('interrupted');
    expect(half.said.rms).toBeGreaterThan(0.01);
    expect(half.said.ms).toBeLessThanOrEqual(packets * 60 + 1);
    expect(half.said.ms).toBeGreaterThan((packets - 20) * 60);
    expect(half.said.ms).toBeLessThan(6_000);
  }, 60_000);

  it('is deleted with its device', async () => {
    llm.script(reply('All right.'));
    const identity = server.identity();
    const device = await server.device({ identity });
    await device.say(spoken('austen-0930'), { begin: 'click' });
    await expect.poll(() => filesIn(audio), { timeout: 20_000 }).toHaveLength(2);
    device.close();
    expect((await call(`/devices/${identity.deviceId}`, 'DELETE')).status).toBe(204);
    expect(await filesIn(audio)).toEqual([]);
  }, 60_000);
});

describe('without history.audio', () => {
  it('stores no audio', async () => {
    const llm = await FakeLlmServer.start();
    // The offline assistant would repeat the recognised words, which takes three times as long as this answer.
    llm.script(reply('All right.'));
    const server = await ServerUnderTest.start({ 'llm.base_url': llm.baseUrl, 'llm.model': 'scripted' });
    const token = (await readLocalToken(server.dataDir)) ?? '';
    const history = async (): Promise<readonly HistoryEntry[]> => {
      const url = `http://127.0.0.1:${server.running.port}/api/v1/history`;
      const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      return ((await answer.json()) as { turns: HistoryEntry[] }).turns;
    };
    const device = await server.device();
    await device.say(spoken('austen-0880'), { begin: 'click' });
    device.close();
    await expect.poll(async () => (await history()).length, { timeout: 20_000 }).toBe(1);
    expect((await history())[0]?.audio).toBeUndefined();
    await server.running.drain('over');
    expect(await readdir(server.dataDir)).not.toContain('audio');
    await Promise.all([server.stop(), llm.close()]);
  }, 90_000);
});
