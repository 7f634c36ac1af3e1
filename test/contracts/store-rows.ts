import type {
  ActivationRecord,
  FirmwareInstall,
  FirmwareRelease,
  HistoryTurn,
} from '../../src/platform/store/index.js';

// Rows for the contract tests of a store.

export const DEVICE = {
  deviceId: 'a0:85:e3:f4:49:34',
  clientId: 'client-1',
  board: 'bread-compact-wifi',
  firmwareVersion: '2.4.2',
  language: 'zh-CN',
};
export const activation = (n: number, fields: Partial<ActivationRecord> = {}): ActivationRecord => ({
  deviceId: mac(n),
  clientId: 'c',
  code: String(n).padStart(6, '0'),
  challenge: `challenge-${n}`,
  createdMs: 1000 + n,
  expiresMs: 601_000 + n,
  ...fields,
});
export const RELEASE: FirmwareRelease = {
  id: 'r1',
  board: 'bread-compact-wifi',
  version: '2.5.0',
  sha256: 'ab'.repeat(32),
  sizeBytes: 3_000_000_000,
  chip: 'esp32s3',
  elfSha256: undefined,
  fileName: 'xiaozhi.bin',
  share: 0.05,
  deviceIds: ['02:00:00:00:00:01'],
  force: true,
  state: 'offered',
  reason: undefined,
  createdMs: 1_785_000_000_000,
  countedFromMs: 1_785_000_000_000,
};
export const install = (n: number, fields: Partial<FirmwareInstall> = {}): FirmwareInstall => ({
  releaseId: 'r1',
  deviceId: mac(n),
  fromVersion: '2.4.1',
  offers: 1,
  offeredMs: 1_785_000_000_000 + n,
  downloads: 0,
  downloadedMs: undefined,
  confirmedMs: undefined,
  returnedMs: undefined,
  ...fields,
});
export const turn = (n: number, fields: Partial<HistoryTurn> = {}): HistoryTurn => ({
  id: `t${n}`,
  deviceId: DEVICE.deviceId,
  language: 'zh-CN',
  board: undefined,
  firmwareVersion: '2.4.2',
  atWallMs: 1_785_000_000_000 + n,
  utteranceAtWallMs: 1_784_999_999_000 + n,
  outcome: 'answered',
  code: undefined,
  mode: 'auto',
  asr: 'sensevoice',
  speculated: true,
  prepared: false,
  stagesMs: { endpoint: 160, transcript: 12 },
  sentences: 2,
  cachedSentences: 1,
  packets: 80,
  bytes: 12_000,
  underruns: 0,
  underrunMs: 0,
  inputTokens: 11,
  outputTokens: undefined,
  userText: n === 4 ? "今天天气怎么样？ '); drop table turns; --" : undefined,
  ...fields,
});
export const mac = (n: number): string =>
  `02:00:00:00:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`;
