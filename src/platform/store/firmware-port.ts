/**
 * `offered`: the chosen devices may install the release. `paused`: no device may install it for now. `halted`: no
 * device may install it, because devices did not come back after an install.
 */
export type FirmwareState = 'offered' | 'paused' | 'halted';

/** A firmware image for one board, and the devices that may install it. */
export interface FirmwareRelease {
  /** 8 hexadecimal digits. */
  readonly id: string;
  /** The board's name in the device's OTA request. Names are compared letter by letter. */
  readonly board: string;
  /** Dotted integers. */
  readonly version: string;
  /** SHA-256 of the file, 64 hexadecimal digits. It is also the file's name below `firmware/` in the data folder. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** The chip's name in device requests, for example `esp32s3`. Undefined: the image does not state it. */
  readonly chip: string | undefined;
  /** The build that a device reports, 64 hexadecimal digits. Undefined: the image does not state it. */
  readonly elfSha256: string | undefined;
  /** Name of the file when it was added, shown to people. */
  readonly fileName: string;
  /** Share of the board's devices that get the release, 0 to 1. */
  readonly share: number;
  /** Devices to which the release is offered regardless of the share. */
  readonly deviceIds: readonly string[];
  /**
   * True: each of `deviceIds` installs the release once, whatever version it has now. Cleared when all of them have the
   * release.
   */
  readonly force: boolean;
  readonly state: FirmwareState;
  /** The reason why the release was halted: one English sentence. */
  readonly reason: string | undefined;
  readonly createdMs: number;
  /**
   * Downloads that ended before this time do not count against the release, because a person has since checked the
   * release and resumed it.
   */
  readonly countedFromMs: number;
}

/** Progress of one release on one device. */
export interface FirmwareInstall {
  readonly releaseId: string;
  readonly deviceId: string;
  /** The device's version when the release was first offered. Undefined: the device did not report it. */
  readonly fromVersion: string | undefined;
  /** Number of offers, and the time of the last one. */
  readonly offers: number;
  readonly offeredMs: number;
  /** Number of complete downloads, and the time of the last one. */
  readonly downloads: number;
  readonly downloadedMs: number | undefined;
  /** Time at which the device came back and ran the release. */
  readonly confirmedMs: number | undefined;
  /** Time at which the device came back without the release, after a complete download. */
  readonly returnedMs: number | undefined;
}

/**
 * Firmware releases and their installs. Writes may replace whole rows, because only one process changes them, one step
 * at a time. Errors: `store.failed`, `data.disk_full`.
 */
export interface FirmwareStore {
  /** Oldest first. */
  releases(): Promise<readonly FirmwareRelease[]>;
  /** Creates or replaces the release with this id. */
  putRelease(release: FirmwareRelease): Promise<void>;
  /** Removes the release and its installs. False: there was no release with this id. */
  removeRelease(id: string): Promise<boolean>;
  installs(releaseId: string): Promise<readonly FirmwareInstall[]>;
  installsOf(deviceId: string): Promise<readonly FirmwareInstall[]>;
  /** Creates or replaces the install of this release on this device. It is removed together with the device. */
  putInstall(install: FirmwareInstall): Promise<void>;
}
