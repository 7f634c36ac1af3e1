import { bilingualWords } from '../../core/index.js';

const en = {
  needsHttp: 'only http(s) addresses without a name and password',
  metadata: 'that is an address of cloud metadata',
  leadsElsewhere: 'it leads to an address that the page may not use',
  needsProtocol: 'it has to begin with http:// or https://',
  writeWhole: (address: string) => `Write it whole, for example http://${address}.`,
  reserved: 'it is a reserved address',
  otherPort: (port: number, ports: string) =>
    `port ${port} is none of those that are used on this machine and in the local network (${ports})`,
  addPort: (port: number) =>
    `Add ${port} to admin.llm_ports in the configuration file, if the language model really listens there.`,
  thisAddress: 'this address',
  refused: (place: string, why: string) => `the page cannot use ${place}: ${why}`,
};

const zh: typeof en = {
  needsHttp: '只能是 http(s) 地址，不能带用户名和密码',
  metadata: '这是云主机的元数据地址',
  leadsElsewhere: '它指向页面不能使用的地址',
  needsProtocol: '它必须以 http:// 或 https:// 开头',
  writeWhole: (address) => `请写完整，例如 http://${address}。`,
  reserved: '它是保留的地址',
  otherPort: (port, ports) => `本机和局域网里只能用这些端口：${ports}，不包括 ${port}`,
  addPort: (port) => `如果大模型确实在这个端口上，请在配置文件里把 ${port} 加到 admin.llm_ports。`,
  thisAddress: '这个地址',
  refused: (place, why) => `页面上不能用 ${place}：${why}`,
};

export const outboundWords = bilingualWords({ en, zh });
