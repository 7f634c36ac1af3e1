import { both } from './language.js';
import type { MetricDefinition } from './metric-definition.js';

const PROCESS = 'main, listening, speaking, asr, tts, models';

export const PROCESS_METRICS = {
  chorus_engine_up: {
    type: 'gauge',
    help: both('1 while the child process is ready.', '子进程就绪时为 1。'),
    labels: { engine: 'listening, speaking, asr, tts' },
  },
  chorus_engine_restarts_total: {
    type: 'counter',
    help: both('Child processes started again after their death.', '子进程退出后重新启动的次数。'),
    labels: { engine: 'listening, speaking, asr, tts, models', reason: 'crash, hung, start, refused' },
  },
  chorus_mcp_servers: {
    type: 'gauge',
    help: both('MCP servers of the file, by state.', '文件里的 MCP 服务器数，按状态。'),
    labels: { state: 'connecting, ready, failed' },
  },
  chorus_mcp_bridges: {
    type: 'gauge',
    help: both('Connections to the MCP access point.', '连到 MCP 接入点的连接数。'),
  },
  chorus_mcp_offers: {
    type: 'gauge',
    help: both(
      'Access points of other servers to which tools are offered, by state.',
      '向其提供工具的其他服务器接入点数，按状态。',
    ),
    labels: { state: 'connecting, ready, failed' },
  },
  chorus_mcp_offered_calls_total: {
    type: 'counter',
    help: both('Calls by other servers of tools that are offered to them.', '其他服务器对所提供工具的调用。'),
    labels: { result: 'answered, failed, timeout, cancelled, refused' },
  },
  chorus_mcp_calls_total: {
    type: 'counter',
    help: both('Calls of tools of MCP servers and of the access point.', '对 MCP 服务器和接入点的工具的调用。'),
    labels: { result: 'answered, failed, timeout, cancelled' },
  },
  chorus_event_loop_delay_seconds: {
    type: 'gauge',
    help: both(
      'How late the main process’s event loop was, over the last 10 to 20 s (or since the last scrape, ' +
        'if that is longer ago).',
      '主进程的事件循环晚了多久，取最近 10 到 20 秒（如果上次抓取更早，就从那时算起）。',
    ),
    labels: { quantile: '0.5, 0.99, 1' },
  },
  chorus_process_resident_bytes: {
    type: 'gauge',
    help: both(
      'Resident memory by process. Shared pages count in each.',
      '各进程的常驻内存。共享的页在每个进程里都计算。',
    ),
    labels: { process: PROCESS },
  },
  chorus_process_cpu_seconds_total: {
    type: 'counter',
    help: both('CPU time by process.', '各进程的 CPU 时间。'),
    labels: { process: PROCESS },
  },
  chorus_process_open_files: {
    type: 'gauge',
    help: both('Open file descriptors by process, sockets included.', '各进程打开的文件描述符，包括套接字。'),
    labels: { process: PROCESS },
  },
} as const satisfies Record<`chorus_${string}`, MetricDefinition>;
