/** A turn as plain data, for those who look at it from outside; what is undefined did not happen. Times in milliseconds. */
export interface TurnView {
  readonly id: number;
  readonly deviceId: string;
  readonly language: string;
  readonly board: string | undefined;
  readonly firmwareVersion: string | undefined;
  /** Since the epoch: when it was over, and when it was decided that the utterance is over. */
  readonly atWallMs: number;
  readonly utteranceAtWallMs: number;
  readonly outcome: string;
  /** A row of docs/errors.md. */
  readonly code: string | undefined;
  readonly mode: string;
  readonly asr: string | undefined;
  readonly speculated: boolean;
  readonly prepared: boolean;
  readonly stagesMs: Readonly<Record<string, number>>;
  readonly sentences: number;
  /** Of them, those that came from the phrase cache. */
  readonly cachedSentences: number;
  /** Opus packets sent to the device, and their bytes. */
  readonly packets: number;
  readonly bytes: number;
  /** Predicted by the pacer. */
  readonly underruns: number;
  readonly underrunMs: number;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  /** Only with `log.transcripts`. */
  readonly userText: string | undefined;
}
