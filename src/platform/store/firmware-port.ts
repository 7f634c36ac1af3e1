/** Who is offered a release: those it was given to (`offered`), nobody for now (`paused`), or nobody because devices did not come back (`halted`). */
export type FirmwareState = 'offered' | 'paused' | 'halted';

/** A firmware image for one board, and which devices may have it. */
export interface FirmwareRelease {
  /** 8 hexadecimal digits. */
  readonly id: string;
  /** As the device names it in its OTA request; compared letter by letter. */
  readonly board: string;
  /** Dotted integers. */
  readonly version: string;
  /** Of the file, 64 hexadecimal digits; also its name below `firmware/` of the data folder. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** As devices say it, for example `esp32s3`; undefined: not told by the image. */
  readonly chip: string | undefined;
  /** By which a device tells what it runs, 64 hexadecimal digits; undefined: not told by the image. */
  readonly elfSha256: string | undefined;
  /** What the file was called when it was added; for people. */
  readonly fileName: string;
  /** Of the devices of that board, 0 to 1. */
  readonly share: number;
  /** Devices that are offered it whatever the share. */
  readonly deviceIds: readonly string[];
  /** `deviceIds` install it whatever they run, once each; cleared when all of them have it. */
  readonly force: boolean;
  readonly state: FirmwareState;
  /** Why it was halted, in one sentence in English. */
  readonly reason: string | undefined;
  readonly createdMs: number;
  /** Downloads that ended before this are not held against it: a person has looked, and let it go on. */
  readonly countedFromMs: number;
}

/** What became of a release on one device. */
export interface FirmwareInstall {
  readonly releaseId: string;
  readonly deviceId: string;
  /** What it ran when it was offered the release first; undefined: it did not say. */
  readonly fromVersion: string | undefined;
  /** Answers that named the release, and when the last one did. */
  readonly offers: number;
  readonly offeredMs: number;
  /** Downloads that went to the last byte, and when the last one did. */
  readonly downloads: number;
  readonly downloadedMs: number | undefined;
  /** It came back with the release. */
  readonly confirmedMs: number | undefined;
  /** It came back without it after a whole download. */
  readonly returnedMs: number | undefined;
}

/**
 * Firmware releases and what became of them. Whole rows are put: one process decides, one thing after the other. Errors:
 * `store.failed`, `data.disk_full`.
 */
export interface FirmwareStore {
  /** Oldest first. */
  releases(): Promise<readonly FirmwareRelease[]>;
  /** Creates it, or replaces the one of that id. */
  putRelease(release: FirmwareRelease): Promise<void>;
  /** Together with its installs. False: there was none. */
  removeRelease(id: string): Promise<boolean>;
  installs(releaseId: string): Promise<readonly FirmwareInstall[]>;
  installsOf(deviceId: string): Promise<readonly FirmwareInstall[]>;
  /** Creates it, or replaces the one of that release and device. Forgotten with the device. */
  putInstall(install: FirmwareInstall): Promise<void>;
}
