import { JPG } from 'image-size/types/jpg';
import { PNG } from 'image-size/types/png';
import { WEBP } from 'image-size/types/webp';
import { ChorusError } from '../../core/index.js';
import type { Picture } from './vision-port.js';
import { deviceWords } from '../words.js';

/** The three formats and their readers. The readers of other formats are not used: for some bytes they take minutes. */
const FORMATS = [
  { mediaType: 'image/jpeg', reader: JPG },
  { mediaType: 'image/png', reader: PNG },
  { mediaType: 'image/webp', reader: WEBP },
] as const;
/**
 * Cameras of boards have 2 to 5 million pixels. The cost grows with the pixels, and a malicious picture of a few kB has
 * billions of pixels.
 */
const MAX_PIXELS = 16_000_000;

/**
 * The size of a picture is within these bytes; a camera writes it in the first kB. Searching 2 MB would take half a
 * second.
 */
const HEADER_BYTES = 128 * 1024;

/** Reads type and size of a picture from its header, and decodes nothing. Error: `vision.bad_picture`. */
export function pictureOf(bytes: Uint8Array): Picture {
  const read = formatOf(bytes.subarray(0, HEADER_BYTES));
  if (!read) throw new ChorusError('vision.bad_picture', deviceWords.noPicture);
  const { width, height, mediaType } = read;
  if (!(width >= 1 && height >= 1 && width * height <= MAX_PIXELS))
    throw new ChorusError('vision.bad_picture', deviceWords.tooManyPixels(width, height));
  return { bytes, mediaType };
}

type Format = Pick<Picture, 'mediaType'> & { readonly width: number; readonly height: number };

/** Undefined: the format is none of these, or its header is incomplete. */
function formatOf(bytes: Uint8Array): Format | undefined {
  try {
    const found = FORMATS.find(({ reader }) => reader.validate(bytes));
    return found && { ...found.reader.calculate(bytes), mediaType: found.mediaType };
  } catch {
    return undefined;
  }
}
