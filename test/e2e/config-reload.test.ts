import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadSpeech } from '../../src/measure/fleet/index.js';
import { CLI } from '../compiled.js';
import { FakeLlmServer, reply } from '../fakes/llm-server.js';
import { keepPhrases, newDataFolder } from './prepared-phrases.js';
import { ServerUnderTest } from './server.js';

/** A configuration in which every setting that can be reloaded differs for each `n`. */
function yaml(llm: FakeLlmServer, n: number): string {
  return `
max_concurrent_sessions: ${10 + n}
llm:
  base_url: ${llm.baseUrl}
  model: model-${n}
  api_key: key-number-${n}
  prompt: Prompt ${n}.
  temperature: ${(n % 10) / 10}
tts:
  timeout_ms: ${8000 + n}
  rate: ${n % 2 === 0 ? 1 : 1.1}
pacing:
  lead_max_packets: ${8 + (n % 3)}
asr:
  corrections: { nothing: "${n}" }
session:
  filler_ms: 20000
log:
  level: ${n % 2 === 0 ? 'error' : 'warn'}
`;
}

describe('reloading the configuration', () => {
  let server: ServerUnderTest;
  let llm: FakeLlmServer;
  afterEach(async () => {
    await server.stop();
    await llm.close();
  });

  it('20 times while two devices talk: no underrun or lost turn, and one configuration per answer', async () => {
    const dataDir = await newDataFolder('chorus-reload-');
    const file = join(dataDir, 'config.yaml');
    llm = await FakeLlmServer.start();
    llm.script(
      reply(
        'The rain in Spain stays mainly in the plain, ',
        'and the sun goes down behind the hills. ',
        'That is all that there is to say.',
      ),
    );
    await writeFile(file, yaml(llm, 0));
    server = await ServerUnderTest.start({ 'log.level': 'error' }, true, dataDir);
    const processes = server.running.status().engines.map(({ pid }) => pid);
    const [utterance] = (await loadSpeech({ atMost: 1 })).utterances;
    if (!utterance) throw new Error('no speech');
    let reloads = 0;
    const isOver = (): boolean => reloads === 20;
    const talk = async (): Promise<readonly string[]> => {
      const device = await server.device();
      const outcomes: string[] = [];
      while (!isOver()) {
        const turn = await device.say(utterance.clip, { begin: 'click' });
        outcomes.push(
          `${turn.outcome} underruns ${turn.underruns} lost ${turn.lostPackets} ` +
            `violations ${turn.violations.length} sentences ${turn.sentences.length}`,
        );
        device.click();
      }
      device.close();
      return outcomes;
    };
    const talking = [talk(), talk()];
    while (reloads < 20) {
      // Reloads at all stages of a turn. A turn with its answer takes about 8 s.
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await writeFile(file, yaml(llm, reloads + 1));
      expect(await server.running.reload()).toMatchObject({ ok: true, restart: [] });
      reloads += 1;
    }
    const outcomes = (await Promise.all(talking)).flat();
    expect(outcomes.length).toBeGreaterThanOrEqual(4);
    expect(new Set(outcomes.map((outcome) => outcome.replace(/sentences \d+/, '')))).toEqual(
      new Set(['answered underruns 0 lost 0 violations 0 ']),
    );
    for (const { authorization, body } of llm.requests) {
      const [, n] = /key-number-(\d+)/.exec(authorization ?? '') ?? [];
      expect(body['model']).toBe(`model-${n}`);
    }
    expect(new Set(llm.requests.map(({ body }) => body['model'])).size).toBeGreaterThan(5);
    expect(server.running.status()).toMatchObject({ maxTalking: 30, ready: true });
    expect(server.running.status().engines.map(({ pid }) => pid)).toEqual(processes);
  }, 120_000);

  it('with mistakes changes nothing and reports every mistake', async () => {
    const dataDir = await newDataFolder('chorus-reload-');
    const file = join(dataDir, 'config.yaml');
    llm = await FakeLlmServer.start();
    await writeFile(file, yaml(llm, 0));
    server = await ServerUnderTest.start({}, true, dataDir);
    await writeFile(file, 'max_concurrent_sessions: 0\nllm:\n  modell: x\n');
    expect(await server.running.reload()).toMatchObject({
      ok: false,
      mistakes: [
        { key: 'llm.modell', zh: expect.stringContaining('没有这个配置项') as string },
        { key: 'max_concurrent_sessions' },
      ],
    });
    expect(server.running.status()).toMatchObject({ maxTalking: 10, llm: 'openai-compatible:model-0' });
    const refused = await fetch(`http://127.0.0.1:${server.running.port}/api/v1/config/reload`, { method: 'POST' });
    expect(refused.status).toBe(401);

    // The rules for new devices can be changed without a restart, too.
    const bound = async (): Promise<boolean> => {
      const answer = await fetch(server.otaUrl, {
        method: 'POST',
        headers: { 'device-id': '02:00:00:00:77:01', 'client-id': 'c', 'content-type': 'application/json' },
        body: '{}',
      });
      return ((await answer.json()) as { websocket: { token: string } }).websocket.token !== '';
    };
    expect(await bound()).toBe(false);
    await writeFile(file, `${yaml(llm, 0)}auth:\n  pairing: open\n`);
    expect(await server.running.reload()).toMatchObject({ ok: true, changed: ['auth.pairing'], restart: [] });
    expect(await bound()).toBe(true);
  }, 60_000);
});

it('SIGHUP reloads the file: an invalid one changes nothing and is logged, a valid one takes effect', async () => {
  const dataDir = await newDataFolder('chorus-hangup-');
  const file = join(dataDir, 'config.yaml');
  await writeFile(file, 'log:\n  level: info\n');
  const args = [
    'serve',
    '--data',
    dataDir,
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--set',
    'tts.provider=flite',
    '--set',
    'models.auto_pull=false',
    '--set',
    'load.target=off',
  ];
  const child = spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '' },
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = new Promise((resolve) => child.once('close', resolve));
  const seen = (pattern: RegExp): Promise<void> => expect.poll(() => log, { timeout: 30_000 }).toMatch(pattern);
  await seen(/"msg":"ready"/);
  await writeFile(file, 'log:\n  level: loud\nllm:\n  api_kee: planted\n');
  child.kill('SIGHUP');
  await seen(/config\.yaml:4: llm\.api_kee: unknown key.*config\.yaml:2: log\.level.*nothing was changed/);
  await writeFile(file, 'log:\n  level: info\nmax_concurrent_sessions: 3\nstore:\n  file: other.db\n');
  child.kill('SIGHUP');
  await seen(
    /"changed":\["max_concurrent_sessions"\],"afterRestart":\["store\.file"\],"msg":"configuration read again"/,
  );
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  await keepPhrases(dataDir);
  await rm(dataDir, { recursive: true });
}, 90_000);
