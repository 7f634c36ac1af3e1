import { z } from 'zod';
import { visibleText } from '../../core/index.js';

// Messages from the device (docs/protocol.md 2.2, 3.1). Members that the firmware may omit or spoil are optional. The
// firmware concatenates strings without escaping, which can spoil members.

const sessionId = z.string().max(128).optional().catch(undefined);

const hello = z.object({
  type: z.literal('hello'),
  version: z.number().int().optional().catch(undefined),
  transport: z.string().max(32).optional().catch(undefined),
  features: z
    .object({ mcp: z.boolean().optional().catch(undefined), aec: z.boolean().optional().catch(undefined) })
    .optional()
    .catch(undefined),
  audio_params: z
    .object({
      format: z.string().max(32).optional().catch(undefined),
      sample_rate: z.number().optional().catch(undefined),
      channels: z.number().optional().catch(undefined),
      frame_duration: z.number().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

const listen = z.discriminatedUnion('state', [
  z.object({
    type: z.literal('listen'),
    state: z.literal('start'),
    session_id: sessionId,
    mode: z.enum(['auto', 'manual', 'realtime']).catch('auto'),
  }),
  z.object({ type: z.literal('listen'), state: z.literal('stop'), session_id: sessionId }),
  z.object({
    type: z.literal('listen'),
    state: z.literal('detect'),
    session_id: sessionId,
    text: z.string().max(1024).transform(visibleText).catch(''),
  }),
]);

const abort = z.object({
  type: z.literal('abort'),
  session_id: sessionId,
  reason: z.string().max(128).optional().catch(undefined),
});

const mcp = z.object({ type: z.literal('mcp'), session_id: sessionId, payload: z.record(z.string(), z.unknown()) });

const goodbye = z.object({ type: z.literal('goodbye'), session_id: sessionId });

/** The "things" that firmware older than MCP can control (docs/protocol.md 3.4). */
const things = z.array(z.unknown()).max(64).optional().catch(undefined);
const iot = z.object({ type: z.literal('iot'), session_id: sessionId, descriptors: things, states: things });

export type HelloMessage = z.infer<typeof hello>;
export type ListenMessage = z.infer<typeof listen>;
export type AbortMessage = z.infer<typeof abort>;
export type McpMessage = z.infer<typeof mcp>;
export type GoodbyeMessage = z.infer<typeof goodbye>;
export type IotMessage = z.infer<typeof iot>;
export type DeviceMessage = HelloMessage | ListenMessage | AbortMessage | McpMessage | GoodbyeMessage | IotMessage;

const SCHEMAS = { hello, listen, abort, mcp, goodbye, iot } as const;

export type ParsedMessage =
  | { readonly ok: true; readonly message: DeviceMessage }
  /** `kind` has few values, so it can be used as a metric label. */
  | { readonly ok: false; readonly kind: 'not_json' | 'not_an_object' | 'unknown_type' | 'wrong_shape' };

/** Never throws. */
export function parseDeviceMessage(text: string): ParsedMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, kind: 'not_json' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ok: false, kind: 'not_an_object' };
  const type = (value as { type?: unknown }).type;
  if (typeof type !== 'string' || !Object.hasOwn(SCHEMAS, type)) return { ok: false, kind: 'unknown_type' };
  const parsed = SCHEMAS[type as keyof typeof SCHEMAS].safeParse(value);
  return parsed.success ? { ok: true, message: parsed.data } : { ok: false, kind: 'wrong_shape' };
}

/** The common faces (docs/protocol.md 3.2). A board may show only some of them. */
export const EMOTIONS = [
  'neutral',
  'happy',
  'laughing',
  'funny',
  'sad',
  'angry',
  'crying',
  'loving',
  'embarrassed',
  'surprised',
  'shocked',
  'thinking',
  'winking',
  'cool',
  'relaxed',
  'delicious',
  'kissy',
  'confident',
  'sleepy',
  'silly',
  'confused',
] as const;
export type Emotion = (typeof EMOTIONS)[number];

/** A command for a thing of firmware older than MCP. */
export interface IotCommand {
  readonly name: string;
  readonly method: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** {@link encodeServerMessage} adds `session_id`. */
export type ServerMessage =
  | { readonly type: 'tts'; readonly state: 'start' | 'stop' }
  | { readonly type: 'tts'; readonly state: 'sentence_start'; readonly text: string }
  | { readonly type: 'stt'; readonly text: string }
  | { readonly type: 'llm'; readonly emotion: Emotion }
  /** Never sent while the device speaks (docs/protocol.md 3.2, checklist 57). */
  | { readonly type: 'alert'; readonly status: string; readonly message: string; readonly emotion: Emotion }
  | { readonly type: 'mcp'; readonly payload: Readonly<Record<string, unknown>> }
  | { readonly type: 'iot'; readonly commands: readonly IotCommand[] };

export function encodeServerMessage(message: ServerMessage, session: string): string {
  return JSON.stringify({ session_id: session, ...message });
}
