import type { UiLanguage } from '../../core/index.js';

const en = {
  help: {
    add:
      'take in an application image (xiaozhi.bin) for a board; ' +
      'nobody is offered it before a share or devices are given',
    list: 'the images, whom they are offered, and what became of them; newest first',
    rollout:
      'offer an image to a share of the devices of its board, or to some by name; ' +
      'also lets one that was paused or halted go on',
    pause: 'offer an image to nobody for now',
    rm: 'remove an image',
    file: 'the image',
    board: 'board as `chorus devices list` shows it',
    version: 'dotted numbers; without it: as the image says',
    share: 'share of the devices of the board, 0 to 1 or in percent; a larger one only adds devices',
    devices: 'these devices, with commas between them: MAC address, the beginning or the end of it, or name',
    force: 'these devices install it whatever they run, once each (needs --devices)',
    id: 'id of the image, or the beginning of it',
    notShare: 'A share is a number from 0 to 1, or from 0% to 100%.',
    after: `
A device is offered what is newer than what it runs when it starts. The first few go ahead (firmware.wave); when too few
of those that took an image come back with it, it is halted (firmware.return_share). More: docs/firmware.md`,
  },
  added: (version: string, board: string, id: string) => `Firmware ${version} for ${board} was added as ${id}.`,
  offeredTo: (whom: string) => `It is offered to ${whom}, when they start next.`,
  nobody: (id: string) => `Nobody is offered it yet: chorus firmware rollout ${id} --share 0.1`,
  notes: {
    version_unproven:
      'The image does not say its version, so that nothing proves it is the one that was given. ' +
      'If devices then say another one, they are offered it again and again, twice each.',
    chip_unknown: 'The image names a chip that Chorus does not know; devices are not asked for theirs.',
    too_large_for: (mb: number) =>
      `It does not fit into boards whose slot for updates has ${mb} MB. A device that ` +
      'tells its slots is not offered what does not fit.',
  },
  none: 'There is no firmware. `chorus firmware add FILE --board BOARD` adds one.',
  columns: {
    id: 'ID',
    board: 'BOARD',
    version: 'VERSION',
    state: 'STATE',
    whom: 'OFFERED TO',
    notified: 'NOTIFIED',
    has: 'HAVE IT',
    underWay: 'UNDER WAY',
    lost: 'LOST',
  },
  states: { offered: 'offered', paused: 'paused', halted: 'halted' },
  share: (percent: string) => `${percent} of the board's devices`,
  named: (count: number) => (count === 1 ? '1 device by name' : `${count} devices by name`),
  and: ' and ',
  noOne: 'nobody',
  forced: 'forced',
  paused: (id: string) => `${id} is offered to nobody for now. \`chorus firmware rollout ${id}\` goes on.`,
  removed: (id: string) => `${id} was removed. Devices that have it keep it.`,
};

const zh: typeof en = {
  help: {
    add: '为某个型号添加应用程序映像（xiaozhi.bin）；给出比例或设备之前，不会推送给任何设备',
    list: '有哪些映像、推送给谁、结果如何；新的在前',
    rollout: '把映像推送给该型号一定比例的设备，或指明的设备；暂停或停止的也由它继续',
    pause: '暂时不推送给任何设备',
    rm: '删除映像',
    file: '映像文件',
    board: '型号，与 `chorus devices list` 显示的一致',
    version: '用点分开的数字；不写则以映像自己写明的为准',
    share: '该型号设备的比例，0 到 1，或百分比；调大只会增加设备',
    devices: '这些设备，用逗号分开：MAC 地址、它的开头或结尾，或名字',
    force: '这些设备不论运行什么都安装一次（需要 --devices）',
    id: '映像的编号，或它的开头',
    notShare: '比例应为 0 到 1 的数，或 0% 到 100%。',
    after: `
设备启动时，如果有比它更新的固件就会收到通知。最先升级的只有几台（firmware.wave）；装过的设备中，带着它回来的太少时，
自动停止推送（firmware.return_share）。详见 docs/firmware.zh-CN.md`,
  },
  added: (version, board, id) => `已为 ${board} 添加固件 ${version}，编号 ${id}。`,
  offeredTo: (whom) => `推送给${whom}，在它们下次启动时。`,
  nobody: (id) => `还没有推送给任何设备：chorus firmware rollout ${id} --share 0.1`,
  notes: {
    version_unproven:
      '映像没有写明版本，无法证明它就是所说的版本。如果设备之后报告别的版本，会再次收到它，每台两次为止。',
    chip_unknown: '映像所写的芯片 Chorus 不认识；不会核对设备的芯片。',
    too_large_for: (mb) => `升级分区只有 ${mb} MB 的型号放不下它。报告了分区的设备，放不下就不会收到它。`,
  },
  none: '还没有固件。用 `chorus firmware add 文件 --board 型号` 添加。',
  columns: {
    id: '编号',
    board: '型号',
    version: '版本',
    state: '状态',
    whom: '推送给',
    notified: '已通知',
    has: '已装上',
    underWay: '进行中',
    lost: '没回来',
  },
  states: { offered: '推送中', paused: '已暂停', halted: '已停止' },
  share: (percent) => `该型号 ${percent} 的设备`,
  named: (count) => `${count} 台指明的设备`,
  and: '和',
  noOne: '没有',
  forced: '强制',
  paused: (id) => `${id} 暂时不推送给任何设备。用 \`chorus firmware rollout ${id}\` 继续。`,
  removed: (id) => `已删除 ${id}。装过它的设备不受影响。`,
};

type FirmwareWords = typeof en;
export const firmwareWords: Readonly<Record<UiLanguage, FirmwareWords>> = { en, zh };
