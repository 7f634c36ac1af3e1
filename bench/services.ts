import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startServerUnderTest, type ServerUnderTest } from '../src/measure/bench/server-under-test.js';
import { percentile } from '../src/measure/statistics.js';
import { Scope, sleep, systemClock as clock } from '../src/core/index.js';
import { readLocalToken } from '../src/http/index.js';
import { atMost, report } from './results.js';
import { loadClips } from './clips.js';
import { megabytes, sounds, talk } from './talk.js';

/** Number of rounds. In each round, each type of server is started once, or has one turn. */
const USUAL_ROUNDS = 4;
/** No round of starts begins later than this. The whole measurement takes 170 s. */
const STARTS_UNTIL_MS = 80_000;
/** No round of turns begins later than this. */
const TURNS_UNTIL_MS = 145_000;
/** Pause after `/readyz`, in which background loading ends. */
const SETTLE_MS = 3_000;
/** Up to this ratio, memory, start time and latency count as unchanged. */
const MOST = 1.02;
/**
 * Code of the list of providers in the smaller build: the default providers, and those for OpenAI and compatible
 * services.
 */
const DEFAULTS =
  '[edge, ...sherpaVoices, flite, espeak, openai, ...openAiPresets, openAiCompatible, offline, ...sherpaRecognizers]';

const KINDS = ['with', 'without'] as const;
type Kind = (typeof KINDS)[number];

interface Measured {
  readonly readyMs: number[];
  readonly mb: number[];
  readonly firstSoundMs: number[];
}

const folderOf = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** Makes a second build next to `dist/` whose registry loads only the default providers. */
function buildWithout(folder: string): void {
  cpSync(folderOf('dist'), folder, { recursive: true });
  const file = `${folder}/providers/registry.js`;
  const [head = '', rest = ''] = readFileSync(file, 'utf8').split('const BUILT_IN = [');
  const kept = head.split('\n').filter((line) => {
    const names = /^import \{ ([^}]*) \} from "\.\/(?:asr|llm|tts)\//u.exec(line)?.[1]?.split(', ');
    return names === undefined || names.some((name) => new RegExp(`\\b${name}\\b`, 'u').test(DEFAULTS));
  });
  const after = rest.slice(rest.indexOf('];') + 1);
  writeFileSync(file, `${kept.join('\n')}const BUILT_IN = ${DEFAULTS}${after}`);
}

/** Order of the two types in a round. It alternates, so that changes of the machine affect both. */
const inTurns = (round: number): readonly Kind[] => (round % 2 === 0 ? KINDS : KINDS.toReversed());

/**
 * Compares start time, memory and first sound of a server with all providers and one with only the default providers.
 * Neither uses a paid service.
 */
export async function services(rounds: number = USUAL_ROUNDS): Promise<boolean> {
  const beganMs = clock.nowMs();
  const folders = { with: folderOf('dist'), without: folderOf('dist-bare') };
  buildWithout(folders.without);
  try {
    const all: Record<Kind, Measured> = {
      with: { readyMs: [], mb: [], firstSoundMs: [] },
      without: { readyMs: [], mb: [], firstSoundMs: [] },
    };
    // These first starts put the files of both builds into the page cache.
    for (const kind of KINDS) await within((scope) => start(folders[kind], scope));
    for (let round = 0; round < rounds && clock.nowMs() - beganMs < STARTS_UNTIL_MS; round++)
      for (const kind of inTurns(round))
        await within(async (scope) => {
          const server = await start(folders[kind], scope);
          await sleep(clock, SETTLE_MS);
          all[kind].readyMs.push(server.readyMs);
          all[kind].mb.push(await megabytes(server));
        });
    await within((scope) => turns(folders, rounds, beganMs + TURNS_UNTIL_MS, all, scope));
    const line = (what: string, of: keyof Measured) =>
      atMost(what, percentile(all.with[of], 0.5) / percentile(all.without[of], 0.5), MOST, 'x', 3);
    return report(
      'services',
      [
        line('start to /readyz with all providers, against the default ones', 'readyMs'),
        line('memory of all processes (PSS)', 'mb'),
        line('end of speech to first sound', 'firstSoundMs'),
      ],
      all,
    );
  } finally {
    rmSync(folders.without, { recursive: true, force: true });
  }
}

/**
 * Runs a server of each type side by side, and talks to one at a time. The first turn of each server does not count.
 */
async function turns(
  folders: Readonly<Record<Kind, string>>,
  rounds: number,
  untilMs: number,
  all: Readonly<Record<Kind, Measured>>,
  scope: Scope,
): Promise<void> {
  const servers = { with: await start(folders.with, scope), without: await start(folders.without, scope) };
  await sleep(clock, SETTLE_MS);
  const clips = loadClips().filter(({ name }) => name === 'austen-0880');
  for (let round = -1; round < rounds && clock.nowMs() < untilMs; round++)
    for (const kind of inTurns(round)) {
      const heard = sounds(await talk(servers[kind], 0, clips, { turns: 1 }));
      if (round >= 0) all[kind].firstSoundMs.push(...heard);
    }
}

async function within<T>(run: (scope: Scope) => Promise<T>): Promise<T> {
  const scope = new Scope('bench', (name, error) => console.error(name, error));
  try {
    return await run(scope);
  } finally {
    await scope.close();
  }
}

const start = (dist: string, scope: Scope): Promise<ServerUnderTest> =>
  startServerUnderTest(
    {
      settings: ['log.format=json', 'models.auto_pull=false', 'tts.provider=flite'],
      modelsDir: undefined,
      env: process.env,
      entry: { file: `${dist}/cli/chorus.js`, execArgv: [] },
      clock,
      scope,
      localToken: readLocalToken,
    },
    scope.signal,
  );
