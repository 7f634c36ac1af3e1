import { primarySubtag } from '../../core/index.js';
import type { ToolSpec } from '../llm/llm-port.js';
import type { RealtimeOpening } from '../realtime/realtime-port.js';
import { socketConnection, type WireMessage } from './connection.js';
import { failureOf, jsonMessage, numberIn, textIn, within, type JsonObject } from './json-news.js';
import type { RealtimeDialect, RealtimeNews } from './realtime-dialect.js';
import { hexId } from './socket.js';

export interface OpenAiRealtimeSettings {
  readonly url: string;
  readonly model: string;
  readonly voice: string;
}

export interface OpenAiRealtimeVariant {
  readonly inputHz: number;
  /** Session fields in addition to instructions and tools. */
  session(settings: OpenAiRealtimeSettings, opening: RealtimeOpening): JsonObject;
  tool(tool: ToolSpec): JsonObject;
  /** Default: raw samples. */
  readonly encode?: (pcm: Uint8Array) => Uint8Array;
  /** True if the service accepts typed text. */
  readonly takesItems: boolean;
  readonly truncates: boolean;
  readonly clears: boolean;
}

/** The flat form of the protocol's first version. Most other services use this form. */
export const flatSession = (
  { voice }: OpenAiRealtimeSettings,
  { voice: wanted }: RealtimeOpening,
  more: JsonObject,
): JsonObject => ({
  modalities: ['text', 'audio'],
  voice: wanted ?? voice,
  turn_detection: null,
  ...more,
});

export const flatTool = ({ name, description, inputSchema }: ToolSpec): JsonObject => ({
  type: 'function',
  name,
  description,
  parameters: inputSchema,
});

/** Errors about a state that has already ended, such as the cancellation of an ended answer. */
const HARMLESS = /cancel_not_active|no_active_response|item_truncat|truncate|not_found_item/iu;
const OUTPUT_HZ = 24_000;
/** Half a minute of speech. One message contains a fraction of a second. */
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

/** OpenAI's Realtime API: https://platform.openai.com/docs/guides/realtime */
export function openAiRealtime(
  settings: OpenAiRealtimeSettings,
  opening: RealtimeOpening,
  key: string | undefined,
  variant: OpenAiRealtimeVariant,
): RealtimeDialect {
  const url = new URL(settings.url);
  url.searchParams.set('model', settings.model);
  const headers: Readonly<Record<string, string>> = key === undefined ? {} : { Authorization: `Bearer ${key}` };
  const update = (instructions: string, tools: readonly ToolSpec[]): WireMessage =>
    event('session.update', {
      session: {
        ...variant.session(settings, opening),
        instructions,
        tools: tools.map((tool) => variant.tool(tool)),
      },
    });
  const encode = variant.encode ?? ((pcm: Uint8Array) => pcm);
  return {
    connect: (signal) =>
      socketConnection(
        { kind: 'realtime', address: () => ({ url: url.href, headers }), maxMessageBytes: MAX_MESSAGE_BYTES },
        signal,
      ),
    begin: () => [update(opening.instructions, [])],
    inputHz: variant.inputHz,
    outputHz: OUTPUT_HZ,
    audio: (pcm) => event('input_audio_buffer.append', { audio: Buffer.from(encode(pcm)).toString('base64') }),
    clear: () => (variant.clears ? [event('input_audio_buffer.clear')] : []),
    commit: () => [event('input_audio_buffer.commit')],
    configure: (instructions, tools) => [update(instructions, tools)],
    ...(variant.takesItems && {
      text: (text: string) => [item({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] })],
    }),
    toolResult: (callId, output) => [item({ type: 'function_call_output', call_id: callId, output })],
    respond: () => [event('response.create')],
    cancel: () => [event('response.cancel')],
    truncate: (itemId, heardMs) =>
      variant.truncates
        ? [event('conversation.item.truncate', { item_id: itemId, content_index: 0, audio_end_ms: heardMs })]
        : [],
    read,
  };
}

const event = (type: string, fields: object = {}): string =>
  JSON.stringify({ event_id: `event_${hexId()}`, type, ...fields });

const item = (fields: object): string => event('conversation.item.create', { item: fields });

function read(message: WireMessage): readonly RealtimeNews[] {
  const value = jsonMessage(message);
  const type = textIn(value, 'type');
  switch (type) {
    case 'session.updated':
      return [{ type: 'started', rateHz: rateOf(value) }];
    case 'input_audio_buffer.committed':
      return [{ type: 'committed', itemId: textIn(value, 'item_id') }];
    case 'conversation.item.input_audio_transcription.completed':
      return [{ type: 'transcript', itemId: idIn(value, 'item_id'), text: textIn(value, 'transcript') }];
    case 'conversation.item.input_audio_transcription.failed':
    case 'error':
      return failure(value);
    default:
      return type.startsWith('response.') ? readResponse(type, value) : [];
  }
}

function readResponse(type: string, value: JsonObject): readonly RealtimeNews[] {
  const responseId = idIn(value, 'response_id');
  switch (type) {
    case 'response.created':
      return [{ type: 'response_begun', responseId: idIn(value, 'response', 'id') }];
    // The second name of each pair is from the protocol's first version.
    case 'response.output_audio_transcript.delta':
    case 'response.audio_transcript.delta':
    case 'response.output_text.delta':
    case 'response.text.delta':
      return [{ type: 'text', responseId, text: textIn(value, 'delta') }];
    case 'response.output_audio.delta':
    case 'response.audio.delta':
      return [
        {
          type: 'audio',
          responseId,
          itemId: idIn(value, 'item_id'),
          bytes: Buffer.from(textIn(value, 'delta'), 'base64'),
        },
      ];
    case 'response.function_call_arguments.done':
      return [
        {
          type: 'tool_call',
          responseId,
          callId: textIn(value, 'call_id'),
          name: textIn(value, 'name'),
          arguments: textIn(value, 'arguments'),
        },
      ];
    case 'response.done':
      return done(within(value, 'response'));
    default:
      return [];
  }
}

function done(response: JsonObject): readonly RealtimeNews[] {
  if (response['status'] === 'failed') {
    const error = within(response, 'status_details', 'error');
    return [failureOf(textIn(error, 'code'), textIn(error, 'message') || textIn(error, 'type'))];
  }
  const usage = within(response, 'usage');
  return [
    {
      type: 'response_over',
      responseId: idIn(response, 'id'),
      inputTokens: numberIn(usage['input_tokens']),
      outputTokens: numberIn(usage['output_tokens']),
    },
  ];
}

function failure(value: JsonObject): readonly RealtimeNews[] {
  const code = textIn(value, 'error', 'code') || textIn(value, 'error', 'type');
  const words = textIn(value, 'error', 'message');
  return HARMLESS.test(`${code} ${words}`) ? [] : [failureOf(code, words)];
}

const idIn = (value: JsonObject, ...path: readonly string[]): string | undefined => {
  const id = textIn(value, ...path);
  return id === '' ? undefined : id;
};

function rateOf(value: JsonObject): number | undefined {
  return numberIn(within(value, 'session', 'audio', 'output', 'format')['rate']);
}

export const spokenLanguage = ({ language }: RealtimeOpening): string => primarySubtag(language);
