import { truncateSync } from 'node:fs';
import { createServer } from 'node:net';
import { findModel } from '../../src/engines/index.js';
import { answering, silent } from '../fakes/bad-proxies.js';
import { clockOff, hurriedClock, newFolder, type FaultySetup } from '../fakes/doctor-context.js';
import { FakeEdgeServer } from '../fakes/edge-server.js';
import { engineRoom } from '../fakes/engine-room.js';
import { FakeLlmServer, type LlmScript } from '../fakes/llm-server.js';
import { now, type OwnThings, type Plant } from './doctor-way-plants.js';

const DAY_S = 86_400;

const model =
  (script: LlmScript, more: Readonly<Record<string, string>> = {}) =>
  async ({ use }: OwnThings): Promise<FaultySetup> => {
    const server = use(await FakeLlmServer.start());
    server.script(script);
    return {
      settings: { 'llm.base_url': server.baseUrl, 'llm.model': 'scripted', 'llm.api_key': 'sk-planted', ...more },
    };
  };
const refusing = (status: number, message: string): LlmScript => ({
  kind: 'status',
  status,
  body: JSON.stringify({ error: { message } }),
});

/** Installs a model and cuts off the second half of one of its files. */
async function cutModel(): Promise<FaultySetup> {
  const dataDir = newFolder();
  const found = findModel('paraformer-live-trilingual-int8');
  if (!found) throw new Error('no such model');
  const installed = await (
    await engineRoom(dataDir)
  ).install(found, {
    'encoder.int8.onnx': new Uint8Array(20_000).fill(7),
    'decoder.int8.onnx': new Uint8Array(20_000).fill(7),
    'tokens.txt': 'a 0\n',
  });
  const weights = installed.files.find(({ name }) => name.endsWith('.onnx'));
  truncateSync(weights?.path ?? '', 10_000);
  return { dataDir, settings: { 'session.language': 'zh-CN' } };
}

async function takenPort({ use }: OwnThings): Promise<FaultySetup> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  use({ close: () => new Promise<void>((resolve) => server.close(() => resolve())) });
  const address = server.address();
  return {
    settings: { 'server.host': '127.0.0.1', 'server.port': String(typeof address === 'object' ? address?.port : 0) },
  };
}

/** Makes a server that answers `/readyz` like this and reports this version in `/metrics`. */
const sayingOfItself =
  (readiness: unknown, version = '0.0.0') =>
  async ({ use }: OwnThings): Promise<FaultySetup> => {
    const { origin } = use(
      await answering(200, {}, typeof readiness === 'string' ? readiness : JSON.stringify(readiness)),
    );
    const metrics = `chorus_build_info{version="${version}",node="20"} 1\n`;
    const answer: typeof fetch = async (input, init) =>
      String(input instanceof Request ? input.url : input).endsWith('/metrics')
        ? new Response(metrics)
        : fetch(input, init);
    return { server: { origin, port: 8000, pid: process.pid, localToken: undefined }, fetch: answer };
  };
const engine = (state: string, restarts = 0): unknown => ({
  name: 'asr',
  state,
  restarts,
  reason: 'it died three times',
});

/** Faults of models, services, addresses and the running server, each with a function that causes it. */
export const SERVICE_PLANTS: readonly Plant[] = [
  {
    fault: 'recognition.unreachable',
    how: 'a Wyoming service that does not run',
    remedy: /address/,
    plant: now({ settings: { 'asr.model': 'wyoming', 'asr.wyoming.url': 'tcp://127.0.0.1:1' } }),
  },
  {
    fault: 'realtime.unusable',
    how: 'a realtime model at an address where nothing answers',
    remedy: /the model and the voice/,
    plant: now({
      settings: {
        'realtime.services': 'openai-realtime',
        'realtime.openai-realtime.url': 'ws://127.0.0.1:1/v1/realtime',
        'realtime.openai-realtime.api_key': 'sk-planted',
      },
    }),
  },
  { fault: 'models.damaged', how: 'a model file cut in half', remedy: /pull ID --force/, plant: cutModel },
  {
    fault: 'models.missing',
    how: 'a Chinese server without its model',
    remedy: /chorus models pull/,
    plant: now({ settings: { 'session.language': 'zh-CN' } }),
  },
  {
    fault: 'models.to_come',
    how: 'the same with auto_pull',
    remedy: /Nothing has to be done/,
    plant: now({ settings: { 'session.language': 'zh-CN', 'models.auto_pull': 'true' } }),
  },
  {
    fault: 'models.wrong_language',
    how: 'an English model for a Chinese server',
    remedy: /asr\.model/,
    plant: now({ settings: { 'session.language': 'zh-CN', 'asr.model': 'moonshine-tiny-en' } }),
  },
  {
    fault: 'clock.year',
    how: 'a board without a battery',
    remedy: /set-ntp/,
    plant: () => Promise.resolve({ clock: clockOff(-40 * 365 * DAY_S * 1000) }),
  },
  {
    fault: 'clock.skew',
    how: 'a service whose Date is ten minutes on',
    remedy: /set-ntp/,
    plant: async ({ use }) => ({
      settings: {
        'llm.base_url': use(await answering(404, { date: new Date(Date.now() + 600_000).toUTCString() })).origin,
        'llm.model': 'm',
      },
    }),
  },
  {
    fault: 'dns.failed',
    how: 'a name server that knows nothing',
    remedy: /resolv\.conf/,
    plant: now({
      settings: { 'llm.preset': 'glm', 'llm.api_key': 'k' },
      resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    }),
  },
  {
    fault: 'dns.failed',
    how: 'a name server that does not answer',
    remedy: /resolv\.conf/,
    plant: now({
      clock: hurriedClock(50),
      settings: { 'llm.preset': 'glm', 'llm.api_key': 'k' },
      resolve: () => new Promise(() => undefined),
    }),
  },
  {
    fault: 'llm.key',
    how: 'a wrong key',
    remedy: /llm\.api_key/,
    plant: model(refusing(401, 'Incorrect API key provided')),
  },
  {
    fault: 'llm.money',
    how: 'an empty account',
    remedy: /Top it up/,
    plant: model(refusing(402, 'Insufficient Balance')),
  },
  {
    fault: 'llm.refused',
    how: 'a model that is not there',
    remedy: /llm\.model/,
    plant: model(refusing(404, 'model not found')),
  },
  {
    fault: 'llm.passing',
    how: 'an overloaded model',
    remedy: /llm\.fallback/,
    plant: model(refusing(503, 'overloaded')),
  },
  {
    fault: 'llm.unreachable',
    how: 'a model that never answers',
    remedy: /curl -I/,
    plant: async (own) => ({ ...(await model({ kind: 'silence' })(own)), clock: hurriedClock(50) }),
  },
  { fault: 'voice.refused', how: 'Edge takes our version no longer', remedy: /tts\.edge\.version/, plant: edge(403) },
  {
    fault: 'voice.unreachable',
    how: 'a voice service that never answers',
    remedy: /tts\.provider/,
    plant: async ({ use }) => ({
      clock: hurriedClock(50),
      settings: { 'tts.provider': 'edge', 'tts.edge.url': use(await silent()).origin.replace('http', 'ws') },
    }),
  },
  {
    fault: 'voice.refused',
    how: 'a wrong key of the speech service',
    remedy: /tts\.openai\.api_key/,
    plant: async ({ use }) => ({
      settings: { 'tts.provider': 'openai', 'tts.openai.base_url': use(await answering(401)).origin },
    }),
  },
  { fault: 'port.taken', how: 'another program on the port', remedy: /Stop that program/, plant: takenPort },
  {
    fault: 'port.address',
    how: 'an address that is not ours',
    remedy: /ip addr/,
    plant: now({ settings: { 'server.host': '203.0.113.7', 'server.port': '8123' } }),
  },
  {
    fault: 'port.moved',
    how: 'a server elsewhere',
    remedy: /restart it/,
    plant: now({
      settings: { 'server.host': '127.0.0.1', 'server.port': '8124' },
      server: { origin: 'http://127.0.0.1:1', port: 1, pid: 77, localToken: undefined },
    }),
  },
  {
    fault: 'address.loopback',
    how: 'devices are sent to themselves',
    remedy: /ip addr/,
    plant: now({ settings: { 'server.public_url': 'http://localhost:8000' } }),
  },
  {
    fault: 'address.container',
    how: 'devices are sent into a container',
    remedy: /address of the host/,
    plant: now({ settings: { 'server.public_url': 'http://172.17.0.2:8000' } }),
  },
  {
    fault: 'address.only_here',
    how: 'a server for this machine only',
    remedy: /0\.0\.0\.0/,
    plant: now({ settings: { 'server.host': '127.0.0.1' } }),
  },
  {
    fault: 'server.silent',
    how: 'a server that hangs',
    remedy: /chorus doctor --bundle/,
    plant: async ({ use }) => ({
      clock: hurriedClock(50),
      server: { origin: use(await silent()).origin, port: 8000, pid: 77, localToken: undefined },
    }),
  },
  {
    fault: 'server.engine_failed',
    how: 'recognition cannot be kept alive',
    remedy: /models, memory/,
    plant: sayingOfItself({ ready: false, details: { engines: [engine('failed')] } }),
  },
  {
    fault: 'server.model_waits',
    how: 'no mirror is reached',
    remedy: /--file ARCHIVE/,
    plant: sayingOfItself({
      ready: false,
      details: { models: [{ id: 'sense-voice-int8', state: 'waiting', reason: 'no mirror' }] },
    }),
  },
  {
    fault: 'server.not_ready',
    how: 'it still starts',
    remedy: /readyz/,
    plant: sayingOfItself({ ready: false, details: { starting: ['listening'] } }),
  },
  {
    fault: 'server.restarts',
    how: 'recognition died often',
    remedy: /log/,
    plant: sayingOfItself({ ready: true, details: { engines: [engine('ready', 5)] } }),
  },
  {
    fault: 'server.embedding_fails',
    how: 'the key of the embedding service is refused',
    remedy: /knowledge\.embedding/,
    plant: sayingOfItself({
      ready: true,
      details: { embedding: { sinceMs: 0, reason: { en: 'the key is refused', zh: '密钥被拒绝' } } },
    }),
  },
  {
    fault: 'server.other_version',
    how: 'an older one runs',
    remedy: /Restart the server/,
    plant: sayingOfItself({ ready: true }, '0.0.0-old'),
  },
  { fault: 'server.absent', how: 'none runs', remedy: /chorus serve/, plant: now({}) },
];

function edge(status: number): (own: OwnThings) => Promise<FaultySetup> {
  return async ({ use }) => {
    const server = use(await FakeEdgeServer.start());
    server.script({ kind: 'refuse', status });
    return { settings: { 'tts.provider': 'edge', 'tts.edge.url': server.url } };
  };
}
