import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SPEECH_MP3 } from '../../../test/fakes/edge-server.js';
import { ScriptedHttp } from '../../../test/fakes/scripted-http.js';
import { parseWav, writeWav } from '../../audio/index.js';
import { systemClock } from '../../core/index.js';
import { ensureLocalToken } from '../../http/index.js';
import { codeOf, failureOf } from '../../plugin/testing/suite.js';
import type { CliContext } from '../context.js';
import { EXIT } from '../exit-code.js';
import { previewVoice } from './voice.js';

let folder: string;
let server: ScriptedHttp;
let said: string;
const context = {
  language: 'en',
  env: {},
  clock: systemClock,
  out: (text: string) => void (said += text),
  err: () => undefined,
  terminal: false,
  colours: picocolors.createColors(false),
  interrupted: new AbortController().signal,
} as unknown as CliContext;

beforeEach(async () => {
  said = '';
  folder = await mkdtemp(join(tmpdir(), 'chorus-voice-test-'));
  await ensureLocalToken(folder);
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});
const flags = () => ({ data: folder, set: [`server.port=${new URL(server.url).port}`] });

it('gets the sound of a voice from the running server, and writes it as WAV whatever its format', async () => {
  const pcm = new Int16Array(2_400).fill(1_000);
  const wav = Buffer.from(writeWav({ rateHz: 24_000, pcm }));
  server = await ScriptedHttp.start({ status: 200, body: wav, headers: { 'content-type': 'audio/wav' } });
  const out = join(folder, 'out.wav');
  expect(await previewVoice('edge', 'Good morning', { ...flags(), out, language: 'en-US' }, context)).toBe(EXIT.ok);
  expect((await readFile(out)).equals(wav)).toBe(true);
  expect(said).toBe(`Written to ${out}.\n`);
  const [call] = server.calls;
  expect([call?.path, JSON.parse(String(call?.body))]).toEqual([
    '/api/v1/voices/listen',
    { provider: 'edge', text: 'Good morning', language: 'en-US' },
  ]);
  expect(call?.headers.authorization).toMatch(/^Bearer \S{43}$/);

  server.script({ status: 200, body: SPEECH_MP3, headers: { 'content-type': 'audio/mpeg' } });
  await previewVoice('edge', undefined, { ...flags(), out, voice: 'jenny' }, context);
  const { rateHz, pcm: decoded } = parseWav(await readFile(out));
  expect([rateHz, decoded.length > 24_000]).toEqual([24_000, true]);
  expect(JSON.parse(String(server.calls[1]?.body))).toEqual({ provider: 'edge', voice: 'jenny' });
});

it('reports a refusal of the server with its code', async () => {
  const error = { code: 'tts.unreachable', message: 'no way to edge', remedy: 'look at the network' };
  server = await ScriptedHttp.start({
    status: 502,
    body: JSON.stringify({ error }),
    headers: { 'content-type': 'application/json' },
  });
  const failure = await failureOf(() => previewVoice('edge', undefined, flags(), context));
  expect([codeOf(failure), String(failure)]).toEqual(['tts.unreachable', expect.stringContaining('no way to edge')]);
});
