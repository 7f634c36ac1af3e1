import { ChorusError, type Clock, type Logger } from '../../core/index.js';
import { Confirmations } from './confirmation.js';
import { safeToolName } from './tool-name.js';
import type { OfferedTool, Toolbox, ToolSource } from './tool-source.js';

export interface ToolboxOptions {
  /** Sources by priority: if two tools have the same name, the earlier source keeps it. */
  readonly sources: readonly ToolSource[];
  /** The agent's list: true if it may use a tool. Read whenever tools are listed; undefined: it may use all. */
  readonly allowed?: ((tool: { readonly source: string; readonly name: string }) => boolean) | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Vendors accept 128 functions at most. */
const MAX_TOOLS = 128;
const ASK_FIRST = 'Not done yet. Ask the user whether you shall do this; when they say yes, make the same call again.';

interface Entry {
  readonly source: ToolSource;
  /** Its name at the source. */
  readonly name: string;
  readonly offered: OfferedTool;
}

/** The tools of one conversation from all its sources. */
export function createToolbox(options: ToolboxOptions): Toolbox {
  const { sources, allowed, log } = options;
  const confirmations = new Confirmations(options.clock);
  /** Logged once per name: the tools are listed for each request to the model. */
  const told = new Set<string>();

  function tellOnce(what: string, message: string, fields: Record<string, unknown>): void {
    if (told.has(what)) return;
    told.add(what);
    log.info(message, fields);
  }

  function entries(): ReadonlyMap<string, Entry> {
    const byName = new Map<string, Entry>();
    for (const source of sources) {
      for (const tool of source.list()) {
        if (allowed?.({ source: source.id, name: tool.name }) === false) continue;
        if (byName.size >= MAX_TOOLS) {
          tellOnce('too many', 'There are too many tools; the others are not offered', { kept: MAX_TOOLS });
          return byName;
        }
        const taken = byName.has(tool.name);
        const name = taken ? safeToolName(`${source.id}_${tool.name}`, byName) : tool.name;
        if (taken)
          tellOnce(
            `${source.id} ${tool.name}`,
            'Two tools have the same name; the later one is offered under another',
            {
              tool: tool.name,
              source: source.id,
              offeredAs: name,
              keptBy: byName.get(tool.name)?.source.id,
            },
          );
        byName.set(name, { source, name: tool.name, offered: taken ? { ...tool, name } : tool });
      }
    }
    return byName;
  }

  return {
    list: () => [...entries().values()].map(({ offered }) => offered),
    heard: (text) => confirmations.heard(text),
    async call(name, input, signal) {
      const entry = entries().get(name);
      if (!entry) throw new ChorusError('tool.failed', 'there is no tool of that name');
      if (entry.offered.confirm && !confirmations.take(name, input)) throw new ChorusError('tool.failed', ASK_FIRST);
      return entry.source.call(entry.name, input, signal);
    },
  };
}

/** The toolbox of a conversation without tools. */
export const noTools: Toolbox = {
  list: () => [],
  heard: () => undefined,
  call: () => Promise.reject(new ChorusError('tool.failed', 'there are no tools')),
};
