import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALIASES } from './aliases.js';
import { FIELDS } from './fields.js';
import { describeMistake, describeNote, maskSecrets, secretsInFile, secretValues, showConfig } from './index.js';

import { accepted, dataDir, load, mistakes, useDataFolder } from '../../test/fakes/loaded-config.js';

useDataFolder();

describe('secrets', () => {
  it('come from files, variables and the variables of vendors', async () => {
    await writeFile(join(dataDir, 'key'), 'from-file\n');
    const env = {
      MY_TOKEN: 'from-env',
      DEEPSEEK_API_KEY: 'vendor',
      OPENAI_API_KEY: 'other',
      DASHSCOPE_API_KEY: 'spare',
    };
    const { config } = await accepted(
      'llm: {preset: deepseek, fallback: {preset: qwen}}\nmetrics: {token: "env:MY_TOKEN"}\n' +
        'tts: {openai: {api_key: "file:key"}}',
      { env },
    );
    expect(config.llm.api_key).toBe('vendor');
    expect(config.llm.fallback.api_key).toBe('spare');
    expect(config.metrics.token).toBe('from-env');
    expect(config.tts.openai.api_key).toBe('from-file');
    expect((await accepted('{}', { env })).config.llm.api_key).toBeUndefined();
    expect((await accepted('llm: {preset: openai, api_key: mine}', { env })).config.llm.api_key).toBe('mine');
  });

  it('are looked up, masked, and named by their key, also those of named services', async () => {
    const yaml = 'llm: {services: {fast: {preset: glm}}, service_keys: {fast: "env:MY_TOKEN", own: sk-planted}}';
    const loaded = await accepted(yaml, { env: { MY_TOKEN: 'from-env' } });
    expect(loaded.config.llm.service_keys).toEqual({ fast: 'from-env', own: 'sk-planted' });
    expect(showConfig(loaded, 'en') + JSON.stringify(maskSecrets(loaded.config))).not.toMatch(/from-env|sk-planted/);
    expect([...secretValues(loaded.config)]).toEqual([
      ['llm.service_keys.fast', 'from-env'],
      ['llm.service_keys.own', 'sk-planted'],
    ]);
    expect(secretsInFile(yaml)).toEqual([
      { key: 'llm.service_keys.fast', reference: 'env:MY_TOKEN' },
      { key: 'llm.service_keys.own', reference: undefined },
    ]);
    expect(await mistakes('llm: {service_keys: {fast: "env:NOWHERE"}}')).toEqual([
      expect.stringContaining('llm.service_keys: found "env:NOWHERE"'),
    ]);
  });
});

describe('LIMIT_CPUS and LIMIT_MEMORY', () => {
  it.each([
    ['3g', 3],
    ['1536m', 1.5],
    ['4294967296', 4],
    ['0', 'auto'],
    ['plenty', 'auto'],
  ])('"%s" of memory means %s GB', async (text, memory) => {
    expect((await accepted('{}', { env: { LIMIT_MEMORY: text } })).config.load.memory_gb).toBe(memory);
  });

  it('override the limits of the profile, but not limits that are set in the configuration', async () => {
    const env = { CHORUS_PROFILE: '2c4g', LIMIT_CPUS: '2.5', LIMIT_MEMORY: '5g' };
    expect((await accepted('{}', { env })).config.load).toMatchObject({ cpu: 2.5, memory_gb: 5 });
    expect((await accepted('load: {cpu: 1}', { env })).config.load).toMatchObject({ cpu: 1, memory_gb: 5 });
  });
});

describe('OMP_NUM_THREADS', () => {
  it.each([
    ['2', 2],
    [' 4,2 ', 4],
    ['0', 'auto'],
    ['many', 'auto'],
    ['4096', 'auto'],
    ['', 'auto'],
  ])('"%s" means threads: %s', async (text, threads) => {
    expect((await accepted('{}', { env: { OMP_NUM_THREADS: text } })).config.load.threads).toBe(threads);
  });

  it('is overridden by the setting in the configuration', async () => {
    expect((await accepted('load: {threads: 1}', { env: { OMP_NUM_THREADS: '2' } })).config.load.threads).toBe(1);
  });
});

describe('names of other servers', () => {
  it('are understood, and a note names the present key', async () => {
    const { config, notes } = await accepted(
      'max_concurrent_sessions: 2\nasr_max_workers: 3\nchunk_size: 512\nclose_connection_no_voice_time: 45\n',
    );
    expect(config).toMatchObject({
      max_concurrent_sessions: 2,
      asr: { max_workers: 3 },
      vad: { window_samples: 512 },
      session: { idle_close_ms: 45_000, idle_farewell_ms: 35_000 },
    });
    expect(notes.map((note) => describeNote(note, 'en').replaceAll(`${dataDir}/`, ''))).toEqual([
      'config.yaml:2: "asr_max_workers" is understood as asr.max_workers = 3',
      'config.yaml:3: "chunk_size" is understood as vad.window_samples = 512',
      'config.yaml:4: "close_connection_no_voice_time" is understood as session.idle_close_ms = 45000',
    ]);
  });

  it('have their values lowered to what devices tolerate', async () => {
    const { config, notes } = await accepted('close_connection_no_voice_time: 120');
    expect(config.session).toMatchObject({ idle_close_ms: 115_000, idle_farewell_ms: 105_000 });
    expect(notes.map((note) => describeNote(note, 'en'))[0]).toMatch(/lowered/);
    expect(await mistakes('close_connection_no_voice_time: soon')).toEqual([
      'config.yaml:1: close_connection_no_voice_time: found "soon"; allowed: seconds, a number above 0',
    ]);
    expect(
      (await accepted('close_connection_no_voice_time: 45\nsession: {idle_farewell_ms: 20000}')).config.session
        .idle_farewell_ms,
    ).toBe(20_000);
  });
});

const OLD_NAMES: readonly (readonly [old: string, value: unknown, key: string, expected: unknown])[] = [
  ['asr_max_workers', 3, 'asr.max_workers', 3],
  ['llm_max_workers', 5, 'llm.max_workers', 5],
  ['tts_max_workers', 4, 'tts.max_workers', 4],
  ['model_pool_size', 2, 'asr.pool_size', 2],
  ['chunk_size', 512, 'vad.window_samples', 512],
  ['vad.chunk_size', 512, 'vad.window_samples', 512],
  ['vad.preset', 'child', 'vad.patience', 'patient'],
  ['close_connection_no_voice_time', 45, 'session.idle_close_ms', 45_000],
  ['session.close_connection_no_voice_time', 50, 'session.idle_close_ms', 50_000],
  ['exit_commands', ['farewell'], 'session.exit_words', ['farewell']],
  ['enable_greeting', false, 'session.greeting', false],
  ['prompt', 'You are kind.', 'llm.prompt', 'You are kind.'],
  ['server.ip', '127.0.0.1', 'server.host', '127.0.0.1'],
  ['log.log_level', 'WARNING', 'log.level', 'warn'],
];

describe('every old name', () => {
  it('is listed in the table above', () => {
    expect(OLD_NAMES.map(([old]) => old)).toEqual([...ALIASES.keys()]);
  });

  it.each(OLD_NAMES)('%s: %j loads as %s = %j', async (old, value, key, expected) => {
    const nested = old.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
    const { config, notes } = await accepted(JSON.stringify(nested));
    expect(valueAt(config, key)).toEqual(expected);
    expect(notes.map((note) => describeNote(note, 'en'))).toEqual([
      expect.stringContaining(`"${old}" is understood as ${key} = `),
    ]);
  });

  it('vad.preset accepts only its two old values', async () => {
    expect((await accepted('vad: {preset: default}')).config.vad.patience).toBe('normal');
    expect(await mistakes('vad: {preset: slow}')).toEqual([expect.stringContaining('vad.preset: found "slow"')]);
  });
});

function valueAt(tree: unknown, key: string): unknown {
  return key.split('.').reduce((inner, name) => (inner as Readonly<Record<string, unknown>>)[name], tree);
}

describe('any content of the configuration file', () => {
  it('results in a complete configuration or in mistakes, never in an exception', async () => {
    const key = fc.oneof(
      fc.constantFrom(...FIELDS.keys(), 'server', 'tts.edge', 'chunk_size', '__proto__', 'constructor', 'toString'),
      fc.string({ maxLength: 12 }),
    );
    const value = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 }),
      fc.object({ maxDepth: 2, maxKeys: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(key, value, { maxKeys: 6 }),
        fc.array(fc.tuple(key, fc.string({ maxLength: 12 })), { maxLength: 3 }),
        async (tree, sets) => {
          const result = await load(JSON.stringify(tree), {
            flags: sets.map(([name, text]) => ({ flag: '--set', key: name, text })),
          });
          expect(
            result.ok
              ? Object.isFrozen(result.config)
              : result.mistakes.every((mistake) => describeMistake(mistake, 'zh').length > 5),
          ).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('that is not YAML results in mistakes, never in an exception', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 80 }), async (text) => {
        const result = await load(text);
        expect(result.ok || result.mistakes.length > 0).toBe(true);
      }),
      { numRuns: 200 },
    );
    const row = (name: string, i: number): string =>
      `${name}: &${name} [${Array(9).fill(`*${'abcdef'[i]}`).join(',')}]`;
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...['b', 'c', 'd', 'e', 'f', 'g'].map(row)].join('\n');
    expect((await load(bomb)).ok).toBe(false);
  });

  it('can also be set by variables, whatever values the schema accepts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 65_535 }),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        fc.constantFrom('debug', 'info'),
        fc.stringMatching(/^[a-z]{1,10}$/),
        async (port, rate, level, voice) => {
          const env = {
            CHORUS_SERVER__PORT: String(port),
            CHORUS_TTS__RATE: String(rate),
            CHORUS_LOG__LEVEL: level,
            CHORUS_TTS__VOICE: voice,
          };
          const { config } = await accepted(undefined, { env });
          expect([config.server.port, config.tts.rate, config.log.level, config.tts.voice]).toEqual([
            port,
            rate,
            level,
            voice,
          ]);
        },
      ),
      { numRuns: 50 },
    );
  });
});
