# Limits for the processes of image.sh: control groups of either version. Sourced; expects NAME.

if [ -e /sys/fs/cgroup/cgroup.controllers ]; then GROUPS_V2=true; else GROUPS_V2=false; fi
in_bytes() { numfmt --from=iec "${1^^}"; }

# cores, memory (3g), processes
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
  # cpuacct, too, or the CPU of the whole machine is taken for that of the group.
  # It is the same folder as cpu where both are one hierarchy.
  mkdir -p $(group_folders)
  echo 100000 >"/sys/fs/cgroup/cpu/$NAME/cpu.cfs_period_us"
  echo "$microseconds" >"/sys/fs/cgroup/cpu/$NAME/cpu.cfs_quota_us"
  in_bytes "$2" >"/sys/fs/cgroup/memory/$NAME/memory.limit_in_bytes"
  echo "$3" >"/sys/fs/cgroup/pids/$NAME/pids.max"
}

# Puts this process, and so its children, under the limits.
group_enter() {
  local folder
  for folder in $(group_folders); do echo "$$" >"$folder/cgroup.procs"; done
}

group_folders() {
  if $GROUPS_V2; then echo "/sys/fs/cgroup/$NAME"; else echo /sys/fs/cgroup/{cpu,cpuacct,memory,pids}/"$NAME"; fi
}

# Peak memory with page cache, tasks (threads too), periods in which the quota was used up.
group_tell() {
  local peak=memory.max_usage_in_bytes tasks=pids.current
  if $GROUPS_V2; then peak=memory.peak tasks=pids.peak; fi
  local megabytes=$(($(group_read "$peak") / 1000000))
  echo "memory at most $megabytes MB with page cache, $(group_read "$tasks") tasks," \
    "$(group_read cpu.stat | grep '^nr_' | xargs)"
}

# A file of the first of the group's folders that has it.
group_read() {
  local folder
  for folder in $(group_folders); do
    if [ -e "$folder/$1" ]; then cat "$folder/$1" && return; fi
  done
}

# The group's processes take a moment to be gone after they were killed.
group_remove() {
  local folder attempt
  for folder in $(group_folders); do
    for attempt in $(seq 40); do
      [ -d "$folder" ] || break
      rmdir "$folder" 2>/dev/null || sleep 0.25
    done
  done
}
