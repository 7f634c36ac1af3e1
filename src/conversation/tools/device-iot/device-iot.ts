import { z } from 'zod';
import { uiLanguage, type LanguageTag } from '../../../core/index.js';
import type { IotCommand, IotMessage } from '../../../device/protocol/index.js';
import { fitArguments } from '../arguments.js';
import { devicePolicy } from '../device-mcp/policy.js';
import { ToolList } from '../tool-list.js';
import type { ToolSource } from '../tool-source.js';
import { noSuchTool } from '../tool-errors.js';
import { TOOL_TEXTS } from '../words.js';

const described = z.object({ description: z.string().max(1024).catch(''), type: z.string().max(16).catch('string') });
const method = z.object({
  description: z.string().max(1024).catch(''),
  parameters: z.record(z.string().max(64), described).catch({}),
});

const descriptor = z.object({
  name: z.string().min(1).max(64),
  description: z.string().max(1024).catch(''),
  methods: z.record(z.string().min(1).max(64), method).catch({}),
});

const state = z.object({
  name: z.string().min(1).max(64),
  state: z.record(z.string().max(64), z.union([z.string().max(200), z.number(), z.boolean()])),
});

/** Any other type is treated as text. */
const TYPES: ReadonlySet<string> = new Set(['number', 'boolean', 'string']);
const MAX_THINGS = 64;

/** Does nothing on a closed connection. */
export type SendCommands = (commands: readonly IotCommand[]) => void;

/**
 * Tools of firmware older than MCP. The device does not answer commands, so only its reported states show the results.
 */
export class DeviceIot implements ToolSource {
  readonly id = 'device_iot';
  readonly #tools = new ToolList(devicePolicy);
  readonly #targets = new Map<string, { readonly name: string; readonly method: string }>();
  readonly #states = new Map<string, unknown>();

  constructor(
    private readonly send: SendCommands,
    private readonly language: () => LanguageTag,
  ) {}

  /** Members in an unknown form are left out. Never throws. */
  onMessage({ descriptors = [], states = [] }: IotMessage): void {
    for (const listed of descriptors) {
      const thing = descriptor.safeParse(listed);
      if (thing.success) this.#add(thing.data);
    }
    for (const reported of states) {
      const thing = state.safeParse(reported);
      if (thing.success && (this.#states.has(thing.data.name) || this.#states.size < MAX_THINGS))
        this.#states.set(thing.data.name, thing.data.state);
    }
  }

  list = () => this.#tools.specs;

  state = (): string | undefined =>
    this.#states.size === 0 ? undefined : JSON.stringify(Object.fromEntries(this.#states));

  call: ToolSource['call'] = (name, input, signal) => {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    const tool = this.#tools.find(name);
    const target = tool && this.#targets.get(tool.name);
    if (!target) return Promise.reject(noSuchTool());
    this.send([{ ...target, parameters: fitArguments(input, tool.spec.inputSchema) }]);
    return Promise.resolve({ text: TOOL_TEXTS[uiLanguage(this.language())].device.sent });
  };

  #add({ name, description, methods }: z.output<typeof descriptor>): void {
    for (const [key, { description: about, parameters }] of Object.entries(methods)) {
      const properties = Object.fromEntries(
        Object.entries(parameters).map(([parameter, { type, description: what }]) => [
          parameter,
          { type: TYPES.has(type) ? type : 'string', description: what },
        ]),
      );
      const tool = `${name}.${key}`;
      const inputSchema = { properties, required: Object.keys(properties) };
      if (this.#tools.add({ name: tool, description: `${description}: ${about}`, inputSchema }))
        this.#targets.set(tool, { name, method: key });
    }
  }
}
