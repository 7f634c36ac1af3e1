import { createHash } from 'node:crypto';
import { ChorusError } from '../../core/index.js';
import { isFirmwareVersion, isSameFirmware } from '../protocol/index.js';
import type { FirmwareRelease } from '../../platform/store/index.js';
import type { Received } from './files.js';
import { COMMON_SLOTS_BYTES } from './image.js';

export interface AddRequest {
  readonly board: string;
  /** Undefined means the version that the image states. */
  readonly version: string | undefined;
  /** Shown to people. Not a path. */
  readonly fileName: string;
  readonly share: number;
  readonly deviceIds: readonly string[];
  readonly force: boolean;
}

/** Warnings for the person who added an image. */
export type ImageNote =
  /** The image states no version, so the given version cannot be verified. */
  | { readonly kind: 'version_unproven' }
  /** The image does not fit into boards whose update slot has this size. */
  | { readonly kind: 'too_large_for'; readonly slotMb: number }
  | { readonly kind: 'chip_unknown' };

/**
 * Errors: `firmware.invalid` if the version is missing, invalid or differs from the image's own. `firmware.exists` if
 * the board already has this version. Also those of {@link checkForce}.
 */
export function newRelease(
  { image, sha256 }: Pick<Received, 'image' | 'sha256'>,
  request: AddRequest,
  others: readonly FirmwareRelease[],
  nowMs: number,
): FirmwareRelease {
  const { board, fileName, share, deviceIds, force } = request;
  const version = versionOf(image.version, request.version);
  const duplicate = others.find((other) => other.board === board && isSameFirmware(other.version, version));
  if (duplicate)
    throw new ChorusError(
      'firmware.exists',
      `${board} has firmware ${version} already (${duplicate.id}); a device cannot tell two of one version apart`,
      { details: { id: duplicate.id, board, version } },
    );
  checkForce(force, deviceIds);
  const id = createHash('sha256').update(`${board}\n${version}\n${sha256}`).digest('hex').slice(0, 8);
  return {
    id,
    board,
    version,
    sha256,
    sizeBytes: image.sizeBytes,
    chip: image.chip,
    elfSha256: image.elfSha256,
    fileName,
    share,
    deviceIds,
    force,
    state: 'offered',
    reason: undefined,
    createdMs: nowMs,
    countedFromMs: nowMs,
  };
}

export function notesOn({ image }: Pick<Received, 'image'>): readonly ImageNote[] {
  const tooSmall = COMMON_SLOTS_BYTES.filter((bytes) => bytes < image.sizeBytes).at(-1);
  return [
    ...(image.version === undefined ? [{ kind: 'version_unproven' } as const] : []),
    ...(image.chip === undefined ? [{ kind: 'chip_unknown' } as const] : []),
    ...(tooSmall === undefined ? [] : [{ kind: 'too_large_for', slotMb: tooSmall / (1024 * 1024) } as const]),
  ];
}

/** A forced release must name its devices. Error: `firmware.force_needs_devices`. */
export function checkForce(force: boolean, deviceIds: readonly string[]): void {
  if (force && deviceIds.length === 0)
    throw new ChorusError(
      'firmware.force_needs_devices',
      'force goes with devices that are named; a share only ever gets what is newer',
    );
}

/**
 * The device reports the version inside the image, so another version would be offered for ever. Text other than dotted
 * numbers makes the device restart for ever (docs/protocol.md 1.2).
 */
function versionOf(own: string | undefined, given: string | undefined): string {
  if (own !== undefined && !isFirmwareVersion(own))
    throw invalid(
      'own_version',
      `the image says that its version is ${own}; devices can only compare dotted ` +
        'numbers, and one that runs it would restart for ever',
      { own },
    );
  const version = given ?? own;
  if (version === undefined || version === '')
    throw invalid('version_missing', 'the image does not say its version; give it with --version');
  if (!isFirmwareVersion(version))
    throw invalid('given_version', `${version} is no version that a device can compare: dotted numbers, like 2.4.2`, {
      version,
    });
  if (own !== undefined && own !== version)
    throw invalid(
      'version_differs',
      `the image says that its version is ${own}, not ${version}; devices would say so too, and be offered it for ever`,
      { own, version },
    );
  return version;
}

function invalid(fault: string, message: string, more: Readonly<Record<string, string>> = {}): ChorusError {
  return new ChorusError('firmware.invalid', message, { details: { fault, ...more } });
}
