import { z } from 'zod';
import type { LanguageTag, Logger, UiLanguage } from '../../core/index.js';
import type { SoundQueue } from '../../speech/speaking/speaking-port.js';
import { toolNamePattern } from './tool-name.js';

/** What a call changes: nothing, things in the home, or the device itself. */
export type ToolEffects = 'none' | 'home' | 'device';

/** Text that a model reads, in both languages. */
export type ToolWords = Readonly<Record<UiLanguage, string>>;

/** What a tool knows about a call, besides the input. */
export interface ToolContext {
  /**
   * MAC address of the device whose user asks, in lower case with colons. Empty if another server asks ({@link
   * Tool.anywhere}).
   */
  readonly deviceId: string;
  readonly language: LanguageTag;
  /** Time zone of the device. An IANA name, e.g. `Asia/Shanghai`. */
  readonly timeZone: string;
  /** Id of the agent that asks. Undefined for the configured assistant. */
  readonly agentId?: string | undefined;
  /** The device's place as its agent names it, e.g. `Berlin`. Undefined if the agent names none. */
  readonly place?: string | undefined;
  /** Name of the person who talks, recognised by the voice. Undefined if unknown. */
  readonly person?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly wallMs: () => number;
  readonly log: Logger;
  /** Aborted when the user interrupts or the time limit has passed. The answer is then no longer needed. */
  readonly signal: AbortSignal;
}

/** A tool's answer. */
export interface ToolAnswer {
  /**
   * Text for the model, which gets at most 4,000 characters of it. All tool results of one answer share 16,000
   * characters.
   */
  readonly text: string;
  /** A sentence that is spoken unchanged, without asking the model again. */
  readonly say?: string;
  /**
   * Text that is spoken sentence by sentence while the tool still produces it. The model is not asked again. The stream
   * can be read once. A tool of this server streams by returning an async iterable.
   */
  readonly stream?: AsyncIterable<string>;
  /** Sounds that are played after all speech. */
  readonly play?: SoundQueue;
  /** The documents from which the text comes. They are shown to people and kept in the history. */
  readonly sources?: readonly string[];
  /**
   * True if the conversation ends and the device is released after everything was spoken. {@link say} is then a
   * farewell. The farewell is left out if the agent has its own, or if the model has already spoken.
   */
  readonly end?: boolean;
}

/**
 * What `run` returns: text for the model, a whole answer, or a stream of text. A stream is spoken sentence by sentence
 * while the tool still runs.
 */
export type ToolRun = string | ToolAnswer | AsyncIterable<string>;

/** A tool that runs on the server. Make it with {@link defineTool}. */
export interface Tool<Input extends z.ZodObject = z.ZodObject> {
  /** The name that the model calls: lower case letters, digits and `_`, at most 64. */
  readonly name: string;
  /** Tells the model when to call the tool, and what the tool answers. */
  readonly words: ToolWords;
  /** Fields of the input, each described in `.meta({ en, zh })`. Invalid input is refused before `run`. */
  readonly input: Input;
  /** A tool with effect `none` may be called before the user has certainly finished asking. */
  readonly effects: ToolEffects;
  /** True if the tool may take up to 60 s instead of 10 s. */
  readonly slow?: boolean;
  /**
   * If true or a question, the tool runs only after the user has said yes to exactly this call. The server asks the
   * question, not the model. For `true`, the question contains the tool's name.
   */
  readonly confirm?: boolean | ToolWords;
  /**
   * True if a started call runs to its end even if the user interrupts. The model then gets the answer in a later turn.
   * Otherwise an interruption aborts the signal.
   */
  readonly finishes?: boolean;
  /**
   * True if the tool needs no device, because the answer is the same everywhere. The owner may then offer the tool to
   * another server.
   */
  readonly anywhere?: boolean;
  /**
   * Sounds of this tool that the user's last words interrupted. They resume after the answer, unless the user wants
   * silence or a tool plays other sounds.
   */
  readonly interrupted?: (deviceId: string) => SoundQueue | undefined;
  /** Called when the user wants silence. {@link interrupted} then returns nothing until this tool plays again. */
  readonly silence?: (deviceId: string) => void;
  /**
   * Returns text for the model, a whole answer, or an async iterable of text, for example from an async generator. An
   * iterable is spoken while the tool still runs, up to 4,000 characters. An interruption ends it. If `run` throws, the
   * model gets the error's message.
   */
  run(input: z.infer<Input>, context: ToolContext): ToolRun | Promise<ToolRun>;
}

/** Checks a tool's name and words. The type of `run`'s input follows from the schema. */
export function defineTool<Input extends z.ZodObject>(tool: Tool<Input>): Tool {
  if (!toolNamePattern.test(tool.name))
    throw new TypeError(`a tool cannot be called ${JSON.stringify(tool.name)}: a to z, 0 to 9 and _, at most 64`);
  for (const language of ['en', 'zh'] as const)
    if (typeof tool.words[language] !== 'string' || tool.words[language] === '')
      throw new TypeError(`the tool ${tool.name} has no words in "${language}"`);
  return tool;
}

/** JSON Schema of a tool's input, with descriptions in `language`. */
export function inputSchema(tool: Tool, language: UiLanguage): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(tool.input, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      const { en, zh } = jsonSchema as { en?: unknown; zh?: unknown };
      const description = { en, zh }[language] ?? en;
      if (typeof description === 'string') jsonSchema.description = description;
      delete jsonSchema['en'];
      delete jsonSchema['zh'];
    },
  });
  const { $schema: _, ...rest } = schema;
  return { properties: {}, ...rest };
}
