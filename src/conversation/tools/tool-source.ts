import type { ToolSpec } from '../../providers/llm/llm-port.js';
import type { ToolAnswer, ToolEffects } from './tool.js';

/** A tool as offered to the model, with the facts that the dialogue needs. */
export interface OfferedTool extends ToolSpec {
  readonly effects: ToolEffects;
  /** Runs only after the user has said yes. */
  readonly confirm: boolean;
}

/** A source of tools: a device, the server, a plug-in, an MCP server. One for each conversation. */
export interface ToolSource {
  /** `server`, `device`, `plugin:<package>`...: for logs, and in front of a name that is taken. */
  readonly id: string;
  /** The list may change, e.g. once a device has listed its tools. */
  list(): readonly OfferedTool[];
  /** Errors: `tool.*`, or the signal's reason. A name that is not listed is refused. */
  call(name: string, input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<ToolAnswer>;
}

/** All tools of one conversation, wherever they come from. */
export interface Toolbox {
  /** Names are unique. */
  list(): readonly OfferedTool[];
  /** As {@link ToolSource.call}, by the names of {@link list}. */
  call(name: string, input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<ToolAnswer>;
  /** The user has said this; it may confirm a tool that asked. */
  heard(text: string): void;
}
