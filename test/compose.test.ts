import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from './fakes/required.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Docker's own compose or Debian's docker-compose. For the subcommand `config`, neither needs a running engine. */
const COMPOSE = [['docker', 'compose'], ['docker-compose']].find(
  ([program = '', ...args]) => spawnSync(program, [...args, 'version'], { stdio: 'ignore' }).status === 0,
);

const PROFILES = readdirSync(join(root, 'deploy/profiles')).filter((name) => name.endsWith('.env'));

/** Settings that deploy/.env may contain in addition to the size, as listed in docs/deploy.md. */
const EXTRAS: readonly Readonly<Record<string, string>>[] = [
  {},
  { TZ: 'Europe/Berlin', ZHIPUAI_API_KEY: 'x', CHORUS_LLM__PRESET: 'glm', CHORUS_SESSION__LANGUAGE: 'zh-CN' },
  { PUBLISHED_PORT: '8100', CHORUS_SERVER__PUBLIC_URL: 'https://voice.example.org' },
  { DATA: '/srv/chorus', RUN_AS: '1026:100' },
  {
    NODE_IMAGE: 'mirror.example.org/library/node:24-trixie-slim',
    NPM_REGISTRY: 'https://npm.example.org/',
    ESPEAK: 'false',
  },
  {
    COMPOSE_PROFILES: 'postgres',
    POSTGRES_PASSWORD_FILE: 'secrets/postgres_password',
    STORE_URL_FILE: 'secrets/store_url',
    CHORUS_STORE__URL: 'file:/run/secrets/store_url',
  },
  {
    COMPOSE_PROFILES: 'postgres',
    POSTGRES_IMAGE: 'mirror.example.org/library/postgres:17-alpine',
    POSTGRES_CPUS: '1',
    POSTGRES_MEMORY: '1073741824',
  },
];

// These tests run compose itself, because nothing else can tell which files it accepts.
describeWith(
  COMPOSE === undefined ? 'neither docker compose nor docker-compose' : undefined,
  'compose.yaml, read by compose itself',
  () => {
    let folder = '';
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'chorus-compose-'));
      mkdirSync(join(folder, 'deploy/secrets'), { recursive: true });
      copyFileSync(join(root, 'deploy/compose.yaml'), join(folder, 'deploy/compose.yaml'));
      for (const name of ['postgres_password', 'store_url']) writeFileSync(join(folder, 'deploy/secrets', name), 'x');
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    /** Runs `docker compose config` with this text as deploy/.env, and parses its output. */
    function config(
      env: string,
      ...flags: string[]
    ): { readonly services: Readonly<Record<string, Record<string, unknown>>> } {
      writeFileSync(join(folder, 'deploy/.env'), env);
      const [program = '', ...args] = COMPOSE ?? [];
      const text = execFileSync(
        program,
        [...args, '-f', 'deploy/compose.yaml', ...flags, 'config', '--format', 'json'],
        {
          cwd: folder,
          encoding: 'utf8',
          env: { PATH: process.env['PATH'] ?? '', HOME: folder },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      return JSON.parse(text) as ReturnType<typeof config>;
    }

    it('is refused without a size', () => expect(() => config('')).toThrow(/choose a size/));

    it.each(
      PROFILES.flatMap((profile) =>
        EXTRAS.map((extra) => ({ profile, extra, named: Object.keys(extra).join(' ') || 'nothing else' })),
      ),
    )('$profile with $named: accepted, and every value arrives', ({ profile, extra }) => {
      const lines = Object.entries(extra).map(([name, value]) => `${name}=${value}`);
      const { services, ...rest } = config(
        `${readFileSync(join(root, 'deploy/profiles', profile), 'utf8')}\n${lines.join('\n')}\n`,
      );
      expect(Object.keys(services).sort()).toEqual(
        extra['COMPOSE_PROFILES'] === 'postgres' ? ['chorus', 'postgres'] : ['chorus'],
      );
      const shown = JSON.stringify({ services, ...rest });
      for (const [name, value] of Object.entries(extra))
        if (name !== 'COMPOSE_PROFILES') expect(shown, name).toContain(value);
      expect(services['chorus']).toMatchObject({
        read_only: true,
        stop_grace_period: '45s',
        logging: { options: { 'max-size': '10m', 'max-file': '5' } },
      });
    });

    it('accepts the profile on the command line, too', () => {
      expect(
        Object.keys(
          config(readFileSync(join(root, 'deploy/profiles/2c4g.env'), 'utf8'), '--profile', 'postgres').services,
        ),
      ).toContain('postgres');
    });
  },
);
