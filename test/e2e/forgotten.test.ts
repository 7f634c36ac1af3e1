import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLocalToken } from '../../src/http/index.js';
import { openStore } from '../../src/platform/store/index.js';
import { reply } from '../fakes/llm-server.js';
import { ask, ScriptedServer, SENTENCE, SHORT } from './scripted-server.js';

describe('forgetting a device while it talks', () => {
  let scripted: ScriptedServer;
  beforeAll(async () => {
    scripted = await ScriptedServer.start({ 'history.transcripts': 'true', 'log.transcripts': 'true' });
  }, 90_000);
  afterAll(() => scripted.stop());

  it('removes its transcripts from memory and database, and keeps turns of others', async () => {
    const { server, llm } = scripted;
    const headers = { authorization: `Bearer ${(await readLocalToken(server.dataDir)) ?? ''}` };
    const api = (path: string, method = 'GET'): Promise<Response> =>
      fetch(`http://127.0.0.1:${server.running.port}/api/v1${path}`, { method, headers });
    const [gone, stays] = [server.identity(), server.identity()];
    llm.script(SHORT, reply(SENTENCE.repeat(4)), SHORT);
    const device = await server.raw({ identity: gone });
    await device.reply(await ask(device));
    const mark = await ask(device);
    await device.message('tts', { state: 'sentence_start', from: mark });
    // Now one turn is stored or waits for the database. The deletion ends the second turn, which still plays.
    expect((await api(`/devices/${gone.deviceId}`, 'DELETE')).status).toBe(204);
    const other = await server.raw({ identity: stays });
    await other.reply(await ask(other));

    const store = await openStore({ dataDir: server.dataDir });
    const kept = async (): Promise<readonly string[]> =>
      (await store.history.recentTurns({ limit: 10 })).map(({ deviceId }) => deviceId);
    await expect.poll(kept, { timeout: 20_000 }).toContain(stays.deviceId);
    expect(await kept()).toEqual([stays.deviceId]);
    await store.close();
    const { turns } = (await (await api('/turns')).json()) as { turns: { deviceId: string; userText?: string }[] };
    expect(turns).toEqual([
      expect.objectContaining({ deviceId: stays.deviceId, userText: expect.any(String) as string }),
    ]);
  }, 60_000);
});
