import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/index.js';
import { ChorusError, systemClock, type ScopeTree } from '../../src/core/index.js';
import {
  askOta,
  fleetIdentity,
  SimulatedDevice,
  type DeviceIdentityClaim,
  type SimulatedDeviceOptions,
} from '../../src/measure/fleet/index.js';
import { startServer, type RunningServer } from '../../src/main.js';
import { readLocalToken } from '../../src/http/index.js';
import { keepPhrases, newDataFolder } from './prepared-phrases.js';
import { RawDevice, type RawDeviceOptions } from './raw-device.js';

/** A real server with its child processes. */
export class ServerUnderTest {
  readonly otaUrl: string;
  /** All raw devices that have connected to this server. */
  readonly raws: RawDevice[] = [];
  #devices = 0;

  private constructor(
    readonly running: RunningServer,
    readonly dataDir: string,
    private readonly localToken: string,
  ) {
    this.otaUrl = `http://127.0.0.1:${running.port}/xiaozhi/ota/`;
  }

  /**
   * Starts a server. Settings that differ from the defaults: loopback, a free port, no downloads, the packaged voice,
   * no watching of the load (because tests run in parallel), recordings may arrive in one burst, and whatever is in
   * `settings`.
   */
  static async start(
    settings: Readonly<Record<string, string>> = {},
    untilReady = true,
    dataDir?: string,
  ): Promise<ServerUnderTest> {
    const folder = dataDir ?? (await newDataFolder('chorus-e2e-'));
    dataDir = folder;
    const all = {
      'server.host': '127.0.0.1',
      'server.port': '0',
      'models.auto_pull': 'false',
      'log.level': 'error',
      'tts.provider': 'flite',
      'load.target': 'off',
      'server.max_audio_ahead_ms': '600000',
      ...settings,
    };
    const flags = Object.entries(all).map(([key, text]) => ({ flag: '--set', key, text }));
    const source = { file: join(dataDir, 'config.yaml'), load: () => loadConfig({ dataDir: folder, env: {}, flags }) };
    const loaded = await source.load();
    if (!loaded.ok) throw new ChorusError('config.invalid', JSON.stringify(loaded.mistakes));
    const running = await startServer({ config: loaded.config, dataDir, source });
    if (untilReady) await running.ready;
    const token = await readLocalToken(dataDir);
    if (token === undefined) throw new Error('no local token');
    return new ServerUnderTest(running, dataDir, token);
  }

  async stop(): Promise<void> {
    await this.running.drain('test over');
    await keepPhrases(this.dataDir);
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** The identity of a device that has never connected before. */
  identity(firmwareVersion = '2.4.2'): DeviceIdentityClaim {
    return fleetIdentity(++this.#devices, 'en-US', firmwareVersion);
  }

  /** A simulated device that has booted. It has the firmware's state machine. */
  async device(options: Partial<SimulatedDeviceOptions> = {}): Promise<SimulatedDevice> {
    const device = new SimulatedDevice({
      otaUrl: this.otaUrl,
      identity: this.identity(),
      clock: systemClock,
      localToken: this.localToken,
      ...options,
    });
    await device.boot(AbortSignal.timeout(10_000));
    return device;
  }

  /**
   * A raw device that has booted and connected. It is a new device, unless `identity` names one. Hellos have been
   * exchanged, unless `hello` is false.
   */
  async raw(
    options: Partial<RawDeviceOptions> & { readonly firmwareVersion?: string; readonly hello?: boolean } = {},
  ): Promise<RawDevice> {
    const identity = options.identity ?? this.identity(options.firmwareVersion);
    const { websocket } = await askOta(
      { url: this.otaUrl, identity, clock: systemClock, localToken: this.localToken },
      AbortSignal.timeout(10_000),
    );
    if (!websocket) throw new Error('the OTA answer names no WebSocket');
    const device = await RawDevice.connect({ ...websocket, identity, ...options });
    this.raws.push(device);
    if (options.hello !== false) await device.hello();
    return device;
  }

  /** The state of a child process: `listening`, `speaking` or `asr`. */
  engine(name: string): { readonly pid: number; readonly restarts: number; readonly state: string } {
    const status = this.running.status().engines.find((engine) => engine.name === name);
    if (status?.pid === undefined)
      throw new Error(`no process ${name} among ${JSON.stringify(this.running.status().engines)}`);
    return { pid: status.pid, restarts: status.restarts, state: status.state };
  }

  /** The value of a metric that has no labels. */
  async metric(name: string): Promise<number> {
    const text = await fetch(`http://127.0.0.1:${this.running.port}/metrics`).then((response) => response.text());
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  }

  /** Everything that is open for connections and sessions, one line each. */
  alive(): readonly string[] {
    const root = this.running.scopes();
    return root.children.filter(({ name }) => name !== 'engines').flatMap((scope) => linesOf(scope, ''));
  }
}

function linesOf(scope: ScopeTree, path: string): string[] {
  const name = `${path}/${scope.name}`;
  return [
    name,
    ...scope.tasks.map((task) => `${name}: ${task}`),
    ...scope.children.flatMap((child) => linesOf(child, name)),
  ];
}
