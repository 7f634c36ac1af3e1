import type { HistoryTurn, NewMemory, Store } from '../../src/platform/store/index.js';

const AT = Date.UTC(2026, 10, 25, 10, 15, 0);
const FIRST = 'a0:85:e3:f4:49:34';
const SECOND = '02:00:00:00:00:01';
const DEVICES = [FIRST, SECOND, '02:00:00:00:00:02'];

/** Registers the devices, because turns are stored only for known devices. */
export async function seeDevices(store: Store): Promise<void> {
  for (const deviceId of DEVICES)
    await store.seen(
      {
        deviceId,
        clientId: `client of ${deviceId}`,
        board: 'bread-compact-wifi',
        firmwareVersion: '2.4.2',
        language: 'zh-CN',
      },
      AT,
    );
}

/**
 * Fills a store with data of every kind: three devices, and 1203 turns a millisecond apart, more than fit in a page of
 * rows.
 */
export async function fill(store: Store): Promise<void> {
  await fillDevices(store);
  await fillAgents(store);
  await fillKnowledge(store);
  await fillFirmware(store);
  for (let from = 0; from < 1203; from += 401)
    await store.history.keepTurns(Array.from({ length: 401 }, (_, n) => turnOf(from + n)));
}

async function fillDevices(store: Store): Promise<void> {
  await seeDevices(store);
  await store.bind(FIRST, 'client-1', 'code', AT);
  await store.rename(FIRST, '厨房里的小智 🐣 "quoted"\nand a second line');
  await store.revoke(SECOND);
  await store.putActivation({
    deviceId: SECOND,
    clientId: 'c',
    code: '012345',
    challenge: 'challenge',
    createdMs: AT,
    expiresMs: AT + 600_000,
  });
  await store.putSerialKeys(new Map([['serial', 'ab'.repeat(32)]]));
  await store.secret('token-signing-key', () => 'cd'.repeat(32));
}

/** Adds an agent, and memories of the people who talk to it. */
async function fillAgents(store: Store): Promise<void> {
  await store.agents.changeAgent('teacher', () => ({
    name: 'Teacher',
    prompt: 'You are patient.',
    voice: undefined,
    language: 'en-GB',
    model: undefined,
  }));
  await store.assignAgent(FIRST, 'teacher');
  await store.allowRoles(FIRST, ['', 'pirate']);
  const memory = {
    deviceId: FIRST,
    agentId: 'teacher',
    kind: 'fact',
    subject: 'person',
    name: '小美',
    keywords: ['年龄'],
    sourceTurn: '5e7c-0',
  } as const;
  await store.memories.keep([
    { ...memory, id: 'm1', text: '小美六岁。', createdMs: AT, replaces: [] },
    { ...memory, id: 'm2', text: '小美七岁。', createdMs: AT + 1, replaces: ['m1'] },
  ]);
  await store.talkDays.addTalk([{ deviceId: FIRST, day: '2026-11-25', talkMs: 61_000, characters: 7 }], '2026-11-01');
  await store.people.keep({ id: 'p1', name: '安娜', createdMs: AT });
  await store.voiceprints.keep({ id: 'p1', model: 'campplus-zh', vector: 'AACAPw==' });
}

async function fillKnowledge(store: Store): Promise<void> {
  await store.knowledge.keep({
    id: 'k1',
    collection: '厨房',
    title: 'Washing machine',
    format: 'pdf',
    bytes: 3_000_000,
    sha256: 'ab'.repeat(32),
    pages: 2,
    characters: 20,
    createdMs: AT,
    searchIndex: '1\nfilter 滤网\nAAAA',
    passages: [
      { place: 'p. 1', text: 'Clean the filter.' },
      { place: 'p. 2', text: '清洗滤网。' },
    ],
  });
  await store.knowledge.keepVectors({ id: 'k1', createdMs: AT }, 'bge-m3', [{ number: 1, vector: 'fwCB' }]);
}

async function fillFirmware(store: Store): Promise<void> {
  await store.firmware.putRelease({
    id: '0a1b2c3d',
    board: 'bread-compact-wifi',
    version: '2.5.0',
    sha256: 'ef'.repeat(32),
    sizeBytes: 3_000_000_000,
    chip: 'esp32s3',
    elfSha256: undefined,
    fileName: 'xiaozhi.bin',
    share: 0.1,
    deviceIds: [FIRST],
    force: true,
    state: 'offered',
    reason: undefined,
    createdMs: AT,
    countedFromMs: AT,
  });
  await store.firmware.putInstall({
    releaseId: '0a1b2c3d',
    deviceId: FIRST,
    fromVersion: '2.4.2',
    offers: 1,
    offeredMs: AT,
    downloads: 0,
    downloadedMs: undefined,
    confirmedMs: undefined,
    returnedMs: undefined,
  });
}

/** Reads everything that can be read from a store. */
export async function snapshot(store: Store): Promise<unknown> {
  return {
    devices: await store.list(),
    pairing: await store.activationOf(SECOND, 'c'),
    serial: await store.serialKey('serial'),
    secret: await store.findSecret('token-signing-key'),
    agents: await store.agents.agents(),
    releases: await store.firmware.releases(),
    installs: await store.firmware.installs('0a1b2c3d'),
    memories: await store.memories.memories({}),
    people: await store.people.people(),
    voiceprints: await store.voiceprints.voiceprints(['p1']),
    documents: await store.knowledge.documents(),
    documentIndex: await store.knowledge.searchIndexOf('k1'),
    documentTexts: await store.knowledge.passages('k1', [0, 1]),
    documentVectors: await store.knowledge.vectors('k1', 'bge-m3', 0, 9),
    talkDay: await store.talkDays.talkDay(FIRST, '2026-11-25'),
    turns: await store.history.recentTurns({ limit: 5000 }),
  };
}

export function turnOf(n: number, fields: Partial<HistoryTurn> = {}): HistoryTurn {
  return {
    id: `5e7c-${n}`,
    deviceId: DEVICES[n % 3] ?? '',
    language: 'zh-CN',
    board: undefined,
    firmwareVersion: '2.4.2',
    atWallMs: AT + n,
    utteranceAtWallMs: AT + n - 900,
    outcome: 'answered',
    code: undefined,
    mode: 'auto',
    asr: 'sensevoice',
    speculated: true,
    prepared: false,
    stagesMs: { endpoint: 160 },
    sentences: 2,
    cachedSentences: 1,
    packets: 80,
    bytes: 12_000,
    underruns: 0,
    underrunMs: 0,
    inputTokens: 11,
    outputTokens: undefined,
    userText: n % 100 === 0 ? '今天天气怎么样？' : undefined,
    ...fields,
  };
}

export function factOf(deviceId: string, name: string): NewMemory {
  return {
    id: `fact of ${name}`,
    deviceId,
    agentId: '',
    kind: 'fact',
    subject: 'person',
    name,
    text: `${name} likes tea.`,
    keywords: [],
    sourceTurn: undefined,
    createdMs: 1,
    replaces: [],
  };
}
