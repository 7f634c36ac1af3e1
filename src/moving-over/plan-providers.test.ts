import { describe, expect, it } from 'vitest';
import { planText, reason, task, useFolder } from '../../test/fakes/import-plans.js';
import type { ImportPlan } from './index.js';

useFolder();

describe('the import of language models', () => {
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

  it('replaces a model that its vendor has switched off with the model of the preset', async () => {
    const plan = await llm('type: openai, url: "https://api.deepseek.com", model_name: deepseek-chat, api_key: k');
    expect(plan.values.get('llm.preset')).toBe('deepseek');
    expect(plan.values.has('llm.model')).toBe(false);
    expect(task(plan, 'LLM.Mine')).toContain('no longer offers deepseek-chat');
  });

  it('imports an app of Dify and a bot of Coze with their keys', async () => {
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

  it('makes a separate service from the model for pictures if its key is known', async () => {
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

  it('maps a memory to the nearest type that Chorus has', async () => {
    const kindOf = async (settings: string): Promise<unknown> =>
      (await planText(`selected_module: {Memory: Mine}\nMemory: {Mine: {${settings}}}\n`)).values.get('memory.kind');
    expect(await kindOf('type: mem_local_short, llm: ChatGLMLLM')).toBe('summary');
    expect(await kindOf('type: mem0ai, api_key: k4')).toBe('mem0');
    expect(await kindOf('type: mem0ai, api_key: 你的mem0ai api key')).toBeUndefined();
    expect(await kindOf('type: powermem')).toBe('facts');
  });

  it.each(['langflow', 'codex'])('explains %s, with the nearest alternative', async (type) => {
    const plan = await llm(`type: ${type}, base_url: "https://x.example.org/v1", api_key: k, model_name: m`);
    expect([...plan.values.keys()].filter((key) => key.startsWith('llm.'))).toEqual([]);
    expect(reason(plan, `LLM.Mine (${type})`)).toMatch(/protocol of its own|Home Assistant/);
    expect(task(plan, 'LLM.Mine')).toContain('chorus setup');
  });

  it('names models that are unknown or incomplete', async () => {
    expect(reason(await llm('type: martian'), 'LLM.Mine')).toContain('does not know a provider of type "martian"');
    expect(reason(await llm('type: openai, api_key: k'), 'LLM.Mine')).toContain('not complete');
    expect(reason(await planText('selected_module: {LLM: Gone}\n'), 'LLM.Gone')).toContain('"Gone"');
  });
});

describe('the import of voices', () => {
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
