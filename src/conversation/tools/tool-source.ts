import type { Bilingual, LanguageTag } from '../../core/index.js';
import type { ToolSpec } from '../../providers/llm/llm-port.js';
import type { SoundQueue } from '../../speech/speaking/speaking-port.js';
import type { ToolAnswer, ToolEffects } from './tool.js';

export interface OfferedTool extends ToolSpec {
  readonly effects: ToolEffects;
  /** True if the tool runs only after the user has said yes. */
  readonly confirm: boolean;
  /** Undefined means a question with the tool's name. */
  readonly question?: Bilingual | undefined;
  /** True if a started call runs to its end even if the user interrupts. */
  readonly finishes?: boolean | undefined;
  /** True if the tool needs no device. The owner may then offer the tool to another server. */
  readonly anywhere?: boolean | undefined;
}

export interface ConfirmedCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** For example a device, the server, a plug-in or an MCP server. Each conversation has its own instance. */
export interface ToolSource {
  /** `server`, `device`, `plugin:<package>` and so on. If a tool's name is taken, the id becomes its prefix. */
  readonly id: string;
  /** The list may change, for example after a device has listed its tools. */
  list(): readonly OfferedTool[];
  /** Short text about the controlled things, for the prompt. Undefined if unknown. */
  state?(): string | undefined;
  /** Requests the state early. Call this when the user begins to speak. Never fails. */
  expect?(): void;
  /** Sounds of this source that the user's last words interrupted. */
  interrupted?(): SoundQueue | undefined;
  /** Call this when the user wants silence. Interrupted sounds then do not continue. */
  silence?(): void;
  /** Refuses a name that is not listed. Errors: `tool.*`, or the signal's reason. */
  call(name: string, input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<ToolAnswer>;
}

/** All tools of one conversation. */
export interface Toolbox {
  /** Undefined means English. */
  readonly language?: LanguageTag | undefined;
  /** Aborted when the conversation is over. Every call then ends. */
  readonly ended: AbortSignal;
  /** Each name occurs once. */
  list(): readonly OfferedTool[];
  state(): readonly string[];
  /** Like {@link ToolSource.expect}. */
  expect?(): void;
  /**
   * Like {@link ToolSource.call}, but with the names of {@link list}. If the user has to be asked first, throws an
   * error with the question in `details.ask`.
   */
  call(name: string, input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<ToolAnswer>;
  /** Like {@link ToolSource.interrupted}. */
  interrupted?(): SoundQueue | undefined;
  /** Like {@link ToolSource.silence}. */
  silence?(): void;
  /** True while a tool waits for the user's yes. */
  asking(): boolean;
  /** Call this with the user's words. Returns the confirmed call, which {@link call} then runs once. */
  heard(text: string): ConfirmedCall | undefined;
  /** Call this with the part of the last answer that was heard. A question that was not heard cannot be confirmed. */
  spoken(text: string): void;
}
