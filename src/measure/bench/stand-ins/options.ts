import { z } from 'zod';

/**
 * The stand-ins replace the language model and the voice in a run. The defaults are the conditions under which Chorus
 * states its capacity.
 */

/** A normal distribution, cut off at both ends. With a spread of 0, every value is the mean. */
const distribution = (mean: number, spread: number, from: number, to: number) =>
  z
    .strictObject({
      mean: z.number().min(0).default(mean),
      spread: z.number().min(0).default(spread),
      from: z.number().min(0).default(from),
      to: z.number().min(0).default(to),
    })
    .prefault({});

const share = z.number().min(0).max(1);

/**
 * `rate_limited` is status 429, and `server_error` is 500. `hang_up` closes without an answer, `silence` never answers,
 * and `cut` ends within the reply.
 */
export const LLM_ERRORS = ['rate_limited', 'server_error', 'hang_up', 'silence', 'cut'] as const;
/**
 * `refused` is status 403 at the handshake, and `busy` is 429. `mute` ends without sound, `silence` never answers, and
 * `cut` ends within the sound.
 */
export const TTS_ERRORS = ['refused', 'busy', 'mute', 'silence', 'cut'] as const;
export type LlmError = (typeof LLM_ERRORS)[number];
export type TtsError = (typeof TTS_ERRORS)[number];

export const standInOptions = z.strictObject({
  seed: z.int().default(1),
  llm: z
    .strictObject({
      firstTokenMs: distribution(300, 0, 0, 60_000),
      tokensPerSecond: z.number().positive().default(40),
      /** Spoken length of a reply, in seconds at the pace of the voice (60 ms a letter). */
      replySeconds: distribution(5, 2, 1, 9),
      /** Share of requests that fail, by kind. */
      errors: z.partialRecord(z.enum(LLM_ERRORS), share).default({}),
      /** Share of turns that begin with a tool call, if the request offers the tool. The next answer is text. */
      tool: z
        .strictObject({ share, name: z.string().min(1), arguments: z.record(z.string(), z.unknown()).default({}) })
        .optional(),
    })
    .prefault({}),
  tts: z
    .strictObject({
      firstByteMs: distribution(150, 0, 0, 60_000),
      /** Speed at which sound is sent, as a multiple of playback speed. */
      speed: z.number().positive().default(10),
      errors: z.partialRecord(z.enum(TTS_ERRORS), share).default({}),
    })
    .prefault({}),
});

export type StandInOptions = z.output<typeof standInOptions>;
export type Distribution = StandInOptions['llm']['firstTokenMs'];
