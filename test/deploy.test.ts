import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema, loadConfig, PROFILES, profileSettings } from '../src/config/index.js';
import { RESTART_EXIT_CODE } from '../src/core/index.js';
import { EXIT } from '../src/cli/exit-code.js';
import { MESSAGES } from '../src/cli/words/index.js';
import { runProgram } from '../src/cli/program.js';
import { systemClock } from '../src/core/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

async function helpOf(command: readonly string[]): Promise<string> {
  let text = '';
  const write = (part: string): void => void (text += part);
  await runProgram([...command, '--help'], {
    language: 'en',
    words: MESSAGES.en,
    env: {},
    clock: systemClock,
    terminal: false,
    colours: picocolors.createColors(false),
    interrupted: new AbortController().signal,
    out: write,
    err: write,
  });
  return text;
}

/** Parses `NAME=value` lines. If `commented` is set, also parses such lines after a `#`. */
function variables(text: string, commented = false): Record<string, string> {
  const lines = text.matchAll(commented ? /^#?([A-Z_]+)=(.*)$/gm : /^([A-Z_]+)=(.*)$/gm);
  return Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value]));
}

/** Substitutes `${NAME}`, `${NAME:-default}` and `${NAME:?message}` as compose does. */
function interpolated(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_all, name: string, how: string | undefined, rest: string | undefined) => {
      const value = env[name];
      if (value !== undefined && value !== '') return value;
      if (how === '?') throw new Error(`${name}: ${rest}`);
      return rest ?? '';
    },
  );
}

interface ComposeService {
  readonly [key: string]: unknown;
  readonly build: {
    readonly context: string;
    readonly dockerfile: string;
    readonly args: Readonly<Record<string, string>>;
  };
  readonly tmpfs: readonly string[];
  readonly logging: { readonly options: Readonly<Record<string, string>> };
}
const composeFor = (env: Readonly<Record<string, string>>) =>
  parse(interpolated(read('deploy/compose.yaml').replace(/^\s*#.*$/gm, ''), env)) as {
    readonly services: { readonly chorus: ComposeService };
  };

/** Parses the `Key=value` lines of a systemd unit. A key that is repeated gets all its values. */
function unit(path: string): Map<string, string[]> {
  const keys = new Map<string, string[]>();
  for (const [, key = '', value = ''] of read(path).matchAll(/^(\w+)=(.*)$/gm))
    keys.set(key, [...(keys.get(key) ?? []), value]);
  return keys;
}

describe.each(PROFILES)('profile %s', (name) => {
  const settings = profileSettings(name);
  const cpu = Number(settings.get('load.cpu'));
  const memoryGb = Number(settings.get('load.memory_gb'));
  const file = read(`deploy/profiles/${name}.env`);

  it('limits the container by the numbers of its profile, which Chorus also uses', async () => {
    const { LIMIT_CPUS, LIMIT_MEMORY, OMP_NUM_THREADS, ...rest } = variables(file);
    expect([Number(LIMIT_CPUS), LIMIT_MEMORY, OMP_NUM_THREADS]).toEqual([cpu, `${memoryGb}g`, '1']);
    const loaded = await loadConfig({ dataDir: '/nowhere', env: rest });
    expect(loaded).toMatchObject({
      ok: true,
      config: { load: { cpu, memory_gb: memoryGb }, max_concurrent_sessions: settings.get('max_concurrent_sessions') },
    });
  });

  it('offers only existing variables, with the values of the profile', async () => {
    const offered = Object.entries(variables(file, true)).filter(([key]) => key.startsWith('CHORUS_'));
    const loaded = await loadConfig({ dataDir: '/nowhere', env: Object.fromEntries(offered) });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
    const keys = offered.map(([key]) => key.slice('CHORUS_'.length).toLowerCase().split('__').join('.'));
    expect(
      [...loaded.origins]
        .filter(([, { kind }]) => kind === 'environment')
        .map(([key]) => key)
        .sort(),
    ).toEqual(keys.sort());
    for (const [key, value] of offered.slice(1))
      expect(Number(value), key).toBe(settings.get(key.slice('CHORUS_'.length).toLowerCase().split('__').join('.')));
    expect(keys).toEqual([
      'asr.max_workers',
      'llm.max_workers',
      'max_concurrent_sessions',
      'profile',
      'tts.max_workers',
    ]);
  });

  it('gives the container of compose.yaml only the rights that it needs', () => {
    const { chorus } = composeFor(variables(file)).services;
    expect(chorus).toMatchObject({
      cpus: cpu,
      mem_limit: `${memoryGb}g`,
      memswap_limit: `${memoryGb}g`,
      shm_size: '64m',
      pids_limit: Number(variables(file)['LIMIT_PIDS']),
    });
    expect(chorus).toMatchObject({
      user: '1000:1000',
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      env_file: '.env',
      volumes: ['data:/data'],
      ports: ['8000:8000'],
    });
    expect(chorus.tmpfs).toEqual([expect.stringMatching(/^\/tmp:.*noexec,nosuid,nodev/)]);
    expect(chorus.logging.options).toEqual({ 'max-size': '10m', 'max-file': '5' });
  });

  it('has the same limits for systemd', () => {
    const limits = unit(`deploy/systemd/profiles/${name}.conf`);
    expect([limits.get('CPUQuota'), limits.get('MemoryMax'), limits.get('TasksMax')]).toEqual([
      [`${cpu * 100}%`],
      [`${memoryGb}G`],
      [variables(file)['LIMIT_PIDS']],
    ]);
    expect(limits.get('Environment')).toEqual([`CHORUS_PROFILE=${name}`]);
  });

  it('is in both documents with these numbers', () => {
    const workers = settings.get('asr.max_workers');
    const row =
      `| \`${name}\` | ${settings.get('max_concurrent_sessions')} | ${workers} ` +
      `| ${cpu.toFixed(1)} | ${memoryGb} GB | ${variables(file)['LIMIT_PIDS']} |`;
    for (const page of ['docs/deploy.md', 'docs/deploy.zh-CN.md']) expect(read(page)).toContain(row);
  });
});

describe('profile auto', () => {
  const set = variables(read('deploy/profiles/auto.env'));

  it('limits only what the machine limits, and lets Chorus measure the number of devices', async () => {
    const { LIMIT_CPUS, LIMIT_MEMORY } = set;
    expect([LIMIT_CPUS, LIMIT_MEMORY]).toEqual(['0', '0']);
    expect(await loadConfig({ dataDir: '/nowhere', env: set })).toMatchObject({
      ok: true,
      config: {
        profile: 'auto',
        max_concurrent_sessions: 'auto',
        load: { cpu: 'auto', memory_gb: 'auto', threads: 1 },
      },
    });
    expect(composeFor(set).services.chorus).toMatchObject({ cpus: 0, mem_limit: 0, memswap_limit: 0, pids_limit: 512 });
  });

  it('is the first choice in both documents', () => {
    for (const page of ['docs/deploy.md', 'docs/deploy.zh-CN.md'])
      expect(read(page)).toContain('cp deploy/profiles/auto.env deploy/.env');
  });
});

describe('compose.yaml', () => {
  it('asks for a size if none was chosen', () => expect(() => composeFor({})).toThrow(/choose a size/));

  it('waits longer for running replies than the server does', () => {
    const drainMs = configSchema.parse({}).server.drain_ms;
    expect(
      parseInt(String(composeFor({ LIMIT_CPUS: '1', LIMIT_MEMORY: '1g' }).services.chorus['stop_grace_period']), 10) *
        1000,
    ).toBeGreaterThanOrEqual(drainMs + 5000);
    expect(Number(unit('deploy/systemd/chorus.service').get('TimeoutStopSec')?.[0]) * 1000).toBeGreaterThanOrEqual(
      drainMs + 5000,
    );
  });

  it('has PostgreSQL only in the profile postgres, with its secrets in files', () => {
    const text = read('deploy/compose.yaml');
    const { services, secrets } = parse(
      interpolated(text.replace(/^\s*#.*$/gm, ''), { LIMIT_CPUS: '1', LIMIT_MEMORY: '1g' }),
    ) as {
      readonly services: Readonly<Record<string, Record<string, unknown>>>;
      readonly secrets: Readonly<Record<string, { readonly file: string }>>;
    };
    expect(services['postgres']).toMatchObject({
      profiles: ['postgres'],
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      logging: services['chorus']?.['logging'],
    });
    expect(services['postgres']).not.toHaveProperty('ports');
    expect(JSON.stringify(services['postgres']?.['environment'])).toContain(
      '"POSTGRES_PASSWORD_FILE":"/run/secrets/postgres_password"',
    );
    expect(services['chorus']).toMatchObject({
      depends_on: { postgres: { condition: 'service_healthy', required: false } },
    });
    expect(Object.values(secrets).map(({ file }) => file)).toEqual(['/dev/null', '/dev/null']);
    expect(read('.gitignore').split('\n')).toContain('deploy/secrets/');
  });

  it('builds the Dockerfile with existing arguments and the same base image', () => {
    const { context, dockerfile, args } = composeFor({ LIMIT_CPUS: '1', LIMIT_MEMORY: '1g' }).services.chorus.build;
    expect(existsSync(join(root, 'deploy', context, dockerfile))).toBe(true);
    const declared = new Map(
      [...read('deploy/Dockerfile').matchAll(/^ARG (\w+)(?:=(.*))?$/gm)].map(([, name = '', value]) => [
        name,
        value ?? '',
      ]),
    );
    for (const [name, value] of Object.entries(args)) expect(declared.get(name), name).toBe(value ?? '');
  });
});

describe('Dockerfile', () => {
  const text = read('deploy/Dockerfile');

  it('runs as a number other than root, stops by a signal that Node receives, and checks its health', () => {
    expect(text.match(/^USER .*$/gm)).toEqual(['USER 1000:1000']);
    expect(text).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(text).toMatch(/^ENTRYPOINT \["node", "\/opt\/chorus\/dist\/cli\/chorus\.js"\]$/m);
    expect(text).toMatch(/^HEALTHCHECK .*CMD \["node", "\/opt\/chorus\/deploy\/healthcheck\.mjs"\]$/m);
    expect(text).toMatch(/^VOLUME \/data$/m);
  });

  it('has the version of the package, on a supported Node', () => {
    const { version } = JSON.parse(read('package.json')) as { readonly version: string };
    expect(/^ARG VERSION=(.*)$/m.exec(text)?.[1]).toBe(version);
    expect(Number(/node:(\d+)-/.exec(text)?.[1])).toBeGreaterThanOrEqual(20);
  });

  it('makes the bill of materials of the installed packages before their files are pruned', () => {
    // `npm sbom` has no `--omit=dev`, which would also leave out packages that development packages need, such as zod.
    const steps = [
      'npm prune --omit=dev',
      'npm pkg delete devDependencies',
      'npm sbom --sbom-format=cyclonedx > sbom.cdx.json',
      'node dist/maintenance/offline-package/prune-main.js',
    ];
    expect(text.replaceAll(/\s*\\\n\s*/g, ' ')).toContain(steps.join(' && '));
    expect(text).toMatch(/ && mv [^\n]*\bsbom\.cdx\.json [^\n]* \/out\/ /);
  });

  it('gets all files that it copies, but no data, git files or keys', () => {
    const [first, ...allowed] = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(first).toBe('*');
    const names = allowed.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    for (const name of names) expect(existsSync(join(root, name)), name).toBe(true);
    expect(names).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(data|\.git|node_modules|deploy|deploy\/\.env)$/)]),
    );
    for (const name of [
      'package.json',
      'package-lock.json',
      '.npmrc',
      'scripts/build.mjs',
      'scripts/console-build.mjs',
      'console',
      'deploy/healthcheck.mjs',
      'src',
      'assets',
      'LICENSE',
    ])
      expect(names).toContain(name);
    expect(read('.gitignore').split('\n')).toContain('deploy/.env');
  });
});

describe('chorus.service', () => {
  const keys = unit('deploy/systemd/chorus.service');

  it('uses the limits of the machine, like auto.conf, and sets existing variables', () => {
    const auto = unit('deploy/systemd/profiles/auto.conf');
    for (const key of ['MemoryMax', 'TasksMax']) expect(keys.get(key)).toEqual(auto.get(key));
    expect([keys.get('CPUQuota'), auto.get('CPUQuota')]).toEqual([undefined, ['']]);
    const set = (keys.get('Environment') ?? []).flatMap((line) => line.split(' '));
    expect(set.map((pair) => pair.split('=')[0])).toEqual([
      'NODE_ENV',
      'CHORUS_DATA',
      'CHORUS_PROFILE',
      'OMP_NUM_THREADS',
    ]);
    expect(set).toContain('CHORUS_PROFILE=auto');
    expect(set).toContain(`CHORUS_DATA=/var/lib/${keys.get('StateDirectory')?.[0]}`);
  });

  it('may write only its data, may not gain privileges or see devices, and may run compiled code', () => {
    const strict = {
      User: 'chorus',
      NoNewPrivileges: 'yes',
      CapabilityBoundingSet: '',
      ProtectSystem: 'strict',
      ProtectHome: 'yes',
      PrivateTmp: 'yes',
      PrivateDevices: 'yes',
      RestrictNamespaces: 'yes',
    };
    for (const [key, value] of Object.entries(strict)) expect(keys.get(key), key).toEqual([value]);
    expect(keys.has('MemoryDenyWriteExecute')).toBe(false);
  });
});

it('the unit restarts the server on request, and does not report that as a failure', () => {
  const keys = unit('deploy/systemd/chorus.service');
  const code = String(RESTART_EXIT_CODE);
  expect([keys.get('Restart'), keys.get('RestartForceExitStatus'), keys.get('SuccessExitStatus')]).toEqual([
    ['on-failure'],
    [code],
    [code],
  ]);
  expect(keys.get('RestartPreventExitStatus')?.[0]?.split(' ')).not.toContain(code);
});

it('the unit does not give up after a temporary failure', () => {
  const keys = unit('deploy/systemd/chorus.service');
  expect(keys.get('StartLimitIntervalSec')).toEqual(['0']);
  expect(keys.get('RestartPreventExitStatus')?.[0]?.split(' ').sort()).toEqual(
    [EXIT.usage, EXIT.config].map(String).sort(),
  );
});

describe.each(['docs/deploy.md', 'docs/deploy.zh-CN.md'])('%s', (page) => {
  const text = read(page);

  it('names only existing files, scripts and commands', async () => {
    for (const [path] of text.matchAll(/\bdeploy\/[\w./-]*\w/g))
      expect(path === 'deploy/.env' || path.startsWith('deploy/secrets') || existsSync(join(root, path)), path).toBe(
        true,
      );
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
    for (const [, script = ''] of text.matchAll(/npm run ([\w-]+)/g)) expect(scripts[script], script).toBeDefined();
    const commands = [...text.matchAll(/(?:exec chorus chorus|chorus\.js|`chorus) ([a-z]+)(?: ([a-z]+))?/g)].map(
      ([, name = '', sub]) => [name, ...(sub === undefined ? [] : [sub])],
    );
    expect(commands.length).toBeGreaterThan(6);
    for (const command of commands)
      expect(await helpOf(command), command.join(' ')).toContain(`Usage: chorus ${command.join(' ')}`);
  });

  it('names only existing variables', () => {
    const declared = [
      ...read('deploy/compose.yaml').matchAll(/\$\{(\w+)/g),
      ...read('deploy/Dockerfile').matchAll(/^ARG (\w+)/gm),
    ].map(([, name]) => name);
    for (const name of ['PUBLISHED_PORT', 'DATA', 'RUN_AS', 'NODE_IMAGE', 'NPM_REGISTRY', 'ESPEAK']) {
      expect(text).toContain(`\`${name}\``);
      expect(declared).toContain(name);
    }
  });
});
