import { bilingualWords } from '../../core/index.js';

const en = {
  fewer_at_once: 'Lower `max_concurrent_sessions`: fewer devices talk at once, and those that do are served well.',
  more_cores: 'Use a machine with more cores.',
  smaller_models:
    'Choose smaller models (`chorus models list`), and remove those that nobody needs (`chorus models rm ID`).',
  look_into_log: 'Look into its output or log for the reason: it was stopped, it crashed, or the machine stood still.',
  let_restart: 'Let a service manager start it again (`systemd`, Docker `restart: unless-stopped`).',
  log_says_why: 'The log of the server says why.',
  run_here: 'Run the command on the machine of the server, where its simulated devices need no code.',
  run_with_data:
    'Run the command with the data folder of the server (`--data`), so that its simulated devices need no code.',
  approve_codes: 'They wait for their pairing codes, which the server shows: `chorus devices approve CODE`.',
  raise_connections:
    'Raise `server.max_connections`, and the limit of open files with it (`chorus doctor` says whether it is enough).',
  second_server: 'Move some of the devices to a second server.',
  find_others: 'Find them with `top`, and move them to another machine or another hour.',
  measure_less: 'Measure with fewer simulated devices (`--connections`), or for longer (`--duration`).',
  measure_elsewhere: 'Run the command on another machine, with the OTA address of the server (`--url`).',
  own_cpus: 'Choose a machine with CPUs of its own; the settings of the server cannot change this.',
  smaller_recogniser: 'Recognition is what costs most: choose a smaller model (`chorus models list`, `asr.model`).',
  other_voice: 'The local voice is what costs most: set `tts.provider` to `edge` or to another service.',
  raise_memory_limit: 'Raise its memory limit (`mem_limit:` in compose): at the limit the kernel ends processes.',
  close_others: 'Most of it belongs to other programs: close them or move them.',
  more_memory: 'Use a machine with more memory.',
  monitor_machine:
    'Run `chorus monitor --mode both` on the machine of the server: it then also sees whether the CPU was short.',
  fewer_or_second: 'The main process is busy with connections alone: fewer devices on this server, or a second server.',
  report_it:
    'The CPU was free meanwhile, so something else held it up: ' +
    'a slow disk for the log, a debugger, a swapped-out process. If it stays, please report it with this file.',
  monitor_here: 'Run `chorus monitor` on the machine of the server: there it also sees where the time goes.',
  look_at_network: 'No stage inside the server was long: look at the network between device and server (Wi-Fi, proxy).',
  shorter_pause: 'Lower `vad.max_silence_ms`, and use `vad.patience: normal` unless children talk.',
  noisy_room: 'A noisy room makes it longer: raise `vad.threshold` a little.',
  too_many:
    'Too many devices talk at once for this machine. ' +
    'A higher `max_concurrent_sessions` only helps while its CPU is below 70 %.',
  faster_recogniser: 'Choose a faster model: `chorus models list`, `chorus models pull ID`, then `asr.model`.',
  more_recognitions: 'Raise `asr.max_workers` if it is set lower than the number of cores.',
  smaller_model: 'Choose a smaller model: `chorus models list`, `chorus models pull ID`, then `asr.model`.',
  faster_llm:
    'Choose a faster or nearer language model (`llm.preset`, `llm.model`); `chorus setup` shows how long each takes.',
  shorter_prompt: 'A shorter `llm.prompt` and fewer `llm.history_turns` make it begin sooner.',
  more_requests: 'If requests wait for each other, raise `llm.max_workers`.',
  nearer_voice: 'Choose another voice (`tts.provider`): a service far away answers late, a local one needs CPU.',
  larger_cache: 'Raise `tts.phrase_cache_mb`: what was spoken before sounds at once.',
  lost_on_the_way:
    'The server sent everything in time, so it was lost on the way: ' +
    'look at the network, or at the load of the machine the simulated devices ran on.',
  stood_still: 'The server itself stood still at times; see the advice on delay inside the server.',
  more_lead: 'Raise `pacing.lead_max_packets`: the device then holds more sound ahead.',
  busy:
    'Devices were told that the server is busy. A higher `max_concurrent_sessions` only helps while the CPU is ' +
    'below 70 %; else use a bigger machine.',
  see_details: 'The details below name each turn and how it ended; the log of the server says why.',
  close_others_now: 'Close other programs on this machine (`top` shows them), or measure at another hour.',
  measure_apart:
    'Measure with fewer devices, or let the server run on another machine (`--url`): ' +
    'the simulated devices need CPU as well.',
  let_run: 'Let it run to its end.',
  find_capacity: 'Let `chorus bench --find-capacity` find the number, and set `max_concurrent_sessions` to it.',
  smaller_or_bigger: 'Choose a smaller recognition model, or give the server more cores.',
  raise_if_others_hold: 'Raise `max_concurrent_sessions` if the other targets hold.',
  in_details: 'They stand in the details at the end.',
  restarted: (times: number) => `Its child processes were started again ${times} times meanwhile.`,
  raise_limit: (cores: number | undefined) => `Raise the limit (\`cpus:\` in compose; now ${cores}).`,
  waited_for_cpu: (share: string | undefined) =>
    'It had to wait for a ' +
    `CPU${share === undefined ? '' : ` (somebody waited ${share} of the time)`}: ` +
    'see the advice on CPU.',
  others_first: (share: string) => `Other programs had ${share} of the CPU meanwhile: that comes first.`,
  cpu_short: (share: string) =>
    `The CPU was short (${share} busy): voices could not be made as fast as they are spoken.`,
  ended_in: (turns: number, code: string, remedy: string) =>
    `${turns} ${turns === 1 ? 'turn' : 'turns'} ended in \`${code}\`: ${remedy}`,
  see_errors: 'docs/errors.md says what it is and what to do.',
  heard: (excuse: string) => `The devices heard: “${excuse}”`,
};

const zh: typeof en = {
  fewer_at_once: '降低 `max_concurrent_sessions`：同时对话的设备少一些，每台都流畅。',
  more_cores: '使用核数更多的机器。',
  smaller_models: '换更小的模型（`chorus models list`），删掉用不到的（`chorus models rm 编号`）。',
  look_into_log: '看它的输出或日志找原因：被停止、崩溃，或者机器卡住了。',
  let_restart: '让服务管理器负责重启（`systemd`、Docker 的 `restart: unless-stopped`）。',
  log_says_why: '原因见服务器的日志。',
  run_here: '在服务器所在的机器上运行本命令，那里的模拟设备不需要配对码。',
  run_with_data: '用 `--data` 指明服务器的数据文件夹再运行，这样模拟设备不需要配对码。',
  approve_codes: '它们在等配对码确认，配对码在服务器的输出里：`chorus devices approve 配对码`。',
  raise_connections: '调高 `server.max_connections`，并相应提高可打开文件数的上限（`chorus doctor` 会说明是否足够）。',
  second_server: '把一部分设备移到第二台服务器。',
  find_others: '用 `top` 找出它们，移到别的机器或别的时间运行。',
  measure_less: '减少模拟设备（`--connections`），或延长时间（`--duration`）再测。',
  measure_elsewhere: '在另一台机器上运行本命令，用 `--url` 指明服务器的 OTA 地址。',
  own_cpus: '请换独享 CPU 的机器；服务器的设置改变不了这一点。',
  smaller_recogniser: '语音识别最费 CPU：换更小的模型（`chorus models list`，`asr.model`）。',
  other_voice: '本机语音合成最费 CPU：把 `tts.provider` 设为 `edge` 或其他服务。',
  raise_memory_limit: '提高内存上限（compose 里的 `mem_limit:`）：到达上限时内核会结束进程。',
  close_others: '大部分属于其他程序：关掉或移走它们。',
  more_memory: '使用内存更大的机器。',
  monitor_machine: '在服务器所在的机器上运行 `chorus monitor --mode both`：这样还能看到是不是 CPU 不够。',
  fewer_or_second: '主进程光处理连接就忙不过来了：减少这台服务器上的设备，或再加一台服务器。',
  report_it:
    '当时 CPU 有空，是别的原因：写日志的磁盘太慢、调试器、进程被换出。如果一直这样，请带上这个文件报告给我们。',
  monitor_here: '在服务器所在的机器上运行 `chorus monitor`：那样还能看到时间花在哪里。',
  look_at_network: '服务器内部没有哪个阶段很慢：请检查设备与服务器之间的网络（Wi-Fi、代理）。',
  shorter_pause: '降低 `vad.max_silence_ms`；不是给孩子用的话设 `vad.patience: normal`。',
  noisy_room: '环境嘈杂时会变长：把 `vad.threshold` 略微调高。',
  too_many: '对这台机器来说同时对话的设备太多了。只有 CPU 低于 70 % 时提高 `max_concurrent_sessions` 才有用。',
  faster_recogniser: '换更快的模型：`chorus models list`、`chorus models pull 编号`，然后设 `asr.model`。',
  more_recognitions: '如果 `asr.max_workers` 设得比核数少，把它提高。',
  smaller_model: '换更小的模型：`chorus models list`、`chorus models pull 编号`，然后设 `asr.model`。',
  faster_llm: '换更快或更近的大模型（`llm.preset`、`llm.model`）；`chorus setup` 会显示各自要多久。',
  shorter_prompt: '缩短 `llm.prompt`、减少 `llm.history_turns` 能让它更早开始。',
  more_requests: '如果请求在互相等待，提高 `llm.max_workers`。',
  nearer_voice: '换一个语音（`tts.provider`）：远处的服务响应慢，本机的要用 CPU。',
  larger_cache: '提高 `tts.phrase_cache_mb`：说过的话可以立刻播放。',
  lost_on_the_way: '服务器按时发出了全部声音，问题在途中：请检查网络，或者模拟设备所在机器的负载。',
  stood_still: '服务器本身有时停顿；见关于服务器内部延迟的建议。',
  more_lead: '提高 `pacing.lead_max_packets`：设备就能多缓存一些声音。',
  busy: '有设备被告知服务器正忙。只有 CPU 低于 70 % 时提高 `max_concurrent_sessions` 才有用；否则请换更大的机器。',
  see_details: '下面的明细列出每一轮如何结束；原因见服务器的日志。',
  close_others_now: '关掉本机上的其他程序（用 `top` 查看），或换个时间再测。',
  measure_apart: '减少设备数，或让服务器运行在另一台机器上（`--url`）：模拟设备也要占用 CPU。',
  let_run: '请让测试运行到结束。',
  find_capacity: '用 `chorus bench --find-capacity` 找出数目，并设为 `max_concurrent_sessions`。',
  smaller_or_bigger: '选用更小的识别模型，或给服务器更多核心。',
  raise_if_others_hold: '如果其他目标都达到，可调高 `max_concurrent_sessions`。',
  in_details: '见文末的细节。',
  restarted: (times) => `其间它的子进程重启了 ${times} 次。`,
  raise_limit: (cores) => `提高上限（compose 里的 \`cpus:\`，现在是 ${cores}）。`,
  waited_for_cpu: (share) =>
    `它在等 CPU${share === undefined ? '' : `（${share} 的时间里有程序在等）`}：见关于 CPU 的建议。`,
  others_first: (share) => `当时其他程序占了 ${share} 的 CPU：先解决它。`,
  cpu_short: (share) => `CPU 不够（${share} 在忙）：声音来不及合成。`,
  ended_in: (turns, code, remedy) => `${turns} 轮以 \`${code}\` 结束：${remedy}`,
  see_errors: 'docs/errors.zh-CN.md 里写了它是什么、怎么办。',
  heard: (excuse) => `设备听到的是：“${excuse}”`,
};

export const REMEDIES = bilingualWords({ en, zh });
