#!/usr/bin/env bash
# Builds the image of the committed tree. Runs it like deploy/compose.yaml with a profile, without a container engine,
# while a simulated device talks to it.
#   deploy/test/image.sh [2c4g|4c8g|8c16g]
# Needs root and Debian's buildah, netavark, debootstrap, iproute2, curl, file. Variables:
#   NODE_IMAGE=docker.io/library/node:24-trixie-slim
#                   use that base; default: a replacement made from Debian and NODE (default: node)
#   KEEP=folder     keep the built root file system in that folder
#   TREE=tree-ish   build that in place of HEAD
# Not part of CI: it needs root and changes the machine while it runs (a network namespace, a control group).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
PROFILE=${1:-2c4g}
PROFILE_FILE=$PWD/deploy/profiles/$PROFILE.env
set -a; . "$PROFILE_FILE"; set +a
WORK=$(mktemp -d /var/tmp/chorus-image.XXXXXX)
# Also the name of the network interface, which has at most 15 letters.
NAME=chorus$$
HOST_ADDRESS=10.231.77.1 ADDRESS=10.231.77.2
SERVER=

say() { printf '\n== %s\n' "$*"; }
check() { # a description, then a command that must succeed
  local words=$1; shift
  if "$@"; then echo "ok    $words"; else echo "FAIL  $words"; exit 1; fi
}
b() { buildah --root "$WORK/storage" --runroot "$WORK/run" --storage-driver vfs "$@"; }
megabytes() { echo "$(($(du -s --block-size=1000 "$1" | cut -f1) / 1000)) MB"; }
# The container's first process, by its process id outside. Its parent is `unshare`.
first() { xargs 2>/dev/null <"/proc/$SERVER/task/$SERVER/children"; }

clean() {
  # Kills the container's first process: all others die with it.
  [ -z "$SERVER" ] || kill -KILL $(first) "$SERVER" 2>/dev/null || true
  wait 2>/dev/null || true
  ip netns del "$NAME" 2>/dev/null || true
  group_remove
  b umount --all >/dev/null 2>&1 || true
  rm -rf --one-file-system "$WORK"
}
trap clean EXIT
. deploy/test/control-group.sh
export NAME WORK PROFILE_FILE

say 'base image'
ULIMITS=(--ulimit "nofile=$(ulimit -Hn):$(ulimit -Hn)" --ulimit "nproc=$(ulimit -Hu):$(ulimit -Hu)")
if [ -z "${NODE_IMAGE:-}" ]; then
  NODE_IMAGE=$(sed -n 's/^ARG NODE_IMAGE=//p' deploy/Dockerfile)
  root=$WORK/base
  debootstrap --variant=minbase --include=ca-certificates trixie "$root" >"$WORK/debootstrap.log"
  # Removes the same files as the published slim images.
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}/* "$root"/var/log/*
  chroot "$root" useradd --uid 1000 --user-group --create-home node
  install -m 755 "$(readlink -f "${NODE:-$(command -v node)}")" "$root/usr/local/bin/node"
  cp -r "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$root/usr/local/lib/npm"
  ln -s ../lib/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  # Machines behind their own proxy trust its certificate. The build must trust it, too.
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  container=$(b from scratch)
  b add --quiet "$container" "$root" / >/dev/null
  b config --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$container"
  b commit --quiet "$container" "$NODE_IMAGE" >/dev/null
  b rm "$container" >/dev/null
  echo "stand-in for $NODE_IMAGE: Debian trixie, node $("$root/usr/local/bin/node" --version), $(megabytes "$root")"
  rm -rf "$root"
fi

say 'build'
mkdir "$WORK/context" && git archive "${TREE:-HEAD}" | tar x -C "$WORK/context"
b build --format docker --isolation chroot --network host --pull=never --layers=false "${ULIMITS[@]}" \
  -f "$WORK/context/deploy/Dockerfile" \
  --build-arg "NODE_IMAGE=$NODE_IMAGE" --build-arg "NPM_REGISTRY=$(npm config get registry)" \
  --build-arg "REVISION=$(git rev-parse HEAD)" -t localhost/chorus "$WORK/context" >"$WORK/build.log" 2>&1 ||
  { tail -40 "$WORK/build.log"; exit 1; }
sed -n '/ MB  /p' "$WORK/build.log"
image=$(b from --pull=never "${ULIMITS[@]}" localhost/chorus)
ROOT=$(b mount "$image")
export ROOT
echo "image $(megabytes "$ROOT"), of which Chorus $(megabytes "$ROOT/opt/chorus"):" \
  "node_modules $(megabytes "$ROOT/opt/chorus/node_modules")"
[ -z "${KEEP:-}" ] || cp -a "$ROOT" "$KEEP"
b inspect --type image localhost/chorus >"$WORK/inspect.json"
from_image() { node -p "const c = JSON.parse(require('fs').readFileSync('$WORK/inspect.json')).Docker.config; $1"; }
facts=$(from_image "[c.User, c.StopSignal, Object.keys(c.Volumes), c.Healthcheck.Test.length > 1,
  c.Labels['org.opencontainers.image.licenses']].join(' ')")
check 'user 1000, SIGTERM, /data a volume, health check, labels' test "$facts" = '1000:1000 SIGTERM /data true MIT'
foreign() { # lists binaries of other machines
  find "$ROOT/opt/chorus" \
    \( -name '*.node' -o -name '*.so' -o -name '*.so.[0-9]*' -o -name '*.dylib' -o -name '*.dll' \) \
    -exec file --brief {} + | grep -v "ELF 64-bit.*$(uname -m | tr _ -)"
}
check 'no binary of another platform' test -z "$(foreign)"
check 'no development dependency' test ! -e "$ROOT/opt/chorus/node_modules/typescript"
check 'its own command runs' b run --isolation chroot "$image" -- chorus --version

say "run with $PROFILE: $LIMIT_CPUS CPU, $LIMIT_MEMORY, root read-only, user 1000, no capabilities"
ip netns add "$NAME"
ip link add "$NAME" type veth peer name eth0 netns "$NAME"
ip addr add "$HOST_ADDRESS/30" dev "$NAME" && ip link set "$NAME" up
ip -n "$NAME" addr add "$ADDRESS/30" dev eth0 && ip -n "$NAME" link set eth0 up && ip -n "$NAME" link set lo up
install -d -o 1000 -g 1000 -m 750 "$WORK/data"
group_make "$LIMIT_CPUS" "$LIMIT_MEMORY" "$LIMIT_PIDS"

start() {
  bash deploy/test/as-container.sh $(from_image "[...c.Entrypoint, ...c.Cmd].join(' ')") >"$WORK/server.log" 2>&1 &
  SERVER=$!
}
# Like `docker exec`.
within() {
  nsenter --target "$(first)" --mount --pid --net chroot "/proc/$(first)/root" \
    setpriv --reuid 1000 --regid 1000 --clear-groups --no-new-privs --bounding-set=-all \
    env -i PATH=/usr/local/bin:/usr/bin:/bin CHORUS_DATA=/data "$@"
}
# Tries a command every half a second, up to the given number of times.
eventually() {
  local times=$1; shift
  for _ in $(seq "$times"); do "$@" >"$WORK/try.log" 2>&1 && return; sleep 0.5; done
  cat "$WORK/server.log"
  return 1
}
healthy() { eventually 60 within $(from_image "c.Healthcheck.Test.slice(1).join(' ')"); }
ready() { eventually 120 curl -fsS "http://$ADDRESS:8000/readyz"; }
# Another machine of the network, like a device. It has no data folder, and is bound at once because it is local.
talk_once() {
  node "$ROOT/opt/chorus/dist/cli/chorus.js" device --data "$WORK/nothing" --url "http://$ADDRESS:8000/xiaozhi/ota/" \
    --say assets/speech/austen-0880.wav --language en-US --json >"$WORK/turn.json"
  node deploy/test/turn.mjs "$WORK/turn.json" "$@"
}
# Other programs on this machine may cause a gap in a reply. One of three replies must have none.
talk() { talk_once || talk_once || talk_once; }
stopped() { # sends SIGTERM to the container's first process, like an engine's stop
  kill -TERM "$(first)"
  timeout 30 tail --pid="$SERVER" -f /dev/null && wait "$SERVER"
}

start
check 'healthy by the image'"'"'s own check' healthy
status() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$(first)/status"; }
process=$(tr '\0' ' ' <"/proc/$(first)/cmdline")
check 'node is process 1 of the container' \
  test "$(status NSpid | awk '{print $NF}') $process" = '1 node /opt/chorus/dist/cli/chorus.js serve '
rights="$(status Uid | cut -f1) $(status CapEff) $(status CapBnd) $(status NoNewPrivs)"
check 'not root, no capability, no new privileges' test "$rights" = '1000 0000000000000000 0000000000000000 1'
read_only() { ! within touch /opt/chorus/x 2>"$WORK/touch.log" && grep -q 'Read-only file system' "$WORK/touch.log"; }
check 'the root cannot be written' read_only
check 'the data folder can' within touch /data/x
check 'ready' ready
page() { curl -fsS "http://$ADDRESS:8000/" | grep -qi '<!doctype html'; }
check 'the page is there' page
check 'a device talks and is answered' talk
check 'and again' talk
talking() {
  local most
  most=$(curl -fsS "http://$ADDRESS:8000/readyz" |
    node -p "JSON.parse(require('fs').readFileSync(0)).details.maxTalking")
  test "$most" = "$(sed -n 's/^#CHORUS_MAX_CONCURRENT_SESSIONS=//p' "$PROFILE_FILE")"
}
check "as many may talk as $PROFILE says" talking
check 'upkeep, as docker exec' within chorus upkeep leftovers config-backup store-check store-backup store-vacuum
group_tell
interrupted() { # stops the container during a reply, which the device still plays to its end
  talk_once holes & local device=$!
  for _ in $(seq 100); do
    curl -fsS "http://$ADDRESS:8000/metrics" | grep -q '^chorus_replies_speaking 1' && break
    sleep 0.2
  done
  stopped && wait "$device"
}
check 'SIGTERM while it speaks: the reply is heard to its end, exit code 0' interrupted
check 'then its health check fails' bash -c "! CHORUS_DATA=$WORK/data node deploy/healthcheck.mjs >/dev/null"
start
check 'starts again on the same data' ready
check 'the device is known' talk
restarting() { # the command ends together with its container
  within chorus drain --restart >"$WORK/drain.log" 2>&1 || true
  local code=0
  wait "$SERVER" || code=$?
  test "$code" = 11
}
check 'chorus drain --restart: exit code 11, on which an engine starts it again' restarting
SERVER=
say 'all well'
