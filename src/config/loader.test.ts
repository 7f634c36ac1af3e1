import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../engines/index.js';
import { providers } from '../providers/index.js';
import { FIELDS } from './fields.js';
import { describeMistake, describeNote, loadConfig, maskSecrets, parseSetFlag, showConfig } from './index.js';

import { accepted, dataDir, load, mistakes, useDataFolder } from '../../test/fakes/loaded-config.js';

useDataFolder();

describe('the allowed names of voices and recognition models', () => {
  const choices = (key: string): string[] => (FIELDS.get(key)?.shape.enum ?? []).map(String);

  it('include the catalogue and the services', () => {
    const ids = (kind: string): string[] => CATALOGUE.filter((model) => model.kind === kind).map(({ id }) => id);
    const services = providers.recognitionServices.map(({ id }) => id);
    const remote = providers.voices.filter(({ local }) => !local).map(({ id }) => id);
    expect(choices('tts.provider').sort()).toEqual(['auto', 'flite', 'espeak', ...remote, ...ids('tts')].sort());
    expect(choices('asr.model').sort()).toEqual(['auto', ...services, ...ids('asr')].sort());
    expect(choices('asr.model')).toEqual(expect.arrayContaining(['openai', 'groq', 'siliconflow']));
    expect(choices('tts.provider')).toEqual(expect.arrayContaining(['edge', 'openai']));
  });

  it('exclude names that do not exist; the message suggests the right name', async () => {
    expect(await mistakes('asr:\n  model: sense-voice\n', { flags: [parseSetFlag('tts.provider=flit')] })).toEqual([
      'config.yaml:2: asr.model: found "sense-voice"; ' +
        `allowed: ${choices('asr.model').join(', ')}; did you mean "sense-voice-int8"?`,
      '--set tts.provider: tts.provider: found "flit"; ' +
        `allowed: ${choices('tts.provider').join(', ')}; did you mean "flite"?`,
    ]);
    expect(
      (
        await accepted(undefined, {
          flags: [parseSetFlag('tts.provider=melo-zh-en'), parseSetFlag('asr.model=whisper-base')],
        })
      ).config,
    ).toMatchObject({ tts: { provider: 'melo-zh-en' }, asr: { model: 'whisper-base' } });
  });
});

describe('the layers of the configuration', () => {
  it('may lack a file', async () => {
    const { config, fileExists } = await accepted(undefined);
    expect(fileExists).toBe(false);
    expect(config.server.port).toBe(8000);
    expect(config.max_concurrent_sessions).toBe('auto');
    expect(config.tts.edge.max_concurrent).toBe(4);
  });

  it('override each other: flags the environment, the environment the file, and the file the defaults', async () => {
    const yaml = 'server:\n  port: 1001\n  host: 10.0.0.1\nvad:\n  threshold: 0.6\n';
    const env = { CHORUS_SERVER__PORT: '1002', CHORUS_SERVER__HOST: '10.0.0.2' };
    const { config, origins } = await accepted(yaml, {
      env,
      flags: [{ flag: '--port', key: 'server.port', text: '1003' }],
    });
    expect(config.server.port).toBe(1003);
    expect(config.server.host).toBe('10.0.0.2');
    expect(config.vad.threshold).toBe(0.6);
    expect(config.vad.threshold_off).toBe(0.35);
    expect(origins.get('server.port')).toEqual({ kind: 'flag', flag: '--port' });
    expect(origins.get('server.host')).toEqual({ kind: 'environment', name: 'CHORUS_SERVER__HOST' });
    expect(origins.get('vad.threshold')).toMatchObject({ kind: 'file', line: 5 });
    expect(origins.has('vad.threshold_off')).toBe(false);
  });

  it('are merged into a deeply frozen configuration', async () => {
    const { config } = await accepted('auth: {allowlist: ["A0:85:E3:F4:49:34"]}');
    expect(config.auth.allowlist).toEqual(['a0:85:e3:f4:49:34']);
    expect(Object.isFrozen(config.tts.edge)).toBe(true);
    expect(Object.isFrozen(config.auth.allowlist)).toBe(true);
  });

  it('have their texts converted to the type of the field', async () => {
    const { config } = await accepted('tts:\n  voice: 8\nllm:\n  api_key: 0123\n', {
      env: {
        CHORUS_SESSION__EXIT_WORDS: 'bye, 再见',
        CHORUS_ASR__CORRECTIONS: '{"小只": "小智"}',
        CHORUS_SESSION__GREETING: 'false',
        CHORUS_LOAD__SLOTS: '3',
      },
      flags: ['llm.model=5', 'llm.preset=glm', 'asr.corrections.克里斯=Chorus', 'vad.min_silence_ms=800'].map(
        parseSetFlag,
      ),
    });
    expect(config.tts.voice).toBe('8');
    expect(config.llm.api_key).toBe('0123');
    expect(config.llm.model).toBe('5');
    expect(config.session.exit_words).toEqual(['bye', '再见']);
    expect(config.session.greeting).toBe(false);
    expect(config.asr.corrections).toEqual({ 小只: '小智', 克里斯: 'Chorus' });
    expect(config.load.slots).toBe(3);
    expect(config.vad.min_silence_ms).toBe(800);
  });

  it('may contain empty values, which mean "not set", and variables of orchestrators, which are ignored', async () => {
    const { config } = await accepted('server:\n  port:\nllm:\n', {
      env: {
        CHORUS_SERVER__HOST: '',
        CHORUS_PORT: 'tcp://10.0.0.1:8000',
        CHORUS_SERVICE_HOST: '10.0.0.1',
        CHORUS_PORT_8000_TCP: 'tcp://10.0.0.1:8000',
        CHORUS_DATA: '/x',
      },
    });
    expect(config.server).toMatchObject({ port: 8000, host: '0.0.0.0' });
  });
});

describe('the report of mistakes', () => {
  it('names all mistakes at once, each with file, line, key, the value found and the values allowed', async () => {
    const yaml = '# mine\nserver:\n  port: eighty\nsesion:\n  greeting: true\nauth:\n  pairing: wlan\n';
    expect(await mistakes(yaml)).toEqual([
      'config.yaml:4: sesion: unknown key; did you mean "session"?',
      'config.yaml:3: server.port: found "eighty"; allowed: a whole number from 0 to 65535',
      'config.yaml:7: auth.pairing: found "wlan"; allowed: lan, code, open, allowlist; did you mean "lan"?',
    ]);
  });

  it('has the same content in Chinese', async () => {
    const result = await load('server:\n  port: 99999\n');
    expect(
      result.ok ? [] : result.mistakes.map((mistake) => describeMistake(mistake, 'zh').replaceAll(`${dataDir}/`, '')),
    ).toEqual(['config.yaml:2：server.port：现在是 99999；允许：0 到 65535 的整数']);
  });

  it.each([
    ['port: 8000', 'config.yaml:1: port: unknown key; did you mean "server.port"?'],
    ['vad:\n  treshold: 0.4', 'config.yaml:2: vad.treshold: unknown key; did you mean "vad.threshold"?'],
    [
      'tts:\n  edge:\n    max-concurrent: 4',
      'config.yaml:3: tts.edge.max-concurrent: unknown key; did you mean "tts.edge.max_concurrent"?',
    ],
    ['llm:\n  apikey: x', 'config.yaml:2: llm.apikey: unknown key; did you mean "llm.api_key"?'],
    ['zzzzzzzzzzzz: 1', 'config.yaml:1: zzzzzzzzzzzz: unknown key; `chorus config schema` lists all keys'],
    ['server: 8000', 'config.yaml:1: server: found 8000; this is a section: its keys stand below it, indented'],
    ['admin: correct-horse', 'config.yaml:1: admin: found ***; this is a section: its keys stand below it, indented'],
    [
      'llm:\n  base_url: htp://me:pass@example.org/v1',
      'config.yaml:2: llm.base_url: found "htp://***@example.org/v1"; allowed: an address such ' +
        'as https://example.org/v1',
    ],
    [
      'auth:\n  allowlist:\n    - a0:85:e3:f4:49:34\n    - nonsense',
      'config.yaml:4: auth.allowlist[1]: found "nonsense"; allowed: for example a0:85:e3:f4:49:34',
    ],
    [
      'pacing:\n  boards:\n    small: 400',
      'config.yaml:3: pacing.boards.small: found 400; allowed: a whole number from 1 to 40',
    ],
    [
      'max_concurrent_sessions: many',
      'config.yaml:1: max_concurrent_sessions: found "many"; allowed: auto or a whole number from 1 to 10000',
    ],
    ['vad:\n  window_samples: 256', 'config.yaml:2: vad.window_samples: found 256; allowed: 512'],
    [
      'session:\n  idle_close_ms: 30000',
      'config.yaml:2: session.idle_farewell_ms: found 60000; must be below session.idle_close_ms (30000)',
    ],
    [
      'session:\n  idle_close_ms: 120000',
      'config.yaml:2: session.idle_close_ms: found 120000; allowed: a whole number from 6000 to 119000',
    ],
    ['llm:\n  base_url: http://x/v1', 'config.yaml:2: llm.base_url: found "http://x/v1"; needs llm.model beside it'],
    [
      'wyoming:\n  listen: 0.0.0.0:10400',
      'config.yaml:2: wyoming.listen: found "0.0.0.0:10400"; needs wyoming.allow beside it',
    ],
    [
      'session:\n  time_zone: Mars/Olympus',
      'config.yaml:2: session.time_zone: found "Mars/Olympus"; allowed: for example auto, Asia/Shanghai, Europe/Berlin',
    ],
    ['server:\n  port: 1\n  port: 2', 'config.yaml:3: not valid YAML: Map keys must be unique'],
    ['- 1', 'config.yaml:1: not valid YAML: the file must consist of "key: value" lines'],
    [
      'selected_module:\n  ASR: FunASR',
      'config.yaml:1: selected_module: this is a configuration of the Python server, which ' +
        'Chorus does not read as it is: `chorus config import FILE` takes over what it can',
    ],
    [
      'chunk_size: 512\nvad:\n  window_samples: 512',
      'config.yaml:1: chunk_size: is an old name of vad.window_samples, which is set too; keep one of them',
    ],
    ['llm:\n  api_key: file:nowhere', 'config.yaml:2: llm.api_key: found "file:nowhere"; that file cannot be read'],
  ])('%j', async (yaml, expected) => {
    expect(await mistakes(yaml)).toEqual([expected]);
  });

  it('names the variable or the flag that is wrong', async () => {
    expect(
      await mistakes(undefined, {
        env: { CHORUS_SERVER__PROT: '1' },
        flags: [parseSetFlag('log.level=loud'), parseSetFlag('nothing='), parseSetFlag('llm.prompt')],
      }),
    ).toEqual([
      'environment variable CHORUS_SERVER__PROT: server.prot: unknown key; did you mean "server.port"?',
      '--set nothing: nothing: unknown key; `chorus config schema` lists all keys',
      '--set llm.prompt: llm.prompt: has no value; write KEY=VALUE',
      '--set log.level: log.level: found "loud"; allowed: debug, info, warn, error',
    ]);
  });

  it('never shows a secret', async () => {
    const [mistake] = await mistakes(`llm:\n  api_key: [sk-very-secret]\n`);
    expect(mistake).toBe('config.yaml:2: llm.api_key: found ***; allowed: a text');
    const loaded = await accepted('llm: {preset: glm, api_key: sk-very-secret}\nmetrics: {token: "s3cr3t"}');
    expect(showConfig(loaded, 'en') + JSON.stringify(maskSecrets(loaded.config))).not.toMatch(/very-secret|s3cr3t/);
    expect(showConfig(loaded, 'en')).toMatch(/preset: glm # .*config\.yaml:1/);
    expect(showConfig(loaded, 'en')).toMatch(/^ {2}port: 8000 # default$/m);
    expect(showConfig(loaded, 'zh')).toMatch(/^ {2}trusted_proxies: \[\] # 默认值$/m);
  });

  it('is replaced by an exception if the named file is missing or is a folder', async () => {
    await expect(loadConfig({ dataDir, file: join(dataDir, 'no.yaml'), env: {} })).rejects.toMatchObject({
      code: 'config.unreadable',
    });
    await expect(loadConfig({ dataDir, file: dataDir, env: {} })).rejects.toMatchObject({ code: 'config.unreadable' });
  });
});

describe('keys of an earlier version that have no effect now', () => {
  it('are accepted with a note, whether from the file, a variable or a flag', async () => {
    const { notes } = await accepted('models:\n  int8: off\n', {
      env: { CHORUS_MODELS__INT8: 'auto' },
      flags: [parseSetFlag('models.int8=off')],
    });
    expect(notes.map((note) => describeNote(note, 'en').replaceAll(`${dataDir}/`, ''))).toEqual([
      'config.yaml:2: "models.int8" does nothing any more and can be taken out',
      'environment variable CHORUS_MODELS__INT8: "models.int8" does nothing any more and can be taken out',
      '--set models.int8: "models.int8" does nothing any more and can be taken out',
    ]);
    expect(await mistakes('models:\n  int9: off\n')).toEqual([expect.stringContaining('unknown key')]);
  });
});
