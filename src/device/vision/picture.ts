import { JPG } from 'image-size/types/jpg';
import { PNG } from 'image-size/types/png';
import { WEBP } from 'image-size/types/webp';
import { ChorusError } from '../../core/index.js';
import type { Picture } from './vision-port.js';
import { deviceWords } from '../words.js';

/** Only these readers are used, because some bytes keep the library's other readers busy for minutes. */
const FORMATS = [
  { mediaType: 'image/jpeg', reader: JPG },
  { mediaType: 'image/png', reader: PNG },
  { mediaType: 'image/webp', reader: WEBP },
] as const;
/** Cameras of boards have 2 to 5 million pixels. A malicious picture of a few kB can have billions. */
const MAX_PIXELS = 16_000_000;

/** A camera writes the size in the first kB. Searching 2 MB would take half a second. */
const HEADER_BYTES = 128 * 1024;

/** Reads only the header. Error: `vision.bad_picture`. */
export function pictureOf(bytes: Uint8Array): Picture {
  const read = formatOf(bytes.subarray(0, HEADER_BYTES));
  if (!read) throw new ChorusError('vision.bad_picture', deviceWords.noPicture);
  const { width, height, mediaType } = read;
  if (!(width >= 1 && height >= 1 && width * height <= MAX_PIXELS))
    throw new ChorusError('vision.bad_picture', deviceWords.tooManyPixels(width, height));
  return { bytes, mediaType };
}

type Format = Pick<Picture, 'mediaType'> & { readonly width: number; readonly height: number };

function formatOf(bytes: Uint8Array): Format | undefined {
  try {
    const found = FORMATS.find(({ reader }) => reader.validate(bytes));
    return found && { ...found.reader.calculate(bytes), mediaType: found.mediaType };
  } catch {
    return undefined;
  }
}
