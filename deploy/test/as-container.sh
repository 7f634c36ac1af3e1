#!/usr/bin/env bash
# Runs a command of the image as a container engine does with deploy/compose.yaml. image.sh calls this script and
# exports NAME, WORK, ROOT and the profile's variables. The script becomes `unshare`. Its only child is the command,
# process 1 of its container. The exit code is that of the command.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/control-group.sh"
group_enter
mkdir -p "$WORK/root"
# shellcheck disable=SC2016 # expanded in the new namespaces
exec nsenter --net="/run/netns/$NAME" unshare --mount --pid --fork bash -c '
  set -euo pipefail
  # Makes a read-only root, a tmpfs on /tmp, the volume, and the mounts of an engine: processes, devices, control
  # groups.
  mount --bind "$ROOT" "$WORK/root"
  mount -o remount,bind,ro "$WORK/root"
  cd "$WORK/root"
  mount -t proc -o nosuid,nodev,noexec proc proc
  mount -t tmpfs -o nosuid,mode=755 tmpfs dev
  for device in null zero urandom random; do touch "dev/$device"; mount --bind "/dev/$device" "dev/$device"; done
  ln -s /proc/self/fd dev/fd
  mkdir dev/shm
  mount -t tmpfs -o "nosuid,nodev,noexec,size=$LIMIT_SHM,mode=1777" tmpfs dev/shm
  mount -t tmpfs -o nosuid,nodev,noexec,size=64m,mode=1777 tmpfs tmp
  mount --rbind /sys sys
  mount --bind "$WORK/data" data
  mapfile -t variables <<<"$(grep -v -e "^#" -e "^$" "$PROFILE_FILE")"
  exec chroot . setpriv --reuid 1000 --regid 1000 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all \
    env -i --chdir=/opt/chorus PATH=/usr/local/bin:/usr/bin:/bin NODE_ENV=production CHORUS_DATA=/data HOME=/tmp \
    "${variables[@]}" "$@"
' as-container "$@"
