import { both } from '../language.js';
import type { ErrorRow } from './error-row.js';
import { inBrackets, systemReason, named, firmwareFault } from './sentences.js';

const DEVICE_GOES_ON = both(
  'The device goes on. If it happens often, update its firmware; the log says what was wrong.',
  '设备可以继续使用。如果经常出现，请更新固件；日志里有具体原因。',
);
const START_BENCH_AGAIN = both(
  'Correct what its output complains about, and start the bench again.',
  '请按它的输出排除问题，再重新测试。',
);

export const DEVICE_ERRORS = {
  'protocol.bad_message': {
    log: 'debug',
    cause: both('A device sent a message that is not valid; it was ignored.', '设备发来的消息不合规范，已忽略'),
    remedy: DEVICE_GOES_ON,
  },
  'protocol.too_large': {
    log: 'warn',
    cause: both('A device sent a message over the size limit; it was dropped.', '设备发来的消息超过了大小限制，已丢弃'),
    remedy: DEVICE_GOES_ON,
  },
  'device.unreachable': {
    log: 'error',
    retryable: true,
    cause: {
      en: 'No server answers at that address.',
      zh: ({ url, ...details }) =>
        inBrackets(url === undefined ? '服务器没有回答' : `${url} 没有服务器回答`, systemReason(details)),
    },
    remedy: both(
      'Start a server with `npm start` or `npx chorus serve`. ' +
        'One that runs is found by its data folder (--data); ' +
        '`device` and `monitor` also take its OTA address (--url).',
      '请先用 `npm start` 或 `npx chorus serve` 启动服务器。运行中的服务器按数据文件夹（--data）寻找；`device` 和 `monitor` 也可以用它的 OTA 地址（--url）。',
    ),
  },
  'device.refused': {
    log: 'error',
    cause: {
      en: 'The server refused the simulated device, or answered with something that a device cannot use.',
      zh: ({ url, status }) =>
        inBrackets(
          `${url ?? '服务器'} 拒绝了请求，或者回答了设备无法使用的内容`,
          status === undefined ? '' : `HTTP ${status}`,
        ),
    },
    remedy: both(
      'A pairing code is in the output of the server, where each is valid for a while; for an address check --url.',
      '配对码请看服务器的输出，过一段时间会失效；地址请检查 --url。',
    ),
  },
  'device.unknown': {
    log: 'warn',
    cause: { en: 'No device goes by that name.', zh: ({ name }) => `没有叫做${named(name)}的设备` },
    remedy: both(
      '`npx chorus devices list` shows the devices. Name one by its MAC address, ' +
        'the beginning or the end of it, or its name.',
      '用 `npx chorus devices list` 查看设备。可以写 MAC 地址、它的开头或结尾，或设备的名字。',
    ),
  },
  'notice.too_many': {
    log: 'warn',
    status: 429,
    cause: both('Too much is waiting to be said on that device.', '那台设备上等着说的话太多了'),
    remedy: both(
      'Wake the device, so that it says what is waiting, or let messages expire earlier.',
      '唤醒设备，让它把等着的话说完；或者让留言早点过期。',
    ),
  },
  'recording.unreadable': {
    log: 'info',
    status: 400,
    cause: both(
      'A recording that a device shall play is empty, damaged, silent, or in a format that is not known.',
      '要在设备上播放的录音是空的、已损坏、没有声音，或者格式不支持',
    ),
    remedy: both(
      'Send a WAV, MP3, Ogg (Opus or Vorbis) or FLAC file; save it again from the program that recorded it.',
      '请发送 WAV、MP3、Ogg（Opus 或 Vorbis）或 FLAC 文件；用录音的程序重新保存一次。',
    ),
  },
  'recording.too_long': {
    log: 'info',
    status: 413,
    cause: both(
      'A recording that a device shall play is longer than 60 seconds, or its file larger than 12 MB.',
      '要在设备上播放的录音超过 60 秒，或者文件超过 12 MB',
    ),
    remedy: both(
      'Cut it into parts, or put it into the folder of music (docs/skills.md), where the length does not matter.',
      '请剪成几段，或放进音乐文件夹（见文档《可以怎样说》），那里不限长度。',
    ),
  },
  'device.ambiguous': {
    log: 'warn',
    cause: {
      en: 'Several devices go by that name.',
      zh: ({ name, known }) => inBrackets(`有几台设备符合${named(name)}`, known),
    },
    remedy: both('Write more of the MAC address.', '请把 MAC 地址写得更完整。'),
  },
  'device.not_paired': {
    log: 'error',
    retryable: true,
    cause: both('Nobody confirmed the pairing code of the simulated device in time.', '没有人及时确认配对码'),
    remedy: both(
      'Run `npx chorus devices approve CODE` where the server runs.',
      '请在服务器上运行 `npx chorus devices approve 配对码`。',
    ),
  },
  'firmware.invalid': {
    log: 'warn',
    status: 422,
    cause: {
      en:
        'The file is no firmware that a device could install: ' +
        'not an ESP32 application image, damaged, too large, or of another version than was given.',
      zh: firmwareFault,
    },
    remedy: both(
      'Use the application image of the build (`build/xiaozhi.bin`, or what a release calls the OTA file), ' +
        'and leave --version out where the image says its own.',
      '请用编译得到的应用程序映像（`build/xiaozhi.bin`，或发布页上用于 OTA 的文件）；映像自己写明了版本时，不必写 --version。',
    ),
  },
  'firmware.exists': {
    log: 'warn',
    status: 409,
    cause: {
      en: 'The board has a firmware of that version already; devices tell firmware apart by its version.',
      zh: ({ board, version, id }) => inBrackets(`型号${named(board)}已经有版本为${named(version)}的固件`, id),
    },
    remedy: both(
      'Build it with a higher version, or remove the other one with `npx chorus firmware rm ID`.',
      '请用更高的版本号编译，或先用 `npx chorus firmware rm 编号` 删除原来的。',
    ),
  },
  'firmware.unknown': {
    log: 'warn',
    status: 404,
    cause: { en: 'There is no firmware of that id.', zh: ({ id }) => `没有编号为${named(id)}的固件` },
    remedy: both('`npx chorus firmware list` shows them.', '用 `npx chorus firmware list` 查看。'),
  },
  'firmware.force_needs_devices': {
    log: 'warn',
    status: 422,
    cause: both(
      'A firmware is forced only on devices that are named. ' +
        'A share of the devices only ever gets what is newer than theirs.',
      '强制安装必须指明设备；按比例推送时，设备只会得到比自己更新的版本',
    ),
    remedy: both('Name them with --devices, or leave --force out.', '请用 --devices 指明设备，或去掉 --force。'),
  },
  'firmware.halted': {
    log: 'error',
    cause: {
      en:
        'A firmware is no longer offered, because too few of the devices that took it came back with it ' +
        '(firmware.return_share).',
      zh: ({ version, board, confirmed, returned, silent }) =>
        confirmed === undefined
          ? '固件已停止推送，因为装过的设备中，带着它回来的太少（firmware.return_share）'
          : `给 ${board} 的固件 ${version} 已停止推送：装过的设备中，${confirmed} 台带着它回来，${returned} 台没带着它回来，${silent} 台没有回来`,
    },
    remedy: both(
      'Look at a device that did not come back. `npx chorus firmware rollout ID` lets it go on, ' +
        '`npx chorus firmware rm ID` removes it.',
      '请查看一台没有回来的设备。`npx chorus firmware rollout 编号` 继续推送，`npx chorus firmware rm 编号` 删除它。',
    ),
  },
  'bench.not_ready': {
    log: 'error',
    retryable: true,
    cause: both(
      'The server that was started for the bench did not become ready. The end of its output stands with the error.',
      '为测试启动的服务器没有就绪，错误里附有它最后的输出',
    ),
    remedy: START_BENCH_AGAIN,
  },
  'bench.process_ended': {
    log: 'error',
    cause: both(
      'A process that the bench had started ended by itself. The end of its output stands with the error.',
      '测试启动的一个进程自己退出了，错误里附有它最后的输出',
    ),
    remedy: START_BENCH_AGAIN,
  },
  'bench.bad_input': {
    log: 'error',
    cause: both(
      'The bench was given options that do not fit together, or a file that is no result of the bench.',
      '测试的选项互相矛盾，或者文件不是测试结果',
    ),
    remedy: both(
      '`npx chorus bench --help` shows the options; a result is written with --out.',
      '用 `npx chorus bench --help` 查看选项；测试结果由 `--out` 写出。',
    ),
  },
} satisfies Readonly<Record<string, ErrorRow>>;
