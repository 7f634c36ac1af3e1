import type { Readable } from 'node:stream';
import { ChorusError } from '../../core/index.js';
import { readForm, type FormFault } from '../../platform/inbound/form/index.js';
import { deviceWords } from '../words.js';

/** A photo from a board's camera has 20 to 200 kB. */
export const MAX_PICTURE_BYTES = 2 * 1024 * 1024;
/** A question is usually a sentence or two. */
const MAX_QUESTION_BYTES = 4096;

const FAULTS = {
  none: deviceWords.noForm,
  malformed: deviceWords.malformed,
  'too large': deviceWords.pictureTooLarge,
} as const;

const bad = (fault: FormFault): ChorusError => new ChorusError('vision.bad_picture', FAULTS[fault]);

export interface PictureForm {
  readonly question: string;
  readonly bytes: Buffer;
}

/** Reads `question`, then `file` (docs/protocol.md 8.1). Errors: `vision.bad_picture`, or the signal's reason. */
export async function readPictureForm(contentType: string, body: Readable, signal: AbortSignal): Promise<PictureForm> {
  const limits = { fieldBytes: MAX_QUESTION_BYTES, fileBytes: MAX_PICTURE_BYTES };
  const { fields, bytes } = await readForm(contentType, body, limits, bad, signal);
  return { question: fields.get('question') ?? '', bytes };
}
