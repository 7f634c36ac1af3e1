/** A release is `halted` if too many devices did not come back from an install, or came back without the release. */
export type FirmwareState = 'offered' | 'paused' | 'halted';

export interface FirmwareRelease {
  /** 8 hexadecimal digits. */
  readonly id: string;
  /** The board's name in the device's OTA request. The comparison is exact. */
  readonly board: string;
  /** Dotted integers. */
  readonly version: string;
  /** SHA-256 of the file, 64 hexadecimal digits. Also the file's name below `firmware/` in the data folder. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** The chip's name in device requests, e.g. `esp32s3`. Undefined if the image does not state it. */
  readonly chip: string | undefined;
  /** The build that a device reports, 64 hexadecimal digits. Undefined if the image does not state it. */
  readonly elfSha256: string | undefined;
  readonly fileName: string;
  /** Share of the board's devices that get the release, 0 to 1. */
  readonly share: number;
  /** Devices to which the release is offered regardless of the share. */
  readonly deviceIds: readonly string[];
  /** If true, each of `deviceIds` installs the release once, whatever its version. Cleared afterwards. */
  readonly force: boolean;
  readonly state: FirmwareState;
  /** The reason for the halt, as one English sentence. */
  readonly reason: string | undefined;
  readonly createdMs: number;
  /** Outcomes before this time do not count. Set by a rollout after a halt or with a new `force`. */
  readonly countedFromMs: number;
}

export interface FirmwareInstall {
  readonly releaseId: string;
  readonly deviceId: string;
  /** The device's version when the release was first offered. Undefined if the device did not report it. */
  readonly fromVersion: string | undefined;
  /** Number of offers. `offeredMs` is the time of the last offer. */
  readonly offers: number;
  readonly offeredMs: number;
  /** Number of complete downloads since `countedFromMs`. `downloadedMs` is the time of the last download. */
  readonly downloads: number;
  readonly downloadedMs: number | undefined;
  /** Time at which the device came back and ran the release. */
  readonly confirmedMs: number | undefined;
  /** Time at which the device came back without the release, after a complete download. */
  readonly returnedMs: number | undefined;
}

/** Writes replace whole rows, so a caller reads the row again before it changes it. Errors: those of `DeviceStore`. */
export interface FirmwareStore {
  /** Oldest first. */
  releases(): Promise<readonly FirmwareRelease[]>;
  putRelease(release: FirmwareRelease): Promise<void>;
  /** Also removes the installs. Returns false for an unknown id. */
  removeRelease(id: string): Promise<boolean>;
  installs(releaseId: string): Promise<readonly FirmwareInstall[]>;
  installsOf(deviceId: string): Promise<readonly FirmwareInstall[]>;
  /** The install is removed together with the device. */
  putInstall(install: FirmwareInstall): Promise<void>;
}
