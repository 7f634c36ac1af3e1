import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DUMP, folder, planOf, task, useFolder } from '../../test/fakes/import-plans.js';

useFolder();

describe('the import of a manager-api dump', () => {
  it('takes the settings, voice and language model of the agent with the most devices', async () => {
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

  it('adds devices with board, version, name and user, and the other agents', async () => {
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
        service: 'DeepSeekLLM',
        memory: 'summary',
      },
    ]);
    expect(listed).toBe(true);
    expect(report.left.find(({ from }) => from === 'ai_device')?.why.en).toBe('Rows without a MAC address: 1.');
    expect(report.left.find(({ from }) => from === 'ai_ota')?.why.en).toContain('firmware');
  });

  it('makes a service from the language model of another agent', async () => {
    const { values, report } = await planOf(DUMP);
    expect(values.get('llm.services')).toEqual({ DeepSeekLLM: { preset: 'deepseek' } });
    expect(values.get('llm.service_keys')).toEqual({ DeepSeekLLM: 'planted-llm-key-1002' });
    expect(JSON.stringify(report)).not.toContain('planted-llm-key-1002');
    expect(report.left.some(({ from }) => from.includes('llm_model_id'))).toBe(false);
  });

  it('reads a dump in the same way when compressed or written by PowerShell', async () => {
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

  it('merges the addresses of .config.yaml into those of the dump, and lets them take precedence', async () => {
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
