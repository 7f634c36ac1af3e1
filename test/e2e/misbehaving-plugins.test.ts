import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { phrase } from '../../src/conversation/session/phrases.js';
import { systemClock } from '../../src/core/index.js';
import { opusDurationMs } from '../../src/device/protocol/index.js';
import { readLocalToken } from '../../src/http/index.js';
import { askOta, fleetIdentity } from '../../src/measure/fleet/index.js';
import type { ClipName } from '../fixtures/speech.js';
import { launch } from './command.js';
import { keepPhrases, newDataFolder } from './prepared-phrases.js';
import { RawDevice } from './raw-device.js';
import { utterance } from './transcripts.js';

// Runs the built server with a plug-in that has one provider of each kind. Each provider misbehaves on some devices, as
// the fixture describes.

const PLUGIN = new URL('../fixtures/misbehaving-plugin', import.meta.url).pathname;
const ZOD = new URL('../../node_modules/zod', import.meta.url).pathname;
/** The plug-in's recogniser misbehaves at this long clip, but not at shorter ones. */
const LONG: ClipName = 'austen-0870';
const BRIEF: ClipName = 'austen-0880';
const PATIENCE_MS = 90_000;
/** Maximum gap in a reply. Even on a busy machine, packets are less late than this. Each fault lasts far longer. */
const HOLE_MS = 300;

interface Trouble {
  readonly what: string;
  readonly agent: Readonly<Record<string, string>>;
  readonly clip?: ClipName;
  /** A sentence that the device must hear. */
  readonly hears: RegExp | string;
}

const TROUBLES: readonly Trouble[] = [
  { what: 'a model that never answers', agent: { model: 'stuck' }, hears: phrase('en-US', 'llm_timeout') },
  { what: 'a model that floods', agent: { model: 'flood' }, hears: /^la la la/ },
  { what: 'a model that throws later', agent: { model: 'later' }, hears: 'All right.' },
  { what: 'a tool that never answers', agent: { model: 'tool-stuck' }, hears: /not answer|too long|time/ },
  { what: 'a tool that floods', agent: { model: 'tool-flood' }, hears: /^The tool: / },
  { what: 'a tool that throws later', agent: { model: 'tool-later' }, hears: /done/ },
  { what: 'a voice that never answers', agent: { voice: 'moody:stuck' }, hears: 'All right.' },
  { what: 'a voice that floods', agent: { voice: 'moody:flood' }, hears: 'All right.' },
  { what: 'a voice that throws later', agent: { voice: 'moody:later' }, hears: 'All right.' },
  { what: 'a recogniser that misbehaves', agent: {}, clip: LONG, hears: 'All right.' },
  { what: 'a recogniser that misbehaves, again', agent: {}, clip: LONG, hears: 'All right.' },
  { what: 'a recogniser that misbehaves, a third time', agent: {}, clip: LONG, hears: 'All right.' },
];

describe('plug-ins that misbehave while another device talks', () => {
  let app: string;
  let dataDir: string;
  let origin: string;
  let server: ReturnType<typeof launch>;
  let localToken: string;
  let devices = 0;

  beforeAll(async () => {
    app = await mkdtemp(join(tmpdir(), 'chorus-moody-'));
    await mkdir(join(app, 'node_modules'));
    await cp(PLUGIN, join(app, 'node_modules/chorus-moody'), { recursive: true });
    await symlink(ZOD, join(app, 'node_modules/zod'));
    dataDir = await newDataFolder('chorus-moody-');
    const settings = {
      plugins: 'chorus-moody',
      'server.host': '127.0.0.1',
      'server.port': '0',
      'server.max_audio_ahead_ms': '600000',
      'models.auto_pull': 'false',
      'load.target': 'off',
      max_concurrent_sessions: '40',
      'session.filler_ms': '20000',
      'llm.preset': 'moody',
      'llm.speculative': 'false',
      'llm.first_token_ms': '5000',
      'tts.provider': 'moody',
      'tts.timeout_ms': '3000',
      'asr.model': 'moody',
      'log.level': 'warn',
    };
    const flags = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    server = launch(['serve', '--data', dataDir, ...flags], {}, 'pipe', app);
    origin = await server.until(/(http:\/\/127\.0\.0\.1:\d+)\/xiaozhi\/ota\//);
    await server.until(/Ready after/);
    localToken = (await readLocalToken(dataDir)) ?? '';
  }, 90_000);
  afterAll(async () => {
    server.child.kill('SIGTERM');
    await server.result;
    await keepPhrases(dataDir);
    for (const folder of [app, dataDir]) await rm(folder, { recursive: true, force: true });
  });

  async function post(path: string, body: unknown): Promise<void> {
    const response = await fetch(`${origin}/api/v1${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-chorus-local': localToken,
        authorization: `Bearer ${localToken}`,
      },
      body: JSON.stringify(body),
    });
    expect(response.status, await response.text()).toBeLessThan(300);
  }

  /** Connects a device whose agent has these fields. */
  async function device(agent: Readonly<Record<string, string>> = {}): Promise<RawDevice> {
    const number = ++devices;
    const identity = fleetIdentity(number, 'en-US', '2.4.2');
    const url = `${origin}/xiaozhi/ota/`;
    const { websocket } = await askOta({ url, identity, clock: systemClock, localToken }, AbortSignal.timeout(10_000));
    if (!websocket) throw new Error('the OTA answer names no WebSocket');
    await post(`/agents/a${number}`, { name: `Agent ${number}`, ...agent });
    await post(`/devices/${encodeURIComponent(identity.deviceId)}/agent`, { agent: `a${number}` });
    const raw = await RawDevice.connect({ ...websocket, identity });
    await raw.hello();
    return raw;
  }

  /** Says the clip and waits for the whole answer. Returns where in the device's log the turn begins. */
  async function turn(raw: RawDevice, clip: ClipName): Promise<number> {
    const mark = raw.mark();
    raw.start('auto');
    raw.burst(utterance(clip));
    await raw.reply(mark, PATIENCE_MS);
    return mark;
  }

  it('other devices get answers without a gap; affected ones hear the fault, or the next provider', async () => {
    const other = await device();
    const concerned = await Promise.all(
      TROUBLES.map(async (trouble) => ({ trouble, raw: await device(trouble.agent) })),
    );
    let going = concerned.length;
    const outcomes = concerned.map(async ({ trouble, raw }) => {
      const mark = await turn(raw, trouble.clip ?? BRIEF);
      going -= 1;
      return { what: trouble.what, heard: raw.sentences(mark), sound: raw.packets(mark).length > 5 };
    });
    let turns = 0;
    // After all faults, one more turn shows that the server works as before.
    for (let more = true; more; turns += 1) {
      more = going > 0;
      const mark = await turn(other, BRIEF);
      expect(other.sentences(mark)).toEqual(['All right.']);
      expect(holeMs(other, mark)).toBeLessThan(HOLE_MS);
    }
    expect(turns).toBeGreaterThan(1);
    const heard = await Promise.all(outcomes);
    expect.soft(heard.filter(({ sound }) => !sound)).toEqual([]);
    for (const [at, { what, heard: sentences }] of heard.entries())
      expect.soft(sentences.join(' '), what).toMatch(TROUBLES[at]?.hears ?? /$^/);
    for (const raw of [other, ...concerned.map((one) => one.raw)]) {
      expect(raw.violations()).toEqual([]);
      raw.vanish();
    }
    server.child.kill('SIGTERM');
    const { code, err } = await server.result;
    expect(code).toBe(0);
    for (const told of ['plugin.failed', 'llm.timeout', 'tts.timeout', 'asr.timeout', 'chorus-moody'])
      expect.soft(err).toContain(told);
  }, 240_000);
});

/** The longest gap within the reply, in ms: how long after the end of the previous sound a packet arrived. */
function holeMs(raw: RawDevice, mark: number): number {
  let endsMs = Infinity;
  let hole = 0;
  for (const { atMs, packet } of raw.packets(mark)) {
    hole = Math.max(hole, endsMs === Infinity ? 0 : atMs - endsMs);
    endsMs = (endsMs === Infinity ? atMs : Math.max(endsMs, atMs)) + (opusDurationMs(packet) ?? 0);
  }
  return hole;
}
