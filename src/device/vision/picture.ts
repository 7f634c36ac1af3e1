import { imageSize } from 'image-size';
import { both, ChorusError } from '../../core/index.js';
import type { Picture } from './vision-port.js';

const MEDIA_TYPES: Readonly<Record<string, Picture['mediaType']>> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
};
/**
 * Cameras of boards have 2 to 5 million pixels. Cost grows with the pixels, and a bomb has billions of them in a few
 * kB.
 */
const MAX_PIXELS = 16_000_000;

/** Reads type and size of a picture from its header, and decodes nothing. Error: `vision.bad_picture`. */
export function pictureOf(bytes: Uint8Array): Picture {
  let size: ReturnType<typeof imageSize> | undefined;
  try {
    size = imageSize(bytes);
  } catch {
    // Reported below.
  }
  const mediaType = MEDIA_TYPES[size?.type ?? ''];
  if (size === undefined || mediaType === undefined)
    throw new ChorusError(
      'vision.bad_picture',
      both('the file is no JPEG, PNG or WebP', '文件不是 JPEG、PNG 或 WebP 图片'),
    );
  const { width, height } = size;
  if (!(width >= 1 && height >= 1 && width * height <= MAX_PIXELS))
    throw new ChorusError(
      'vision.bad_picture',
      both(
        `the picture has ${width} × ${height} pixels, which are too many`,
        `图片有 ${width} × ${height} 像素，太大了`,
      ),
    );
  return { bytes, mediaType };
}
