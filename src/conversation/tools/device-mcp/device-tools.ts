import { asChorusError, type Clock, type Logger, type Scope } from '../../../core/index.js';
import { fitArguments } from '../arguments.js';
import type { ToolSource } from '../tool-source.js';
import { McpRpc, type McpPayload } from './rpc.js';
import { listTools, ToolList } from '../tool-list.js';
import { answerOf, resultText } from '../mcp-result.js';
import { devicePolicy } from './policy.js';
import { noSuchTool } from '../tool-errors.js';

export interface DeviceToolsOptions {
  /** Does nothing on a closed connection. */
  readonly send: (payload: McpPayload) => void;
  readonly clock: Clock;
  readonly log: Logger;
  /** Scope of the connection. Its end rejects every call. */
  readonly scope: Scope;
  /** Address for the camera's photos. It is sent on every connection (docs/protocol.md, checklist 64). */
  readonly vision?: { readonly url: string; readonly token?: string };
}

/** The list is empty at first, and grows with each page of tools that the device lists. */
export interface DeviceTools extends ToolSource {
  /** Resolves when listing has ended, successfully or not. Never rejects. */
  readonly listed: Promise<void>;
  /** Ignores a payload that answers no request. Never throws. */
  onMessage(payload: McpPayload): void;
}

/** The device lists its tools in milliseconds unless its main task is busy. */
const LIST_TIMEOUT_MS = 10_000;
const CALL_TIMEOUT_MS = 8_000;
/** Taking and explaining a photo takes up to 45 s (docs/protocol.md, checklist 67). */
const CAMERA_TIMEOUT_MS = 60_000;
const MAX_PENDING = 8;
const STATUS_TOOL = 'self.get_device_status';
/** Short, because the prompt needs the state soon after somebody begins to speak. */
const STATUS_TIMEOUT_MS = 3000;

export function createDeviceTools(options: DeviceToolsOptions): DeviceTools {
  const { clock, log, scope } = options;
  const rpc = new McpRpc({ send: options.send, clock, signal: scope.signal, maxPending: MAX_PENDING });
  const tools = new ToolList(devicePolicy);
  let specs: ToolList['specs'] = [];
  let strays = 0;

  async function list(signal: AbortSignal): Promise<void> {
    await rpc.request('initialize', initializeParams(options.vision), LIST_TIMEOUT_MS, signal);
    rpc.notify('notifications/initialized');
    await listTools(
      tools,
      (params) => rpc.request('tools/list', params, LIST_TIMEOUT_MS, signal),
      () => {
        specs = tools.specs;
      },
    );
  }

  const listed = new Promise<void>((resolve) => {
    scope.onClose(resolve);
    scope.fork('mcp list', (signal) =>
      logOutcome(
        log,
        signal,
        () => list(signal),
        () => specs.length,
      ).finally(resolve),
    );
  });

  const status = new DeviceStatus(async () => {
    await listed;
    if (!specs.some(({ name }) => tools.find(name)?.name === STATUS_TOOL)) return undefined;
    const params = { name: STATUS_TOOL, arguments: {} };
    return resultText(await rpc.request('tools/call', params, STATUS_TIMEOUT_MS, scope.signal));
  });

  return {
    id: 'device',
    state: () => status.text,
    expect: () => scope.fork('device status', () => status.look()),
    listed,
    list: () => specs,
    async call(name, args, signal) {
      const tool = tools.find(name);
      // The firmware would run any tool, even one that is only for people (docs/protocol.md, checklist 63).
      if (!tool) throw noSuchTool();
      const timeoutMs = /camera|photo/i.test(tool.name) ? CAMERA_TIMEOUT_MS : CALL_TIMEOUT_MS;
      const params = { name: tool.name, arguments: fitArguments(args, tool.spec.inputSchema) };
      return answerOf(await rpc.request('tools/call', params, timeoutMs, signal));
    },
    onMessage(payload) {
      if (rpc.onMessage(payload)) return;
      strays += 1;
      // Only the first late answer or notification is logged, because there may be very many.
      if (strays === 1) log.debug('An MCP message of the device answers nothing that waits');
    },
  };
}

/** A failed listing is only logged, because the conversation works without tools (docs/protocol.md, checklist 65). */
async function logOutcome(
  log: Logger,
  signal: AbortSignal,
  list: () => Promise<void>,
  count: () => number,
): Promise<void> {
  try {
    await list();
    log.debug('The device listed its tools', { tools: count() });
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = asChorusError(error, 'tool.failed');
    log.info('Listing the tools of the device failed', { code, piiReason: message, tools: count() });
  }
}

class DeviceStatus {
  text: string | undefined;
  #looking = false;

  constructor(private readonly ask: () => Promise<string | undefined>) {}

  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      this.text = await this.ask();
    } catch {
      // The state is dropped, because an old state would be worse than none. The model can still ask for the state.
      this.text = undefined;
    } finally {
      this.#looking = false;
    }
  }
}

function initializeParams(vision: DeviceToolsOptions['vision']): McpPayload {
  return {
    protocolVersion: '2024-11-05',
    capabilities: vision ? { vision } : {},
    clientInfo: { name: 'chorus', version: '1' },
  };
}
