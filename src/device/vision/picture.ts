import { JPG } from 'image-size/types/jpg';
import { PNG } from 'image-size/types/png';
import { WEBP } from 'image-size/types/webp';
import { ChorusError } from '../../core/index.js';
import type { Picture } from './vision-port.js';
import { deviceWords } from '../words.js';

/**
 * The three accepted formats and their readers. The library's readers for other formats are not used, because some
 * bytes keep them busy for minutes.
 */
const FORMATS = [
  { mediaType: 'image/jpeg', reader: JPG },
  { mediaType: 'image/png', reader: PNG },
  { mediaType: 'image/webp', reader: WEBP },
] as const;
/**
 * Maximum number of pixels. Cameras of boards have 2 to 5 million. The cost grows with the pixels, and a malicious
 * picture of a few kB can have billions.
 */
const MAX_PIXELS = 16_000_000;

/**
 * Only this much of a picture is searched for its size, which a camera writes in the first kB. Searching 2 MB would
 * take half a second.
 */
const HEADER_BYTES = 128 * 1024;

/** Reads type and size of a picture from its header. Does not decode the picture. Error: `vision.bad_picture`. */
export function pictureOf(bytes: Uint8Array): Picture {
  const read = formatOf(bytes.subarray(0, HEADER_BYTES));
  if (!read) throw new ChorusError('vision.bad_picture', deviceWords.noPicture);
  const { width, height, mediaType } = read;
  if (!(width >= 1 && height >= 1 && width * height <= MAX_PIXELS))
    throw new ChorusError('vision.bad_picture', deviceWords.tooManyPixels(width, height));
  return { bytes, mediaType };
}

type Format = Pick<Picture, 'mediaType'> & { readonly width: number; readonly height: number };

/** Returns the format. Undefined: it is not one of the three, or the header is incomplete. */
function formatOf(bytes: Uint8Array): Format | undefined {
  try {
    const found = FORMATS.find(({ reader }) => reader.validate(bytes));
    return found && { ...found.reader.calculate(bytes), mediaType: found.mediaType };
  } catch {
    return undefined;
  }
}
