import { isIP } from 'node:net';
import { z } from 'zod';
import { described, httpUrl, secret, text } from '../../providers/index.js';
import { ms } from './shared.js';

const macAddress = z
  .string()
  .regex(/^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}$/)
  .meta({ examples: ['a0:85:e3:f4:49:34'] })
  .transform((mac) => mac.toLowerCase().replaceAll('-', ':'));

/** Accepts an IP address, or a network in CIDR notation. */
function isNetwork(value: string): boolean {
  const [address = '', prefix, more] = value.split('/');
  const family = isIP(address);
  if (family === 0 || more !== undefined) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

export const DEFAULT_PORT = 8000;

export const server = z.strictObject({
  host: described(
    text(255).default('0.0.0.0'),
    'Address to listen on. 0.0.0.0: every network; 127.0.0.1: this machine only.',
    '监听的地址。0.0.0.0：所有网络；127.0.0.1：只有本机。',
  ),
  port: described(
    z.int().min(0).max(65_535).default(DEFAULT_PORT),
    'The one port for HTTP, WebSocket, OTA and metrics. 0: any free port.',
    '唯一的端口，HTTP、WebSocket、OTA 和指标都用它。0：任意空闲端口。',
  ),
  public_url: described(
    httpUrl.optional().meta({ live: true }),
    'How devices reach this server from outside, for example https://voice.example.org. Without it ' +
      'they are told the address they asked.',
    '设备从外面怎样到达这台服务器，例如 https://voice.example.org。不设置时，设备得到的就是它请求时用的地址。',
  ),
  public_port: described(
    z.int().min(1).max(65_535).optional().meta({ live: true }),
    'The port that devices get when it differs from server.port (a container with a mapped port).',
    '告诉设备的端口，用于它与 server.port 不同的情况（容器映射了端口）。',
  ),
  ota_ports: described(
    z.array(z.int().min(1).max(65_535)).max(8).default([]),
    'Ports on which OTA is answered too (docs/moving-over.md): devices of another server have its ' +
      'address stored. `chorus config import` sets 8002 and 8003. One that is in use is reported, and no ' +
      'more.',
    '在哪些端口上也应答 OTA（docs/moving-over.md）：设备里存着另一台服务器的地址。' +
      '`chorus config import` 会设置 8002 和 8003。端口被占用时只提示，不影响运行。',
  ),
  trusted_proxies: described(
    z
      .array(
        text(64)
          .refine(isNetwork)
          .meta({ examples: ['10.0.0.2', '10.0.0.0/8'] }),
      )
      .max(64)
      .default([]),
    'Addresses or networks (10.0.0.0/8) of reverse proxies whose forwarding headers are believed.',
    '反向代理的地址或网段（10.0.0.0/8），它们给出的转发头会被采信。',
  ),
  hello_timeout_ms: described(
    z.int().min(1000).max(60_000).default(10_000),
    'A connection that has not said hello by then is closed.',
    '到这时还没有发来 hello 的连接会被关闭。',
  ),
  max_text_bytes: described(
    z.int().min(1024).max(1_048_576).default(65_536),
    'Longest JSON message of a device.',
    '设备的 JSON 消息最长多少。',
  ),
  max_binary_bytes: described(
    z.int().min(1500).max(65_536).default(4096),
    'Longest audio message of a device.',
    '设备的音频消息最长多少。',
  ),
  max_connections: described(
    z.int().min(1).max(100_000).default(2000),
    'Open device connections at a time; connecting is cheap, talking is limited by max_concurrent_sessions.',
    '同时打开的设备连接数；连接本身开销很小，对话由 max_concurrent_sessions 限制。',
  ),
  max_audio_ahead_ms: described(
    z.int().min(5000).max(600_000).default(20_000),
    'Sound that a device may send ahead of real time, all its connections together; a tenth of what ' +
      'it sends in real time comes on top. The rest is not heard.',
    '一台设备可以比实时早发多少声音，它的所有连接合在一起；另加实时所发的十分之一。更多的不听。',
  ),
  max_connections_per_address: described(
    z.int().min(1).max(100_000).default(1000),
    'Connections of any kind from one address, not counting trusted_proxies. Devices behind one ' +
      'router or one proxy that is not trusted share an address.',
    '一个地址可以有多少个连接（不论种类），trusted_proxies 除外。' +
      '在同一个路由器或未受信任的代理后面的设备共用一个地址。',
  ),
  rate_limit_per_minute: described(
    z.int().min(1).max(100_000).default(120),
    'OTA, activation and refused handshakes that one address may make in a minute.',
    '一个地址每分钟可以进行多少次 OTA、激活和被拒绝的握手。',
  ),
  drain_ms: described(
    ms(600_000).default(30_000).meta({ live: true }),
    'How long a stopping server lets those finish who speak or are answered; then they are cut. ' +
      '`chorus drain --wait` may take longer.',
    '停止服务器时，最多等多久让正在说话和正在得到回答的设备说完；之后就会被打断。' +
      '`chorus drain --wait` 可以等得更久。',
  ),
});

export const auth = z.strictObject({
  pairing: described(
    z.enum(['lan', 'code', 'open', 'allowlist']).default('lan'),
    'How a new device is admitted. lan: at once when it comes from the local network, else by spoken ' +
      'code. code: always by spoken code. open: everybody. allowlist: only auth.allowlist.',
    '怎样接纳新设备。lan：来自局域网的立即接纳，其余要念配对码。code：一律要念配对码。open：谁都可以。allowlist：' +
      '只有 auth.allowlist 里的。',
  ),
  auto_bind_max: described(
    z.int().min(0).max(10_000).default(10),
    'Devices that pairing "lan" binds without a code.',
    '配对方式 lan 最多不用配对码接纳多少台设备。',
  ),
  codes_per_address: described(
    z.int().min(1).max(45).default(30),
    'New pairing codes that the devices behind one address get at once, and again in ten ' +
      'minutes. 100 codes are kept at a time.',
    '同一个地址后面的设备一次最多拿到多少个新的配对码，十分钟后又可以拿这么多。同时最多保存 100 个。',
  ),
  migration_days: described(
    z.int().min(0).max(365).default(14).meta({ live: false }),
    'After `chorus config import`: for how many days from then devices of the old server come in ' +
      'from the local network without a code. 0: none.',
    '执行 `chorus config import` 之后多少天内，原服务器的设备从局域网来时不需要配对码。0：不允许。',
  ),
  allowlist: described(
    z.array(macAddress).max(10_000).default([]),
    'MAC addresses that pairing "allowlist" admits.',
    '配对方式 allowlist 接纳的 MAC 地址。',
  ),
});

/** Accepts `host:port` and `[host]:port`. */
const isPlace = (value: string): boolean =>
  URL.canParse(`tcp://${value}`) && /^(?:\[[\da-f:.]+\]|[\w.-]+):\d{1,5}$/i.test(value);

export const wyoming = z.strictObject({
  listen: described(
    text(255)
      .refine(isPlace, 'not host:port')
      .optional()
      .meta({ examples: ['127.0.0.1:10400'] }),
    'Address at which Home Assistant finds recognition and voices of this server: host:port. Without it they are ' +
      'not. The protocol has no authentication: with another address than this machine, wyoming.allow is needed.',
    '在哪里把本服务器的识别和声音提供给 Home Assistant：主机:端口。不设置就不提供。' +
      '这个协议没有认证：地址不是本机时，必须设置 wyoming.allow。',
  ),
  allow: described(
    z
      .array(
        text(64)
          .refine(isNetwork)
          .meta({ examples: ['192.168.1.20', '192.168.1.0/24'] }),
      )
      .max(64)
      .default([]),
    'Addresses or networks that may connect, besides this machine. Others are hung up on.',
    '除本机外，允许连接的地址或网段。其他的一律断开。',
  ),
  max_streams: described(
    z.int().min(1).max(32).default(2),
    'Utterances and texts at a time, of all programs together; one more is told that the server is busy. ' +
      'Devices go first in any case.',
    '所有程序合计同时识别和合成的数量；再多就告知服务器忙。设备始终优先。',
  ),
});

export const admin = z.strictObject({
  password: secret(
    'Password of the page and its API, at least 8 characters; also CHORUS_ADMIN_PASSWORD. Without it ' +
      'one is made at the first start and printed once; `chorus admin password` sets another.',
    '页面和接口的密码，至少 8 个字符；也可以用 CHORUS_ADMIN_PASSWORD。不设时第一次启动会生成一个并显示一次，' +
      '用 `chorus admin password` 可以改。',
    8,
  ),
  hosts: described(
    z
      .array(
        text(255)
          .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/)
          .meta({ examples: ['voice.example.org'] }),
      )
      .max(64)
      .default([]),
    'Names by which the page is opened, besides IP addresses, names without a dot, names of a local ' +
      'network (.local, .lan, .home, .internal) and that of server.public_url. Others are refused, so ' +
      'that a foreign web page cannot reach it through a name of its own.',
    '打开页面时可以用的名字。IP 地址、不带点的名字、局域网的名字（.local、.lan、.home、' +
      '.internal）和 server.public_url 里的名字不用写。其余的一律拒绝，免得别的网页借自己的名字访问这里。',
  ),
  llm_ports: described(
    z.array(z.int().min(1).max(65_535)).max(32).default([11_434, 1234, 8000, 8080]),
    'Ports on this machine and in the local network that may be tried as a language model from the ' +
      'page: Ollama, LM Studio, vLLM, llama.cpp. Other ports there are refused.',
    '在页面上可以当作大模型试用的本机和局域网端口：Ollama、LM Studio、vLLM、llama.cpp。那里的其他端口一律拒绝。',
  ),
});
