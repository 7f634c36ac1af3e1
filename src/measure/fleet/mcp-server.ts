import { isObject } from '../../core/index.js';

/** An argument of a device's tool. The firmware knows no other types (docs/protocol.md 5.3). */
export type ToolProperty =
  | { readonly type: 'boolean'; readonly default?: boolean }
  | { readonly type: 'integer'; readonly minimum?: number; readonly maximum?: number; readonly default?: number }
  | { readonly type: 'string'; readonly default?: string };

export interface DeviceTool {
  readonly name: string;
  readonly description: string;
  readonly properties: Readonly<Record<string, ToolProperty>>;
  /** True if the tool is listed only on request. It can always be called by name (docs/protocol.md 5.5). */
  readonly userOnly?: boolean;
  /** Returns the text of the result. Throws Error with the firmware's text. */
  readonly call: (args: Readonly<Record<string, unknown>>) => string;
}

export interface DeviceSettings {
  volume: number;
  brightness: number;
  theme: string;
}

/** Longest result of one page of `tools/list`, as JSON (docs/protocol.md 5.3). */
const PAGE_MAX_CHARS = 8000;
const PAGE_RESERVE_CHARS = 30;

/** The tools that every board with a screen has. */
export function standardTools(settings: DeviceSettings): DeviceTool[] {
  return [
    {
      name: 'self.get_device_status',
      description:
        'Provides the real-time information of the device, including the current status of the audio speaker, ' +
        'screen, battery, network, etc.',
      properties: {},
      call: () =>
        JSON.stringify({
          audio_speaker: { volume: settings.volume },
          screen: { brightness: settings.brightness, theme: settings.theme },
          network: { type: 'wifi', ssid: 'simulated', signal: 'strong' },
        }),
    },
    {
      name: 'self.audio_speaker.set_volume',
      description:
        'Set the volume of the audio speaker. If the current volume is unknown, ' +
        'you must call `self.get_device_status` tool first and then call this tool.',
      properties: { volume: { type: 'integer', minimum: 0, maximum: 100 } },
      call: (args) => {
        settings.volume = args['volume'] as number;
        return 'true';
      },
    },
    {
      name: 'self.screen.set_brightness',
      description: 'Set the brightness of the screen.',
      properties: { brightness: { type: 'integer', minimum: 0, maximum: 100 } },
      call: (args) => {
        settings.brightness = args['brightness'] as number;
        return 'true';
      },
    },
    {
      name: 'self.screen.set_theme',
      description: 'Set the theme of the screen. The theme can be `light` or `dark`.',
      properties: { theme: { type: 'string' } },
      call: (args) => {
        settings.theme = args['theme'] as string;
        return 'true';
      },
    },
    { name: 'self.reboot', description: 'Reboot the system', properties: {}, userOnly: true, call: () => 'true' },
  ];
}

/** The MCP server of the firmware (docs/protocol.md 5). A request that the firmware drops gets no answer here. */
export class DeviceMcp {
  readonly #tools: readonly DeviceTool[];
  /** Methods that were answered, in order. */
  readonly calls: string[] = [];

  constructor(
    tools: readonly DeviceTool[],
    private readonly info: { readonly name: string; readonly version: string },
  ) {
    this.#tools = tools;
  }

  /** Returns undefined if there is no reply. Like the firmware, this code leaves some strings unescaped. */
  handle(payload: unknown): string | undefined {
    if (!isObject(payload) || payload['jsonrpc'] !== '2.0' || typeof payload['method'] !== 'string') return undefined;
    const { method, params, id } = payload;
    if (method.startsWith('notifications')) return undefined;
    if (params !== undefined && !isObject(params)) return undefined;
    if (typeof id !== 'number') return undefined;
    this.calls.push(method === 'tools/call' ? `tools/call ${String(params?.['name'])}` : method);
    try {
      return `{"jsonrpc":"2.0","id":${id},"result":${this.#result(method, params ?? {})}}`;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return `{"jsonrpc":"2.0","id":${id},"error":{"message":"${message}"}}`;
    }
  }

  #result(method: string, params: Readonly<Record<string, unknown>>): string {
    switch (method) {
      case 'initialize':
        return JSON.stringify({ protocolVersion: '2024-11-05', capabilities: { tools: {} }, serverInfo: this.info });
      case 'tools/list':
        return this.#list(params);
      case 'tools/call':
        return this.#call(params);
      default:
        throw new Error(`Method not implemented: ${method}`);
    }
  }

  #list(params: Readonly<Record<string, unknown>>): string {
    const cursor = typeof params['cursor'] === 'string' ? params['cursor'] : '';
    const listed = this.#tools.filter((tool) => !tool.userOnly || params['withUserTools'] === true);
    const from = cursor === '' ? 0 : listed.findIndex((tool) => tool.name === cursor);
    if (from < 0) throw new Error(`Failed to add tool ${cursor} because of payload size limit`);
    let json = '{"tools":[';
    for (const [index, tool] of listed.slice(from).entries()) {
      const text = describeTool(tool);
      if (json.length + text.length + PAGE_RESERVE_CHARS > PAGE_MAX_CHARS) {
        if (index === 0) throw new Error(`Failed to add tool ${tool.name} because of payload size limit`);
        return `${json}],"nextCursor":"${tool.name}"}`;
      }
      json += index === 0 ? text : `,${text}`;
    }
    return `${json}]}`;
  }

  #call(params: Readonly<Record<string, unknown>>): string {
    if (typeof params['name'] !== 'string') throw new Error('Missing name');
    const given = params['arguments'];
    if (given !== undefined && !isObject(given)) throw new Error('Invalid arguments');
    const tool = this.#tools.find((candidate) => candidate.name === params['name']);
    if (!tool) throw new Error(`Unknown tool: ${params['name']}`);
    const args: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(tool.properties))
      args[name] = readArgument(name, property, given?.[name]);
    return JSON.stringify({ content: [{ type: 'text', text: tool.call(args) }], isError: false });
  }
}

function readArgument(name: string, property: ToolProperty, value: unknown): unknown {
  const fits = property.type === 'integer' ? typeof value === 'number' : typeof value === property.type;
  if (!fits) {
    if (property.default === undefined) throw new Error(`Missing valid argument: ${name}`);
    return property.default;
  }
  if (property.type !== 'integer') return value;
  const whole = Math.trunc(value as number);
  if (property.minimum !== undefined && whole < property.minimum)
    throw new Error(`Value is below minimum allowed: ${property.minimum}`);
  if (property.maximum !== undefined && whole > property.maximum)
    throw new Error(`Value exceeds maximum allowed: ${property.maximum}`);
  return whole;
}

function describeTool(tool: DeviceTool): string {
  const required = Object.entries(tool.properties)
    .filter(([, property]) => property.default === undefined)
    .map(([name]) => name);
  return JSON.stringify({
    name: tool.name,
    description: tool.description,
    inputSchema: { type: 'object', properties: tool.properties, ...(required.length > 0 && { required }) },
    ...(tool.userOnly && { annotations: { audience: ['user'] } }),
  });
}
