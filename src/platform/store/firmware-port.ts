/**
 * `offered`: the chosen devices may install the release. `paused`: nobody may for now. `halted`: nobody may, because
 * devices did not come back after an install.
 */
export type FirmwareState = 'offered' | 'paused' | 'halted';

/** A firmware image for one board, and which devices may have it. */
export interface FirmwareRelease {
  /** 8 hexadecimal digits. */
  readonly id: string;
  /** As the device names it in its OTA request; compared letter by letter. */
  readonly board: string;
  /** Dotted integers. */
  readonly version: string;
  /** SHA-256 of the file, 64 hexadecimal digits; also its name below `firmware/` in the data folder. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** As devices name it, for example `esp32s3`; undefined if the image does not say. */
  readonly chip: string | undefined;
  /** The build a device reports, 64 hexadecimal digits; undefined if the image does not say. */
  readonly elfSha256: string | undefined;
  /** Name of the file when it was added; for people. */
  readonly fileName: string;
  /** Share of the devices of that board, 0 to 1. */
  readonly share: number;
  /** Devices to which the release is offered regardless of the share. */
  readonly deviceIds: readonly string[];
  /** `deviceIds` install it once each, over any version; cleared when all of them have it. */
  readonly force: boolean;
  readonly state: FirmwareState;
  /** Why the release was halted: one English sentence. */
  readonly reason: string | undefined;
  readonly createdMs: number;
  /** Downloads that ended before this time do not count against the release: a person looked at it and resumed it. */
  readonly countedFromMs: number;
}

/** Progress of one release on one device. */
export interface FirmwareInstall {
  readonly releaseId: string;
  readonly deviceId: string;
  /** The device's version when the release was first offered; undefined if it did not say. */
  readonly fromVersion: string | undefined;
  /** Number of offers, and the time of the last one. */
  readonly offers: number;
  readonly offeredMs: number;
  /** Number of complete downloads, and the time of the last one. */
  readonly downloads: number;
  readonly downloadedMs: number | undefined;
  /** Time at which the device came back running the release. */
  readonly confirmedMs: number | undefined;
  /** Time at which the device came back without the release after a complete download. */
  readonly returnedMs: number | undefined;
}

/**
 * Firmware releases and their installs. Writes replace whole rows, because one process decides, one step at a time.
 * Errors: `store.failed`, `data.disk_full`.
 */
export interface FirmwareStore {
  /** Oldest first. */
  releases(): Promise<readonly FirmwareRelease[]>;
  /** Creates or replaces the release with this id. */
  putRelease(release: FirmwareRelease): Promise<void>;
  /** Removes the release and its installs. False if there was none. */
  removeRelease(id: string): Promise<boolean>;
  installs(releaseId: string): Promise<readonly FirmwareInstall[]>;
  installsOf(deviceId: string): Promise<readonly FirmwareInstall[]>;
  /** Creates or replaces the install of this release and device. The install is removed with the device. */
  putInstall(install: FirmwareInstall): Promise<void>;
}
