export interface NoteFacts {
  readonly version: string;
  /** E.g. `linux-x64`. */
  readonly platform: string;
  readonly folder: string;
  readonly models: readonly string[];
}

/** `start.sh`, for a POSIX shell. It reports a wrong Node or platform before Node fails less helpfully. */
export function startScript({ platform }: NoteFacts): string {
  return `#!/bin/sh
# Starts Chorus from the folder that this file is in:  ./start.sh [COMMAND...]     (without a command: serve)
# CHORUS_DATA: folder of configuration, devices and models (otherwise data/ in here).  NODE: the node to use.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
node=\${NODE:-node}
new_enough='const [a, b] = process.versions.node.split(".").map(Number);
process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
if ! "$node" -e "$new_enough" 2>/dev/null; then
  echo 'Node.js 20.19 or newer is needed: install it, or say where it is with NODE=/path/to/node.' >&2
  echo '需要 Node.js 20.19 或更新：请安装，或用 NODE=/路径/node 指明。' >&2
  exit 1
fi
if [ "$("$node" -p 'process.platform + "-" + process.arch')" != '${platform}' ]; then
  echo 'This bundle is for ${platform}. / 这个包用于 ${platform}。' >&2
  exit 1
fi
CHORUS_DATA=\${CHORUS_DATA:-$here/data}
export CHORUS_DATA
# Elsewhere, the models of the bundle are wanted too.
if [ -d "$here/data/models" ] && [ "$CHORUS_DATA" != "$here/data" ]; then
  mkdir -p "$CHORUS_DATA/models"
  for model in "$here"/data/models/*; do
    [ ! -d "$model" ] || [ -e "$CHORUS_DATA/models/$(basename "$model")" ] || cp -R "$model" "$CHORUS_DATA/models/"
  done
fi
# Flags alone are those of serve.
case "\${1-}" in
  --help | -h | --version | -V | --lang*) ;;
  '' | -*) set -- serve "$@" ;;
esac
exec "$node" "$here/dist/cli/chorus.js" "$@"
`;
}

export function installNote({ version, platform, folder, models }: NoteFacts): string {
  const list = models.length === 0 ? '' : models.join(', ');
  return `# Chorus ${version}, ${platform}

Everything is in this folder: program, packages${list === '' ? '' : `, models (${list})`}.
No internet and no compiler are needed, only Node.js 20.19 or newer
and a Linux with glibc 2.34 or newer (Debian 12, Ubuntu 22.04).

    tar xzf ${folder}.tar.gz
    cd ${folder}
    ./start.sh                 starts the server; it prints the address to enter on the device
    ./start.sh setup           questions: language, language model, voice, pairing, port
    ./start.sh --help          everything else

Configuration, devices and models are in data/ beside this file, or where CHORUS_DATA says. For another version unpack
it beside this one and take data/ along. As a service: deploy/systemd/chorus.service, with this folder as /opt/chorus;
copy data/models to /var/lib/chorus/models.

# Chorus ${version}，${platform}

一切都在这个文件夹里：程序、软件包${list === '' ? '' : `、模型（${list}）`}。不需要互联网和编译器，只需要 Node.js 20.19 或更新，
以及 glibc 2.34 或更新的 Linux（Debian 12、Ubuntu 22.04）。

    tar xzf ${folder}.tar.gz
    cd ${folder}
    ./start.sh                 启动服务器；会显示要填到设备上的地址
    ./start.sh setup           几个问题：语言、大模型、音色、配对、端口
    ./start.sh --help          其他命令

配置、设备和模型在旁边的 data/，或 CHORUS_DATA 指定的地方。换版本时，把新版本解压到旁边，再把 data/ 带过去。作为服务运行：
deploy/systemd/chorus.service，把这个文件夹放到 /opt/chorus；把 data/models 复制到 /var/lib/chorus/models。
`;
}
