# Limits for the processes of image.sh, with control groups of either version. To be sourced; expects NAME.

if [ -e /sys/fs/cgroup/cgroup.controllers ]; then GROUPS_V2=true; else GROUPS_V2=false; fi
in_bytes() { numfmt --from=iec "${1^^}"; }

# Arguments: cores, memory (3g), processes.
group_make() {
  local microseconds
  microseconds=$(awk -v cores="$1" 'BEGIN { print cores * 100000 }')
  if $GROUPS_V2; then
    local folder=/sys/fs/cgroup/$NAME
    mkdir "$folder"
    echo "$microseconds 100000" >"$folder/cpu.max"
    in_bytes "$2" >"$folder/memory.max"
    echo 0 >"$folder/memory.swap.max"
    echo "$3" >"$folder/pids.max"
    return
  fi
  # Includes cpuacct: without it, the CPU use of the whole machine would count as that of the group. If both are one
  # hierarchy, it is the same folder as cpu.
  mkdir -p $(group_folders)
  echo 100000 >"/sys/fs/cgroup/cpu/$NAME/cpu.cfs_period_us"
  echo "$microseconds" >"/sys/fs/cgroup/cpu/$NAME/cpu.cfs_quota_us"
  in_bytes "$2" >"/sys/fs/cgroup/memory/$NAME/memory.limit_in_bytes"
  echo "$3" >"/sys/fs/cgroup/pids/$NAME/pids.max"
}

# Puts this process and its later children under the limits.
group_enter() {
  local folder
  for folder in $(group_folders); do echo "$$" >"$folder/cgroup.procs"; done
}

group_folders() {
  if $GROUPS_V2; then echo "/sys/fs/cgroup/$NAME"; else echo /sys/fs/cgroup/{cpu,cpuacct,memory,pids}/"$NAME"; fi
}

# Prints peak memory with page cache, tasks (threads included), and the periods in which the quota was used up.
group_tell() {
  local peak=memory.max_usage_in_bytes tasks=pids.current
  if $GROUPS_V2; then peak=memory.peak tasks=pids.peak; fi
  local megabytes=$(($(group_read "$peak") / 1000000))
  echo "memory at most $megabytes MB with page cache, $(group_read "$tasks") tasks," \
    "$(group_read cpu.stat | grep '^nr_' | xargs)"
}

# Prints a file from the first folder of the group that has it.
group_read() {
  local folder
  for folder in $(group_folders); do
    if [ -e "$folder/$1" ]; then cat "$folder/$1" && return; fi
  done
}

# Killed processes of the group need a moment to end.
group_remove() {
  local folder attempt
  for folder in $(group_folders); do
    for attempt in $(seq 40); do
      [ -d "$folder" ] || break
      rmdir "$folder" 2>/dev/null || sleep 0.25
    done
  done
}
