import type { Clock, Logger, Scope } from '../../core/index.js';
import type { Agent } from '../../records/index.js';
import type { DeviceConnection, DeviceIdentity } from '../../device/device-port.js';
import type { IotCommand, IotMessage } from '../../device/protocol/index.js';
import { DeviceIot } from './device-iot/device-iot.js';
import { createDeviceTools, type McpPayload } from './device-mcp/index.js';
import type { ServerTools, ToolUser } from './server-tools.js';
import { createToolbox, type ToolboxOptions } from './toolbox.js';
import type { Toolbox, ToolSource } from './tool-source.js';

export interface SessionTools {
  readonly toolbox: Toolbox;
  /** Takes the payload of an `mcp` message. Never throws. */
  onMessage(payload: McpPayload): void;
  /** For firmware older than MCP. Never throws. */
  onIot?(message: IotMessage): void;
}

/** A device as its tools see it. `scope` owns the tools' background tasks. A closed connection ignores `send`. */
export interface ToolDevice {
  readonly identity: DeviceIdentity;
  readonly scope: Scope;
  /** Address to which the device may send pictures. */
  readonly vision?: DeviceConnection['vision'];
  send(payload: McpPayload): void;
  /** For firmware older than MCP. */
  command(commands: readonly IotCommand[]): void;
  /** Undefined means the configured assistant. */
  agent(): Agent | undefined;
  /** The person whose voice was recognised. Undefined if unknown. */
  person?(): string | undefined;
  /** Takes effect with the next turn. */
  change(agent: Agent | undefined): void;
}

export interface SessionToolsOptions {
  /** Tools of the server come first, those of plug-ins last. */
  readonly server: readonly ServerTools[];
  /** Tools of this conversation. They come before all others. */
  readonly own?: readonly ToolSource[];
  /** Tools for all devices, for example those of MCP servers. */
  readonly shared?: readonly ToolSource[];
  readonly allowed?: ToolboxOptions['allowed'];
  readonly forRules?: ToolboxOptions['forRules'];
  readonly clock: Clock;
  readonly log: Logger;
}

/** Earlier sources have priority, so no device or plug-in can replace a tool of the server. */
export function openSessionTools(
  device: ToolDevice,
  { server, own: first = [], shared = [], allowed, forRules, clock, log }: SessionToolsOptions,
): SessionTools {
  const { identity, scope } = device;
  const send = (payload: McpPayload): void => device.send(payload);
  const ofDevice = identity.features.mcp
    ? createDeviceTools({
        send,
        ...(device.vision && { vision: device.vision }),
        clock,
        log,
        scope,
      })
    : undefined;
  const things = new DeviceIot(
    (commands) => device.command(commands),
    () => identity.language,
  );
  const [own, ...others] = server.map((tools) => tools.for(userOf(device, log)));
  const sources = [...first, own, ofDevice, things, ...shared, ...others].filter(
    (source): source is ToolSource => source !== undefined,
  );
  return {
    toolbox: createToolbox({
      sources,
      allowed,
      forRules,
      get language() {
        return identity.language;
      },
      ended: scope.signal,
      clock,
      log,
    }),
    onMessage: (payload) => ofDevice?.onMessage(payload),
    onIot: (message) => things.onMessage(message),
  };
}

/** Uses getters for language, agent, place and person, because they may change during a conversation. */
function userOf(device: ToolDevice, log: Logger): ToolUser {
  const { identity } = device;
  const { deviceId, timeZone } = identity;
  return {
    deviceId,
    timeZone,
    log,
    get language() {
      return identity.language;
    },
    get agentId() {
      return device.agent()?.id;
    },
    get place() {
      return device.agent()?.place;
    },
    get person() {
      return device.person?.();
    },
  };
}
