import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelsDocument, providerTables } from '../scripts/docs/models.js';
import { voiceChoices } from '../src/cli/commands/setup.js';
import { addressKeys, isChangeable } from '../src/admin/resources/changeable.js';
import { keysLedAway } from '../src/admin/resources/key-for-address.js';
import { createLanguageModelControl } from '../src/admin/resources/language-model.js';
import { createVoiceControl } from '../src/admin/resources/voices.js';
import { LiveConfig } from '../src/config/index.js';
import {
  configJsonSchema,
  configurationPage,
  FIELDS,
  loadConfig,
  useProviders,
  type Config,
} from '../src/config/index.js';
import { noMetrics, Scope, silentLogger, systemClock } from '../src/core/index.js';
import { voiceCheck } from '../src/maintenance/doctor/checks/voice.js';
import { namesCheck } from '../src/maintenance/doctor/checks/names.js';
import { providerRows } from '../src/moving-over/mapping/index.js';
import { createLlm, createVoices, llmChoiceOf, providers, TOOL_SERVICES } from '../src/providers/index.js';
import { MEMORY_SERVICES } from '../src/records/index.js';
import { doctorFor, removeFolders } from './fakes/doctor-context.js';
import { acmeModel, acmeRegions, acmeVoice } from './fixtures/providers/acme/index.js';

// These tests register a voice and a language model, as a plug-in would. Nothing outside their own folder knows them.

beforeAll(() => {
  providers.register(acmeVoice);
  providers.register(acmeModel);
  useProviders(providers);
});

const SETTINGS = { 'tts.provider': 'acme', 'llm.preset': 'acme' };

async function configured(env: Readonly<Record<string, string>> = {}): Promise<Config> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chorus-acme-'));
  const flags = Object.entries(SETTINGS).map(([key, text]) => ({ flag: `--set ${key}`, key, text }));
  const loaded = await loadConfig({ dataDir, env, flags });
  await rm(dataDir, { recursive: true });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
  return loaded.config;
}

/** What the controls of the admin page are made from. */
const foundationOf = async () => {
  const config = await configured();
  return { live: new LiveConfig(config), common: { clock: systemClock, log: silentLogger, metrics: noMetrics } };
};

describe('a registered provider is known to', () => {
  it('the configuration, with its texts and the usual variable of its key', async () => {
    const config = await configured({ ACME_API_KEY: 'right' });
    expect((config.tts as Readonly<Record<string, unknown>>)['acme']).toEqual({
      base_url: 'https://voices.acme.example/v1',
      model: 'anna',
      api_key: 'right',
    });
    expect(config.llm.api_key).toBe('right');
    expect(FIELDS.get('tts.acme.api_key')).toMatchObject({ secret: true, live: true });
    expect(configurationPage('zh')).toContain('ACME 的地址。');
    expect(JSON.stringify(configJsonSchema('zh'))).not.toContain('"zh"');
  });

  it('the set-up', () => {
    const choices = voiceChoices({ language: 'zh' });
    expect(choices).toContainEqual({ value: 'acme', label: 'ACME 云语音: 什么都生产的公司的声音。' });
  });

  it('the doctor, which tests it and resolves its name', async () => {
    const asked: string[] = [];
    const context = await doctorFor({
      settings: { 'tts.provider': 'acme', 'tts.acme.api_key': 'wrong' },
      resolve: async (host) => (asked.push(host), ['127.0.0.1']),
    });
    expect(JSON.stringify(await voiceCheck.run(context))).toContain('acme (voices.acme.example): ACME refuses the key');
    await namesCheck.run(context);
    expect(asked).toContain('voices.acme.example');
    removeFolders();
  });

  it('the documents', () => {
    const tables = Object.keys(providerTables('en'));
    const page = tables.map((name) => `<!-- providers: ${name} -->\n<!-- end -->`).join('\n');
    const once = modelsDocument('en', page);
    expect(modelsDocument('en', once)).toBe(once);
    expect(() => modelsDocument('en', page.replace('realtime', 'other'))).toThrow('no place for the table of realtime');
    expect(once).toMatch(
      /\| `acme` \| English \| a key \| like ACME \|[^]*\| `acme` \| ACME answers \| `acme-1` \| `ACME_API_KEY` \|/,
    );
  });

  it('the page, which lists it, asks for its settings and may change them', async () => {
    const foundation = await foundationOf();
    const speech = { models: { installed: () => undefined }, voices: { providers: [] } };
    const voices = createVoiceControl({ ...foundation, ...foundation.common, speech } as never).list('en');
    expect(voices.providers.find(({ id }) => id === 'acme')).toMatchObject({
      state: 'no_key',
      settings: [
        { key: 'tts.acme.base_url', secret: false, value: 'https://voices.acme.example/v1' },
        { key: 'tts.acme.api_key', secret: true },
      ],
    });
    const models = createLanguageModelControl({
      ...foundation,
      ...foundation.common,
      env: { ACME_API_KEY: 'k' },
    });
    const { presets } = await models.presets('zh', new AbortController().signal);
    expect(presets.find(({ id }) => id === 'acme')).toMatchObject({
      title: 'ACME 大模型',
      needsKey: true,
      keySet: true,
    });
    expect([isChangeable('tts.acme.base_url'), addressKeys().has('tts.acme.base_url')]).toEqual([true, true]);
    const elsewhere = new Map([['tts.acme.base_url', 'https://elsewhere.example']]);
    const config = await configured({ ACME_API_KEY: 'right' });
    expect(keysLedAway(elsewhere, config, { ACME_API_KEY: 'right' })).toEqual(['tts.acme.base_url']);
  });

  it('the importer', () => {
    expect(providerRows().find(({ types }) => types.includes('acme_tts'))).toMatchObject({ module: 'TTS' });
  });

  it('the conversation, in which it speaks and answers', async () => {
    const { tts, llm } = await configured({ ACME_API_KEY: 'right' });
    const scope = new Scope('test', () => undefined);
    const common = { clock: systemClock, log: silentLogger, metrics: noMetrics, scope };
    const made = createVoices(tts, {
      ...common,
      models: { installed: () => undefined },
      slotCount: 1,
      threads: 1,
    } as never);
    expect(made[0]?.id).toBe('acme');
    const answers = createLlm({
      preset: llm.preset,
      baseUrl: undefined,
      model: undefined,
      apiKey: llm.api_key,
      temperature: undefined,
      firstTokenMs: 1000,
      replyMs: 1000,
      maxWorkers: 1,
      ...common,
      random: () => 0,
    });
    expect(answers.id).toBe('acme');
    await scope.close();
  });

  it('the settings of a language model, beside the common ones', async () => {
    const { llm } = await configured({ CHORUS_LLM__ACME__REGION: 'south' });
    expect(FIELDS.get('llm.acme.region')).toMatchObject({ live: true });
    expect(configurationPage('zh')).toContain('ACME 的地区。');
    const choices = [llmChoiceOf(llm, llm), llmChoiceOf({ preset: 'none' }, llm)];
    expect(choices.map(({ own }) => own)).toEqual([{ region: 'south' }, undefined]);
    const made = { temperature: undefined, firstTokenMs: 1, replyMs: 1, maxWorkers: 1, clock: systemClock };
    createLlm({ ...choices[0]!, ...made, log: silentLogger, random: () => 0 });
    expect(acmeRegions).toContain('south');
  });
});

it('refuses an existing id and an invalid one', () => {
  expect(() => providers.register(acmeVoice)).toThrow(/already/);
  for (const id of ['auto', 'Acme', '__proto__', ''])
    expect(() => providers.register({ ...acmeVoice, id })).toThrow(/cannot be called/);
});

it('adding a provider takes its folder and one line of the registry', async () => {
  const folder = await readdir(new URL('fixtures/providers/acme/', import.meta.url));
  expect(folder.length + 1).toBeLessThanOrEqual(3);
});

it('the id of a provider is not used outside of its folder', async () => {
  const ids = [
    providers.voices,
    providers.languageModels,
    providers.recognizers,
    providers.recognitionServices,
    providers.realtimeModels,
  ]
    .flat()
    .map(({ id }) => id)
    .concat(MEMORY_SERVICES, Object.values(TOOL_SERVICES).flatMap(Object.keys));
  const id = `(['"\`])(?:${ids.join('|')})\\1`;
  const comparison = new RegExp(`[!=]==? ${id}|case ${id}|\\.(?:includes|has|startsWith)\\(${id}\\)`);
  const oneOf = new RegExp(`\\[[^\\]]*${id}[^\\]]*\\]\\)?\\.(?:includes|has)\\(`);
  const backwards = new RegExp(`(['"\`])(?:${ids.join('|')})\\1 [!=]==?`);
  const found: string[] = [];
  for (const room of ['src', 'console']) {
    const root = new URL(`../${room}/`, import.meta.url);
    for (const name of await readdir(root, { recursive: true })) {
      const own = room === 'src' && /^providers\/\w+\/[\w-]+\//.test(name);
      if (!/\.tsx?$/.test(name) || name.endsWith('.test.ts') || own) continue;
      const lines = (await readFile(new URL(name, root), 'utf8')).split('\n');
      // Lines that compare a state of the overview are allowed, because one of its states has the same name as the
      // assistant.
      const guilty = lines.filter(
        (line) =>
          !line.includes("llm.state === '") && [comparison, backwards, oneOf].some((pattern) => pattern.test(line)),
      );
      found.push(...guilty.map((line) => `${room}/${name}: ${line.trim()}`));
    }
  }
  expect(found).toEqual([]);
});
