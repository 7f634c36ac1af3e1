/** A device to be added to the database. */
export interface PlannedDevice {
  readonly deviceId: string;
  readonly board: string | undefined;
  readonly firmwareVersion: string | undefined;
  readonly language: string;
  readonly name: string | undefined;
  readonly agentId: string | undefined;
  /** The user who had bound it. */
  readonly user: string | undefined;
}
