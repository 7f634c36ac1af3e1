import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { readLocalToken, type TurnEntry } from '../../src/http/index.js';
import { openStore } from '../../src/platform/store/index.js';
import type { RawDevice } from './raw-device.js';
import { ask, expectHeard, expectNothingLeft, ScriptedServer } from './scripted-server.js';

const IN_THE_CLOUD = 'What is the weather like in the cloud?';

/** Whether the scripted `/audio/transcriptions` works. If it does, it always recognises the same text. */
let works = true;
let asked = 0;
const service: Server = createServer((request, response) => {
  asked += 1;
  request.resume();
  request.once('end', () => {
    response.writeHead(works ? 200 : 500, { 'content-type': 'application/json' });
    response.end(JSON.stringify(works ? { text: IN_THE_CLOUD } : { error: { message: 'no' } }));
  });
});

let scripted: ScriptedServer;
beforeAll(async () => {
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  scripted = await ScriptedServer.start({
    'asr.services': 'openai,moonshine-tiny-en',
    'asr.openai.base_url': `http://127.0.0.1:${(service.address() as AddressInfo).port}/v1`,
    'asr.openai.api_key': 'k',
  });
  const store = await openStore({ dataDir: scripted.server.dataDir });
  await store.agents.changeAgent('cloud', () => ({ name: 'Cloud', recognition: 'openai' }));
  await store.agents.changeAgent('home', () => ({ name: 'Home', recognition: 'moonshine-tiny-en' }));
  await store.agents.changeAgent('lost', () => ({ name: 'Lost', recognition: 'groq' }));
  await store.close();
}, 90_000);
afterEach(() => expectNothingLeft(scripted));
afterAll(async () => {
  await scripted.stop();
  service.close();
});

/** Connects a device that uses this agent. */
async function deviceOf(agentId: string): Promise<{ readonly device: RawDevice; readonly deviceId: string }> {
  const identity = scripted.server.identity();
  const first = await scripted.server.raw({ identity });
  first.vanish();
  const store = await openStore({ dataDir: scripted.server.dataDir });
  await store.assignAgent(identity.deviceId, agentId);
  await store.close();
  return { device: await scripted.server.raw({ identity }), deviceId: identity.deviceId };
}

/** The recognisers that were used in the device's turns, in order. */
async function recognisers(deviceId: string): Promise<readonly (string | undefined)[]> {
  const { running, dataDir } = scripted.server;
  const headers = { authorization: `Bearer ${(await readLocalToken(dataDir)) ?? ''}` };
  const answer = await fetch(`http://127.0.0.1:${running.port}/api/v1/turns?device=${deviceId}`, { headers });
  return ((await answer.json()) as { readonly turns: readonly TurnEntry[] }).turns.map(({ asr }) => asr);
}

it('two agents of one server use different recognisers: one of a service and one of this machine', async () => {
  works = true;
  const cloud = await deviceOf('cloud');
  const home = await deviceOf('home');
  const [inCloud, atHome] = await Promise.all([ask(cloud.device), ask(home.device)]);
  await Promise.all([cloud.device.reply(inCloud), home.device.reply(atHome)]);
  expect(cloud.device.heard(inCloud)).toEqual([IN_THE_CLOUD]);
  expectHeard(home.device.heard(atHome), 'austen-0880');
  expect(await recognisers(cloud.deviceId)).toEqual(['openai']);
  expect(await recognisers(home.deviceId)).toEqual(['moonshine-tiny-en']);
  expect(asked).toBeGreaterThan(0);
}, 90_000);

it('words are recognised in the same turn if the service fails or is not offered', async () => {
  works = false;
  for (const agentId of ['cloud', 'lost']) {
    const { device, deviceId } = await deviceOf(agentId);
    const mark = await ask(device);
    await device.reply(mark);
    expectHeard(device.heard(mark), 'austen-0880');
    expect(await recognisers(deviceId)).toEqual(['moonshine-tiny-en']);
  }
  const metrics = await fetch(`http://127.0.0.1:${scripted.server.running.port}/metrics`);
  const text = await metrics.text();
  expect(text).toMatch(/chorus_asr_fallback_total\{reason="failed"\} [1-9]/);
  expect(text).toMatch(/chorus_asr_fallback_total\{reason="unknown"\} [1-9]/);
}, 90_000);
