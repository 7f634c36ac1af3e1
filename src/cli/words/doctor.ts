import type { UiLanguage } from '../../core/index.js';

const en = {
  url: 'also try this address as a device would (OTA, WebSocket, hello)',
  fix: 'repair what is safe to repair: permissions, broken-off downloads, missing folders, damaged models',
  bundle: 'write a redacted support archive (tar.gz) to this file',
  verbose: 'also show what is in order, and notes',
  after: `
Examples:
  chorus doctor                                      this machine and the server that runs on it
  chorus doctor --url https://voice.example.org      can a device get there?
  chorus doctor --fix                                repair what is safe, then look again
  chorus doctor --bundle support.tar.gz              for a report

Exit codes: 0 nothing is wrong (warnings may be), 1 something is, 9 not everything could be looked at, 130 interrupted`,
  looking: (done: number, of: number) => `Looking (${done}/${of})`,
  healthy: (checks: number, seconds: string) => `Healthy: ${checks} checks in ${seconds} s, nothing to repair.`,
  summary: (faults: number, warnings: number) =>
    `${faults} ${faults === 1 ? 'fault' : 'faults'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}.`,
  unfinished: (checks: number) =>
    `Nothing was found to be wrong, but ${checks} ${checks === 1 ? 'check' : 'checks'} could not be carried out.`,
  severities: { ok: 'ok', note: 'note', warning: 'WARNING', fault: 'FAULT' },
  cause: 'Cause: ',
  remedy: 'Fix:   ',
  couldNotLook: (check: string, why: string) => `${check}: could not look: ${why}`,
  couldFix: (count: number) => `${count} of them can be fixed by \`chorus doctor --fix\`.`,
  fixed: 'Fixed: ',
  notFixed: 'Not fixed: ',
  again: 'After fixing:',
  askPull: (models: string, megabytes: number) => `Fetch ${models} (about ${megabytes} MB)?`,
  bundled: (file: string) =>
    `Wrote ${file}. Secrets and what people said were taken out; look through it before you send it.`,
};

type DoctorWords = typeof en;

const zh: DoctorWords = {
  url: '再像设备一样试这个地址（OTA、WebSocket、hello）',
  fix: '修好可以安全修的：权限、中断的下载、缺少的文件夹、损坏的模型',
  bundle: '把去掉隐私的报告包（tar.gz）写到这个文件',
  verbose: '也显示正常的项目和提示',
  after: `
例子：
  chorus doctor                                      这台机器和在它上面运行的服务器
  chorus doctor --url https://voice.example.org      设备能连到那里吗？
  chorus doctor --fix                                修好可以安全修的，再看一遍
  chorus doctor --bundle support.tar.gz              用于报告问题

退出码：0 没有故障（可能有警告），1 有故障，9 有的项目无法检查，130 被中断`,
  looking: (done, of) => `正在检查（${done}/${of}）`,
  healthy: (checks, seconds) => `健康：${seconds} 秒检查了 ${checks} 项，没有要修的。`,
  summary: (faults, warnings) => `${faults} 个故障，${warnings} 个警告。`,
  unfinished: (checks) => `没有发现故障，但有 ${checks} 项无法检查。`,
  severities: { ok: '正常', note: '提示', warning: '警告', fault: '故障' },
  cause: '原因：',
  remedy: '办法：',
  couldNotLook: (check, why) => `${check}：无法检查：${why}`,
  couldFix: (count) => `其中 ${count} 个可以用 \`chorus doctor --fix\` 修好。`,
  fixed: '已修好：',
  notFixed: '没有修好：',
  again: '修过之后：',
  askPull: (models, megabytes) => `要下载 ${models} 吗（约 ${megabytes} MB）？`,
  bundled: (file) => `已写出 ${file}。密钥和人们说的话已去掉；发送前请自己再看一遍。`,
};

export const doctorWords: Readonly<Record<UiLanguage, DoctorWords>> = { en, zh };
