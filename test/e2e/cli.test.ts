import { execFile } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CLI } from '../compiled.js';
import { FakeLlmServer, reply } from '../fakes/llm-server.js';
import { chorus, launch, type Result } from './command.js';
import { keepPhrases, newDataFolder } from './prepared-phrases.js';

// Runs the command in its own process, as people do.

const CLIP = new URL('../../assets/speech/austen-0880.wav', import.meta.url).pathname;

/**
 * Tests a file of activation keys: all or none are registered, they are listed without the keys, and they can be
 * removed.
 */
async function registersSerialNumbers(local: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'chorus-serials-'));
  const file = join(folder, 'keys.csv');
  const key = 'AB'.repeat(32);
  const devices = (...args: readonly string[]): Promise<Result> => chorus(['devices', ...args, ...local]);
  await writeFile(file, `serial,key\nSN-1,${key}\nSN-2,${key.slice(1)}\n`);
  const wrong = await devices('add-serials', file);
  expect([wrong.code, wrong.err]).toEqual([3, expect.stringContaining('line 3 of')]);
  expect((await devices('serials')).out).toBe('No activation key is registered.\n');
  await writeFile(file, `\uFEFFserial,key\r\n# first batch\r\n\r\nSN-1,${key}\r\n"SN-2"; "${key}"\r\nSN-3 ${key}`);
  expect((await devices('add-serials', file)).out).toBe('3 activation keys are registered.\n');
  expect((await devices('forget-serial', 'SN-2')).code).toBe(0);
  expect((await devices('forget-serial', 'SN-2')).err).toContain('no key of the serial number SN-2');
  const listed = await devices('serials');
  expect([listed.out, listed.out.toLowerCase().includes('abab')]).toEqual(['SN-1\nSN-3\n', false]);
  await rm(folder, { recursive: true });
}

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(process.platform !== 'linux')('too few open files', () => {
  it('are reported in a sentence before a library fails with a stack trace', async () => {
    const run = promisify(execFile);
    const failed = await run('sh', ['-c', 'ulimit -n 40; exec "$0" "$1" serve', process.execPath, CLI]).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    const { stderr } = failed as { readonly stderr: string };
    expect(stderr).toContain('may open 40 files at a time; Chorus needs 256');
    expect(stderr).toContain('最多同时打开 40 个文件');
    expect(stderr).not.toContain('EMFILE');
  });
});

describe('help', () => {
  it('is for beginners, in English and Chinese, and corrects a wrong word', async () => {
    const [en, zh, byLang, wrong, wrongZh, bare] = await Promise.all([
      chorus(['--help']),
      chorus(['--lang', 'zh', 'device', '--help']),
      chorus(['models', '--help'], { LANG: 'zh_CN.UTF-8' }),
      chorus(['serve', '--prot', '1']),
      chorus(['--lang=zh', 'modles']),
      chorus([]),
    ]);
    expect(en).toMatchObject({ code: 0, err: '' });
    for (const name of ['serve', 'device', 'devices', 'models', 'config', 'setup', 'Exit codes'])
      expect(en.out).toContain(name);
    expect(zh.code).toBe(0);
    expect(zh.out).toMatch(/^用法：[\s\S]*选项：[\s\S]*--say/);
    expect(byLang.out).toContain('列出模型');
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toMatch(/unknown option '--prot'[\s\S]*--port[\s\S]*chorus serve --help/);
    expect(wrongZh).toMatchObject({ code: 2 });
    expect(wrongZh.err).toMatch(/没有命令 modles[\s\S]*models/);
    expect(bare.code).toBe(2);
  });
});

describe('config', () => {
  it('prints no terminal control sequences, whatever their origin', async () => {
    const { code, err } = await chorus(['config', 'check', '--data', folder, '--set', 'sess\u001b[2J\u009b8mion=1']);
    expect([code, err]).toEqual([3, expect.stringContaining(String.raw`sess\u001b[2J\u009b8mion`)]);
    for (const control of ['\u001b', '\u009b']) expect(err).not.toContain(control);
  });

  it('names three mistakes at once and exits with 3', async () => {
    await writeFile(join(folder, 'config.yaml'), 'server:\n  port: eighty\nsesion: {}\nauth:\n  pairing: wlan\n');
    const [check, serve, json] = await Promise.all([
      chorus(['config', 'check', '--data', folder]),
      chorus(['serve', '--data', folder]),
      chorus(['config', 'check', '--data', folder, '--json']),
    ]);
    for (const { code, err } of [check, serve]) {
      expect(code).toBe(3);
      expect(err).toContain('3 mistakes');
      expect(err).toContain('config.yaml:2: server.port: found "eighty"; allowed: a whole number from 0 to 65535');
      expect(err).toContain('config.yaml:3: sesion: unknown key; did you mean "session"?');
      expect(err).toContain('config.yaml:5: auth.pairing: found "wlan"; allowed: lan, code, open, allowlist');
      expect(err).not.toMatch(/^\s+at /m);
    }
    expect(json.code).toBe(3);
    expect(JSON.parse(json.out)).toMatchObject({
      ok: false,
      mistakes: [{ key: 'sesion' }, { key: 'server.port' }, { key: 'auth.pairing' }],
    });
    expect(await readdir(folder)).toEqual(['config.yaml']);
  });

  it('shows the present values and their origins, without secrets', async () => {
    await writeFile(join(folder, 'config.yaml'), 'llm:\n  preset: glm\n');
    const env = { ZHIPUAI_API_KEY: 'sk-secret', CHORUS_SERVER__PORT: '9001' };
    const [yaml, json, schema] = await Promise.all([
      chorus(['config', 'show', '--data', folder, '--set', 'vad.patience=patient'], env),
      chorus(['config', 'show', '--data', folder, '--json'], env),
      chorus(['config', 'schema']),
    ]);
    expect(yaml.code).toBe(0);
    expect(yaml.out).toMatch(/port: 9001 # environment variable CHORUS_SERVER__PORT/);
    expect(yaml.out).toMatch(/patience: patient # --set vad\.patience/);
    expect(yaml.out).toMatch(/api_key: "?\*\*\*"? # environment variable ZHIPUAI_API_KEY/);
    expect(yaml.out + json.out).not.toContain('sk-secret');
    expect(JSON.parse(json.out)).toMatchObject({ server: { port: 9001 }, llm: { preset: 'glm', api_key: '***' } });
    expect(JSON.parse(schema.out)).toMatchObject({
      type: 'object',
      properties: { server: { properties: { port: { default: 8000 } } } },
    });
  });
});

describe('an impossible request ends with a message and an exit code', () => {
  it('without a server, file, sound, terminal, data folder or model', async () => {
    await writeFile(join(folder, 'broken.wav'), 'RIFFnonsense');
    await writeFile(join(folder, 'file'), '');
    const nobody = 'http://127.0.0.1:9/xiaozhi/ota/';
    const [unreachable, missing, broken, live, setup, data, file, address, model, devices] = await Promise.all([
      chorus(['device', '--say', CLIP, '--url', nobody]),
      chorus(['device', '--say', join(folder, 'no.wav'), '--url', nobody]),
      chorus(['device', '--say', join(folder, 'broken.wav'), '--url', nobody]),
      chorus(['device', '--url', nobody]),
      chorus(['setup', '--data', folder]),
      chorus(['serve', '--port', '0', '--data', join(folder, 'file', 'data')]),
      chorus(['serve', '--port', '0', '--data', join(folder, 'file')]),
      chorus(['device', '--say', CLIP, '--url', 'blah']),
      chorus(['models', 'pull', 'no-such-model', '--data', folder]),
      chorus(['devices', 'list', '--data', folder]),
    ]);
    expect(unreachable).toMatchObject({
      code: 7,
      err: expect.stringMatching(/no server answers at[\s\S]*chorus serve/),
    });
    expect(missing).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no\.wav.*there is no such file[\s\S]*What to do: Check the path/),
    });
    expect(broken).toMatchObject({
      code: 1,
      err: expect.stringMatching(/broken\.wav cannot be used: the RIFF file does not hold audio/),
    });
    expect(live).toMatchObject({ code: 2, err: expect.stringContaining('--say') });
    expect(setup).toMatchObject({ code: 2, err: expect.stringContaining('terminal') });
    expect(data).toMatchObject({ code: 4, err: expect.stringMatching(/data folder[\s\S]*--data/) });
    expect(file).toMatchObject({ code: 4, err: expect.stringContaining('is not a folder') });
    expect(address).toMatchObject({
      code: 2,
      err: expect.stringMatching(/'blah' is invalid\. It is not a web address/),
    });
    expect(model).toMatchObject({ code: 6, err: expect.stringContaining('chorus models list') });
    expect(devices).toMatchObject({ code: 7, err: expect.stringContaining('chorus serve') });
    for (const { err } of [unreachable, missing, broken, live, setup, data, model, devices])
      expect(err).not.toMatch(/^\s+at /m);
    expect(existsSync(join(folder, 'config.yaml'))).toBe(false);
  });

  it('if the port is in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const result = await chorus([
      'serve',
      '--lang',
      'zh',
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--data',
      folder,
      '--set',
      'models.auto_pull=false',
    ]);
    await new Promise((resolve) => other.close(resolve));
    expect(result.code).toBe(5);
    expect(result.err).toContain('--port');
  });
});

describe('models', () => {
  it('lists and verifies the models of the package', async () => {
    await mkdir(join(folder, 'models'));
    const [list, verify] = await Promise.all([
      chorus(['models', 'list', '--json', '--data', folder]),
      chorus(['models', 'verify', 'silero-vad', '--data', folder]),
    ]);
    expect(list.code).toBe(0);
    expect(JSON.parse(list.out)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: 'moonshine-tiny-en', state: 'installed' }),
        expect.objectContaining({ id: 'sense-voice-int8', state: 'missing' }),
      ]),
    );
    expect(verify).toMatchObject({ code: 0, out: expect.stringContaining('silero-vad') });
  });
});

describe('serve', () => {
  const folders: string[] = [];
  afterAll(async () => {
    await Promise.all(folders.map(keepPhrases));
    await Promise.all(folders.map((one) => rm(one, { recursive: true, force: true })));
  });
  const serve = async (stderr: 'pipe' | number = 'pipe'): Promise<ReturnType<typeof launch>> => {
    const data = await newDataFolder('chorus-cli-');
    folders.push(data);
    const settings = ['tts.provider=flite', 'models.auto_pull=false', 'load.target=off'];
    const flags = settings.flatMap((setting) => ['--set', setting]);
    return launch(['serve', '--host', '127.0.0.1', '--port', '0', '--data', data, ...flags], {}, stderr);
  };

  it.skipIf(!existsSync('/dev/full'))(
    'keeps running when nobody reads its log any more, and when the disk of its log is full',
    async () => {
      const full = openSync('/dev/full', 'w');
      const servers = [await serve(), await serve(full)];
      closeSync(full);
      servers[0]?.child.stderr?.destroy();
      const ready = servers.map((server) => server.until(/Ready after/));
      await Promise.all(ready);
      for (const { child } of servers) child.kill('SIGTERM');
      for (const { result } of servers) expect(await result).toMatchObject({ code: 0 });
    },
    90_000,
  );

  it.skipIf(process.platform === 'win32')(
    'reads its configuration again after a request during the start',
    async () => {
      const server = await serve();
      await expect
        .poll(() => existsSync(join(folders.at(-1) ?? '', 'server.lock')), { timeout: 30_000, interval: 5 })
        .toBe(true);
      server.child.kill('SIGHUP');
      await server.untilErr(/configuration read again/);
      server.child.kill('SIGTERM');
      expect(await server.result).toMatchObject({ code: 0 });
    },
    90_000,
  );
});

describe('serve and device', () => {
  let serverFolder = '';
  let server: ReturnType<typeof launch>;
  let url = '';
  let llm: FakeLlmServer;
  beforeAll(async () => {
    llm = await FakeLlmServer.start();
    llm.script(reply('The rain in Spain stays mainly in the plain.'));
    serverFolder = await newDataFolder('chorus-cli-');
    server = launch([
      'serve',
      '--host',
      '127.0.0.1',
      '--port',
      '0',
      '--data',
      serverFolder,
      '--set',
      'tts.provider=flite',
      '--set',
      'models.auto_pull=false',
      '--set',
      `llm.base_url=${llm.baseUrl}`,
      '--set',
      'llm.model=scripted',
    ]);
    url = await server.until(/(http:\/\/127\.0\.0\.1:\d+\/xiaozhi\/ota\/)/);
    expect(await server.until(/Chinese: [^\n]*/)).toBe(
      'Chinese: missing; install it with `npx xiaozhi-chorus models pull sense-voice-int8`',
    );
    await server.until(/Ready after/);
  }, 90_000);
  afterAll(async () => {
    await llm.close();
    await keepPhrases(serverFolder);
    await rm(serverFolder, { recursive: true, force: true });
  });

  // Browser tests do not cover this, because a built server finds the page in another place than a server that runs
  // from source.
  it('the built server serves every file that its page names', async () => {
    const page = await (await fetch(new URL('/', url))).text();
    const files = [...page.matchAll(/(?:href|src)="(\/console\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(files).toEqual(['/console/icon.svg', '/console/page.css', '/console/main.js']);
    const answers = await Promise.all(files.map((path) => fetch(new URL(path, url))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers[2]?.headers.get('content-type')).toContain('text/javascript');
  });

  it('answer a recording; the devices are listed; SIGTERM ends the server cleanly', async () => {
    const save = join(folder, 'reply.wav');
    // Commands find the server, whatever its port, by its data folder.
    const local = ['--data', serverFolder];
    // Even on this machine, a device without the data folder's secret has to wait for its code.
    const stranger = launch([
      'device',
      '--say',
      CLIP,
      '--url',
      url,
      '--data',
      folder,
      '--device-id',
      '02:c0:5e:00:00:0a',
      '--mode',
      'manual',
    ]);
    const [json, text, approved, second] = await Promise.all([
      chorus(['device', '--say', CLIP, ...local, '--save', save, '--json']),
      chorus([
        'device',
        '--say',
        CLIP,
        ...local,
        '--mode',
        'manual',
        '--queue',
        '20',
        '--device-id',
        '02:c0:5e:00:00:09',
      ]),
      stranger.untilErr(/approve (\d{6})/).then((code) => chorus(['devices', 'approve', code, ...local])),
      chorus(['serve', '--lang', 'zh', '--host', '127.0.0.1', '--port', '0', ...local]),
    ]);
    const report = JSON.parse(json.out) as {
      turns: { heard: string; outcome: string; packets: number; overflows: number }[];
    };
    expect(report.turns[0]).toMatchObject({ outcome: 'answered', overflows: 0 });
    expect(report.turns[0]?.heard.toLowerCase()).toContain('young man');
    expect(report.turns[0]?.packets).toBeGreaterThan(20);
    expect(existsSync(save)).toBe(true);
    expect(text.out).toMatch(/Heard .*young man[\s\S]*Answer [\s\S]*first sound heard +\d+[\s\S]*no overflow/);
    expect(approved.code).toBe(0);
    expect(second).toMatchObject({
      code: 4,
      err: expect.stringContaining(
        `已经有一个 Chorus 服务器在使用数据文件夹 ${serverFolder}（进程 ${server.child.pid}，`,
      ),
    });
    expect(await stranger.result).toMatchObject({ out: expect.stringContaining('young man') });
    expect((await chorus(['devices', 'list', ...local])).out).toMatch(/02:c0:5e:00:00:00 +paired/);
    await registersSerialNumbers(local);

    server.child.kill('SIGTERM');
    expect(await server.result).toMatchObject({ code: 0, err: expect.stringContaining('Stopped.') });
  }, 120_000);
});
