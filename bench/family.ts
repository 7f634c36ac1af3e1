import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep, systemClock as clock, uiLanguage } from '../src/core/index.js';
import { AGENT_EXAMPLES } from '../src/records/index.js';
import { FamilyDevice, type Member } from './family/device.js';
import { FAMILY, type Line as Said } from './family/script.js';
import { StandIn } from './family/stand-in.js';
import { judge, transcriptOf, type Turn } from './family/transcript.js';
import { musicFolder } from './music-player.js';
import { report } from './results.js';
import { startServer, type ServerUnderTest } from './servers.js';

const TRANSCRIPT = new URL('results/family.md', import.meta.url);
const MUSIC_SECONDS = 240;
const SHORTEST_PAUSE_MS = 1000;
/** Reminders and timers that were set near the end of the conversation become due in this time. */
const AFTERWARDS_MS = 150_000;
const FIRST_DEVICE = 700_000;

/**
 * Simulates a family that talks to its three devices in English and Chinese, with human pauses. Every turn must get
 * what the script expects and have no gap. Every later announcement must be made exactly once.
 */
export async function family(minutes: number): Promise<boolean> {
  const standIn = new StandIn();
  const url = await standIn.start();
  const { folder, remove } = await musicFolder(MUSIC_SECONDS);
  await cp(new URL('../test/fixtures/tone.opus', import.meta.url), join(folder, '小星星.opus'));
  const server = await startServer(settings(url, folder));
  try {
    const members = FAMILY.map((person, at) => ({
      person,
      device: new FamilyDevice(server, person.device, FIRST_DEVICE + at, person.language),
    }));
    for (const { device } of members) await device.connect();
    await furnish(server, members);
    // A changed agent takes effect at the device's next connection, so each device connects again.
    for (const { device } of members) await device.disconnect();
    const turns: Turn[] = [];
    const write = (): Promise<void> => writeFile(TRANSCRIPT, transcriptOf(turns, members, standIn.offered));
    const untilMs = clock.nowMs() + minutes * 60_000 - AFTERWARDS_MS;
    await Promise.all(members.map((member) => talk(member, untilMs, turns, write)));
    await sleep(clock, AFTERWARDS_MS);
    for (const { device } of members) device.close();
    await addTools(server, turns);
    await write();
    return report('family', judge(turns, members), { minutes, turns: turns.length });
  } finally {
    await server.stop();
    standIn.stop();
    await remove();
  }
}

const settings = (url: string, music: string): readonly string[] => [
  `llm.base_url=${url}/v1`,
  'llm.model=family',
  'llm.api_key=sk-family',
  'llm.prefer_local=true',
  'memory.kind=facts',
  'history.transcripts=true',
  'load.target=off',
  `tools.music.folders=${JSON.stringify([music])}`,
  `tools.weather.url=${url}/forecast`,
  `tools.weather.geocoding_url=${url}/places`,
  `tools.news.feeds=${JSON.stringify({ daily: `${url}/feed` })}`,
];

async function furnish(server: ServerUnderTest, members: readonly Member[]): Promise<void> {
  const names = { kitchen: 'kitchen', 卧室: 'bedroom', nursery: 'nursery' } as const;
  for (const language of ['en', 'zh'] as const)
    for (const { id, ...agent } of AGENT_EXAMPLES[language])
      await call(server, 'POST', `/agents/${id}-${language}`, agent);
  await call(server, 'POST', '/agents/nursery', {
    ...AGENT_EXAMPLES.en.find(({ id }) => id === 'storyteller'),
    id: undefined,
    name: 'Nursery',
    // A limit in characters is reached at the same line of the script, however long the pauses are.
    charactersPerDay: 1000,
  });
  for (const { person, device } of members) {
    const path = `/devices/${encodeURIComponent(device.identity.deviceId)}`;
    await call(server, 'PATCH', path, { name: names[person.device] });
    const language = uiLanguage(person.language);
    await call(
      server,
      'POST',
      `${path}/agent`,
      person.device === 'nursery'
        ? { agent: 'nursery' }
        : { agent: '', roles: ['', `english-coach-${language}`, `storyteller-${language}`] },
    );
  }
}

async function call(server: ServerUnderTest, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${server.baseUrl}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${server.localToken ?? ''}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.slice(0, 300)}`);
  return answer === '' ? undefined : (JSON.parse(answer) as unknown);
}

async function talk(
  { person, device }: Member,
  untilMs: number,
  turns: Turn[],
  write: () => Promise<void>,
): Promise<void> {
  const { lines } = person;
  for (const [at, line] of lines.entries()) {
    const pauseMs = ((untilMs - clock.nowMs()) / (lines.length - at)) * (0.5 + Math.random()) - 5000;
    await sleep(clock, Math.max(SHORTEST_PAUSE_MS, Math.min(pauseMs, Math.max(0, untilMs - clock.nowMs()))));
    const atMs = clock.wallMs();
    const text = typeof line.say === 'string' ? line.say : line.say(atMs);
    const heard = await doLine(device, line, text).catch((error: unknown) => ({
      texts: [`(${String(error)})`],
      firstSoundMs: undefined,
      soundMs: 0,
      end: 'nothing' as const,
    }));
    turns.push({
      device: person.device,
      language: person.language,
      atMs,
      endMs: clock.wallMs(),
      text,
      line,
      heard,
      tools: [],
    });
    await write();
  }
}

async function doLine(device: FamilyDevice, line: Said, text: string): Promise<Turn['heard']> {
  switch (line.does) {
    case 'disconnect':
      await device.disconnect();
      return undefined;
    case 'silence':
      return device.silence();
    case 'interrupt':
      return device.interrupt(text);
    default:
      return device.say(text);
  }
}

/** Adds the tools that the server's history lists for each utterance. */
async function addTools(server: ServerUnderTest, turns: readonly Turn[]): Promise<void> {
  const { turns: kept } = (await call(server, 'GET', '/history?limit=200')) as {
    readonly turns: readonly {
      readonly userText?: string;
      readonly toolsUsed?: readonly string[];
      readonly atWallMs: number;
    }[];
  };
  for (const turn of turns) {
    const found = kept.find(
      ({ userText, atWallMs }) =>
        userText === turn.text && atWallMs >= turn.atMs && atWallMs < turn.endMs + AFTERWARDS_MS,
    );
    turn.tools = found?.toolsUsed ?? [];
  }
}
