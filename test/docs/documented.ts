import { existsSync } from 'node:fs';
import { read, ROOT } from './pages.js';
import type { ShellCommand } from './shell.js';

export type Documented =
  /** A command line of Chorus. */
  | { readonly kind: 'chorus'; readonly argv: readonly string[] }
  | { readonly kind: 'other' }
  | { readonly kind: 'wrong'; readonly why: string };

const wrong = (why: string): Documented => ({ kind: 'wrong', why });
const OTHER: Documented = { kind: 'other' };
const SCRIPTS = (JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> }).scripts;

/** Programs that may be used in documents. Before a program is added here, somebody must review it. */
const PROGRAMS = new Set(
  (
    'cat cd chmod chown cp curl docker-compose find git install journalctl ln ls mkdir mv ' +
    'nginx rm scp systemctl systemd-analyze tar useradd caddy openssl psql pg_dump sha256sum ' +
    'tail grep df free du ss timedatectl apt apt-get head od tr printf mysqldump ssh ' +
    'python3.11 venv/bin/pip venv/bin/python'
  ).split(' '),
);
/** Files and folders that people make when they follow the documents. */
const MADE = new Set([
  'deploy/.env',
  'deploy/secrets',
  'deploy/secrets/postgres_password',
  'deploy/secrets/store_url',
  'deploy/secrets/',
]);
const COMPOSE = new Set('up down ps logs stop start restart exec run config build pull'.split(' '));
/** Options of `docker compose exec` and `run` that take a value. */
const COMPOSE_VALUES = new Set(['--entrypoint', '-e', '--env', '-u', '--user']);

/** Classifies a command. Returns the arguments for Chorus, or the mistake in the command. */
export function documented({ words }: ShellCommand): Documented {
  for (const word of words) {
    const path = /^(?:\.\/)?((?:deploy|bench|assets|scripts|docs)\/[\w./-]+)$/.exec(word)?.[1];
    if (path !== undefined && !MADE.has(path) && !existsSync(`${ROOT}/${path}`)) return wrong(`${path}: no such file`);
  }
  const [program = '', ...rest] = words;
  switch (program) {
    case '':
      return OTHER;
    case 'chorus':
      return { kind: 'chorus', argv: rest };
    case 'npx':
      return rest[0] === 'chorus'
        ? { kind: 'chorus', argv: rest.slice(1) }
        : ['vitest', 'tsx'].includes(rest[0] ?? '')
          ? OTHER
          : wrong(`npx ${rest[0] ?? ''}`);
    case 'node':
      return rest[0]?.endsWith('dist/cli/chorus.js') === true
        ? { kind: 'chorus', argv: rest.slice(1) }
        : existsSync(`${ROOT}/${source(rest[0] ?? '')}`)
          ? OTHER
          : wrong(`node ${rest[0] ?? ''}`);
    case 'sudo':
      return documented({ assignments: [], redirections: [], words: rest[0] === '-u' ? rest.slice(2) : rest });
    case 'npm':
      return npm(rest);
    case 'docker':
      return rest[0] === 'compose'
        ? compose(rest.slice(1))
        : ['build', 'load', 'save'].includes(rest[0] ?? '')
          ? OTHER
          : wrong(`docker ${rest[0] ?? ''}`);
    default:
      return PROGRAMS.has(program)
        ? OTHER
        : wrong(`${program}: a program that the documents did not use so far (test/docs/documented.ts)`);
  }
}

/** The source file from which a file in dist/ is built. */
const source = (path: string): string => path.replace(/^dist\/(.*)\.js$/, 'src/$1.ts');

function npm([command = '', ...rest]: readonly string[]): Documented {
  if (command === 'start') return { kind: 'chorus', argv: ['serve', ...(rest[0] === '--' ? rest.slice(1) : rest)] };
  if (command === 'run')
    return SCRIPTS[rest[0] ?? ''] === undefined
      ? wrong(`npm run ${rest[0] ?? ''}: no such script`)
      : rest[0] === 'bench'
        ? bench(rest.slice(2))
        : OTHER;
  return ['ci', 'test', 'prune', 'config', 'install'].includes(command) ? OTHER : wrong(`npm ${command}`);
}

/** Checks `npm run bench -- NAME …`, in which the name must be a measurement in bench/. */
function bench([name = '']: readonly string[]): Documented {
  return new RegExp(`\\b${name}\\b`).test(read('bench/conversation.ts'))
    ? OTHER
    : wrong(`bench/conversation.ts knows no ${name}`);
}

function compose(words: readonly string[]): Documented {
  let at = 0;
  while (['-f', '--file', '--env-file', '--profile'].includes(words[at] ?? '')) at += 2;
  const command = words[at] ?? '';
  if (!COMPOSE.has(command)) return wrong(`docker compose ${command}`);
  if (command !== 'exec' && command !== 'run') return OTHER;
  at += 1;
  let entrypoint = command === 'exec' ? undefined : 'chorus';
  while (words[at]?.startsWith('-')) {
    if (words[at] === '--entrypoint') entrypoint = words[at + 1];
    at += COMPOSE_VALUES.has(words[at] ?? '') ? 2 : 1;
  }
  if (!['chorus', 'postgres', 'db'].includes(words[at] ?? '')) return wrong(`no service ${words[at] ?? ''}`);
  const inside = words.slice(at + 1);
  return documented({
    assignments: [],
    redirections: [],
    words: entrypoint === undefined ? inside : [entrypoint, ...inside],
  });
}
