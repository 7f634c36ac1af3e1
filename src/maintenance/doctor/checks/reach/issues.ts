import { both } from '../../../../core/index.js';
import { issues } from '../../finding.js';

const PROXY_REMEDY = both(
  'nginx: `proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; ' +
    'proxy_set_header Connection "upgrade"; proxy_set_header Host $http_host; ' +
    'proxy_set_header X-Forwarded-Proto $scheme; proxy_buffering off; ' +
    'proxy_read_timeout 180s;` (Caddy and Traefik do it by themselves), ' +
    'and the proxy in `server.trusted_proxies`.',
  'nginx：`proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; ' +
    'proxy_set_header Connection "upgrade"; proxy_set_header Host $http_host; ' +
    'proxy_set_header X-Forwarded-Proto $scheme; proxy_buffering off; ' +
    'proxy_read_timeout 180s;`（Caddy 和 Traefik 会自动处理），并把代理写进 `server.trusted_proxies`。',
);

/** Problems on the way of a device to the server. */
export const REACH = issues('device', {
  name: {
    severity: 'fault',
    title: both('A device cannot find the host of the OTA address.', '设备找不到 OTA 地址的主机。'),
    cause: both('The name is not known, or no name server answers.', '域名不存在，或 DNS 没有响应。'),
    remedy: both('Correct the name, or use the IP address in the local network.', '改正域名，或在局域网里用 IP 地址。'),
  },
  refused: {
    severity: 'fault',
    title: both('Nothing listens at the address that devices use.', '设备使用的地址上没有程序在监听。'),
    cause: both(
      'The server does not run, listens on another port, or only on 127.0.0.1; ' +
        'in a container the port is not published.',
      '服务器没有运行、在别的端口、或只监听 127.0.0.1；在容器里则是端口没有映射。',
    ),
    remedy: both(
      'Start the server; set `server.host` to 0.0.0.0; publish the port (`ports:` in compose); ' +
        'compare it with the address.',
      '启动服务器；把 `server.host` 设为 0.0.0.0；映射端口（compose 的 `ports:`）；与地址核对。',
    ),
  },
  timeout: {
    severity: 'fault',
    title: both(
      'Connections time out: the address that devices use does not answer.',
      '连接超时：设备使用的地址没有响应。',
    ),
    cause: both(
      'A firewall drops the packets, the router does not forward the port, the address is an old one, ' +
        'or the server hangs.',
      '防火墙丢弃了数据包、路由器没有转发端口、地址已经变了，或服务器卡住了。',
    ),
    remedy: both(
      'Open the port (`ufw allow 8000/tcp`, the security group of the cloud), forward it in the router, ' +
        'compare the address with `ip addr`.',
      '放行端口（`ufw allow 8000/tcp`、云服务器的安全组），在路由器里转发，用 `ip addr` 核对地址。',
    ),
  },
  cut: {
    severity: 'fault',
    title: both('The connection of a device is cut.', '设备的连接被切断。'),
    cause: both(
      'The program that listens there does not speak the protocol of the address: ' +
        'http on an https port, or the other way round; or a proxy cuts.',
      '那里说的不是这种协议：https 端口上用了 http，或者相反；或被代理切断。',
    ),
    remedy: both(
      'Try the address with https:// instead of http:// or the other way round, and look into the log of the proxy.',
      '把地址的 http:// 与 https:// 互换试试，并看代理的日志。',
    ),
  },
  redirect: {
    severity: 'fault',
    title: both('The OTA address redirects, and devices do not follow.', 'OTA 地址会重定向，而设备不会跟随。'),
    cause: both(
      'A proxy sends http to https, or to another host or path.',
      '代理把 http 转到 https，或转到别的主机、路径。',
    ),
    remedy: both(
      'Enter the address it leads to on the device, or answer /xiaozhi/ on http too.',
      '在设备上填写转到的那个地址，或让 /xiaozhi/ 在 http 上也直接响应。',
    ),
  },
  gateway: {
    severity: 'fault',
    title: both('The proxy is reached, and does not reach the server.', '代理能连上，但代理连不到服务器。'),
    cause: both(
      'The server does not run, or the proxy has another address or port of it.',
      '服务器没有运行，或代理里的地址、端口不对。',
    ),
    remedy: both(
      'Start the server; compare `proxy_pass` (or `reverse_proxy`) with its port. ' +
        'From a container of the proxy 127.0.0.1 is that container.',
      '启动服务器；核对 `proxy_pass`（或 `reverse_proxy`）与端口。在代理的容器里 127.0.0.1 是代理自己。',
    ),
  },
  locked: {
    severity: 'fault',
    title: both('Something in front of the server asks for a password.', '服务器前面有东西要求登录。'),
    cause: both(
      'A password, an access list or a bot check of the proxy or the tunnel. Devices cannot pass it.',
      '代理或隧道设了密码、访问控制或人机验证，设备过不去。',
    ),
    remedy: both(
      'Leave /xiaozhi/ out of it: devices have tokens of their own.',
      '不要对 /xiaozhi/ 启用它：设备有自己的令牌。',
    ),
  },
  not_ota: {
    severity: 'fault',
    title: both(
      'The address is answered by something else than the OTA of Chorus.',
      '这个地址上响应的不是 Chorus 的 OTA。',
    ),
    cause: both(
      'Another path or port, another program, or a page of the router or provider.',
      '路径或端口不对、是别的程序，或路由器、运营商的页面。',
    ),
    remedy: both(
      'The address ends with /xiaozhi/ota/; `chorus serve` prints it. The proxy must hand on that path unchanged.',
      '地址以 /xiaozhi/ota/ 结尾，`chorus serve` 启动时会打印。代理必须原样转发这个路径。',
    ),
  },
  no_address: {
    severity: 'fault',
    title: both(
      'The server does not know by which address devices can reach it.',
      '服务器不知道设备该用什么地址连它。',
    ),
    cause: both(
      'It runs in a container or behind a proxy that does not hand on the Host, and `server.public_url` is not set.',
      '它在容器里，或代理没有转发 Host，又没有设 `server.public_url`。',
    ),
    remedy: both(
      'Set `server.public_url` to the address that devices use, without a path.',
      '把 `server.public_url` 设为设备使用的地址（不带路径）。',
    ),
  },
  answer: {
    severity: 'fault',
    title: both('The OTA answer breaks what the firmware can read.', 'OTA 的回答固件读不了。'),
    cause: both('A proxy changed it, or it is the answer of another server.', '被代理改过，或是别的服务器的回答。'),
    remedy: both(
      'Switch off what changes answers in the proxy; compare with the server itself (`--url http://127.0.0.1:8000`).',
      '关掉代理里改写内容的功能；与服务器本身对比（`--url http://127.0.0.1:8000`）。',
    ),
  },
  wrong_host: {
    severity: 'fault',
    title: both('Devices are told an address that they cannot reach.', '告诉设备的地址设备连不上。'),
    cause: both(
      '`server.public_url` is an address of the machine itself or of a container, ' +
        'or the proxy does not hand on the Host of the request.',
      '`server.public_url` 写成了本机或容器内的地址，或代理没有转发请求的 Host。',
    ),
    remedy: both(
      'Set `server.public_url` to the address that devices use (and `server.public_port` for a mapped port); ' +
        'or `proxy_set_header Host $http_host` and the proxy in `server.trusted_proxies`.',
      '把 `server.public_url` 设为设备使用的地址（端口有映射时设 `server.public_port`）；' +
        '或 `proxy_set_header Host $http_host` 并把代理写进 `server.trusted_proxies`。',
    ),
  },
  wrong_port: {
    severity: 'fault',
    title: both('Devices are told a port that does not answer.', '告诉设备的端口没有响应。'),
    cause: both(
      'The port as seen from outside differs from the one in the server (a mapped port, a proxy), or is not open.',
      '外部看到的端口与服务器里的不同（端口映射、代理），或没有放行。',
    ),
    remedy: both(
      'Set `server.public_port` (or the port in `server.public_url`) to the one that devices use.',
      '把 `server.public_port`（或 `server.public_url` 里的端口）设为设备使用的端口。',
    ),
  },
  other_port: {
    severity: 'warning',
    title: both(
      'Devices are told another port than the one they asked, past the proxy.',
      '告诉设备的端口与询问的端口不同，绕过了代理。',
    ),
    cause: both(
      'The proxy does not hand on the Host of the request. From here the other port answers; ' +
        'from outside it may be closed, and is not encrypted.',
      '代理没有转发请求的 Host。从这里能连上那个端口，但从外面可能没有放行，也没有加密。',
    ),
    remedy: both(
      '`proxy_set_header Host $http_host` and the proxy in `server.trusted_proxies`, ' +
        'or set `server.public_url`. If OTA has a port of its own on purpose, this is right.',
      '`proxy_set_header Host $http_host` 并把代理写进 `server.trusted_proxies`，或设 `server.public_url`。' +
        '如果是有意让 OTA 单独占一个端口则不必改。',
    ),
  },
  no_upgrade: {
    severity: 'fault',
    title: both('The proxy does not let the WebSocket through.', '代理不让 WebSocket 通过。'),
    cause: both(
      'It speaks plain HTTP to the server and drops the Upgrade header.',
      '它只用普通 HTTP 转发，丢掉了 Upgrade 头。',
    ),
    remedy: PROXY_REMEDY,
  },
  token_lost: {
    severity: 'fault',
    title: both('The token of the device does not arrive.', '设备的令牌没有到达。'),
    cause: both(
      'A proxy drops or replaces the Authorization, Device-Id or Client-Id header, ' +
        'or the WebSocket leads to another server.',
      '代理丢弃或替换了 Authorization、Device-Id 或 Client-Id 头，或 WebSocket 连到了别的服务器。',
    ),
    remedy: both(
      'Let the proxy hand on all headers; no password of its own (`auth_basic off`) for /xiaozhi/.',
      '让代理原样转发所有请求头；对 /xiaozhi/ 不设自己的密码（`auth_basic off`）。',
    ),
  },
  refused_socket: {
    severity: 'fault',
    title: both('The WebSocket is refused.', 'WebSocket 被拒绝。'),
    cause: both(
      'The server is full (`server.max_connections`), stops, limits the rate of this address, ' +
        'or the proxy has a limit.',
      '服务器已满（`server.max_connections`）、正在停止、限制了这个地址的频率，或代理有限制。',
    ),
    remedy: both(
      'Wait a minute and try again; look into the log of the server and of the proxy.',
      '等一分钟再试；看服务器和代理的日志。',
    ),
  },
  no_hello: {
    severity: 'fault',
    title: both(
      'The WebSocket opens, and the hello of the server does not come.',
      'WebSocket 能打开，但收不到服务器的 hello。',
    ),
    cause: both(
      'A proxy holds back what is small, or what answers there is no Chorus.',
      '代理压住了小的消息，或那里不是 Chorus。',
    ),
    remedy: PROXY_REMEDY,
  },
  buffered: {
    severity: 'fault',
    title: both(
      'Something on the way collects small messages, so that speech stutters.',
      '中途有东西在攒小数据包，语音会卡顿。',
    ),
    cause: both(
      'A proxy, tunnel or antivirus buffers the stream: answers to evenly spaced messages come in bunches.',
      '代理、隧道或杀毒软件在缓冲：均匀发送的消息，回应却成堆到达。',
    ),
    remedy: PROXY_REMEDY,
  },
  slow: {
    severity: 'warning',
    title: both('The way to the server is slow.', '到服务器的路径很慢。'),
    cause: both('A far or congested way, a slow tunnel, or a busy server.', '路径远或拥堵、隧道慢，或服务器很忙。'),
    remedy: both(
      'Use the address in the local network at home; look at the load (`chorus monitor`).',
      '在家里用局域网地址；看负载（`chorus monitor`）。',
    ),
  },
  unpaired: {
    severity: 'note',
    title: both(
      'The way was tried up to the token; beyond it a paired device is needed.',
      '已检查到令牌这一步；再往后需要已配对的设备。',
    ),
    cause: both(
      'The doctor’s device is not paired: it runs on another machine than the server, or may not read its data folder.',
      'doctor 的设备没有配对：它不在服务器的机器上运行，或读不了数据文件夹。',
    ),
    remedy: both(
      'Run `chorus doctor --url URL` on the machine of the server, with its data folder (--data).',
      '在服务器的机器上运行 `chorus doctor --url 地址`，并用 --data 指明数据文件夹。',
    ),
  },
  pictures: {
    severity: 'warning',
    title: both('Pictures of devices do not reach the server.', '设备的图片到不了服务器。'),
    cause: both(
      'The proxy hands on /xiaozhi/ only, asks for a password, or bounds the size of what is sent.',
      '代理只转发 /xiaozhi/、要求登录，或限制了上传大小。',
    ),
    remedy: both(
      'Hand on /mcp/vision/explain as well (nginx: `location /mcp/`, `client_max_body_size 3m`).',
      '把 /mcp/vision/explain 也转发过来（nginx：`location /mcp/`，`client_max_body_size 3m`）。',
    ),
  },
  plain: {
    severity: 'note',
    title: both('The address is encrypted, the WebSocket is not.', '地址是加密的，WebSocket 却不是。'),
    cause: both(
      '`server.public_url` begins with http, or the proxy does not say that it was asked by https.',
      '`server.public_url` 以 http 开头，或代理没有说明自己是 https。',
    ),
    remedy: both(
      'Set `server.public_url` to https://..., or X-Forwarded-Proto and `server.trusted_proxies`.',
      '把 `server.public_url` 设为 https://…，或设 X-Forwarded-Proto 和 `server.trusted_proxies`。',
    ),
  },
  tls_expired: {
    severity: 'fault',
    title: both('The certificate is not valid at this time.', '证书不在有效期内。'),
    cause: both(
      'It has expired and was not renewed, or the clock of one side is wrong.',
      '证书过期没有续期，或某一方的时钟不对。',
    ),
    remedy: both(
      'Renew it (`certbot renew`), and see that the proxy is reloaded afterwards.',
      '续期（`certbot renew`），并确认之后重新加载了代理。',
    ),
  },
  tls_soon: {
    severity: 'warning',
    title: both('The certificate expires soon.', '证书快过期了。'),
    cause: both('It should have been renewed by itself by now.', '按理此时应该已经自动续期。'),
    remedy: both('`certbot renew --dry-run` says why it was not.', '`certbot renew --dry-run` 会说明原因。'),
  },
  tls_self_signed: {
    severity: 'fault',
    title: both('The certificate is self-signed; devices do not trust it.', '证书是自签名的，设备不信任它。'),
    cause: both(
      'It was made on this machine, or is the default of the proxy or NAS.',
      '它是本机生成的，或是代理、NAS 的默认证书。',
    ),
    remedy: both(
      'Get one of a public authority (Let’s Encrypt; Caddy does it by itself), or use http:// in the local network.',
      '申请公共机构的证书（Let’s Encrypt；Caddy 会自动申请），或在局域网里用 http://。',
    ),
  },
  tls_incomplete: {
    severity: 'fault',
    title: both('The certificate chain is incomplete.', '证书链不完整。'),
    cause: both(
      'The server sends its own certificate without that of its issuer. Browsers fetch it, devices do not.',
      '服务器只发了自己的证书，没有发签发者的。浏览器会自己去取，设备不会。',
    ),
    remedy: both(
      'Give the proxy the whole chain: `ssl_certificate fullchain.pem` instead of `cert.pem`.',
      '给代理完整的链：用 `ssl_certificate fullchain.pem` 代替 `cert.pem`。',
    ),
  },
  tls_private: {
    severity: 'fault',
    title: both('The certificate comes from an authority that devices do not know.', '证书的签发机构设备不认识。'),
    cause: both(
      'A private authority of a company, a NAS or an antivirus that looks into connections.',
      '公司、NAS 的私有机构，或会查看连接内容的杀毒软件。',
    ),
    remedy: both(
      'Get one of a public authority (Let’s Encrypt), or use http:// in the local network.',
      '申请公共机构的证书（Let’s Encrypt），或在局域网里用 http://。',
    ),
  },
  tls_name: {
    severity: 'fault',
    title: both('The certificate is for another name.', '证书上的名字不对。'),
    cause: both(
      'The address is an IP address or a name that is not in the certificate, or the proxy has chosen the wrong one.',
      '地址是 IP 或不在证书里的域名，或代理选错了证书。',
    ),
    remedy: both(
      'Use the name that the certificate is for, or get one for this name.',
      '使用证书上的域名，或为这个域名申请证书。',
    ),
  },
});
