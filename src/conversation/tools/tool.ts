import { z } from 'zod';
import type { LanguageTag, Logger, UiLanguage } from '../../core/index.js';
import type { SoundQueue } from '../../speech/speaking/speaking-port.js';
import { toolNamePattern } from './tool-name.js';

/** The effects of a call: none, on things in the home, or on the device itself. */
export type ToolEffects = 'none' | 'home' | 'device';

/** Text that a model reads, by the language of the conversation. */
export type ToolWords = Readonly<Record<UiLanguage, string>>;

/** Context of a call, besides its input. */
export interface ToolContext {
  /**
   * MAC address of the device that asks, lower case with colons. Empty: another server asks ({@link Tool.anywhere}).
   */
  readonly deviceId: string;
  /** Language of the conversation. */
  readonly language: LanguageTag;
  /** Time zone of the device: an IANA name, e.g. `Asia/Shanghai`. */
  readonly timeZone: string;
  /** Id of the agent that asks; undefined: the configured assistant. */
  readonly agentId?: string | undefined;
  /** Place of the device according to its agent, e.g. `Berlin`. Undefined: the agent has none. */
  readonly place?: string | undefined;
  /** Name of the person who talks, recognised by the voice. Undefined: not known. */
  readonly person?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly wallMs: () => number;
  readonly log: Logger;
  /** Aborted when the answer is no longer needed, because the user interrupts or the time is up. */
  readonly signal: AbortSignal;
}

/** A tool's answer. */
export interface ToolAnswer {
  /** Text for the model. It is cut after 4,000 characters. */
  readonly text: string;
  /** A sentence that is spoken unchanged, without asking the model again. */
  readonly say?: string;
  /**
   * Text that is spoken sentence by sentence while the tool still makes it, without asking the model again. It has one
   * reader. A tool of this server streams by returning an async iterable.
   */
  readonly stream?: AsyncIterable<string>;
  /** Sounds that are played after all speech. */
  readonly play?: SoundQueue;
  /** Source documents of the text, shown to people and kept in the history. */
  readonly sources?: readonly string[];
  /**
   * True: the conversation is over, and the device is released after all speech. {@link say} is then a farewell. It is
   * left out if the agent has its own farewell, or if the model has already said something.
   */
  readonly end?: boolean;
}

/**
 * Result of a tool's run: text for the model, a whole answer, or pieces of text that are spoken sentence by sentence
 * while the tool still runs.
 */
export type ToolRun = string | ToolAnswer | AsyncIterable<string>;

/** A tool that runs on the server. Made by {@link defineTool}. */
export interface Tool<Input extends z.ZodObject = z.ZodObject> {
  /** The name that the model calls: lower case letters, digits and `_`, at most 64. */
  readonly name: string;
  /** Tells the model when to call the tool, and what it answers. */
  readonly words: ToolWords;
  /** Fields with their words in `.meta({ en, zh })`. Invalid input is refused before `run`. */
  readonly input: Input;
  /** A tool without effects may also be called for a speculative answer. */
  readonly effects: ToolEffects;
  /** True: the tool may take up to 60 s instead of 10 s. */
  readonly slow?: boolean;
  /**
   * True or words: runs only after the user has said yes to exactly this call. The server asks, not the model. It uses
   * these words, or the name of the tool.
   */
  readonly confirm?: boolean | ToolWords;
  /**
   * True: a started call runs to its end even if the user interrupts, and the model gets its answer in a later turn.
   * Otherwise an interruption aborts the signal.
   */
  readonly finishes?: boolean;
  /**
   * True: the tool needs no device, because its answer is the same wherever it is asked. The owner may then also offer
   * it to another server.
   */
  readonly anywhere?: boolean;
  /**
   * Sounds of this tool on the device that the user's last words interrupted. They resume after a call that only
   * changes the device, such as its volume. Undefined: nothing was interrupted.
   */
  readonly interrupted?: (deviceId: string) => SoundQueue | undefined;
  /**
   * Returns the text for the model, a whole answer, or an async iterable of text, such as an async generator. An
   * iterable is spoken while the tool goes on, at most 4,000 characters; an interruption ends it. If `run` throws, the
   * model gets the error's message.
   */
  run(input: z.infer<Input>, context: ToolContext): ToolRun | Promise<ToolRun>;
}

/** Checks a tool's name and words at its definition, and infers the type of `run`'s input from the schema. */
export function defineTool<Input extends z.ZodObject>(tool: Tool<Input>): Tool {
  if (!toolNamePattern.test(tool.name))
    throw new TypeError(`a tool cannot be called ${JSON.stringify(tool.name)}: a to z, 0 to 9 and _, at most 64`);
  for (const language of ['en', 'zh'] as const)
    if (typeof tool.words[language] !== 'string' || tool.words[language] === '')
      throw new TypeError(`the tool ${tool.name} has no words in "${language}"`);
  return tool;
}

/** JSON Schema of a tool's input, with descriptions of the fields in `language`. */
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
