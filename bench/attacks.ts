import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { percentile } from '../src/measure/statistics.js';
import { systemClock as clock } from '../src/core/index.js';
import { createSampler } from '../src/platform/machine/index.js';
import { loadClips, type SpokenClip } from './clips.js';
import { report, type Line } from './results.js';
import { startServer, type ServerUnderTest } from './servers.js';
import { sounds, talk, type Turn } from './talk.js';

const ATTACKER = fileURLToPath(new URL('attacker.mjs', import.meta.url));
const RESULT = new URL('results/attacks.json', import.meta.url);
/**
 * Each attack runs at twice the rate that made other devices stutter before the server had limits. An attack that never
 * caused a stutter runs as fast as one process can.
 */
const ATTACKS = [
  'pipelining',
  'sign-in',
  'wide-keys',
  'ota-spellings',
  'nested-json',
  'log-flood',
  'sockets',
  'mcp-upgrades',
] as const;
const WARM_TURNS = 1;
const LOOK_MS = 250;
/** Measurements without and with the attack alternate this many times. */
const ROUNDS = 4;
const MAX_LATER = 1.2;
const MAX_GROWTH_MB = 50;

interface Side {
  readonly turns: number;
  readonly answered: number;
  readonly underruns: number;
  readonly underrunMs: number;
  readonly firstSoundMs: readonly number[];
  /** Largest resident memory of the main process. */
  readonly mainMb: number;
}

interface Outcome {
  readonly seconds: number;
  readonly without: Side;
  readonly under: Side;
  readonly sent: string;
}

type Outcomes = Readonly<Record<string, Outcome>>;

/** One honest device talks. Periods of `seconds` without and with the attack alternate. */
export async function attacks(which: string, seconds: number): Promise<boolean> {
  const wanted = which === 'all' ? ATTACKS : which.split(',');
  const chosen = ATTACKS.filter((name) => (wanted as readonly string[]).includes(name));
  if (chosen.length === 0) throw new RangeError(`all, ${ATTACKS.join(', ')}`);
  const outcomes: Record<string, Outcome> = { ...earlier() };
  let good = true;
  for (const attack of chosen) {
    const server = await startServer(['log.level=info']);
    try {
      const clips = loadClips();
      await talk(server, 0, clips, { turns: WARM_TURNS });
      outcomes[attack] = await compare(attack, server, clips, seconds);
    } finally {
      await server.stop();
    }
    const lines = ATTACKS.flatMap((name) => linesOf(name, outcomes[name]));
    good = report('attacks', lines, { attacks: outcomes });
  }
  return good;
}

/** Results of earlier runs. Attacks that do not run now keep theirs. */
function earlier(): Outcomes {
  try {
    return (JSON.parse(readFileSync(RESULT, 'utf8')) as { data: { attacks?: Outcomes } }).data.attacks ?? {};
  } catch {
    return {};
  }
}

async function compare(
  attack: string,
  server: ServerUnderTest,
  clips: readonly SpokenClip[],
  seconds: number,
): Promise<Outcome> {
  const parts: { readonly turns: readonly Turn[]; readonly mainMb: number; readonly sent: string }[] = [];
  for (let round = 0; round < ROUNDS; round++)
    for (const name of ['none', attack]) parts.push(await under(name, server, clips, seconds));
  const side = (under: 0 | 1): Side => sideOf(parts.filter((_, index) => index % 2 === under));
  return { seconds, without: side(0), under: side(1), sent: parts.at(-1)?.sent ?? '' };
}

function sideOf(parts: readonly { readonly turns: readonly Turn[]; readonly mainMb: number }[]): Side {
  const turns = parts.flatMap((part) => part.turns);
  const records = turns.map(({ record }) => record);
  return {
    turns: turns.length,
    answered: records.filter(({ outcome }) => outcome === 'answered').length,
    underruns: records.reduce((sum, record) => sum + record.underruns, 0),
    underrunMs: Math.round(records.reduce((sum, record) => sum + record.underrunMs, 0)),
    firstSoundMs: sounds(turns).map(Math.round),
    mainMb: Math.round(Math.max(...parts.map(({ mainMb }) => mainMb))),
  };
}

async function under(attack: string, server: ServerUnderTest, clips: readonly SpokenClip[], seconds: number) {
  const sampler = createSampler({ rootPid: server.pid, clock, pssEveryMs: false });
  let mainMb = 0;
  const look = async (): Promise<void> => {
    const { processes } = await sampler.sample();
    const main = processes.find(({ pid }) => pid === server.pid);
    mainMb = Math.max(mainMb, (main?.rssBytes ?? 0) / 2 ** 20);
  };
  const looking = setInterval(() => void look(), LOOK_MS);
  const { port } = new URL(server.baseUrl);
  const attacker = promisify(execFile)(
    process.execPath,
    [ATTACKER, attack, port, String(seconds), server.localToken ?? ''],
    { cwd: fileURLToPath(new URL('..', import.meta.url)), timeout: (seconds + 10) * 1000 },
  );
  try {
    const turns = await talk(server, 0, clips, { durationMs: seconds * 1000 });
    return { turns, mainMb, sent: (await attacker).stdout.trim() };
  } finally {
    clearInterval(looking);
  }
}

function linesOf(attack: string, outcome: Outcome | undefined): readonly Line[] {
  if (!outcome) return [];
  const { without, under: attacked, sent, seconds } = outcome;
  const middle = (side: Side): number => percentile(side.firstSoundMs, 0.5);
  const worst = (side: Side): string => Math.max(...side.firstSoundMs).toFixed(0);
  const later = middle(attacked) / middle(without);
  const growth = attacked.mainMb - without.mainMb;
  return [
    {
      what: `${attack}: turns answered, underruns`,
      value: `${attacked.answered} of ${attacked.turns}, ${attacked.underruns} (${attacked.underrunMs} ms)`,
      bound: 'all, none',
      holds: attacked.answered === attacked.turns && attacked.underruns === 0,
    },
    {
      what: `${attack}: first sound, p50 and worst`,
      value:
        `${middle(attacked).toFixed(0)}, ${worst(attacked)} ms; ` +
        `without ${middle(without).toFixed(0)}, ${worst(without)} ms`,
      bound: 'p50 at most 20 % later',
      holds: later <= MAX_LATER,
    },
    {
      what: `${attack}: memory of the main process`,
      value: `${attacked.mainMb} MB at most; without ${without.mainMb} MB`,
      bound: `at most ${MAX_GROWTH_MB} MB more`,
      holds: growth <= MAX_GROWTH_MB,
    },
    { what: `${attack}: sent in ${seconds} s`, value: sent },
  ];
}
