import { bilingualWords } from '../../../core/index.js';

const en = {
  issues: {
    name: {
      title: 'A device cannot find the host of the OTA address.',
      cause: 'The name is not known, or no name server answers.',
      remedy: 'Correct the name, or use the IP address in the local network.',
    },
    refused: {
      title: 'Nothing listens at the address that devices use.',
      cause:
        'The server does not run, listens on another port, or only on 127.0.0.1; ' +
        'in a container the port is not published.',
      remedy:
        'Start the server; set `server.host` to 0.0.0.0; publish the port (`ports:` in compose); ' +
        'compare it with the address.',
    },
    timeout: {
      title: 'Connections time out: the address that devices use does not answer.',
      cause:
        'A firewall drops the packets, the router does not forward the port, the address is an old one, ' +
        'or the server hangs.',
      remedy:
        'Open the port (`ufw allow 8000/tcp`, the security group of the cloud), forward it in the router, ' +
        'compare the address with `ip addr`.',
    },
    cut: {
      title: 'The connection of a device is cut.',
      cause:
        'The program that listens there does not speak the protocol of the address: ' +
        'http on an https port, or the other way round; or a proxy cuts.',
      remedy:
        'Try the address with https:// instead of http:// or the other way round, and look into the log of the proxy.',
    },
    redirect: {
      title: 'The OTA address redirects, and devices do not follow.',
      cause: 'A proxy sends http to https, or to another host or path.',
      remedy: 'Enter the address it leads to on the device, or answer /xiaozhi/ on http too.',
    },
    gateway: {
      title: 'The proxy is reached, and does not reach the server.',
      cause: 'The server does not run, or the proxy has another address or port of it.',
      remedy:
        'Start the server; compare `proxy_pass` (or `reverse_proxy`) with its port. ' +
        'From a container of the proxy 127.0.0.1 is that container.',
    },
    locked: {
      title: 'Something in front of the server asks for a password.',
      cause: 'A password, an access list or a bot check of the proxy or the tunnel. Devices cannot pass it.',
      remedy: 'Leave /xiaozhi/ out of it: devices have tokens of their own.',
    },
    not_ota: {
      title: 'The address is answered by something else than the OTA of Chorus.',
      cause: 'Another path or port, another program, or a page of the router or provider.',
      remedy:
        'The address ends with /xiaozhi/ota/; `chorus serve` prints it. The proxy must hand on that path unchanged.',
    },
    no_address: {
      title: 'The server does not know by which address devices can reach it.',
      cause:
        'It runs in a container or behind a proxy that does not hand on the Host, and `server.public_url` is not set.',
      remedy: 'Set `server.public_url` to the address that devices use, without a path.',
    },
    answer: {
      title: 'The OTA answer breaks what the firmware can read.',
      cause: 'A proxy changed it, or it is the answer of another server.',
      remedy:
        'Switch off what changes answers in the proxy; compare with the server itself (`--url http://127.0.0.1:8000`).',
    },
    wrong_host: {
      title: 'Devices are told an address that they cannot reach.',
      cause:
        '`server.public_url` is an address of the machine itself or of a container, ' +
        'or the proxy does not hand on the Host of the request.',
      remedy:
        'Set `server.public_url` to the address that devices use (and `server.public_port` for a mapped port); ' +
        'or `proxy_set_header Host $http_host` and the proxy in `server.trusted_proxies`.',
    },
    wrong_port: {
      title: 'Devices are told a port that does not answer.',
      cause:
        'The port as seen from outside differs from the one in the server (a mapped port, a proxy), or is not open.',
      remedy: 'Set `server.public_port` (or the port in `server.public_url`) to the one that devices use.',
    },
    other_port: {
      title: 'Devices are told another port than the one they asked, past the proxy.',
      cause:
        'The proxy does not hand on the Host of the request. From here the other port answers; ' +
        'from outside it may be closed, and is not encrypted.',
      remedy:
        '`proxy_set_header Host $http_host` and the proxy in `server.trusted_proxies`, ' +
        'or set `server.public_url`. If OTA has a port of its own on purpose, this is right.',
    },
    no_upgrade: {
      title: 'The proxy does not let the WebSocket through.',
      cause: 'It speaks plain HTTP to the server and drops the Upgrade header.',
    },
    token_lost: {
      title: 'The token of the device does not arrive.',
      cause:
        'A proxy drops or replaces the Authorization, Device-Id or Client-Id header, ' +
        'or the WebSocket leads to another server.',
      remedy: 'Let the proxy hand on all headers; no password of its own (`auth_basic off`) for /xiaozhi/.',
    },
    refused_socket: {
      title: 'The WebSocket is refused.',
      cause:
        'The server is full (`server.max_connections`), stops, limits the rate of this address, ' +
        'or the proxy has a limit.',
      remedy: 'Wait a minute and try again; look into the log of the server and of the proxy.',
    },
    no_hello: {
      title: 'The WebSocket opens, and the hello of the server does not come.',
      cause: 'A proxy holds back what is small, or what answers there is no Chorus.',
    },
    buffered: {
      title: 'Something on the way collects small messages, so that speech stutters.',
      cause: 'A proxy, tunnel or antivirus buffers the stream: answers to evenly spaced messages come in bunches.',
    },
    slow: {
      title: 'The way to the server is slow.',
      cause: 'A far or congested way, a slow tunnel, or a busy server.',
      remedy: 'Use the address in the local network at home; look at the load (`chorus monitor`).',
    },
    unpaired: {
      title: 'The way was tried up to the token; beyond it a paired device is needed.',
      cause:
        'The doctor’s device is not paired: ' +
        'it runs on another machine than the server, or may not read its data folder.',
      remedy: 'Run `chorus doctor --url URL` on the machine of the server, with its data folder (--data).',
    },
    pictures: {
      title: 'Pictures of devices do not reach the server.',
      cause: 'The proxy hands on /xiaozhi/ only, asks for a password, or bounds the size of what is sent.',
      remedy: 'Hand on /mcp/vision/explain as well (nginx: `location /mcp/`, `client_max_body_size 3m`).',
    },
    plain: {
      title: 'The address is encrypted, the WebSocket is not.',
      cause: '`server.public_url` begins with http, or the proxy does not say that it was asked by https.',
      remedy: 'Set `server.public_url` to https://..., or X-Forwarded-Proto and `server.trusted_proxies`.',
    },
    tls_expired: {
      title: 'The certificate is not valid at this time.',
      cause: 'It has expired and was not renewed, or the clock of one side is wrong.',
      remedy: 'Renew it (`certbot renew`), and see that the proxy is reloaded afterwards.',
    },
    tls_soon: {
      title: 'The certificate expires soon.',
      cause: 'It should have been renewed by itself by now.',
      remedy: '`certbot renew --dry-run` says why it was not.',
    },
    tls_self_signed: {
      title: 'The certificate is self-signed; devices do not trust it.',
      cause: 'It was made on this machine, or is the default of the proxy or NAS.',
      remedy:
        'Get one of a public authority (Let’s Encrypt; Caddy does it by itself), or use http:// in the local network.',
    },
    tls_incomplete: {
      title: 'The certificate chain is incomplete.',
      cause: 'The server sends its own certificate without that of its issuer. Browsers fetch it, devices do not.',
      remedy: 'Give the proxy the whole chain: `ssl_certificate fullchain.pem` instead of `cert.pem`.',
    },
    tls_private: {
      title: 'The certificate comes from an authority that devices do not know.',
      cause: 'A private authority of a company, a NAS or an antivirus that looks into connections.',
      remedy: 'Get one of a public authority (Let’s Encrypt), or use http:// in the local network.',
    },
    tls_name: {
      title: 'The certificate is for another name.',
      cause:
        'The address is an IP address or a name that is not in the certificate, or the proxy has chosen the wrong one.',
      remedy: 'Use the name that the certificate is for, or get one for this name.',
    },
  },
  proxy:
    'nginx: `proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; ' +
    'proxy_set_header Connection "upgrade"; proxy_set_header Host $http_host; ' +
    'proxy_set_header X-Forwarded-Proto $scheme; proxy_buffering off; ' +
    'proxy_read_timeout 180s;` (Caddy and Traefik do it by themselves), ' +
    'and the proxy in `server.trusted_proxies`.',
  unreachable: (url: string, detail: string, code: string) => `${url}: ${detail} (${code}).`,
  answered: (url: string, status: number, contentType: string) =>
    `${url} answered ${status}${contentType === '' ? '' : `, ${contentType}`}.`,
  redirects: (url: string, to: string, status: number) => `${url} leads to ${to} (${status}).`,
  useTarget: (to: string) => `Enter ${to} on the device, or answer /xiaozhi/ at the old address too.`,
  validity: (place: string, subject: string, from: string, to: string) =>
    `${place}: the certificate of ${subject} is valid from ${from} to ${to}.`,
  endsOn: (place: string, day: string) => `${place}: it ends on ${day}.`,
  selfSigned: (place: string, subject: string) => `${place}: ${subject} is its own issuer.`,
  otherName: (place: string, subject: string) => `${place}: the certificate is for ${subject}.`,
  incomplete: (place: string, subject: string, issuer: string) =>
    `${place}: only the certificate of ${subject} was sent; that of its issuer ${issuer} is missing.`,
  issuedBy: (place: string, issuer: string | undefined) => `${place}: issued by ${issuer ?? '?'}.`,
  tlsFailed: (place: string, code: string) => `${place}: ${code}.`,
  incompleteOrPrivate:
    'The server sends its own certificate without that of its issuer (browsers fetch it, devices do not), ' +
    'or the issuer is a private authority.',
  names: (asked: string, websocketUrl: string) => `Asked at ${asked}, the server names ${websocketUrl}.`,
  nothing: (url: string) => `${url}: nothing within 10 s.`,
  closed: (url: string, code: number) => `${url}: it was closed (${code}).`,
  refused: (url: string, status: number) => `${url} answered ${status} to the WebSocket.`,
  buffered: (url: string, messages: number, lost: number, percent: number, worstMs: number) =>
    `${url}: of ${messages} messages 60 ms apart ${lost} were not answered, ${percent} % of the ` +
    `answers came together with the one before, up to ${worstMs} ms late.`,
  slow: (url: string, helloMs: number, medianMs: number) =>
    `${url}: hello after ${helloMs} ms, then ${medianMs} ms there and back.`,
  about:
    'The OTA and WebSocket address as a device would use them: ' +
    'redirects, TLS chain, the address it gets, upgrade, token, hello, whether what is small is held back',
  violates: (url: string, detail: string) => `${url}: ${detail}.`,
  noWebSocket: (url: string) => `${url} names no WebSocket.`,
  ok: (url: string, helloMs: number) => `${url}: hello after ${helloMs} ms`,
  picturesRefused: (url: string, status: number) => `${url} answered ${status}.`,
};

const zh: typeof en = {
  issues: {
    name: {
      title: '设备找不到 OTA 地址的主机。',
      cause: '域名不存在，或 DNS 没有响应。',
      remedy: '改正域名，或在局域网里用 IP 地址。',
    },
    refused: {
      title: '设备使用的地址上没有程序在监听。',
      cause: '服务器没有运行、在别的端口、或只监听 127.0.0.1；在容器里则是端口没有映射。',
      remedy: '启动服务器；把 `server.host` 设为 0.0.0.0；映射端口（compose 的 `ports:`）；与地址核对。',
    },
    timeout: {
      title: '连接超时：设备使用的地址没有响应。',
      cause: '防火墙丢弃了数据包、路由器没有转发端口、地址已经变了，或服务器卡住了。',
      remedy: '放行端口（`ufw allow 8000/tcp`、云服务器的安全组），在路由器里转发，用 `ip addr` 核对地址。',
    },
    cut: {
      title: '设备的连接被切断。',
      cause: '那里说的不是这种协议：https 端口上用了 http，或者相反；或被代理切断。',
      remedy: '把地址的 http:// 与 https:// 互换试试，并看代理的日志。',
    },
    redirect: {
      title: 'OTA 地址会重定向，而设备不会跟随。',
      cause: '代理把 http 转到 https，或转到别的主机、路径。',
      remedy: '在设备上填写转到的那个地址，或让 /xiaozhi/ 在 http 上也直接响应。',
    },
    gateway: {
      title: '代理能连上，但代理连不到服务器。',
      cause: '服务器没有运行，或代理里的地址、端口不对。',
      remedy: '启动服务器；核对 `proxy_pass`（或 `reverse_proxy`）与端口。在代理的容器里 127.0.0.1 是代理自己。',
    },
    locked: {
      title: '服务器前面有东西要求登录。',
      cause: '代理或隧道设了密码、访问控制或人机验证，设备过不去。',
      remedy: '不要对 /xiaozhi/ 启用它：设备有自己的令牌。',
    },
    not_ota: {
      title: '这个地址上响应的不是 Chorus 的 OTA。',
      cause: '路径或端口不对、是别的程序，或路由器、运营商的页面。',
      remedy: '地址以 /xiaozhi/ota/ 结尾，`chorus serve` 启动时会打印。代理必须原样转发这个路径。',
    },
    no_address: {
      title: '服务器不知道设备该用什么地址连它。',
      cause: '它在容器里，或代理没有转发 Host，又没有设 `server.public_url`。',
      remedy: '把 `server.public_url` 设为设备使用的地址（不带路径）。',
    },
    answer: {
      title: 'OTA 的回答固件读不了。',
      cause: '被代理改过，或是别的服务器的回答。',
      remedy: '关掉代理里改写内容的功能；与服务器本身对比（`--url http://127.0.0.1:8000`）。',
    },
    wrong_host: {
      title: '告诉设备的地址设备连不上。',
      cause: '`server.public_url` 写成了本机或容器内的地址，或代理没有转发请求的 Host。',
      remedy:
        '把 `server.public_url` 设为设备使用的地址（端口有映射时设 `server.public_port`）；' +
        '或 `proxy_set_header Host $http_host` 并把代理写进 `server.trusted_proxies`。',
    },
    wrong_port: {
      title: '告诉设备的端口没有响应。',
      cause: '外部看到的端口与服务器里的不同（端口映射、代理），或没有放行。',
      remedy: '把 `server.public_port`（或 `server.public_url` 里的端口）设为设备使用的端口。',
    },
    other_port: {
      title: '告诉设备的端口与询问的端口不同，绕过了代理。',
      cause: '代理没有转发请求的 Host。从这里能连上那个端口，但从外面可能没有放行，也没有加密。',
      remedy:
        '`proxy_set_header Host $http_host` 并把代理写进 `server.trusted_proxies`，或设 `server.public_url`。' +
        '如果是有意让 OTA 单独占一个端口则不必改。',
    },
    no_upgrade: { title: '代理不让 WebSocket 通过。', cause: '它只用普通 HTTP 转发，丢掉了 Upgrade 头。' },
    token_lost: {
      title: '设备的令牌没有到达。',
      cause: '代理丢弃或替换了 Authorization、Device-Id 或 Client-Id 头，或 WebSocket 连到了别的服务器。',
      remedy: '让代理原样转发所有请求头；对 /xiaozhi/ 不设自己的密码（`auth_basic off`）。',
    },
    refused_socket: {
      title: 'WebSocket 被拒绝。',
      cause: '服务器已满（`server.max_connections`）、正在停止、限制了这个地址的频率，或代理有限制。',
      remedy: '等一分钟再试；看服务器和代理的日志。',
    },
    no_hello: { title: 'WebSocket 能打开，但收不到服务器的 hello。', cause: '代理压住了小的消息，或那里不是 Chorus。' },
    buffered: {
      title: '中途有东西在攒小数据包，语音会卡顿。',
      cause: '代理、隧道或杀毒软件在缓冲：均匀发送的消息，回应却成堆到达。',
    },
    slow: {
      title: '到服务器的路径很慢。',
      cause: '路径远或拥堵、隧道慢，或服务器很忙。',
      remedy: '在家里用局域网地址；看负载（`chorus monitor`）。',
    },
    unpaired: {
      title: '已检查到令牌这一步；再往后需要已配对的设备。',
      cause: 'doctor 的设备没有配对：它不在服务器的机器上运行，或读不了数据文件夹。',
      remedy: '在服务器的机器上运行 `chorus doctor --url 地址`，并用 --data 指明数据文件夹。',
    },
    pictures: {
      title: '设备的图片到不了服务器。',
      cause: '代理只转发 /xiaozhi/、要求登录，或限制了上传大小。',
      remedy: '把 /mcp/vision/explain 也转发过来（nginx：`location /mcp/`，`client_max_body_size 3m`）。',
    },
    plain: {
      title: '地址是加密的，WebSocket 却不是。',
      cause: '`server.public_url` 以 http 开头，或代理没有说明自己是 https。',
      remedy: '把 `server.public_url` 设为 https://…，或设 X-Forwarded-Proto 和 `server.trusted_proxies`。',
    },
    tls_expired: {
      title: '证书不在有效期内。',
      cause: '证书过期没有续期，或某一方的时钟不对。',
      remedy: '续期（`certbot renew`），并确认之后重新加载了代理。',
    },
    tls_soon: {
      title: '证书快过期了。',
      cause: '按理此时应该已经自动续期。',
      remedy: '`certbot renew --dry-run` 会说明原因。',
    },
    tls_self_signed: {
      title: '证书是自签名的，设备不信任它。',
      cause: '它是本机生成的，或是代理、NAS 的默认证书。',
      remedy: '申请公共机构的证书（Let’s Encrypt；Caddy 会自动申请），或在局域网里用 http://。',
    },
    tls_incomplete: {
      title: '证书链不完整。',
      cause: '服务器只发了自己的证书，没有发签发者的。浏览器会自己去取，设备不会。',
      remedy: '给代理完整的链：用 `ssl_certificate fullchain.pem` 代替 `cert.pem`。',
    },
    tls_private: {
      title: '证书的签发机构设备不认识。',
      cause: '公司、NAS 的私有机构，或会查看连接内容的杀毒软件。',
      remedy: '申请公共机构的证书（Let’s Encrypt），或在局域网里用 http://。',
    },
    tls_name: {
      title: '证书上的名字不对。',
      cause: '地址是 IP 或不在证书里的域名，或代理选错了证书。',
      remedy: '使用证书上的域名，或为这个域名申请证书。',
    },
  },
  proxy:
    'nginx：`proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; ' +
    'proxy_set_header Connection "upgrade"; proxy_set_header Host $http_host; ' +
    'proxy_set_header X-Forwarded-Proto $scheme; proxy_buffering off; ' +
    'proxy_read_timeout 180s;`（Caddy 和 Traefik 会自动处理），并把代理写进 `server.trusted_proxies`。',
  unreachable: (url, detail, code) => `${url}：${detail}（${code}）。`,
  answered: (url, status, contentType) => `${url} 回答 ${status}${contentType === '' ? '' : `，${contentType}`}。`,
  redirects: (url, to, status) => `${url} 转到 ${to}（${status}）。`,
  useTarget: (to) => `在设备上填写 ${to}，或让旧地址的 /xiaozhi/ 也直接响应。`,
  validity: (place, subject, from, to) => `${place}：${subject} 的证书有效期为 ${from} 至 ${to}。`,
  endsOn: (place, day) => `${place}：${day} 到期。`,
  selfSigned: (place, subject) => `${place}：${subject} 是自己签发的。`,
  otherName: (place, subject) => `${place}：证书属于 ${subject}。`,
  incomplete: (place, subject, issuer) => `${place}：只发了 ${subject} 的证书，缺少签发者 ${issuer} 的。`,
  issuedBy: (place, issuer) => `${place}：由 ${issuer ?? '?'} 签发。`,
  tlsFailed: (place, code) => `${place}：${code}。`,
  incompleteOrPrivate: '服务器只发了自己的证书，没有发签发者的（浏览器会自己去取，设备不会），或签发者是私有机构。',
  names: (asked, websocketUrl) => `在 ${asked} 询问，服务器给出的是 ${websocketUrl}。`,
  nothing: (url) => `${url}：10 秒内什么也没有。`,
  closed: (url, code) => `${url}：连接被关闭（${code}）。`,
  refused: (url, status) => `${url} 对 WebSocket 回答 ${status}。`,
  buffered: (url, messages, lost, percent, worstMs) =>
    `${url}：每 60 毫秒发一条共 ${messages} 条，${lost} 条没有回应，${percent} % 的回应与前一条同时到达，最多迟 ${worstMs} 毫秒。`,
  slow: (url, helloMs, medianMs) => `${url}：hello 用了 ${helloMs} 毫秒，之后往返 ${medianMs} 毫秒。`,
  about:
    '像设备一样使用 OTA 和 WebSocket 地址：重定向、TLS 证书链、告诉设备的地址、升级、令牌、hello、小数据包是否被压住',
  violates: (url, detail) => `${url}：${detail}。`,
  noWebSocket: (url) => `${url} 没有给出 WebSocket 地址。`,
  ok: (url, helloMs) => `${url}：hello 用了 ${helloMs} 毫秒`,
  picturesRefused: (url, status) => `${url} 回答 ${status}。`,
};

export const reachWords = bilingualWords({ en, zh });
