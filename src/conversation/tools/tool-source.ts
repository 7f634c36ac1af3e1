import type { LanguageTag } from '../../core/index.js';
import type { ToolSpec } from '../../providers/llm/llm-port.js';
import type { SoundQueue } from '../../speech/speaking/speaking-port.js';
import type { ToolAnswer, ToolEffects } from './tool.js';

/** A tool as offered to the model, with the facts that the dialogue needs. */
export interface OfferedTool extends ToolSpec {
  readonly effects: ToolEffects;
  /** True: the tool runs only after the user has said yes. */
  readonly confirm: boolean;
  /** The spoken question before the call. Undefined: a question with the name of the tool. */
  readonly question?: string | undefined;
  /** True: a started call runs to its end even if the user interrupts. */
  readonly finishes?: boolean | undefined;
  /** True: the tool needs no device, so an owner may offer it to another server. */
  readonly anywhere?: boolean | undefined;
}

/** A call that the user has confirmed. */
export interface ConfirmedCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A source of tools: a device, the server, a plug-in or an MCP server. Each conversation has its own instance. */
export interface ToolSource {
  /** `server`, `device`, `plugin:<package>` and so on. Used in logs, and as a prefix if a name is taken. */
  readonly id: string;
  /** The list may change, e.g. after a device has listed its tools. */
  list(): readonly OfferedTool[];
  /** State of the things that the tools control, as a short text for the prompt. Undefined: unknown. */
  state?(): string | undefined;
  /** Requests the state. Call it when the user begins to speak. Cheap, and never fails. */
  expect?(): void;
  /** Sounds of its tools on this device that the user's last words interrupted. */
  interrupted?(): SoundQueue | undefined;
  /** Calls a tool. A name that is not listed is refused. Errors: `tool.*`, or the signal's reason. */
  call(name: string, input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<ToolAnswer>;
}

/** All tools of one conversation, from all sources. */
export interface Toolbox {
  /** Language of the conversation; undefined: English. */
  readonly language?: LanguageTag | undefined;
  /** Aborted when the conversation is over, which ends every call. */
  readonly ended: AbortSignal;
  /** The tools of all sources. Names are unique. */
  list(): readonly OfferedTool[];
  /** States of things that the sources report, as data for the prompt. */
  state(): readonly string[];
  /** Like {@link ToolSource.expect}. */
  expect?(): void;
  /**
   * Like {@link ToolSource.call}, with the names of {@link list}. A tool that asks first is refused, with its question
   * in the error's `details.ask`.
   */
  call(name: string, input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<ToolAnswer>;
  /** Like {@link ToolSource.interrupted}, of all sources. */
  interrupted?(): SoundQueue | undefined;
  /** True while a tool waits for the user's yes. */
  asking(): boolean;
  /** Call it with the user's words. Returns the call that they confirm, which {@link call} then runs once. */
  heard(text: string): ConfirmedCall | undefined;
  /** Call it with the heard part of the last answer. A question that was not heard cannot be answered. */
  spoken(text: string): void;
}
