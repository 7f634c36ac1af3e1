import { afterEach, describe, expect, it } from 'vitest';
import { CHECKS, type Finding } from '../../src/maintenance/doctor/index.js';
import { judgeDisk } from '../../src/maintenance/doctor/checks/disk.js';
import { judgeDatabase } from '../../src/maintenance/doctor/checks/database.js';
import { judgeDataFolder } from '../../src/maintenance/doctor/checks/data-folder.js';
import { judgeHome } from '../../src/maintenance/doctor/checks/home-assistant.js';
import { judgeLlm } from '../../src/maintenance/doctor/checks/language-model.js';
import { judgeMcp } from '../../src/maintenance/doctor/checks/mcp.js';
import { judgeModels } from '../../src/maintenance/doctor/checks/models.js';
import { judgeNames } from '../../src/maintenance/doctor/checks/names.js';
import { judgeOpenFiles } from '../../src/maintenance/doctor/checks/open-files.js';
import { judgePlatform } from '../../src/maintenance/doctor/checks/platform.js';
import { judgePort } from '../../src/maintenance/doctor/checks/port.js';
import { judgeTls } from '../../src/maintenance/doctor/checks/reach/judge-tls.js';
import { judgeAdvertised, judgeWebSocket } from '../../src/maintenance/doctor/checks/reach/judge-websocket.js';
import { judgeTools } from '../../src/maintenance/doctor/checks/tools.js';
import { judgeTurns } from '../../src/maintenance/doctor/checks/turns.js';
import { judgeVoices } from '../../src/maintenance/doctor/checks/voice.js';
import { configSchema } from '../../src/config/index.js';
import { readServerFile } from '../../src/conversation/tools/mcp/settings.js';
import { findModel } from '../../src/engines/index.js';
import { closeAll, expectFinding, findingsFor, titled, use } from './doctor-expectations.js';
import { MACHINE_PLANTS } from './doctor-machine-plants.js';
import { SERVICE_PLANTS } from './doctor-service-plants.js';
import { WAY_PLANTS } from './doctor-way-plants.js';

const GB = 2 ** 30;
const PLANTS = [...MACHINE_PLANTS, ...SERVICE_PLANTS];
const linux = { node: '22.11.0', platform: 'linux', arch: 'x64', glibc: '2.41' };
const way = {
  otaUrl: 'http://192.168.1.20:8000/xiaozhi/ota/',
  url: 'ws://192.168.1.20:8000/xiaozhi/v1/',
  paired: true,
};
const disk = {
  folder: '/data',
  freeBytes: 50 * GB,
  totalBytes: 100 * GB,
  freeInodes: 1e6,
  totalInodes: 2e6,
  leftovers: [],
};
const folder = {
  folder: '/data',
  state: 'folder',
  writeError: undefined,
  ownUid: 1000,
  ownerUid: 1000,
  foreign: [],
} as const;
const moonshine = findModel('moonshine-tiny-en');
const turns = {
  vad: { smart_turn: 'auto', patience: 'normal' },
  language: 'en-US',
  model: { state: 'installed' },
  server: undefined,
} as const;

/**
 * Faults that cannot be produced on every machine. They are tested with recorded readings of a machine that had them.
 */
const JUDGED: readonly (readonly [fault: string, judge: () => readonly Finding[]])[] = [
  [
    'mcp.entry',
    () =>
      judgeMcp({ servers: [], offers: [], mistakes: [{ name: 'garden', reason: 'no command and no address' }] }, []),
  ],
  [
    'mcp.command',
    () => judgeMcp({ servers: [{ name: 'x' }], offers: [], mistakes: [] }, [{ name: 'x', command: 'uvx' }]),
  ],
  [
    'mcp.offers_nothing',
    () => {
      const { offers } = readServerFile('{"accessPoints":{"other":{"url":"wss://other.example/mcp/?token=x"}}}');
      return judgeMcp({ servers: [], offers, mistakes: [] }, []);
    },
  ],
  ['home.unreachable', () => judgeHome({ rest: 'unreachable', mcp: 'fetch failed' })],
  ['home.refused', () => judgeHome({ rest: 'refuses', mcp: 'HTTP 401' })],
  ['home.rest', () => judgeHome({ rest: 'answers', mcp: 'HTTP 404' })],
  ['tools.incomplete', () => judgeTools({ search: { provider: 'tavily' } })],
  ['node.old', () => judgePlatform({ ...linux, node: '18.20.4' })],
  ['node.platform', () => judgePlatform({ ...linux, arch: 'arm' })],
  ['node.libc', () => judgePlatform({ ...linux, glibc: undefined })],
  ['node.libc', () => judgePlatform({ ...linux, glibc: '2.17' })],
  ['data.foreign', () => judgeDataFolder({ ...folder, foreign: ['models', 'models/x'] })],
  [
    'database.refused',
    () =>
      judgeDatabase({ file: 'postgres://db:5432/chorus', state: 'refused', detail: 'password authentication failed' }),
  ],
  ['disk.full', () => judgeDisk({ ...disk, freeBytes: 20 * 2 ** 20 })],
  ['disk.low', () => judgeDisk({ ...disk, freeBytes: 600 * 2 ** 20 })],
  ['disk.inodes', () => judgeDisk({ ...disk, freeInodes: 3 })],
  ['files.used', () => judgeOpenFiles({ limit: 4096, used: 4000, maxConnections: 2000 })],
  [
    'models.package',
    () =>
      judgeModels(
        configSchema.parse({}),
        moonshine
          ? [
              {
                model: moonshine,
                state: 'damaged',
                files: [{ name: 'encoder_model.onnx', path: '/x', result: 'wrong size' }],
                bytes: 1,
              },
            ]
          : [],
      ),
  ],
  [
    'dns.slow',
    () => judgeNames([{ host: 'api.example.org', key: 'llm', optional: false, error: undefined, ms: 4000 }]),
  ],
  ['llm.slow', () => judgeLlm([{ key: 'llm', host: 'api.example.org', firstTokenMs: 4000, failure: undefined }])],
  [
    'voice.slow',
    () => judgeVoices([{ service: 'edge', host: 'x', chosen: true, ms: 5000, failure: undefined }], 'edge'),
  ],
  ['turns.missing', () => judgeTurns({ ...turns, model: { state: 'missing' } })],
  ['turns.unusable', () => judgeTurns({ ...turns, model: { state: 'damaged' } })],
  [
    'turns.seldom',
    () =>
      judgeTurns({
        ...turns,
        server: {
          readiness: undefined,
          metrics: [{ name: 'chorus_turn_prosody_total', labels: { result: 'load' }, value: 40 }],
        },
      }),
  ],
  [
    'port.forbidden',
    () => judgePort({ host: '0.0.0.0', port: 80, ownPort: undefined, error: 'EACCES', holder: undefined }),
  ],
  [
    'device.plain',
    () => judgeAdvertised('https://voice.example.org/xiaozhi/ota/', 'ws://voice.example.org:80/xiaozhi/v1/'),
  ],
  [
    'device.wrong_host',
    () => judgeAdvertised('http://192.168.1.20:8000/xiaozhi/ota/', 'ws://127.0.0.1:8000/xiaozhi/v1/'),
  ],
  [
    'device.other_port',
    () => judgeAdvertised('https://voice.example.org/xiaozhi/ota/', 'ws://voice.example.org:8000/xiaozhi/v1/'),
  ],
  ['device.refused_socket', () => judgeWebSocket({ ...way, outcome: { kind: 'refused', status: 503 } })],
  ['device.slow', () => judgeWebSocket({ ...way, outcome: { kind: 'hello', openMs: 900, helloMs: 5000, echoes: [] } })],
  [
    'device.tls_soon',
    () =>
      judgeTls(
        {
          host: 'x',
          port: 443,
          error: undefined,
          sent: [
            { subject: 'x', issuer: 'y', fromMs: 0, toMs: 1_764_000_000_000, selfSigned: false, namesIssuer: true },
          ],
        },
        1_764_000_000_000 - 3 * 86_400_000,
      ),
  ],
];

afterEach(closeAll);

describe('finds a planted fault and names its remedy:', () => {
  it.each(titled(PLANTS))('%s', async (_title, { fault, remedy, plant }) => {
    const nobody = { origin: 'http://127.0.0.1:9', port: 9, pid: process.pid, localToken: undefined };
    expectFinding(await findingsFor(fault, await plant({ server: nobody, use })), fault, remedy);
  });

  it.each(JUDGED)('%s, from recorded readings', (fault, judge) => expectFinding(judge(), fault, /./));

  it('for every issue of the table', () => {
    const planted = new Set([
      ...[...PLANTS, ...WAY_PLANTS].map(({ fault }) => fault),
      ...JUDGED.map(([fault]) => fault),
    ]);
    expect(CHECKS.flatMap(({ issues }) => issues.map(({ id }) => id)).filter((id) => !planted.has(id))).toEqual([]);
    expect(PLANTS.length + WAY_PLANTS.length).toBeGreaterThan(60);
  });
});
