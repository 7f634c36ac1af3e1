#!/usr/bin/env bash
# Looks at deploy/systemd/chorus.service where systemd does not run: its grammar, its exposure, and whether a server
# that holds a conversation makes only system calls that the unit allows.
# Needs root (to become somebody else), systemd-analyze, strace, /usr/bin/node, dist/ (npm run build).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
UNIT=deploy/systemd/chorus.service
WORK=$(mktemp -d)
SERVER=
trap '[ -z "$SERVER" ] || kill -KILL "$SERVER" 2>/dev/null || true; rm -rf "$WORK"' EXIT

systemd-analyze verify "$UNIT"
# 0 is the best, 10 the worst.
systemd-analyze security --offline=true --threshold=15 --no-pager "$UNIT" | tail -1

# The calls of a set, with those of the sets in it.
calls() {
  systemd-analyze syscall-filter "$1" | tail -n +2 | sed 's/^ *//; /^#/d; /^$/d' | while read -r name; do
    case $name in @*) calls "$name" ;; *) echo "$name" ;; esac
  done
}
comm -23 <({ calls @system-service; calls @pkey; } | sort -u) <(calls @privileged | sort -u) >"$WORK/allowed"

# As somebody who is not root: SQLite does more for root.
chown 1000:1000 "$WORK"
OFTEN=read,write,futex,clock_gettime,epoll_wait,epoll_pwait,madvise,mprotect
setpriv --reuid 1000 --regid 1000 --clear-groups env HOME="$WORK" strace -f -qq -o "$WORK/trace" -e "trace=!$OFTEN" \
  node dist/cli/chorus.js serve --data "$WORK/data" --host 127.0.0.1 --port 0 \
  --set tts.provider=flite --set models.auto_pull=false >"$WORK/log" 2>&1 &
SERVER=$!
for _ in $(seq 240); do grep -q 'msg":"ready"' "$WORK/log" && break; sleep 0.5; done
node dist/cli/chorus.js device --data "$WORK/data" --say assets/speech/austen-0880.wav --language en-US | head -3
pkill -TERM -P "$SERVER" || true
wait "$SERVER" || true
SERVER=
sed -nE 's/^[0-9]+ +([a-z_0-9]+)\(.*/\1/p' "$WORK/trace" | sort -u >"$WORK/made"
echo "$(wc -l <"$WORK/made") system calls made"
refused=$(comm -23 "$WORK/made" "$WORK/allowed" | xargs)
[ -z "$refused" ] && echo 'all of them allowed' || { echo "not allowed by $UNIT: $refused"; exit 1; }
