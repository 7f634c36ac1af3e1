import { truncate } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { engineRoom, type EngineRoom } from '../fakes/engine-room.js';
import { findModel } from '../../src/engines/index.js';
import { FakeLlmServer } from '../fakes/llm-server.js';
import { newDataFolder } from './prepared-phrases.js';
import { ask, expectHeard, SHORT } from './scripted-server.js';
import { ServerUnderTest } from './server.js';

/** Starts servers on a data folder with a damaged model, as if it had not been copied completely. */
describe('a model that is damaged at the start', () => {
  // The catalogue has neither sizes nor hashes for the files of this model, so any files are accepted.
  const MODEL = findModel('paraformer-live-trilingual-int8');
  let room: EngineRoom | undefined;
  let server: ServerUnderTest | undefined;
  let llm: FakeLlmServer | undefined;

  afterEach(async () => {
    await server?.stop();
    await Promise.all([room?.close(), llm?.close()]);
    server = room = llm = undefined;
  });

  /** Installs the model, lets `damage` change its file of weights, and starts a server. */
  async function startWith(damage: (file: string) => Promise<void>): Promise<ServerUnderTest> {
    if (!MODEL) throw new Error('no such model');
    const dataDir = await newDataFolder('chorus-broken-');
    room = await engineRoom(dataDir);
    const installed = await room.install(MODEL, {
      'encoder.int8.onnx': new Uint8Array(20_000).fill(7),
      'decoder.int8.onnx': new Uint8Array(20_000).fill(7),
      'tokens.txt': 'a 0\n',
    });
    for (const { name, path } of installed.files) if (name.endsWith('.onnx')) await damage(path);
    llm = await FakeLlmServer.start();
    llm.script(SHORT);
    server = await ServerUnderTest.start(
      { 'session.language': 'zh-CN', 'llm.base_url': llm.baseUrl, 'llm.model': 'scripted' },
      false,
      dataDir,
    );
    return server;
  }

  /** English uses another model, so it must still work. */
  async function expectEnglishServed(): Promise<void> {
    const device = await server?.raw();
    if (!device) throw new Error('no server');
    await device.reply(await ask(device));
    expectHeard(device.heard(), 'austen-0880');
    expect(device.packets().length).toBeGreaterThan(5);
  }

  it('is rejected if it is truncated; the download command is named, and other devices are served', async () => {
    const { running } = await startWith((file) => truncate(file, 10_000));
    await expect(running.ready).rejects.toMatchObject({
      code: 'model.not_installed',
      message: expect.stringContaining('chorus models pull sense-voice-int8') as string,
    });
    await expectEnglishServed();
  }, 60_000);

  it('is rejected if its file is no model; other devices are served', async () => {
    const { running } = await startWith(() => Promise.resolve());
    await expect(running.ready).rejects.toMatchObject({
      code: expect.stringMatching(/^(model\.corrupt|engine\.failed)$/) as string,
    });
    await expectEnglishServed();
  }, 60_000);
});
