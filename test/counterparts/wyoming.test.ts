import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { int16ToBytes } from '../../src/audio/index.js';
import { createSlots } from '../../src/capacity/index.js';
import { noMetrics, Scope, silentLogger, systemClock } from '../../src/core/index.js';
import { live } from '../../src/plugin/testing/suite.js';
import { collect } from '../../src/plugin/testing/voice.js';
import { providers, type VoiceContext } from '../../src/providers/index.js';
import { openWyomingServer } from '../../src/wyoming/index.js';
import { freePort } from '../fakes/free-port.js';
import { describeWith } from '../fakes/required.js';
import { scriptedTts, scriptedSeconds } from '../fakes/scripted-tts.js';
import { gateFor } from '../fakes/service-gate.js';

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** A Python environment that `.ci/run` makes. If it is missing, any other Python that has the package is used. */
const OWN = fileOf('../../.counterparts/bin/python');
const PYTHON = existsSync(OWN) ? OWN : 'python3';
const missing =
  spawnSync(PYTHON, ['-c', 'import wyoming.client, wyoming.server']).status === 0
    ? undefined
    : 'no Python with the package wyoming';

const TEXT = 'This is said twice.';
const SPEECH = new Int16Array(16_000).map((_, at) => 6_000 * Math.sin(at / 8));

describeWith(
  missing,
  'the package wyoming of Home Assistant',
  () => {
    let child: ChildProcess | undefined;
    let scope: Scope | undefined;
    afterEach(async () => {
      child?.kill('SIGKILL');
      await scope?.close();
      child = scope = undefined;
    });

    it('as a client gets recognition and speech from our server, whole and in pieces', async () => {
      scope = new Scope('test', (name, error) => {
        throw new Error(`${name}: ${String(error)}`);
      });
      const samples: number[] = [];
      const { port } = await openWyomingServer({
        listen: '127.0.0.1:0',
        allow: [],
        maxStreams: 2,
        version: '1.2.3',
        services: {
          recognizer: {
            recognize({ pcm }) {
              samples.push(pcm.length);
              return Promise.resolve({ text: 'hello', asr: 'fake', waitMs: 0, runMs: 1, punctuationMeansEnd: false });
            },
          },
          slots: createSlots({ clock: systemClock, metrics: noMetrics, slots: 2 }),
          voices: () => [scriptedTts('anna', systemClock, [{}], { local: true })],
          limits: () => ({ firstAudioMs: 2000, stallMs: 2000 }),
          language: () => 'en-US',
          offeredModels: () => [{ name: 'ears', about: 'Ears', languages: ['en'] }],
          offeredVoices: () => [{ name: 'anna:', about: 'Anna', languages: ['en'] }],
        },
        clock: systemClock,
        log: silentLogger,
        metrics: noMetrics,
        scope,
      });
      const client = spawn(PYTHON, [fileOf('wyoming/client.py'), `tcp://127.0.0.1:${port}`, TEXT], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      child = client;
      client.stdin.end(Buffer.from(int16ToBytes(SPEECH)));
      let said = '';
      for await (const chunk of client.stdout) said += String(chunk);
      const sound = { bytes: Math.round(scriptedSeconds(TEXT) * 24_000) * 2, formats: [[24_000, 2, 1]] };
      const { streamed, ...rest } = JSON.parse(said) as { streamed: { bytes: number; formats: unknown } };
      expect(rest).toEqual({ models: ['ears'], voices: ['anna:'], streams: [true], text: 'hello', whole: sound });
      expect(samples).toEqual([SPEECH.length]);
      // The client sends the words without the spaces between them, so the server speaks fewer tones.
      expect(streamed.formats).toEqual(sound.formats);
      expect(streamed.bytes).toBeGreaterThan(sound.bytes / 2);
    });

    it('as a server recognises and speaks for us, and is found by the probe', async () => {
      const url = `tcp://127.0.0.1:${await freePort()}`;
      const server = spawn(PYTHON, [fileOf('wyoming/server.py'), url], { stdio: ['ignore', 'pipe', 'inherit'] });
      child = server;
      const lines = createInterface(server.stdout)[Symbol.asyncIterator]();
      expect((await lines.next()).value).toBe('ready');

      const recogniser = providers.recognitionService('wyoming')!;
      const of = recogniser.settings.parse({ url });
      const gate = gateFor({ kind: 'asr', concurrent: 4 });
      const ear = recogniser.create(of, {
        clock: systemClock,
        log: silentLogger,
        gate,
        scope: new Scope('ear', () => undefined),
      });
      expect((await ear.transcribe({ pcm: SPEECH, language: 'en-US' }, live())).text).toBe('16000 samples');
      expect(JSON.stringify(await recogniser.probe!(of, { clock: systemClock, signal: live() }))).toContain('ear');

      const descriptor = providers.voice('wyoming')!;
      const context = { clock: systemClock, gate: gateFor({ concurrent: 4 }), rate: 1 } as unknown as VoiceContext;
      const voice = descriptor.create(descriptor.settings.parse({ url }), context);
      const audio = await voice.synthesize({ text: TEXT, language: 'en-US' }, live());
      expect(audio.format).toEqual({ kind: 'pcm', rateHz: 22_050 });
      expect((await collect(audio)).byteLength).toBe(TEXT.length * Math.floor(22_050 / 20) * 2);
      expect((await lines.next()).value).toBe(TEXT);
    });
  },
  'wyoming',
);
