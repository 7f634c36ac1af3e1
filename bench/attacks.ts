import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { systemClock as clock } from '../src/core/index.js';
import { createSampler } from '../src/platform/machine/index.js';
import { loadClips, type SpokenClip } from './clips.js';
import { report, type Line } from './results.js';
import { startServer, type ServerUnderTest } from './servers.js';
import { p50AndP95, sounds, talk, type Turn } from './talk.js';

const ATTACKER = fileURLToPath(new URL('attacker.mjs', import.meta.url));
/** Each as hard as one attacker with a megabyte a second can be; `none` is what to compare with. */
const ATTACKS = [
  'none',
  'pipelining',
  'sign-in',
  'wide-keys',
  'ota-spellings',
  'nested-json',
  'log-flood',
  'sockets',
] as const;
const WARM_TURNS = 2;
const LOOK_MS = 500;

interface Outcome {
  readonly attack: string;
  readonly turns: readonly Turn[];
  readonly most: { readonly mainMb: number; readonly allMb: number };
  readonly sent: string;
}

/** One honest device talks while each attack runs for so long. */
export async function attacks(which: string, seconds: number): Promise<boolean> {
  const wanted = which.split(',');
  const chosen = which === 'all' ? ATTACKS : ATTACKS.filter((name) => name === 'none' || wanted.includes(name));
  if (chosen.length === 1 && which !== 'none') throw new RangeError(`all, ${ATTACKS.join(', ')}`);
  const server = await startServer(['log.level=info']);
  try {
    const clips = loadClips();
    await talk(server, 0, clips, { turns: WARM_TURNS });
    const outcomes: Outcome[] = [];
    for (const attack of chosen) {
      outcomes.push(await under(attack, server, clips, seconds));
      console.log(`  ${attack}: done`);
    }
    return report('attacks', outcomes.flatMap(linesOf), {
      seconds,
      outcomes: outcomes.map(({ turns, ...rest }) => ({ ...rest, turns: turns.map(({ record }) => record) })),
    });
  } finally {
    await server.stop();
  }
}

async function under(
  attack: string,
  server: ServerUnderTest,
  clips: readonly SpokenClip[],
  seconds: number,
): Promise<Outcome> {
  const sampler = createSampler({ rootPid: server.pid, clock, pssEveryMs: false });
  const most = { mainMb: 0, allMb: 0 };
  const look = async (): Promise<void> => {
    const { processes } = await sampler.sample();
    const mb = processes.map(({ rssBytes = 0 }) => rssBytes / 2 ** 20);
    const main = processes.find(({ pid }) => pid === server.pid);
    most.mainMb = Math.max(most.mainMb, (main?.rssBytes ?? 0) / 2 ** 20);
    most.allMb = Math.max(
      most.allMb,
      mb.reduce((sum, each) => sum + each, 0),
    );
  };
  const looking = setInterval(() => void look(), LOOK_MS);
  const { port } = new URL(server.baseUrl);
  const attacker = promisify(execFile)(
    process.execPath,
    [ATTACKER, attack, port, String(seconds), server.localToken ?? ''],
    {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      timeout: (seconds + 10) * 1000,
    },
  );
  try {
    const turns = await talk(server, 0, clips, { durationMs: seconds * 1000 });
    return { attack, turns, most, sent: (await attacker).stdout.trim() };
  } finally {
    clearInterval(looking);
  }
}

function linesOf({ attack, turns, most, sent }: Outcome): readonly Line[] {
  const records = turns.map(({ record }) => record);
  const answered = records.filter(({ outcome }) => outcome === 'answered').length;
  const underruns = records.reduce((sum, record) => sum + record.underruns, 0);
  const holeMs = records.reduce((sum, record) => sum + record.underrunMs, 0);
  return [
    {
      what: `${attack}: turns answered, underruns`,
      value: `${answered} of ${turns.length}, ${underruns} (${holeMs.toFixed(0)} ms)`,
      bound: 'all, none',
      holds: answered === turns.length && underruns === 0,
    },
    { what: `${attack}: first sound, p50 / p95`, value: p50AndP95(sounds(turns)) },
    {
      what: `${attack}: memory, main process and all`,
      value: `${most.mainMb.toFixed(0)}, ${most.allMb.toFixed(0)} MB at most`,
    },
    { what: `${attack}: sent`, value: sent },
  ];
}
