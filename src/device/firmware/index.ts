export {
  Firmware,
  type FirmwareDownload,
  type FirmwareOffer,
  type FirmwareOptions,
  type FirmwareRules,
  type RollOut,
} from './firmware.js';
export type { ReleaseReport } from './rollouts.js';
export {
  COMMON_SLOTS_BYTES,
  LARGEST_SLOT_BYTES,
  readImage,
  type FirmwareImage,
  type ImageFault,
  type ImageSource,
} from './image.js';
export type { AddRequest, ImageNote } from './new-release.js';
export { judgeOffer, type AskingDevice, type Judgement, type NoOffer } from './offer.js';
