#!/usr/bin/env bash
# Checks deploy/systemd/chorus.service on a machine without systemd: its grammar, its exposure, and whether a server in
# a conversation makes only system calls that the unit allows. Needs root (to change the user), systemd-analyze, strace,
# /usr/bin/node, dist/ (npm run build).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
UNIT=deploy/systemd/chorus.service
WORK=$(mktemp -d)
SERVER=
trap '[ -z "$SERVER" ] || kill -KILL "$SERVER" 2>/dev/null || true; rm -rf "$WORK"' EXIT

systemd-analyze verify "$UNIT"
# The scale is from 0 (best) to 10 (worst).
systemd-analyze security --offline=true --threshold=15 --no-pager "$UNIT" | tail -1

# The system calls of a set, including those of nested sets.
calls() {
  systemd-analyze syscall-filter "$1" | tail -n +2 | sed 's/^ *//; /^#/d; /^$/d' | while read -r name; do
    case $name in @*) calls "$name" ;; *) echo "$name" ;; esac
  done
}
comm -23 <({ calls @system-service; calls @pkey; } | sort -u) <(calls @privileged | sort -u) >"$WORK/allowed"

# Runs as an ordinary user, because SQLite does more for root.
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
