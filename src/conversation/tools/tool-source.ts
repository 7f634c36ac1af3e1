import type { LanguageTag } from '../../core/index.js';
import type { ToolSpec } from '../../providers/llm/llm-port.js';
import type { SoundQueue } from '../../speech/speaking/speaking-port.js';
import type { ToolAnswer, ToolEffects } from './tool.js';

/** A tool as it is offered to the model, with facts that the dialogue needs. */
export interface OfferedTool extends ToolSpec {
  readonly effects: ToolEffects;
  /** True: the tool runs only after the user has said yes. */
  readonly confirm: boolean;
  /** The question that is spoken before the call. Undefined: a question with the tool's name. */
  readonly question?: string | undefined;
  /** True: a started call runs to its end even if the user interrupts. */
  readonly finishes?: boolean | undefined;
  /** True: the tool needs no device, so the owner may offer it to another server. */
  readonly anywhere?: boolean | undefined;
}

/** A call that the user has confirmed. */
export interface ConfirmedCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * A source of tools, such as a device, the server, a plug-in or an MCP server. Each conversation has its own instance.
 */
export interface ToolSource {
  /**
   * `server`, `device`, `plugin:<package>` and so on. It is used in logs, and as a prefix for a tool whose name is
   * taken.
   */
  readonly id: string;
  /** The source's tools. The list may change, for example after a device has listed its tools. */
  list(): readonly OfferedTool[];
  /** The state of the things that the tools control, as a short text for the prompt. Undefined: not known. */
  state?(): string | undefined;
  /** Requests that state. Call it when the user begins to speak. It is cheap and never fails. */
  expect?(): void;
  /** Sounds on this device, played by a tool of this source, that the user's last words interrupted. */
  interrupted?(): SoundQueue | undefined;
  /** Calls a tool. Refuses a name that is not listed. Errors: `tool.*`, or the signal's reason. */
  call(name: string, input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<ToolAnswer>;
}

/** All tools of one conversation, from all sources. */
export interface Toolbox {
  /** Language of the conversation. Undefined: English. */
  readonly language?: LanguageTag | undefined;
  /** Aborted when the conversation is over. This ends every call. */
  readonly ended: AbortSignal;
  /** The tools of all sources. Each name occurs once. */
  list(): readonly OfferedTool[];
  /** The states that the sources report, as data for the prompt. */
  state(): readonly string[];
  /** Like {@link ToolSource.expect}. */
  expect?(): void;
  /**
   * Like {@link ToolSource.call}, but with the names of {@link list}. If the user has to be asked first, throws an
   * error with the question in `details.ask`.
   */
  call(name: string, input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<ToolAnswer>;
  /** Like {@link ToolSource.interrupted}, for all sources. */
  interrupted?(): SoundQueue | undefined;
  /** True while a tool waits for the user's yes. */
  asking(): boolean;
  /** Call it with the user's words. Returns the call that the words confirm; {@link call} then runs it once. */
  heard(text: string): ConfirmedCall | undefined;
  /** Call it with the part of the last answer that was heard. A question that was not heard cannot be confirmed. */
  spoken(text: string): void;
}
