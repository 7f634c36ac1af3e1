import {
  ChorusError,
  uiLanguage,
  type Clock,
  type LanguageTag,
  type Logger,
  type UiLanguage,
} from '../../core/index.js';
import { Confirmations } from './confirmation.js';
import { safeToolName } from './tool-name.js';
import type { OfferedTool, Toolbox, ToolSource } from './tool-source.js';
import { noSuchTool, toolFailed } from './tool-errors.js';
import { TOOL_TEXTS } from './words.js';

export interface ToolboxOptions {
  /** By priority. If several tools have the same name, the first source's tool keeps it. */
  readonly sources: readonly ToolSource[];
  /** Undefined means that the agent may use all tools. */
  readonly allowed?: ((tool: { readonly source: string; readonly name: string }) => boolean) | undefined;
  /**
   * True if only answers by rules use the tool. Models get another tool instead. Undefined means that models get all
   * tools.
   */
  readonly forRules?: ((name: string) => boolean) | undefined;
  /** Language of the questions for confirmation and of the errors. Read at each use. */
  readonly language?: LanguageTag;
  /** Aborted when the conversation is over. Undefined means never. */
  readonly ended?: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Vendors accept at most 128 functions. */
const MAX_TOOLS = 128;
/** The state of a device has about 300 characters. */
const MAX_STATE_CHARS = 800;
const NEVER = new AbortController().signal;
const ASK_FIRST = 'Not done yet. Ask the user whether you shall do this; when they say yes, make the same call again.';

interface Entry {
  readonly source: ToolSource;
  readonly name: string;
  readonly offered: OfferedTool;
}

const SAME_NAME = 'Two tools have the same name; the later one is offered under another';

export function createToolbox(options: ToolboxOptions): Toolbox {
  const { sources, allowed, log } = options;
  const confirmations = new Confirmations(options.clock);
  /** Tools are listed for each request, but each message is logged only once. */
  const reported = new Set<string>();

  function tellOnce(what: string, message: string, fields: Record<string, unknown>): void {
    if (reported.has(what)) return;
    reported.add(what);
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
        const keptBy = byName.get(tool.name)?.source.id;
        const fields = { tool: tool.name, source: source.id, offeredAs: name, keptBy };
        if (taken) tellOnce(`${source.id} ${tool.name}`, SAME_NAME, fields);
        const only = options.forRules?.(tool.name) === true && { forRules: true };
        byName.set(name, { source, name: tool.name, offered: { ...tool, name, ...only } });
      }
    }
    return byName;
  }

  return {
    get language() {
      return options.language;
    },
    ended: options.ended ?? NEVER,
    list: () => [...entries().values()].map(({ offered }) => offered),
    state: () => sources.flatMap((source) => source.state?.() ?? []).map((state) => state.slice(0, MAX_STATE_CHARS)),
    expect: () => sources.forEach((source) => source.expect?.()),
    interrupted: () => sources.map((source) => source.interrupted?.()).find((one) => one !== undefined),
    silence: () => sources.forEach((source) => source.silence?.()),
    asking: () => confirmations.asking,
    heard: (text) => confirmations.heard(text),
    spoken: (text) => confirmations.spoken(text),
    async call(name, input, signal) {
      const entry = entries().get(name);
      if (!entry) throw noSuchTool();
      const ask = questionFor(entry.offered, uiLanguage(options.language ?? 'en'));
      if (entry.offered.confirm && !confirmations.take(name, input, ask))
        throw new ChorusError('tool.failed', ASK_FIRST, { details: { ask } });
      return entry.source.call(entry.name, input, signal);
    },
  };
}

function questionFor({ name, question }: OfferedTool, language: UiLanguage): string {
  const spoken = name.replace(/[^a-zA-Z0-9]+/g, ' ').trim();
  return question?.[language] ?? TOOL_TEXTS[language].calls.shallI(spoken);
}

export const noTools: Toolbox = {
  ended: NEVER,
  list: () => [],
  state: () => [],
  asking: () => false,
  heard: () => undefined,
  spoken: () => undefined,
  call: () => Promise.reject(toolFailed(({ calls }) => calls.none)),
};
