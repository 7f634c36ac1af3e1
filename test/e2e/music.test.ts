import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { writeWav } from '../../src/audio/index.js';
import { readLocalToken } from '../../src/http/index.js';
import { done, finish, toolCall, type LlmScript } from '../fakes/llm-server.js';
import { newDataFolder } from './prepared-phrases.js';
import { ask, expectNothingLeft, ScriptedServer } from './scripted-server.js';

const RATE_HZ = 24_000;
const SONG_MS = 9_000;
/** A sound without pauses, so nothing is trimmed from its beginning and end. */
const SONG = writeWav({
  rateHz: RATE_HZ,
  pcm: Int16Array.from({ length: (RATE_HZ * SONG_MS) / 1000 }, (_, at) => 6000 * Math.sin(at / 10)),
});
const PLAY: LlmScript = {
  kind: 'sse',
  chunks: [
    toolCall({ index: 0, id: 'a', type: 'function', function: { name: 'play_music', arguments: '{"query":"song"}' } }),
    finish('tool_calls'),
    done,
  ],
};

let scripted: ScriptedServer;
beforeAll(async () => {
  const dataDir = await newDataFolder('chorus-music-');
  const folder = join(dataDir, 'music');
  await mkdir(folder);
  await writeFile(join(folder, 'Song.wav'), SONG);
  scripted = await ScriptedServer.start({ 'tools.music.folders': folder }, dataDir);
}, 90_000);
afterEach(() => expectNothingLeft(scripted));
afterAll(() => scripted.stop());

it('continues after a message at the same position, and stops at its end', async () => {
  const { server, llm } = scripted;
  llm.script(PLAY);
  const identity = server.identity();
  const device = await server.raw({ identity });
  const mark = await ask(device);
  await device.until('the song', () => device.sentences(mark).includes('Song'));
  const begun = device.mark();
  await device.audio(50, begun);
  const said = await fetch(`http://127.0.0.1:${server.running.port}/api/v1/devices/${identity.deviceId}/say`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${(await readLocalToken(server.dataDir)) ?? ''}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ text: 'Dinner is ready.' }),
  });
  expect(said.status).toBe(200);
  await device.until('the message', () => device.sentences(begun).includes('Dinner is ready.'));
  const interrupted = device.packets(begun).length;
  await device.until('the song again', () => device.sentences(begun).includes('Song'));
  const again = device.mark();
  expect(device.count('tts', 'stop', mark)).toBe(0);
  await device.message('tts', { state: 'stop', from: again });
  expect(device.sentences(mark)).toEqual(['Playing Song.', 'Song', 'Dinner is ready.', 'Song']);
  // Both parts together are the whole song once. What was still queued in the device when the message came was not
  // heard, so it is played again. A little of the message's end is counted as song.
  const playedMs = (interrupted + device.packets(again).length) * 60;
  expect(playedMs).toBeGreaterThan(SONG_MS - 300);
  expect(playedMs).toBeLessThan(SONG_MS + 2_000);
}, 60_000);
