#!/bin/sh
# Runs the driver's own tool for GPUs (nvidia-smi; amd-smi or rocm-smi), never two at once, and says when it begins
# and ends.
#
# Arguments: a nonce that marks every line of ours, and pid and start time of an earlier tool that hung (or two empty
# words).
# Each input line is one request. What the tool prints on either stream is passed on.
#
#   loop FIELDS    nvidia-smi, one process that prints its GPUs every second until its end
#   once FIELDS    the same, once
#   apps FIELDS    nvidia-smi: the processes that hold VRAM
#   about          nvidia-smi: its table, which names the CUDA version
#   amd            amd-smi, else rocm-smi: all readings
#   amd-about      what does not change: names, driver, version
#   end            asks the tool that runs to end; nothing is said before it has
#
# Lines of ours:
#
#   <nonce> running PID START    START: field 22 of /proc/PID/stat, empty where there is no /proc
#   <nonce> exit CODE            127: there is no such tool; 143: it was asked to end
#   <nonce> busy PID START       nothing was started, because this one has not ended
#
# The loop waits in `read`; when its input ends, so does the tool.

nonce=$1
hung_pid=$2
hung_start=$3
job=
tool=
is_ending=
is_scanned=
LC_ALL=C
export LC_ALL
unset IFS
# On Windows' own Linux the driver's tools are in a folder that only login shells have in their PATH.
PATH=$PATH:/usr/lib/wsl/lib:/opt/rocm/bin

# State and start time of the process $1, in `state` and `start`; empty when there is no such process.
look_at() {
  state=
  start=
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
  # The name in brackets may hold blanks, so count from behind it.
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  state=$1
  start=${20}
}

# The pid of a tool that must end before the next may start, in `busy`. One in uninterruptible sleep (D) hangs
# in the driver, whoever started it; another call would hang beside it.
find_busy() {
  busy=
  if [ -n "$hung_pid" ]; then
    look_at "$hung_pid"
    if [ "$start" = "$hung_start" ] && [ "$state" != Z ]; then
      busy=$hung_pid
      return
    fi
    hung_pid=
  fi
  [ -z "$is_scanned" ] || return 0
  for comm in /proc/[0-9]*/comm; do
    name=
    read -r name 2>/dev/null <"$comm"
    case $name in nvidia-smi | amd-smi | rocm-smi | rocm_smi.py) ;; *) continue ;; esac
    pid=${comm#/proc/}
    pid=${pid%/comm}
    look_at "$pid"
    if [ "$state" = D ]; then
      busy=$pid
      return
    fi
  done
  is_scanned=yes
}

end_tool() {
  is_ending=yes
  [ -z "$tool" ] || kill "$tool" 2>/dev/null
}

# Starts the tool for request $1 in the background; fails when there is none.
start_tool() {
  case $1 in
  amd*)
    set -- "$1" amd-smi
    command -v amd-smi >/dev/null 2>&1 || set -- "$1" rocm-smi
    ;;
  *) set -- "$1" nvidia-smi "$2" ;;
  esac
  command -v "$2" >/dev/null 2>&1 || return
  trap end_tool TERM
  csv=--format=csv,noheader,nounits
  case "$1 $2" in
  loop*) nvidia-smi --query-gpu="$3" $csv -lms 1000 2>&1 & ;;
  once*) nvidia-smi --query-gpu="$3" $csv 2>&1 & ;;
  apps*) nvidia-smi --query-compute-apps="$3" $csv 2>&1 & ;;
  about*) nvidia-smi 2>&1 & ;;
  'amd amd-smi') amd-smi metric --json 2>&1 & ;;
  'amd rocm-smi')
    rocm-smi --showuse --showmemuse --showmeminfo vram --showtemp --showpower --showmaxpower --showfan --showgpuclocks \
      --json 2>&1 &
    ;;
  'amd-about amd-smi')
    amd-smi version 2>&1 && amd-smi static --asic --driver --json 2>&1 &
    ;;
  *) rocm-smi --showproductname --showuniqueid --showdriverversion --json 2>&1 & ;;
  esac
  tool=$!
}

run() {
  if ! start_tool "$@"; then
    printf '\n%s exit 127\n' "$nonce"
    return
  fi
  [ -z "$is_ending" ] || end_tool
  look_at "$tool"
  printf '\n%s running %s %s\n' "$nonce" "$tool" "$start"
  wait "$tool"
  code=$?
  # The signal has ended this `wait`, and perhaps not yet the tool.
  if [ -n "$is_ending" ]; then
    wait "$tool"
    code=143
  fi
  tool=
  printf '\n%s exit %s\n' "$nonce" "$code"
}

end_job() {
  [ -n "$job" ] || return 0
  look_at "$job"
  [ "$start" != "$job_start" ] || kill "$job" 2>/dev/null
}

while read -r request fields; do
  if [ "$request" = end ]; then
    end_job
    continue
  fi
  find_busy
  if [ -n "$busy" ]; then
    printf '\n%s busy %s %s\n' "$nonce" "$busy" "$start"
    continue
  fi
  [ -z "$job" ] || wait "$job"
  run "$request" "$fields" &
  job=$!
  look_at "$job"
  job_start=$start
done
end_job
