import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sleep, systemClock as clock } from '../src/core/index.js';
import { askOta, fleetIdentity, type FleetProgress } from '../src/measure/fleet/index.js';
import { pdfOf } from '../test/fakes/documents.js';
import { RawDevice } from '../test/e2e/raw-device.js';
import { armData, armLine, armOf, block, ratioOf, ratioWords, type Block } from './blocks.js';
import { MusicPlayer, musicFolder } from './music-player.js';
import { report, type Line } from './results.js';
import { startAcceptanceServer, type AcceptanceServer, type ServerUnderTest } from './servers.js';

type Arm = 'alone' | 'home';

/**
 * Order of the blocks. Both conditions have the same mean position, so that a machine that slows down favours neither.
 */
const ORDER: readonly Arm[] = ['alone', 'home', 'home', 'alone'];
const TALKERS = 20;
const PLAYERS = 5;
const WARM_UP_MS = 15_000;
const SETTLE_MS = 5000;
const SLOW_MS = 10_000;
/** The home must raise the 95th percentile of the talking devices' first sounds by less than this factor. */
const BOUND = 1.05;
/** Head, size and end of a JPEG of one pixel, without image data. */
const PICTURE = Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0000b080001000101011100ffd9', 'hex');

const HANDBOOK = pdfOf(
  Array.from({ length: 300 }, (_, page) =>
    Array.from(
      { length: 40 },
      (__, line) => `Part ${page * 40 + line} of the pump is cleaned every ${line + 2} weeks by the fitter.`,
    ),
  ),
  'Handbook',
);
const PAUSE_MS = 2000;

/**
 * Twenty devices talk, in some blocks beside a home. In the home, five devices play music, and a sixth has a slow tool
 * and sends pictures. Documents of 300 pages are added meanwhile.
 */
export async function household(blockMs: number): Promise<boolean> {
  const { folder, remove } = await musicFolder(Math.ceil((ORDER.length * (blockMs + SETTLE_MS)) / 1000) + 60);
  const eyes = await slowEyes();
  const acceptance = await startAcceptanceServer([
    'max_concurrent_sessions=10000',
    'load.target=off',
    'llm.prefer_local=true',
    `tools.music.folders=${JSON.stringify([folder])}`,
    `llm.services=${JSON.stringify({ eyes: { base_url: eyes.url, model: 'slow' } })}`,
    'vision.service=eyes',
    'vision.model=slow',
  ]);
  try {
    const home = new Home(acceptance.server);
    const { blocks, fleet } = await talkThrough(blockMs, acceptance, home);
    const requests = await acceptance.llmRequests();
    const loop = await acceptance.stop();
    const [alone, beside] = (['alone', 'home'] as const).map((arm) => armOf(arm, blocks, fleet, requests));
    if (!alone || !beside) throw new Error('no block');
    const [p50, p95] = [0.5, 0.95].map((fraction) => ratioOf(alone, beside, fraction));
    const whole = loop.between(blocks[0]?.fromWallMs ?? 0, blocks.at(-1)?.toWallMs ?? 0);
    const lines: Line[] = [
      armLine(`${TALKERS} devices, nobody beside them`, alone),
      armLine(`${TALKERS} devices, a home beside them`, beside),
      {
        what: 'p95 with over without (95 % interval)',
        value: ratioWords(p95),
        bound: `below ${BOUND}`,
        ...(p95 && { holds: p95.ratio < BOUND }),
      },
      { what: 'the same, p50', value: ratioWords(p50) },
      { what: 'slow calls of a tool, and pictures that were answered', value: `${home.calls}, ${home.pictures}` },
      { what: 'documents of 300 pages that were read and indexed', value: String(home.documents) },
      {
        what: 'music: seconds of sound, holes',
        value: `${home.seconds.toFixed(0)}, ${home.holes}`,
        holds: home.holes === 0,
      },
      { what: 'event loop late, p99 over all blocks', value: `${whole.p99Ms.toFixed(1)} ms` },
      { what: 'the fleet itself was no bottleneck', value: fleet.valid ? 'yes' : 'no', holds: fleet.valid },
    ];
    const arms = [
      { arm: 'alone', ...armData(alone) },
      { arm: 'home', ...armData(beside) },
    ];
    return report('household', lines, { settings: acceptance.settings, blocks, arms, p50, p95, loop: whole });
  } finally {
    await acceptance.close();
    eyes.server.closeAllConnections();
    eyes.server.close();
    await remove();
  }
}

/** A language model that takes ten seconds for a picture. */
async function slowEyes(): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const say = (content: string, finish: string | null): void => {
      const choices = [{ index: 0, delta: { content }, finish_reason: finish }];
      const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'slow', choices };
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    };
    // A first part comes after five seconds, because the server waits only eight seconds for it (`llm.first_token_ms`).
    clock.after(SLOW_MS / 2, () => say('A cup ', null));
    clock.after(SLOW_MS, () => {
      say('of tea.', 'stop');
      response.end('data: [DONE]\n\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
}

interface Vision {
  readonly url: string;
  readonly token?: string;
}

class Home {
  calls = 0;
  pictures = 0;
  documents = 0;
  seconds = 0;
  holes = 0;
  #players: MusicPlayer[] = [];
  #slow: RawDevice | undefined;
  #vision: Vision | undefined;
  #here = false;

  constructor(private readonly server: ServerUnderTest) {}

  async come(): Promise<void> {
    this.#here = true;
    this.#players = Array.from(
      { length: PLAYERS },
      (_, index) => new MusicPlayer(this.server, 800_000 + index, index % 2 === 0 ? 'Story' : 'Concert'),
    );
    for (const player of this.#players) await player.start();
    await this.#connectSlow();
    void this.#askAgainAndAgain();
    void this.#lookAgainAndAgain();
    void this.#readAgainAndAgain();
  }

  go(): void {
    this.#here = false;
    for (const player of this.#players) {
      const { seconds, holes } = player.heard();
      this.seconds += seconds;
      this.holes += holes;
      player.close();
    }
    this.#slow?.vanish();
  }

  /** Connects the device with the slow tool. The tool answers after ten seconds, but the server waits only eight. */
  async #connectSlow(): Promise<void> {
    const { otaUrl, localToken } = this.server;
    const identity = fleetIdentity(810_000, 'en-US');
    const claim = { url: otaUrl, identity, clock, ...(localToken !== undefined && { localToken }) };
    const { websocket } = await askOta(claim, AbortSignal.timeout(30_000));
    if (!websocket) throw new Error('the OTA answer names no WebSocket');
    const device = await RawDevice.connect({ ...websocket, identity, features: { mcp: true } });
    device.socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) this.#onMessage(device, JSON.parse(data.toString('utf8')) as McpMessage);
    });
    await device.hello();
    this.#slow = device;
  }

  #onMessage(device: RawDevice, { type, payload }: McpMessage): void {
    if (type !== 'mcp' || payload?.id === undefined) return;
    const { id, method } = payload;
    const answer = (result: unknown): void => device.send({ type: 'mcp', payload: { jsonrpc: '2.0', id, result } });
    if (method === 'initialize') {
      this.#vision = payload.params?.capabilities?.vision;
      answer({ protocolVersion: '2024-11-05', capabilities: {}, serverInfo: { name: 'slow', version: '1' } });
    }
    if (method === 'tools/list') answer({ tools: [VOLUME_TOOL] });
    if (method !== 'tools/call') return;
    this.calls += 1;
    clock.after(SLOW_MS, () => answer({ content: [{ type: 'text', text: 'true' }], isError: false }));
  }

  async #askAgainAndAgain(): Promise<void> {
    while (this.#here) {
      this.#slow?.send({ type: 'listen', state: 'detect', text: 'turn the volume up to thirty' });
      await sleep(clock, SLOW_MS + 4000);
    }
  }

  async #lookAgainAndAgain(): Promise<void> {
    while (this.#here) {
      if (await this.#look().catch(() => false)) this.pictures += 1;
      else await sleep(clock, 1000);
    }
  }

  async #readAgainAndAgain(): Promise<void> {
    while (this.#here) {
      if (await this.#read().catch(() => false)) this.documents += 1;
      await sleep(clock, PAUSE_MS);
    }
  }

  async #read(): Promise<boolean> {
    const { otaUrl, localToken } = this.server;
    const response = await fetch(new URL('/api/v1/knowledge?file=handbook.pdf', otaUrl), {
      method: 'POST',
      body: new Uint8Array(HANDBOOK),
      headers: { authorization: `Bearer ${localToken ?? ''}`, 'content-type': 'application/octet-stream' },
    });
    return response.status === 201;
  }

  async #look(): Promise<boolean> {
    if (!this.#vision) return false;
    const { url, token } = this.#vision;
    const form = new FormData();
    form.append('question', 'What is this?');
    form.append('file', new Blob([PICTURE], { type: 'image/jpeg' }), 'camera.jpg');
    const { deviceId, clientId } = fleetIdentity(810_000, 'en-US');
    const response = await fetch(url, {
      method: 'POST',
      body: form,
      headers: {
        'Device-Id': deviceId,
        'Client-Id': clientId,
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
    });
    return ((await response.json()) as { readonly success?: boolean }).success === true;
  }
}

interface McpMessage {
  readonly type: string;
  readonly payload?: {
    readonly id?: number;
    readonly method?: string;
    readonly params?: { readonly capabilities?: { readonly vision?: Vision } };
  };
}

const VOLUME_TOOL = {
  name: 'self.audio_speaker.set_volume',
  description: 'Set the volume of the audio speaker.',
  inputSchema: {
    type: 'object',
    properties: { volume: { type: 'integer', minimum: 0, maximum: 100 } },
    required: ['volume'],
  },
};

/** The home's devices arrive before its first block and leave after its last. */
async function talkThrough(blockMs: number, acceptance: AcceptanceServer, home: Home) {
  const blocks: Block<Arm>[] = [];
  let warm: () => void = () => undefined;
  const warmed = new Promise<void>((resolve) => (warm = resolve));
  const onProgress = ({ elapsedMs }: FleetProgress): void => {
    if (elapsedMs >= WARM_UP_MS) warm();
  };
  const durationMs = ORDER.length * (blockMs + SETTLE_MS) + 10_000;
  const fleetOf = { scenario: 'steady', devices: TALKERS, firstDevice: 0, warmupMs: WARM_UP_MS, durationMs } as const;
  const talking = acceptance.fleet(fleetOf, onProgress);
  const steps = (async () => {
    await warmed;
    for (const [at, arm] of ORDER.entries()) {
      if (arm === 'home' && ORDER[at - 1] !== arm) await home.come();
      await sleep(clock, SETTLE_MS);
      await block(arm, blockMs, blocks);
      if (arm === 'home' && ORDER[at + 1] !== arm) home.go();
      console.log(`  ${arm}: ${blocks.length} of ${ORDER.length}`);
    }
  })();
  const [fleet] = await Promise.all([talking, steps]);
  return { blocks, fleet };
}
