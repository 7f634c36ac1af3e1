import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIELDS } from '../config/index.js';
import { openStore } from '../platform/store/index.js';
import { carryOut } from './carry-out.js';
import { Draft } from './draft.js';
import { findOldFiles, planImport, readOldSettings, type ImportPlan } from './index.js';
import { MODULES, providerRows } from './mapping/index.js';
import { parseYamlTree } from './yaml-tree.js';

const SERVER = fileURLToPath(new URL('../../test/fixtures/python-server', import.meta.url));
const DUMP = fileURLToPath(new URL('../../test/fixtures/python-manager/manager-api.sql', import.meta.url));

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-import-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function planOf(path: string): Promise<ImportPlan> {
  return planImport(await readOldSettings(await findOldFiles(path)));
}

async function planText(text: string, name = '.config.yaml'): Promise<ImportPlan> {
  const file = join(folder, name);
  await writeFile(file, text);
  return planOf(file);
}

const reason = (plan: ImportPlan, from: string): string | undefined =>
  plan.report.left.find((entry) => entry.from.startsWith(from))?.why.en;
const task = (plan: ImportPlan, from: string): string | undefined =>
  plan.report.todo.find((entry) => entry.from.startsWith(from))?.what.en;

describe('a folder of the Python server', () => {
  it('imports keys with a counterpart, the override before the base', async () => {
    const { values, access, devices, listed } = await planOf(SERVER);
    const withoutTools = [...values].filter(([key]) => !key.startsWith('tools.'));
    expect(Object.fromEntries(withoutTools)).toEqual({
      'auth.allowlist': ['a0:85:e3:00:00:09'],
      'log.level': 'debug',
      'session.idle_close_ms': 90_000,
      'session.idle_farewell_ms': 80_000,
      'session.exit_words': ['退出', '睡觉吧'],
      'session.greeting': false,
      'tts.timeout_ms': 15_000,
      'llm.prompt': '你是小美，喜欢讲笑话。',
      'llm.preset': 'qwen',
      'llm.model': 'qwen-flash',
      'llm.api_key': 'planted-llm-key-9999',
      'llm.temperature': 0.3,
      'llm.max_tokens': 500,
      'tts.provider': 'edge',
      'tts.voice': 'zh-CN-YunxiNeural',
      'asr.model': 'auto',
      'vad.min_silence_ms': 450,
      'server.ota_ports': [8002, 8013],
      max_concurrent_sessions: 2,
      'asr.max_workers': 2,
      'llm.max_workers': 4,
      'tts.max_workers': 2,
      'asr.pool_size': 2,
      'vad.window_samples': 512,
      'vad.max_segment_ms': 15_000,
      'asr.acquire_timeout_ms': 10_000,
    });
    expect(access).toMatchObject({ keys: ['planted-signing-key-0001'], expireSeconds: 2_592_000, checked: true });
    expect(access.tokens.map(({ deviceId }) => deviceId)).toEqual(['a0:85:e3:00:00:01', undefined]);
    expect(devices.map(({ deviceId }) => deviceId)).toEqual(['a0:85:e3:00:00:09']);
    expect(listed).toBe(false);
  });

  it('explains every other key, and names manual steps', async () => {
    const plan = await planOf(SERVER);
    expect(reason(plan, 'server.websocket')).toContain('not needed');
    expect(reason(plan, 'my_own_addition')).toContain('Unknown to Chorus');
    expect(reason(plan, 'performance.preload_models')).toContain('loaded and warm');
    expect(reason(plan, 'LLM.AliLLM: top_p, top_k, frequency_penalty')).toContain('Not taken');
    expect(reason(plan, 'agent-base-prompt.txt')).toContain('Not needed');
    expect(plan.report.todo).toEqual([]);
    const mcp = plan.report.taken.filter(({ to }) => to === '.mcp_server_settings.json');
    expect(mcp.map(({ from, value }) => [from, value])).toEqual([
      ['mcp_server_settings.json: Home Assistant', '***'],
      ['mcp_server_settings.json: filesystem', '***'],
      ['mcp_server_settings.json: streamable', '***'],
    ]);
    expect(plan.mcpServers).toBe(await readFile(join(SERVER, 'mcp_server_settings.json'), 'utf8'));
    expect(plan.report.problems).toEqual([]);
    expect(plan.report.untouched).toBeGreaterThan(10);
  });

  it('takes no text that would be a reference here', () => {
    const draft = new Draft();
    expect(draft.set('LLM.x.api_key', 'llm.api_key', 'file:/etc/passwd')).toBe(false);
    expect(draft.set('LLM.x.api_key', 'llm.api_key', 'env:HOME')).toBe(false);
    expect(draft.set('LLM.x.api_key', 'llm.api_key', 'a-key')).toBe(true);
    expect([...draft.values]).toEqual([['llm.api_key', 'a-key']]);
    expect(draft.left).toHaveLength(2);
    expect(draft.taken).toEqual([{ from: 'LLM.x.api_key', to: 'llm.api_key', value: '***' }]);
  });

  it('never shows a secret', async () => {
    for (const path of [SERVER, DUMP]) {
      const { report } = await planOf(path);
      expect(JSON.stringify(report)).not.toMatch(/planted-(?!.*hash)/);
      expect(report.taken.find(({ to }) => to === 'llm.api_key')?.value).toBe('***');
    }
  });

  it('has a row for each kind of provider in the file, with a reason or with existing keys', async () => {
    const { tree } = await readOldSettings(await findOldFiles(join(SERVER, 'config.yaml')));
    for (const module of MODULES) {
      for (const [name, settings] of Object.entries(tree[module] as Record<string, { type: string }>)) {
        const row = providerRows().find(
          (candidate) => candidate.module === module && candidate.types.includes(settings.type),
        );
        expect(row, `${module}.${name} (${settings.type})`).toBeDefined();
        const taken = row?.take?.(settings);
        for (const { key, value } of taken?.fields ?? [])
          expect(FIELDS.get(key)?.schema.safeParse(value).success, `${name}: ${key}`).toBe(true);
      }
    }
  });

  it('a guide or a list of tools alone does not announce the devices of a server', async () => {
    for (const name of ['.config_optimized.yaml', 'mcp_server_settings.json', 'agent-base-prompt.txt']) {
      const { values, moves } = await planOf(join(SERVER, name));
      expect(moves, name).toBe(false);
      expect(values.has('server.ota_ports'), name).toBe(false);
    }
    expect(
      (await planText('chunk_size: 1024\nasr_max_workers: many\nvad: {max_segment_ms: 30}\n', '.config_optimized.yaml'))
        .report,
    ).toMatchObject({
      taken: [{ from: 'vad.max_segment_ms', to: 'vad.max_segment_ms', value: '20000' }],
      left: [
        { from: 'chunk_size', why: { en: expect.stringContaining('1024 cannot be taken') as string } },
        { from: 'asr_max_workers', why: { en: expect.stringContaining('"many" cannot be taken') as string } },
      ],
    });
  });

  it('a configuration of Chorus is not taken for one of the Python server, also beside one', async () => {
    await writeFile(
      join(folder, 'config.yaml'),
      'server:\n  port: 8000\n  ota_ports: [8002, 8003]\nllm:\n  preset: glm\n',
    );
    await writeFile(join(folder, '.config.yaml'), 'server: {http_port: 8013}\nprompt: hello\n');
    const settings = await readOldSettings(await findOldFiles(folder));
    expect(settings.own).toBe(join(folder, 'config.yaml'));
    expect(settings.read.map(({ kind }) => kind)).toEqual(['override']);
    expect([...planImport(settings).values.keys()]).toEqual(['llm.prompt', 'server.ota_ports']);
  });

  it('with the base alone, defaults of the source are skipped, and changed values are imported', async () => {
    const { values, report } = await planOf(join(SERVER, 'config.yaml'));
    expect(values.has('session.exit_words')).toBe(false);
    expect(values.has('tts.timeout_ms')).toBe(false);
    expect(values.get('llm.prompt')).toBe('你是小美，一个讲话简短的助手。');
    expect(values.get('server.ota_ports')).toEqual([8002, 8003]);
    expect(report.todo.some(({ what }) => what.en.includes('llm.api_key'))).toBe(true);
    const changed = await planText('close_connection_no_voice_time: 60\nselected_module: {}\n', 'config.yaml');
    expect(changed.values.get('session.idle_close_ms')).toBe(60_000);
  });
});

describe('plug-ins and words', () => {
  it('have their settings taken where there is a tool like them', async () => {
    const { values } = await planOf(SERVER);
    expect(Object.fromEntries([...values].filter(([key]) => key.startsWith('tools.')))).toEqual({
      'tools.weather.place': '上海',
      'tools.weather.provider': 'qweather',
      'tools.weather.api_key': 'planted-weather-key-0001',
      'tools.weather.qweather_host': 'https://weather.example.org',
      'tools.news.feeds': { news: 'https://news.example.org/rss' },
      'tools.home_assistant.url': 'http://homeassistant.local:8123',
      'tools.home_assistant.token': 'planted-home-key-0001',
      'tools.search.provider': 'metaso',
      'tools.search.api_key': 'planted-search-key-0001',
      'tools.search.most': 5,
    });
    const folder = await planText('plugins: {play_music: {music_dir: /srv/songs}}\n');
    expect(folder.values.get('tools.music.folders')).toEqual(['/srv/songs']);
  });

  it('examples and unknown services are not taken', async () => {
    const plan = await planText(
      'plugins: {web_search: {provider: anysearch, api_key: k}, home_assistant: {api_key: 你的令牌}, ' +
        'play_music: {music_dir: ./music}, search_from_ragflow: {api_key: k}, ' +
        'get_news_from_newsnow: {url: "http://x"}}\n',
    );
    expect(reason(plan, 'plugins.search_from_ragflow')).toContain('no tool like it');
    expect(reason(plan, 'plugins.get_news_from_newsnow')).toContain('no feed');
    expect(reason(plan, 'plugins.play_music')).toContain('whole path');
    expect([...plan.values.keys()].filter((key) => key.startsWith('tools.'))).toEqual([]);
    expect(reason(plan, 'plugins.web_search')).toContain('Metaso and Tavily');
  });

  it('the key that the old server ships for QWeather stays there, and one without a host', async () => {
    const weather = async (fields: string): Promise<unknown> => {
      const { values } = await planText(`plugins: {get_weather: {${fields}}}\n`);
      return Object.fromEntries([...values].filter(([key]) => key.startsWith('tools.weather')));
    };
    expect(await weather('api_host: mj7p3y7naa.re.qweatherapi.com, api_key: k, default_location: 广州')).toEqual({
      'tools.weather.place': '广州',
    });
    expect(await weather('api_key: k')).toEqual({});
    expect(await weather('api_host: "https://a.qweatherapi.com", api_key: k')).toMatchObject({
      'tools.weather.provider': 'qweather',
      'tools.weather.qweather_host': 'https://a.qweatherapi.com',
    });
  });

  it.each([
    ['a text with both semicolons', 'correct_words: "小只|小智;嗯|；a|b"\n'],
    ['a text of lines', 'correct_words: |\n  小只|小智\n  嗯|\n\n  a|b\n'],
    ['a list of lines', 'correct_words: ["小只|小智\\r\\n嗯|", "a|b"]\n'],
    ['wide bars', 'correct_words: ["小只｜小智", "嗯｜", "a | b"]\n'],
  ])('words to replace are taken from %s', async (_what, text) => {
    const { values } = await planText(text);
    expect(values.get('asr.corrections')).toEqual({ 小只: '小智', 嗯: '', a: 'b' });
  });

  it('words to replace are taken, broken pairs are not', async () => {
    const { values } = await planText('correct_words: ["小只|小智", "a|b|c", "|x", "alone", "嗯|"]\n');
    expect(values.get('asr.corrections')).toEqual({ 小只: '小智', 嗯: '' });
  });

  it('are found in the database of the web console, for the agent with the most devices', async () => {
    const dump = [
      "INSERT INTO ai_agent (id, agent_name) VALUES ('a', 'A'), ('b', 'B');",
      "INSERT INTO ai_device (id, mac_address, agent_id) VALUES ('02:00:00:00:00:01', '02:00:00:00:00:01', 'a');",
      'INSERT INTO ai_agent_plugin_mapping (id, agent_id, plugin_id, param_info) VALUES ' +
        `(1, 'a', 'SYSTEM_PLUGIN_WEATHER', '{"default_location": "成都"}'), ` +
        `(2, 'a', 'SYSTEM_PLUGIN_HA_GET_STATE', '{"base_url": "http://10.0.0.2:8123", "api_key": "k"}'), ` +
        `(3, 'b', 'SYSTEM_PLUGIN_WEATHER', '{"default_location": "北京"}'), (4, 'a', '__proto__', '{"x": 1}');`,
      "INSERT INTO ai_agent_correct_word_mapping (id, agent_id, file_id) VALUES ('1', 'a', 'f'), ('2', 'b', 'g');",
      'INSERT INTO ai_agent_correct_word_item (id, file_id, source_word, target_word) VALUES ' +
        "('1', 'f', '小只', '小智'), ('2', 'g', 'x', 'y');",
    ];
    const plan = await planText(dump.join('\n'), 'dump.sql');
    expect(plan.values.get('tools.weather.place')).toBe('成都');
    expect(plan.values.get('tools.home_assistant.token')).toBe('k');
    expect(plan.values.get('asr.corrections')).toEqual({ 小只: '小智' });
    expect(reason(plan, 'ai_agent_correct_word_mapping')).toContain('Other agents: 1');
  });
});

describe('people whose voices are known', () => {
  const people = ['s1,甲,一位程序员', 's2, Mia', 's1,甲', ',nobody', 's3', 'a b,Bad'];
  const voiceprint = (url: string): string =>
    `voiceprint: {url: "${url}", similarity_threshold: 0.6, speakers: ${JSON.stringify(people)}}\n`;

  it('keep their ids and names, and the service its address and key', async () => {
    const plan = await planText(voiceprint('http://10.0.0.2:8005/voiceprint/health?key=planted-voice-key'));
    expect(plan.people).toEqual([
      { id: 's1', name: '甲' },
      { id: 's2', name: 'Mia' },
    ]);
    expect(Object.fromEntries([...plan.values].filter(([key]) => key.startsWith('voiceprint')))).toEqual({
      'voiceprint.url': 'http://10.0.0.2:8005',
      'voiceprint.api_key': 'planted-voice-key',
      'voiceprint.threshold': 0.6,
    });
    expect(reason(plan, 'voiceprint.speakers')).toContain(': 4');
    expect(JSON.stringify(plan.report)).not.toContain('planted-voice-key');
  });

  it('are of no use without the service that has the voices', async () => {
    const plan = await planText(voiceprint(''));
    expect(plan.people).toEqual([]);
    expect(plan.values.has('voiceprint.url')).toBe(false);
    expect(reason(plan, 'voiceprint.speakers')).toContain('No voiceprint-api');
    expect((await planText('prompt: x\n')).people).toEqual([]);
  });

  it('are found in the database of the web console, and written once', async () => {
    const plan = await planText(
      [
        "INSERT INTO sys_params (id, param_code, param_value, value_type) VALUES (1, 'server.voice_print', " +
          "'http://10.0.0.2:8005/voiceprint/health?key=k', 'string'), " +
          "(2, 'server.voiceprint_similarity_threshold', '0.5', 'string');",
        "INSERT INTO ai_agent_voice_print (id, agent_id, source_name, introduce) VALUES ('v1', 'a', '甲', 'x'), " +
          "('v2', 'b', 'Mia', NULL);",
      ].join('\n'),
      'dump.sql',
    );
    expect(plan.values.get('voiceprint.url')).toBe('http://10.0.0.2:8005');
    expect(plan.values.get('voiceprint.threshold')).toBe(0.5);
    const dataDir = await mkdtemp(join(tmpdir(), 'chorus-people-'));
    const store = await openStore({ dataDir });
    try {
      expect((await carryOut(plan, store, 5)).people).toEqual({ added: 2, known: 0, left: 0 });
      await store.people.rename('v2', 'Maria');
      expect((await carryOut(plan, store, 6)).people).toEqual({ added: 0, known: 2, left: 0 });
      expect(await store.people.people()).toEqual([
        { id: 'v2', name: 'Maria', createdMs: 5 },
        { id: 'v1', name: '甲', createdMs: 5 },
      ]);
    } finally {
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

describe('language models', () => {
  const llm = (settings: string): Promise<ImportPlan> =>
    planText(`selected_module: {LLM: Mine}\nLLM: {Mine: {${settings}}}\n`);

  it.each([
    [
      'type: openai, url: "https://open.bigmodel.cn/api/paas/v4/", model_name: glm-4-flash, api_key: k1',
      { 'llm.preset': 'glm', 'llm.model': 'glm-4-flash', 'llm.api_key': 'k1' },
    ],
    [
      'type: openai, base_url: "http://localhost:1234/v1", model_name: mine, api_key: lm-studio',
      {
        'llm.preset': 'none',
        'llm.base_url': 'http://localhost:1234/v1',
        'llm.model': 'mine',
        'llm.api_key': 'lm-studio',
      },
    ],
    [
      'type: ollama, base_url: "http://192.168.1.9:11434", model_name: qwen2.5',
      { 'llm.preset': 'ollama', 'llm.base_url': 'http://192.168.1.9:11434/v1', 'llm.model': 'qwen2.5' },
    ],
    [
      'type: xinference, base_url: "http://localhost:9997", model_name: "qwen2.5:72b-AWQ"',
      { 'llm.preset': 'none', 'llm.base_url': 'http://localhost:9997/v1', 'llm.model': 'qwen2.5:72b-AWQ' },
    ],
    [
      'type: gemini, api_key: k2, model_name: gemini-2.0-flash',
      {
        'llm.preset': 'none',
        'llm.base_url': 'https://generativelanguage.googleapis.com/v1beta/openai',
        'llm.model': 'gemini-2.0-flash',
        'llm.api_key': 'k2',
      },
    ],
    [
      'type: volcengine, host: ai-gateway.vei.volces.com, model_name: doubao-pro, api_key: k3',
      {
        'llm.preset': 'none',
        'llm.base_url': 'https://ai-gateway.vei.volces.com/v1',
        'llm.model': 'doubao-pro',
        'llm.api_key': 'k3',
      },
    ],
    [
      'type: fastgpt, base_url: "https://fastgpt.example.org/api/v1", api_key: k4',
      {
        'llm.preset': 'fastgpt',
        'llm.base_url': 'https://fastgpt.example.org/api/v1',
        'llm.api_key': 'k4',
      },
    ],
    [
      'type: AliBL, app_id: app-1, api_key: k5',
      { 'llm.preset': 'bailian-app', 'llm.model': 'app-1', 'llm.api_key': 'k5' },
    ],
    [
      'type: homeassistant, base_url: "http://homeassistant.local:8123", agent_id: conversation.chatgpt, api_key: k6',
      {
        'llm.preset': 'home-assistant',
        'llm.base_url': 'http://homeassistant.local:8123',
        'llm.model': 'conversation.chatgpt',
        'llm.api_key': 'k6',
      },
    ],
  ])('%s', async (settings, expected) => {
    const { values } = await llm(settings);
    expect(Object.fromEntries([...values].filter(([key]) => key.startsWith('llm.')))).toEqual(expected);
  });

  it('a model that its vendor has switched off is replaced by that of the preset', async () => {
    const plan = await llm('type: openai, url: "https://api.deepseek.com", model_name: deepseek-chat, api_key: k');
    expect(plan.values.get('llm.preset')).toBe('deepseek');
    expect(plan.values.has('llm.model')).toBe(false);
    expect(task(plan, 'LLM.Mine')).toContain('no longer offers deepseek-chat');
  });

  it('an app of Dify and a bot of Coze are taken with their keys', async () => {
    const dify = await llm('type: dify, base_url: "https://dify.example.org/v1", api_key: k1, mode: chat-messages');
    expect(Object.fromEntries(dify.values)).toMatchObject({
      'llm.preset': 'dify',
      'llm.base_url': 'https://dify.example.org/v1',
      'llm.api_key': 'k1',
    });
    expect((await llm('type: dify, api_key: k1, mode: workflows/run')).values.has('llm.preset')).toBe(false);
    const coze = await llm('type: coze, bot_id: "7", user_id: "u", personal_access_token: k2');
    expect(Object.fromEntries(coze.values)).toMatchObject({
      'llm.preset': 'coze',
      'llm.model': '7',
      'llm.api_key': 'k2',
    });
  });

  it('the model that looks at pictures is a service of its own, where its key is there', async () => {
    const eyes = (key: string): Promise<ImportPlan> =>
      planText(
        'selected_module: {VLLM: Eyes}\n' +
          `VLLM: {Eyes: {type: openai, url: "https://eyes.example.org/v1/", model_name: see-1, api_key: ${key}}}\n`,
      );
    expect(Object.fromEntries((await eyes('k3')).values)).toMatchObject({
      'vision.model': 'see-1',
      'vision.service': 'eyes',
      'llm.services': { eyes: { base_url: 'https://eyes.example.org/v1', model: 'see-1' } },
      'llm.service_keys': { eyes: 'k3' },
    });
    expect((await eyes('你的api_key')).values.has('vision.model')).toBe(false);
  });

  it('a memory goes on as the kind that is nearest', async () => {
    const kindOf = async (settings: string): Promise<unknown> =>
      (await planText(`selected_module: {Memory: Mine}\nMemory: {Mine: {${settings}}}\n`)).values.get('memory.kind');
    expect(await kindOf('type: mem_local_short, llm: ChatGLMLLM')).toBe('summary');
    expect(await kindOf('type: mem0ai, api_key: k4')).toBe('mem0');
    expect(await kindOf('type: mem0ai, api_key: 你的mem0ai api key')).toBeUndefined();
    expect(await kindOf('type: powermem')).toBe('facts');
  });

  it.each(['langflow', 'codex'])('%s is explained, with what is nearest', async (type) => {
    const plan = await llm(`type: ${type}, base_url: "https://x.example.org/v1", api_key: k, model_name: m`);
    expect([...plan.values.keys()].filter((key) => key.startsWith('llm.'))).toEqual([]);
    expect(reason(plan, `LLM.Mine (${type})`)).toMatch(/protocol of its own|Home Assistant/);
    expect(task(plan, 'LLM.Mine')).toContain('chorus setup');
  });

  it('names unknown and incomplete ones', async () => {
    expect(reason(await llm('type: martian'), 'LLM.Mine')).toContain('does not know a provider of type "martian"');
    expect(reason(await llm('type: openai, api_key: k'), 'LLM.Mine')).toContain('not complete');
    expect(reason(await planText('selected_module: {LLM: Gone}\n'), 'LLM.Gone')).toContain('"Gone"');
  });
});

describe('voices', () => {
  const tts = async (settings: string): Promise<Record<string, unknown>> => {
    const { values } = await planText(`selected_module: {TTS: Mine}\nTTS: {Mine: {${settings}}}\n`);
    return Object.fromEntries([...values].filter(([key]) => key.startsWith('tts.')));
  };
  it.each([
    ['type: edge, voice: en-US-AvaNeural', { 'tts.provider': 'edge', 'tts.voice': 'en-US-AvaNeural' }],
    [
      'type: openai, api_url: "https://api.openai.com/v1/audio/speech", model: tts-1, voice: ' +
        'onyx, api_key: k, speed: 1.2',
      {
        'tts.provider': 'openai',
        'tts.openai.base_url': 'https://api.openai.com/v1',
        'tts.openai.model': 'tts-1',
        'tts.openai.voice': 'onyx',
        'tts.openai.api_key': 'k',
        'tts.rate': 1.2,
      },
    ],
    [
      'type: siliconflow, model: A/B, voice: "A/B:alex", access_token: k',
      {
        'tts.provider': 'openai',
        'tts.openai.base_url': 'https://api.siliconflow.cn/v1',
        'tts.openai.model': 'A/B',
        'tts.openai.voice': 'A/B:alex',
        'tts.openai.api_key': 'k',
      },
    ],
    [
      'type: custom, url: "http://127.0.0.1:8880/v1/audio/speech", params: {voice: zf}, ' +
        'headers: {Authorization: Bearer k}',
      {
        'tts.provider': 'openai',
        'tts.openai.base_url': 'http://127.0.0.1:8880/v1',
        'tts.openai.voice': 'zf',
        'tts.openai.api_key': 'k',
      },
    ],
    ['type: custom, url: "http://127.0.0.1:9880/tts"', {}],
    ['type: gpt_sovits_v2, url: "http://127.0.0.1:9880/tts"', {}],
    ['type: paddle_speech, access_token: k', {}],
    [
      'type: huoshan_double_stream, access_token: k, appid: 7',
      { 'tts.provider': 'volcengine', 'tts.volcengine.api_key': 'k', 'tts.volcengine.app_id': '7' },
    ],
  ])('%s', async (settings, expected) => {
    expect(await tts(settings)).toEqual(expected);
  });
});

describe('a dump of manager-api', () => {
  it('imports the settings, voice and language model of the agent with the most devices', async () => {
    const { values, access } = await planOf(DUMP);
    expect(Object.fromEntries(values)).toMatchObject({
      'llm.preset': 'qwen',
      'llm.api_key': 'planted-llm-key-1001',
      'llm.temperature': 0.4,
      'llm.prompt': '你是小美。\n她说："It\'s fine"；路径 C:\\temp',
      'tts.provider': 'edge',
      'tts.voice': 'zh-CN-YunxiNeural',
      'session.language': 'zh-CN',
      'session.exit_words': ['退出', '关闭', '拜拜啦'],
      'session.idle_close_ms': 115_000,
      'server.public_url': 'https://voice.example.org',
      'server.ota_ports': [8002, 8003],
    });
    expect(access).toMatchObject({ keys: ['planted-server-secret-0001'], checked: true });
  });

  it('imports devices with board, version, name and user, and the other agents', async () => {
    const { devices, agents, listed, report } = await planOf(DUMP);
    expect(devices).toEqual([
      {
        deviceId: 'a0:85:e3:00:00:01',
        board: 'bread-compact-wifi',
        firmwareVersion: '2.0.1',
        language: 'zh-CN',
        name: '厨房',
        agentId: undefined,
        user: 'ann',
      },
      {
        deviceId: 'a0:85:e3:00:00:02',
        board: 'esp-box-3',
        firmwareVersion: '1.8.2',
        language: 'zh-CN',
        name: undefined,
        agentId: undefined,
        user: 'ann',
      },
      {
        deviceId: 'a0:85:e3:00:00:03',
        board: 'esp-box-3',
        firmwareVersion: undefined,
        language: 'en-US',
        name: "Ann's room",
        agentId: 'agent-two',
        user: 'bob',
      },
    ]);
    expect(agents).toEqual([
      {
        id: 'agent-two',
        name: 'Bedroom',
        prompt: 'You tell short stories.',
        voice: 'en-US-AvaNeural',
        language: 'en-US',
        model: undefined,
      },
    ]);
    expect(listed).toBe(true);
    expect(report.left.find(({ from }) => from === 'ai_device')?.why.en).toBe('Rows without a MAC address: 1.');
    expect(report.left.find(({ from }) => from === 'ai_ota')?.why.en).toContain('firmware');
  });

  it('is read equally when compressed or written by PowerShell', async () => {
    const { gzipSync } = await import('node:zlib');
    const { readFile } = await import('node:fs/promises');
    const sql = await readFile(DUMP);
    await writeFile(join(folder, 'a.sql.gz'), gzipSync(sql));
    await writeFile(
      join(folder, 'b.sql'),
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(sql.toString('utf8'), 'utf16le')]),
    );
    const { report: _, ...expected } = await planOf(DUMP);
    for (const name of ['a.sql.gz', 'b.sql']) {
      const { report: _ignored, ...plan } = await planOf(join(folder, name));
      expect(plan).toEqual(expected);
    }
  });

  it('is merged with the addresses of .config.yaml, which take precedence', async () => {
    await writeFile(
      join(folder, '.config.yaml'),
      'server: {ip: 0.0.0.0, port: 8100, http_port: 8203, auth_key: planted-own-key-0001}\n' +
        'manager-api: {url: "http://127.0.0.1:8002/xiaozhi", secret: ' +
        'planted-server-secret-0001}\n',
    );
    const alone = await planOf(folder);
    expect(task(alone, 'manager-api.url')).toContain('mysqldump');
    await writeFile(join(folder, 'dump.sql'), await (await import('node:fs/promises')).readFile(DUMP));
    const { values, access, report } = await planOf(folder);
    expect(values.get('server.port')).toBe(8100);
    expect(values.get('server.ota_ports')).toEqual([8002, 8203]);
    expect(values.get('llm.preset')).toBe('qwen');
    expect(access.keys).toEqual(['planted-own-key-0001', 'planted-server-secret-0001']);
    expect(report.todo.some(({ from }) => from === 'manager-api.url')).toBe(false);
  });
});

describe('any content of the files', () => {
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
  const anything = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      scalar,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        fc.constantFrom(
          'type',
          'url',
          'api_key',
          'tokens',
          'auth',
          'LLM',
          'x',
          '__proto__',
          'constructor',
          'chunk_size',
        ),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  })).value;
  const keys = [
    'server',
    'log',
    'selected_module',
    'LLM',
    'TTS',
    'ASR',
    'VAD',
    'Memory',
    'Intent',
    'VLLM',
    'plugins',
    'prompt',
    'exit_commands',
    'close_connection_no_voice_time',
    'manager-api',
    'tts_timeout',
    'chunk_size',
    'max_concurrent_sessions',
    'wakeup_words',
    'system',
    '__proto__',
    'toString',
  ];

  it('wrong types are explained and never imported', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.constantFrom(...keys), anything, { maxKeys: 8 }), async (tree) => {
        const plan = await planText(JSON.stringify(tree));
        for (const [key, value] of plan.values)
          expect(FIELDS.get(key)?.schema.safeParse(value).success, key).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['cut off', 'LLM:\n  A: {type: openai, url: "https'],
    ['a tab', 'server:\n\tport: 1'],
    ['no map', '- a\n- b'],
    ['no text', '\u0000\u0001\u0002'],
    ['a deep nest', '['.repeat(20_000)],
    ['a deep map', Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    [
      'an alias bomb',
      'a0: &a0 [x,x,x,x,x,x,x,x,x]\n' +
        Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(',')}]\n`).join(''),
    ],
    ['an alias of itself', 'a: &a [*a]'],
    ['merge keys', '<<: &m {server: {port: 1}}\nb: {<<: *m, <<: [*m, *m], c: 1}\n<<: 7\n'],
    ['five megabytes', `# ${'x'.repeat(5 * 1024 * 1024)}`],
  ])('%s is a problem with its place, and no crash', async (_what, text) => {
    const { report } = await planText(text);
    expect(report.files.length + report.problems.length).toBe(1);
    for (const { why } of report.problems) expect(why.zh).not.toBe('');
  });

  it('truncated anywhere, the rest is a problem or a smaller configuration', async () => {
    const { readFile } = await import('node:fs/promises');
    for (const [path, name] of [
      [join(SERVER, 'data/.config.yaml'), '.config.yaml'],
      [DUMP, 'x.sql'],
      [join(SERVER, 'mcp_server_settings.json'), 'mcp_server_settings.json'],
    ] as const) {
      const bytes = await readFile(path);
      const file = join(folder, name);
      for (let cut = 0; cut < bytes.length; cut += Math.max(1, Math.floor(bytes.length / 60))) {
        await writeFile(file, bytes.subarray(0, cut));
        const { report } = await planOf(file);
        expect(report.files.length + report.problems.length).toBe(1);
      }
    }
  });

  it('reads numbers to base 60 as the MACs and times that they were meant to be', () => {
    expect(parseYamlTree('a: 11:22:33:44:55:16\nb: yes\nc: +8\nd: "on"\ne: 0o17\n')).toEqual({
      ok: true,
      tree: { a: '11:22:33:44:55:16', b: true, c: 8, d: 'on', e: '0o17' },
    });
  });
});
