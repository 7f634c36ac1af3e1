import { z } from 'zod';
import type { LanguageTag, Logger, UiLanguage } from '../../core/index.js';
import type { SoundQueue } from '../../speech/speaking/speaking-port.js';
import { toolNamePattern } from './tool-name.js';

/** The effects of a call: none, on things in the home, or on the device itself. */
export type ToolEffects = 'none' | 'home' | 'device';

/** Text that a model reads, by the language of the conversation. */
export type ToolWords = Readonly<Record<UiLanguage, string>>;

/** Context of a call beside its input. */
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
  /** Place of the device by its agent, e.g. `Berlin`; undefined: the agent has none. */
  readonly place?: string | undefined;
  /** Name of the person who talks, by the voice; undefined: not known. */
  readonly person?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly wallMs: () => number;
  readonly log: Logger;
  /** Aborted when the answer is no longer needed: the user interrupts, or the time is up. */
  readonly signal: AbortSignal;
}

/** A tool's answer. */
export interface ToolAnswer {
  /** Text for the model. It is cut after 4,000 characters. */
  readonly text: string;
  /** A sentence that is spoken as it is, without asking the model once more. */
  readonly say?: string;
  /**
   * Text that is spoken sentence by sentence while the tool still makes it, without asking the model once more. For one
   * reader. A tool of this server streams by returning an async iterable.
   */
  readonly stream?: AsyncIterable<string>;
  /** Sounds that are played after all speech. */
  readonly play?: SoundQueue;
  /** Documents that the text is taken from, for people; kept in the history. */
  readonly sources?: readonly string[];
  /**
   * The conversation is over: the device is released after all speech. {@link say} is then a farewell: it is left out
   * if the agent has its own, or if the model has already said something.
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
  /** When to call the tool, and its answer, for the model. */
  readonly words: ToolWords;
  /** Fields with their words in `.meta({ en, zh })`. Input that does not fit is refused before `run`. */
  readonly input: Input;
  /** A tool without effects may also be called for a speculative answer. */
  readonly effects: ToolEffects;
  /** True: the tool may take up to 60 s instead of 10 s. */
  readonly slow?: boolean;
  /**
   * Runs only after the user has said yes to exactly this call. The server asks, not the model: with these words, or
   * with the name of the tool.
   */
  readonly confirm?: boolean | ToolWords;
  /**
   * A started call runs to its end even if the user interrupts; its answer then goes to the model in a later turn.
   * Otherwise an interruption aborts the signal.
   */
  readonly finishes?: boolean;
  /**
   * The tool needs no device: its answer is the same wherever it is asked. Then the owner may also offer it to another
   * server.
   */
  readonly anywhere?: boolean;
  /**
   * Sounds of this tool that the user's last words interrupted on the device. They go on after a call that only changes
   * the device, such as its volume. Undefined: nothing was interrupted.
   */
  readonly interrupted?: (deviceId: string) => SoundQueue | undefined;
  /**
   * Returns the text for the model, a whole answer, or an async iterable of text (an async generator): that is spoken
   * while the tool goes on, at most 4,000 characters, and an interruption ends it. If it throws, the model receives the
   * error's message.
   */
  run(input: z.infer<Input>, context: ToolContext): ToolRun | Promise<ToolRun>;
}

/** Checks a tool's name and words where it is defined, and infers the type of `run`'s input from the schema. */
export function defineTool<Input extends z.ZodObject>(tool: Tool<Input>): Tool {
  if (!toolNamePattern.test(tool.name))
    throw new TypeError(`a tool cannot be called ${JSON.stringify(tool.name)}: a to z, 0 to 9 and _, at most 64`);
  for (const language of ['en', 'zh'] as const)
    if (typeof tool.words[language] !== 'string' || tool.words[language] === '')
      throw new TypeError(`the tool ${tool.name} has no words in "${language}"`);
  return tool;
}

/** JSON Schema of a tool's input; the descriptions of its fields are in `language`. */
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
