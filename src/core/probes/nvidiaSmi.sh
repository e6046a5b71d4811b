#!/bin/sh
# Runs nvidia-smi, never two at once, and says when it begins and ends.
#
# Arguments: a nonce that marks every line of ours, and pid and start time of an earlier nvidia-smi that hung (or
# two empty words).
# Each input line is one request: `loop FIELDS` (one process that prints until its end) or `once FIELDS`. What
# nvidia-smi prints on either stream is passed on. Lines of ours:
#
#   <nonce> running PID START    START: field 22 of /proc/PID/stat, empty where there is no /proc
#   <nonce> exit CODE
#   <nonce> busy PID START       nothing was started, because this one has not ended
#
# The loop waits in `read`; when its input ends, so does nvidia-smi.

nonce=$1
hung_pid=$2
hung_start=$3
job=
smi=
is_ending=
is_scanned=
LC_ALL=C
export LC_ALL
unset IFS
# On Windows' own Linux the driver's tools are in a folder that only login shells have in their PATH.
PATH=$PATH:/usr/lib/wsl/lib

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

# The pid of a nvidia-smi that must end before the next may start, in `busy`. One in uninterruptible sleep (D) hangs
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
    [ "$name" = nvidia-smi ] || continue
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

end_smi() {
  is_ending=yes
  [ -z "$smi" ] || kill "$smi" 2>/dev/null
}

run() {
  if ! command -v nvidia-smi >/dev/null 2>&1; then
    printf '\n%s exit 127\n' "$nonce"
    return
  fi
  trap end_smi TERM
  if [ "$1" = loop ]; then
    nvidia-smi --query-gpu="$2" --format=csv,noheader,nounits -lms 1000 2>&1 &
  else
    nvidia-smi --query-gpu="$2" --format=csv,noheader,nounits 2>&1 &
  fi
  smi=$!
  [ -z "$is_ending" ] || end_smi
  look_at "$smi"
  printf '\n%s running %s %s\n' "$nonce" "$smi" "$start"
  wait "$smi"
  code=$?
  smi=
  printf '\n%s exit %s\n' "$nonce" "$code"
}

while read -r mode fields; do
  find_busy
  if [ -n "$busy" ]; then
    printf '\n%s busy %s %s\n' "$nonce" "$busy" "$start"
    continue
  fi
  [ -z "$job" ] || wait "$job"
  run "$mode" "$fields" &
  job=$!
  look_at "$job"
  job_start=$start
done

if [ -n "$job" ]; then
  look_at "$job"
  [ "$start" != "$job_start" ] || kill "$job" 2>/dev/null
fi
