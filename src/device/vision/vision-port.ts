import type { DeviceRecord } from '../../platform/store/index.js';

/** A picture that a device took, and its user's question about it. */
export interface PictureQuestion {
  readonly device: Pick<DeviceRecord, 'deviceId'>;
  readonly question: string;
  readonly picture: Picture;
}

export interface Picture {
  readonly bytes: Uint8Array;
  /** Media type, determined from the content because the device may report a wrong one. */
  readonly mediaType: 'image/jpeg' | 'image/png' | 'image/webp';
}

/** Answers questions about pictures. */
export interface PictureReader {
  /** True: a model for pictures is configured. */
  readonly on: boolean;
  /** Returns the answer, short enough to be spoken. Errors: `vision.*`, `llm.*`, or the signal's reason. */
  explain(question: PictureQuestion, signal: AbortSignal): Promise<string>;
}

/** Address and token with which a device sends its pictures. */
export interface VisionAddress {
  readonly url: string;
  readonly token: string;
}
