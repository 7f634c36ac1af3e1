import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planOf, planText, reason, SERVER, useFolder } from '../../test/fakes/import-plans.js';
import { openStore } from '../platform/store/index.js';
import { carryOut } from './carry-out.js';

useFolder();

describe('plug-ins and words', () => {
  it('are imported if there is a similar tool', async () => {
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

  it('are left out if they are examples or belong to unknown services', async () => {
    const plan = await planText(
      'plugins: {web_search: {provider: anysearch, api_key: k}, home_assistant: {api_key: 你的令牌}, ' +
        'play_music: {music_dir: ./music}, search_from_ragflow: {api_key: k}, ' +
        'get_news_from_newsnow: {url: "http://x"}}\n',
    );
    expect(reason(plan, 'plugins.search_from_ragflow')).toContain('no tool like it');
    expect(reason(plan, 'plugins.get_news_from_newsnow')).toContain('is not a feed');
    expect(reason(plan, 'plugins.play_music')).toContain('absolute path');
    expect([...plan.values.keys()].filter((key) => key.startsWith('tools.'))).toEqual([]);
    expect(reason(plan, 'plugins.web_search')).toContain('Metaso and Tavily');
  });

  it('leave out the QWeather key that the old server ships, and any QWeather key without a host', async () => {
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
  ])('words to replace are imported from %s', async (_what, text) => {
    const { values } = await planText(text);
    expect(values.get('asr.corrections')).toEqual({ 小只: '小智', 嗯: '', a: 'b' });
  });

  it('are left out if they are broken pairs of words to replace', async () => {
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

  it('keep their ids and names, and the service keeps its address and key', async () => {
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

  it('are not imported without the service that stores the voices', async () => {
    const plan = await planText(voiceprint(''));
    expect(plan.people).toEqual([]);
    expect(plan.values.has('voiceprint.url')).toBe(false);
    expect(reason(plan, 'voiceprint.speakers')).toContain('No voiceprint-api');
    expect((await planText('prompt: x\n')).people).toEqual([]);
  });

  it('are imported from the database of the web console, and written once', async () => {
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
