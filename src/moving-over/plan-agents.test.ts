import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDecipheriv, createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DUMP, folder, planOf, planText, reason, task, useFolder } from '../../test/fakes/import-plans.js';
import { readServerFile } from '../conversation/tools/mcp/settings.js';
import { openStore } from '../platform/store/index.js';
import { carryOut } from './carry-out.js';

useFolder();

const AGENTS =
  "INSERT INTO ai_agent (id, agent_name, llm_model_id, summary_memory) VALUES ('a', 'A', 'm1', 'A likes tea'), " +
  "('b', 'B', 'm2', NULL), ('c', 'C', 'm3', 'nobody has C');\n" +
  "INSERT INTO ai_device (id, mac_address, agent_id) VALUES ('1', '02:00:00:00:00:01', 'a'), " +
  "('2', '02:00:00:00:00:02', 'a'), ('3', '02:00:00:00:00:03', 'b');\n";
const model = (id: string, config: object): string =>
  'INSERT INTO ai_model_config (id, model_type, model_code, config_json) VALUES ' +
  `('${id}', 'LLM', 'Mine', '${JSON.stringify({ type: 'openai', ...config })}');\n`;
const param = (code: string, value: string): string =>
  `INSERT INTO sys_params (id, param_code, param_value, value_type) VALUES (1, '${code}', '${value}', 'string');\n`;

describe('language models of agents', () => {
  it('become services with different names, except incomplete ones', async () => {
    const plan = await planText(
      AGENTS +
        model('m1', { base_url: 'https://api.deepseek.com', model_name: 'x', api_key: 'planted-1' }) +
        model('m2', { base_url: 'https://one.example.org/v1', model_name: 'one', api_key: 'planted-2' }) +
        model('m3', { base_url: 'https://two.example.org/v1', model_name: 'two', api_key: 'env:HOME' }),
      'dump.sql',
    );
    expect(plan.values.get('llm.services')).toEqual({
      Mine: { preset: 'none', base_url: 'https://one.example.org/v1', model: 'one' },
      m3: { preset: 'none', base_url: 'https://two.example.org/v1', model: 'two' },
    });
    expect(plan.values.get('llm.service_keys')).toEqual({ Mine: 'planted-2' });
    expect(reason(plan, 'LLM.Mine.api_key')).toContain('file or variable of this machine');
    expect(plan.agents.map(({ service }) => service)).toEqual(['Mine', 'm3']);
    const incomplete = await planText(AGENTS + model('m2', { base_url: 'none' }), 'dump.sql');
    expect(incomplete.agents.map(({ service }) => service)).toEqual([undefined, undefined]);
    expect(reason(incomplete, 'ai_agent "B": llm_model_id')).toContain('not complete');
  });
});

describe('recognisers of agents', () => {
  const RECOGNISERS =
    "INSERT INTO ai_agent (id, agent_name, asr_model_id) VALUES ('a', 'A', 'r1'), ('b', 'B', 'r2'), " +
    "('c', 'C', 'r3'), ('d', 'D', 'r4'), ('e', 'E', 'r1');\n" +
    "INSERT INTO ai_device (id, mac_address, agent_id) VALUES ('1', '02:00:00:00:00:01', 'a'), " +
    "('2', '02:00:00:00:00:02', 'a');\n";
  const asr = (id: string, code: string, config: object): string =>
    'INSERT INTO ai_model_config (id, model_type, model_code, config_json) VALUES ' +
    `('${id}', 'ASR', '${code}', '${JSON.stringify(config)}');\n`;

  it('become recognisers that agents can choose, unless two agents set one service differently', async () => {
    const plan = await planText(
      RECOGNISERS +
        asr('r1', 'GroqASR', { type: 'groq', api_key: 'planted-groq', model_name: 'whisper-large-v3' }) +
        asr('r2', 'FunASR', { type: 'fun_local', model_dir: 'models/SenseVoiceSmall' }) +
        asr('r3', 'OpenaiASR', { type: 'openai', api_key: 'planted-openai', base_url: 'https://asr.example.org/v1' }) +
        asr('r4', 'Other', { type: 'openai', api_key: 'planted-other', base_url: 'https://other.example.org/v1' }),
      'dump.sql',
    );
    expect(plan.values.get('asr.model')).toBe('groq');
    expect(plan.values.get('asr.services')).toEqual(['sense-voice-int8', 'openai']);
    expect(plan.values.get('asr.openai.api_key')).toBe('planted-openai');
    expect(plan.agents.map(({ name, recognition }) => [name, recognition])).toEqual([
      ['B', 'sense-voice-int8'],
      ['C', 'openai'],
      ['D', undefined],
      ['E', undefined],
    ]);
    expect(reason(plan, 'ai_agent "D": asr_model_id')).toContain('other settings');
    expect(reason(plan, 'ai_agent "E": asr_model_id')).toBeUndefined();
  });
});

describe('the daily limit of a device', () => {
  it('becomes the limit of the imported agents, where 0 means no limit', async () => {
    const plan = await planText(AGENTS + param('device_max_output_size', '5000'), 'dump.sql');
    expect(plan.agents.map(({ charactersPerDay }) => charactersPerDay)).toEqual([5000, 5000]);
    expect(reason(plan, 'device_max_output_size')).toContain('configured assistant');
    const none = await planText(AGENTS + param('device_max_output_size', '0'), 'dump.sql');
    expect(none.agents.some((agent) => 'charactersPerDay' in agent)).toBe(false);
    expect(reason(none, 'device_max_output_size')).toBeUndefined();
  });
});

describe('access points of the old server', () => {
  it('become entries of the MCP file, in addition to the existing entries', async () => {
    await writeFile(
      join(folder, 'mcp_server_settings.json'),
      '{"mcpServers": {"mcp-endpoint": {"url": "http://a.example.org/mcp"}}}',
    );
    await writeFile(
      join(folder, '.config.yaml'),
      'mcp_endpoint: "ws://10.0.0.2:8004/mcp_endpoint/mcp/?token=planted-point"\n',
    );
    const plan = await planOf(folder);
    const { servers, mistakes } = readServerFile(plan.mcpServers ?? '');
    expect(mistakes).toEqual([]);
    expect(servers.map(({ name, place }) => [name, place])).toEqual([
      ['mcp-endpoint', expect.objectContaining({ kind: 'http' })],
      ['mcp-endpoint 2', { kind: 'websocket', url: 'ws://10.0.0.2:8004/mcp_endpoint/call/?token=planted-point' }],
    ]);
    expect(JSON.stringify(plan.report)).not.toContain('planted-point');
    expect((await planText('mcp_endpoint: 你的接入点 websocket地址\n')).mcpServers).toBeUndefined();
    expect(reason(await planText('mcp_endpoint: "http://a.example.org"\n'), 'mcp_endpoint')).toContain('ws://');
  });

  it('become one entry for each agent of the web console, with a token derived from the agent id', async () => {
    const key = '0123456789abcdef0123456789abcdef';
    const plan = await planText(
      AGENTS + param('server.mcp_endpoint', `https://mcp.example.org/mcp_endpoint/health?key=${key}`),
      'dump.sql',
    );
    const { servers } = readServerFile(plan.mcpServers ?? '');
    expect(servers.map(({ name, agents }) => [name, agents])).toEqual([
      ['mcp-endpoint B', ['b']],
      ['mcp-endpoint C', ['c']],
    ]);
    const [{ place } = { place: undefined }] = servers;
    const url = new URL(place?.kind === 'websocket' ? place.url : 'ws://none');
    expect(url.href).toMatch(/^wss:\/\/mcp\.example\.org\/mcp_endpoint\/call\/\?token=/);
    const cipher = createDecipheriv('aes-256-ecb', key, null);
    const token = Buffer.from(url.searchParams.get('token') ?? '', 'base64');
    const id = createHash('md5').update('b').digest('hex');
    expect(Buffer.concat([cipher.update(token), cipher.final()]).toString()).toBe(`{"agentId": "${id}"}`);
    expect(task(plan, 'server.mcp_endpoint')).toContain('every agent');
    expect(JSON.stringify(plan.report)).not.toContain(key);
  });

  it('are kept for each of several agents with the same name', async () => {
    const health = 'https://mcp.example.org/mcp_endpoint/health?key=k';
    const plan = await planText(AGENTS.replace("'C'", "'B'") + param('server.mcp_endpoint', health), 'dump.sql');
    const { servers } = readServerFile(plan.mcpServers ?? '');
    expect(servers.map(({ name, agents }) => [name, agents])).toEqual([
      ['mcp-endpoint B', ['b']],
      ['mcp-endpoint B 2', ['c']],
    ]);
  });
});

describe('memories', () => {
  it('of agents become a summary for each device, which a second import does not overwrite', async () => {
    const plan = await planText(AGENTS, 'dump.sql');
    expect(plan.memories).toEqual([
      { deviceId: '02:00:00:00:00:01', agentId: '', text: 'A likes tea' },
      { deviceId: '02:00:00:00:00:02', agentId: '', text: 'A likes tea' },
    ]);
    expect(reason(plan, 'ai_agent.summary_memory')).toContain('without a device: 1');
    const dataDir = await mkdtemp(join(tmpdir(), 'chorus-memories-'));
    const store = await openStore({ dataDir });
    try {
      expect((await carryOut(plan, store, 5)).memories).toEqual({ added: 2, known: 0, unknown: 0 });
      const [first] = await store.memories.memories({ deviceId: '02:00:00:00:00:01' });
      expect(first).toMatchObject({ kind: 'summary', agentId: '', text: 'A likes tea', createdMs: 5 });
      await store.memories.edit(first?.id ?? '', 'A likes coffee');
      await store.memories.forget({ deviceId: '02:00:00:00:00:02' });
      expect((await carryOut(plan, store, 6)).memories).toEqual({ added: 1, known: 1, unknown: 0 });
      expect((await store.memories.memories({})).map(({ text }) => text)).toEqual(['A likes tea', 'A likes coffee']);
    } finally {
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  it('of the agents in the fixture are imported for their devices', async () => {
    expect((await planOf(DUMP)).memories).toEqual([
      { deviceId: 'a0:85:e3:00:00:03', agentId: 'agent-two', text: 'likes trains' },
    ]);
  });

  it('from .memory.yaml become readable text, and wait for devices that are not known yet', async () => {
    const memory = { 时空档案: { 身份图谱: { 现用名: '小美', 特征标记: [] } }, 高光语录: ['我爱火车', ''] };
    await writeFile(join(folder, '.config.yaml'), 'prompt: hello\n');
    await writeFile(
      join(folder, '.memory.yaml'),
      `02:00:00:00:00:01: '${JSON.stringify(memory)}'\n"02:00:00:00:00:02": ${'长'.repeat(3000)}\nnobody: x\n`,
    );
    const plan = await planOf(folder);
    expect(plan.memories.map(({ text }) => text.length)).toEqual([18, 1200]);
    expect(plan.memories[0]?.text).toBe('现用名: 小美\n高光语录: 我爱火车');
    expect(reason(plan, '.memory.yaml')).toContain(': 1');
    const dataDir = await mkdtemp(join(tmpdir(), 'chorus-memories-'));
    const store = await openStore({ dataDir });
    try {
      expect((await carryOut(plan, store, 5)).memories).toEqual({ added: 0, known: 0, unknown: 2 });
      expect(await store.list()).toEqual([]);
      const seen = { clientId: 'c', board: undefined, firmwareVersion: undefined, language: 'zh-CN' };
      await store.seen({ deviceId: '02:00:00:00:00:02', ...seen }, 6);
      expect((await carryOut(plan, store, 7)).memories).toEqual({ added: 1, known: 0, unknown: 1 });
    } finally {
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    }
    const alone = await planOf(join(folder, '.memory.yaml'));
    expect(alone.memories).toEqual([]);
    expect(task(alone, '.memory.yaml')).toContain('folder');
  });
});
