import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startServerUnderTest } from '../src/measure/bench/server-under-test.js';
import { percentile } from '../src/measure/statistics.js';
import { Scope, sleep, systemClock as clock } from '../src/core/index.js';
import { readLocalToken } from '../src/http/index.js';
import { atMost, report } from './results.js';
import { loadClips } from './clips.js';
import { megabytes, talk } from './talk.js';

/** Without a number of runs that hides it, one run differs from the next by more than a twentieth. */
const USUAL_RUNS = 10;
/** After `/readyz`: what is loaded in the background is there. */
const SETTLE_MS = 3_000;
/** "Nothing costs a server without these providers memory, start time or latency": within 2 %. */
const MOST = 1.02;
/** The providers that serve without being chosen, and the presets and addresses of the language models. */
const DEFAULTS =
  '[edge, ...sherpaVoices, flite, espeak, openai, ...openAiPresets, openAiCompatible, offline, ...sherpaRecognizers]';

/** One start, and one turn. */
interface Started {
  readonly readyMs: number;
  readonly mb: number;
  readonly firstSoundMs: number;
}

const folderOf = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** A second build beside `dist/`, whose registry names the default providers and loads the code of no other. */
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

/**
 * Start time, memory and first sound of a server that uses no paid service, with all providers in its registry and with
 * the default ones only, in turns.
 */
export async function services(runs: number = USUAL_RUNS): Promise<boolean> {
  const bare = folderOf('dist-bare');
  buildWithout(bare);
  try {
    const all: { readonly with: Started[]; readonly without: Started[] } = { with: [], without: [] };
    for (let run = 0; run < runs; run++) {
      const order = run % 2 === 0 ? (['with', 'without'] as const) : (['without', 'with'] as const);
      for (const which of order) all[which].push(await start(which === 'with' ? folderOf('dist') : bare));
    }
    const ratio = (value: (one: Started) => number): number =>
      percentile(all.with.map(value), 0.5) / percentile(all.without.map(value), 0.5);
    return report(
      'services',
      [
        atMost(
          'start to /readyz with all providers, against the default ones',
          ratio(({ readyMs }) => readyMs),
          MOST,
          'x',
          3,
        ),
        atMost(
          'memory of all processes (PSS)',
          ratio(({ mb }) => mb),
          MOST,
          'x',
          3,
        ),
        atMost(
          'end of speech to first sound',
          ratio(({ firstSoundMs }) => firstSoundMs),
          MOST,
          'x',
          3,
        ),
      ],
      { runs, ...all },
    );
  } finally {
    rmSync(bare, { recursive: true, force: true });
  }
}

async function start(dist: string): Promise<Started> {
  const scope = new Scope('bench', (name, error) => console.error(name, error));
  try {
    const server = await startServerUnderTest(
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
    await sleep(clock, SETTLE_MS);
    const mb = await megabytes(server);
    const clips = loadClips().filter(({ name }) => name === 'austen-0880');
    const turns = await talk(server, 0, clips, { turns: 2 });
    const firstSoundMs = Math.min(...turns.map(({ record }) => record.timeline.firstSoundMs ?? Infinity));
    await server.stop();
    return { readyMs: server.readyMs, mb, firstSoundMs };
  } finally {
    await scope.close();
  }
}
