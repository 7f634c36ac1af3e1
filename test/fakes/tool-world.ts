import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/core/index.js';
import { Notices } from '../../src/conversation/notices/index.js';
import { groupTools, ServerTools, TOOL_GROUPS, wholeText } from '../../src/conversation/tools/index.js';
import type { ToolServices } from '../../src/conversation/tools/tool-group.js';
import type { ToolAnswer } from '../../src/conversation/tools/tool.js';
import { openStore, type Store } from '../../src/platform/store/index.js';
import { FakeClock } from './fake-clock.js';

export const KITCHEN = '02:00:00:00:00:01';
export const BEDROOM = '02:00:00:00:00:02';

/** Tools that work on a real database and on the test's clock. */
export class ToolWorld {
  readonly clock: FakeClock;
  readonly notices: Notices;
  language = 'en-US';
  timeZone = 'Asia/Shanghai';
  /** The place in the agent's settings. */
  place: string | undefined;
  #tools: ServerTools;

  private constructor(
    readonly store: Store,
    private readonly folder: string,
    startWallMs: number | undefined,
    sections: Readonly<Record<string, unknown>>,
    more: Partial<ToolServices>,
  ) {
    this.clock = new FakeClock(startWallMs);
    this.notices = new Notices({
      store: store.notices,
      shared: false,
      clock: this.clock,
      log: silentLogger,
      holdMs: () => 900_000,
      alarmTone: () => true,
    });
    const services: ToolServices = {
      clock: this.clock,
      log: silentLogger,
      notices: this.notices,
      data: store.toolData,
      devices: () => store.list(),
      fetch,
      ...more,
    };
    this.#tools = new ServerTools({
      id: 'server',
      tools: groupTools(TOOL_GROUPS, sections, services),
      clock: this.clock,
    });
  }

  static async open(
    options: {
      readonly startWallMs?: number;
      readonly sections?: Readonly<Record<string, unknown>>;
      readonly services?: Partial<ToolServices>;
    } = {},
  ): Promise<ToolWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'chorus-tools-'));
    const store = await openStore({ dataDir: folder });
    for (const [deviceId, name] of [
      [KITCHEN, 'Kitchen'],
      [BEDROOM, '卧室'],
    ] as const) {
      await store.seen({ deviceId, clientId: 'c', board: undefined, firmwareVersion: undefined, language: 'en' }, 1);
      await store.rename(deviceId, name);
    }
    return new ToolWorld(store, folder, options.startWallMs, options.sections ?? {}, options.services ?? {});
  }

  /** Names of the tools that are offered to the model. */
  get names(): readonly string[] {
    return this.source(KITCHEN)
      .list()
      .map(({ name }) => name);
  }

  call(name: string, input: Readonly<Record<string, unknown>> = {}, deviceId = KITCHEN): Promise<ToolAnswer> {
    return this.source(deviceId).call(name, input, new AbortController().signal);
  }

  /** Calls the tool. Returns what is spoken or what the model gets, or the message of the failure. */
  async says(name: string, input: Readonly<Record<string, unknown>> = {}, deviceId = KITCHEN): Promise<string> {
    try {
      const answer = await this.call(name, input, deviceId);
      return answer.say ?? (await wholeText(answer));
    } catch (error) {
      return `failed: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  async close(): Promise<void> {
    await this.store.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  source(deviceId = KITCHEN): ReturnType<ServerTools['for']> {
    const { language, timeZone, place } = this;
    return this.#tools.for({ deviceId, language, timeZone, place, log: silentLogger });
  }
}
