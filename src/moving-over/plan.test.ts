import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DUMP, folder, planOf, planText, reason, SERVER, useFolder } from '../../test/fakes/import-plans.js';
import { FIELDS } from '../config/index.js';
import { Draft } from './draft.js';
import { findOldFiles, planImport, readOldSettings } from './index.js';
import { MODULES, providerRows } from './mapping/index.js';
import { parseYamlTree } from './yaml-tree.js';

useFolder();

describe("the import of a Python server's folder", () => {
  it('imports keys with a counterpart, and prefers the override to the base', async () => {
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

  it('imports no text that would be a reference in Chorus', () => {
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

  it('has a row for each provider type in the file, with a reason or with existing keys', async () => {
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

  it('plans no move if there is only a guide or only a list of tools', async () => {
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

  it('does not mistake a configuration of Chorus for one of the Python server, even next to one', async () => {
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

  it('skips defaults of the base file if it is the only file, and imports its changed values', async () => {
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

  it('with wrong types is explained and never imported', async () => {
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

  it('that was truncated anywhere gives a problem or a smaller configuration', async () => {
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

  it('with numbers to base 60 is read as the intended MACs and times', () => {
    expect(parseYamlTree('a: 11:22:33:44:55:16\nb: yes\nc: +8\nd: "on"\ne: 0o17\n')).toEqual({
      ok: true,
      tree: { a: '11:22:33:44:55:16', b: true, c: 8, d: 'on', e: '0o17' },
    });
  });
});
