import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-code.js';
import { openWorkplace, type Workplace } from './workplace.js';
import { commandOptions, refusalOf } from './command-line.js';
import { documented } from './documented.js';
import { blocksOf, codeOf, PAGES, PAIRED, read } from './pages.js';
import { parseShell } from './shell.js';

// Tests the commands in the documents. Quick commands that change nothing but a data folder are run. Commands that
// serve, measure or download are only parsed, by the real command line.

const OPTIONS = await commandOptions();

/** The command lines of Chorus in the `sh` blocks of a page, and the mistakes in those blocks. */
function commandsOf(page: string): { readonly lines: readonly string[][]; readonly wrong: readonly string[] } {
  const lines: string[][] = [];
  const wrong: string[] = [];
  for (const { body } of blocksOf(read(page)).filter(({ language }) => language === 'sh')) {
    for (const command of parseShell(body)) {
      const what = documented(command);
      if (what.kind === 'wrong') wrong.push(`${command.words.join(' ')} (${what.why})`);
      if (what.kind === 'chorus') lines.push([...what.argv]);
    }
  }
  return { lines, wrong };
}

it.each(PAGES)('%s: its sh blocks contain valid commands', async (page) => {
  const { lines, wrong } = commandsOf(page);
  const refused = [...wrong];
  for (const argv of lines) {
    const refusal = await refusalOf(argv);
    if (refusal !== undefined) refused.push(`chorus ${argv.join(' ')}: ${refusal}`);
  }
  expect(refused).toEqual([]);
});

/**
 * Finds mistakes in a command that the text names. Only commands and options are checked, not placeholders and values.
 * `config backup|list` means two commands.
 */
function mistakesOf(code: string): string[] {
  const words = code
    .replace(/^(?:npx |sudo -u \w+ )?chorus\b ?/, '')
    .split(/\s+/)
    .filter((word) => word !== '');
  let paths = [''];
  for (const word of words) {
    const next = word
      .split('|')
      .flatMap((name) => paths.map((path) => `${path} ${name}`.trim()).filter((path) => OPTIONS.has(path)));
    if (next.length === 0) break;
    paths = next;
  }
  const isGroup = paths.some((path) => [...OPTIONS.keys()].some((other) => other.startsWith(`${path} `)));
  const [first] = words;
  const options = words.flatMap((word) => /^\[?(--[a-z-]+)/.exec(word)?.[1] ?? []);
  return [
    ...(first !== undefined && /^[a-z]/.test(first) && paths[0] === '' ? [`no command ${first}`] : []),
    ...(isGroup && paths[0] !== '' && /^[a-z]+$/.test(words[paths[0]?.split(' ').length ?? 0] ?? '')
      ? [`${paths[0]} has no ${words.at(-1)}`]
      : []),
    ...options
      .filter((option) => !paths.some((path) => OPTIONS.get(path)?.has(option)))
      .map((option) => `${paths.join('|')} has no ${option}`),
  ];
}

/** Options of other programs. The text names the options without the program. */
const FOREIGN = new Set([
  '--omit',
  '--restart',
  '--registry',
  '--no-sandbox',
  '--volumes',
  '--build-arg',
  '--profile',
  '--file',
  '--os',
  '--cpu',
  '--espeak',
  '--inspect',
  '--max-semi-space-size',
  '--optimize-for-size',
  '--interrupt-budget',
  '--heap-growing-percent',
]);

it.each(PAGES)('%s: commands and options in its text exist', (page) => {
  const wrong: string[] = [];
  for (const code of codeOf(read(page))) {
    if (/^(?:npx |sudo -u \w+ )?chorus(?: |$)/.test(code))
      wrong.push(...mistakesOf(code).map((why) => `${code}: ${why}`));
    else if (code.startsWith('--')) {
      const option = /^--[a-z-]+/.exec(code)?.[0] ?? '';
      if (!FOREIGN.has(option) && ![...OPTIONS.values()].some((known) => known.has(option))) wrong.push(code);
    }
  }
  expect(wrong).toEqual([]);
});

it('every command is named in the documents', () => {
  const named = PAIRED.map(read).join('\n');
  const leaves = [...OPTIONS.keys()].filter(
    (path) => path !== '' && ![...OPTIONS.keys()].some((other) => other.startsWith(`${path} `)),
  );
  expect(leaves.filter((path) => !named.includes(`chorus ${path}`))).toEqual([]);
});

it('finds mistakes in a command', async () => {
  expect(await refusalOf(['serve', '--prot', '1'])).toContain('--prot');
  expect(await refusalOf(['devices', 'aprove', '123456'])).toContain('aprove');
  expect(await refusalOf(['models', 'pull'])).toContain('id');
  expect(mistakesOf('chorus devices aprove 123456')).not.toEqual([]);
  expect(mistakesOf('chorus config check|bakup')).toEqual([]);
  expect(mistakesOf('chorus models pull ID --fiel ARCHIVE')).toEqual(['models pull has no --fiel']);
  expect(mistakesOf('npx chorus modles')).toEqual(['no command modles']);
  expect(documented({ assignments: [], redirections: [], words: ['npm', 'run', 'nothing'] }).kind).toBe('wrong');
  expect(
    documented({ assignments: [], redirections: [], words: ['cp', 'deploy/profiles/3c.env', 'deploy/.env'] }).kind,
  ).toBe('wrong');
  expect(
    documented({
      assignments: [],
      redirections: [],
      words: 'docker compose -f deploy/compose.yaml exec -T chorus chorus devices list'.split(' '),
    }),
  ).toEqual({ kind: 'chorus', argv: ['devices', 'list'] });
});

/** Quick commands that change nothing except the data folder of a running server. */
const RUN: readonly { readonly words: string; readonly codes?: readonly number[] }[] = [
  { words: '--help' },
  { words: '--version' },
  { words: 'config check' },
  { words: 'config show' },
  { words: 'config schema' },
  { words: 'config backup' },
  { words: 'config list' },
  { words: 'config diff' },
  { words: 'models list' },
  { words: 'models verify' },
  { words: 'profile' },
  { words: 'store backup' },
  { words: 'store check' },
  { words: 'store list' },
  { words: 'upkeep --status' },
  { words: 'upkeep --dry-run' },
  { words: 'firmware list' },
  { words: 'firmware --help' },
  { words: 'devices list' },
  // Depending on this machine, the doctor finds faults or cannot check everything.
  { words: 'doctor', codes: [EXIT.ok, EXIT.failed, EXIT.invalid] },
];

const ran = (argv: readonly string[]) =>
  RUN.find(({ words }) => words.split(' ').every((word, index) => argv[index] === word));
/** Each command once. The Chinese pages are left out, because they have the same commands. */
const lines = [
  ...new Map(PAIRED.flatMap((page) => commandsOf(page).lines).map((argv) => [JSON.stringify(argv), argv])).values(),
];
/**
 * Whether the command can be run: it names no folder, address or handwritten file that exists only in the documents.
 */
const here = (argv: readonly string[]): boolean =>
  !argv.some((word) => /^\/|=file:\/|^--data/.test(word) || ['--url', '--bundle', '--fix', '--out'].includes(word));
/** Only one command of each kind, because each takes a second of CPU time. */
const cheap = [
  ...new Map(
    lines.filter((argv) => ran(argv) !== undefined && here(argv)).map((argv) => [ran(argv)?.words, argv]),
  ).values(),
];

describe('running the commands', () => {
  let place: Workplace | undefined;
  beforeAll(async () => {
    place = await openWorkplace();
  }, 120_000);
  afterAll(() => place?.close());

  it('ends well, without a stack trace', async () => {
    expect(cheap.length).toBeGreaterThan(10);
    const left = [...cheap];
    const wrong: string[] = [];
    const work = async (here: Workplace): Promise<void> => {
      for (let argv = left.shift(); argv !== undefined; argv = left.shift()) {
        const { code, err } = await here.run(argv);
        const allowed = ran(argv)?.codes ?? [0];
        if (code === null || !allowed.includes(code) || /^\s+at /m.test(err))
          wrong.push(`chorus ${argv.join(' ')}: ${code ?? 'killed'}: ${err}`);
      }
    };
    if (place === undefined) throw new Error('the server did not start');
    await Promise.all([work(place), work(place)]);
    expect(wrong).toEqual([]);
  }, 240_000);
});
