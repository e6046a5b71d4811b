#!/bin/sh
# The wrapper of one worker: it stands in the worker's folder, leads the worker's session, and outlives Drydock.
# Arguments: the DRY_RUN and ALLOW_ORDERS that this start was given, the umask for the program; then, when it has a time
# limit: its seconds, and the signal and the seconds of grace with which ./limit.sh ends it.
# It catches signals so that it survives to write `exit`; the program gets them with their default meaning.
asked=''
trap 'asked=yes' TERM INT HUP QUIT
trap : USR1 USR2
timer='' limit=$4 limit_signal=$5 limit_grace=$6

# Writes `exit`: `<code> <epoch s> <cause> <signal or -> <time limit in s or ->`.
# Whatever the program left behind is a child of this process (see drydock_subreaper) until it exits: its names are
# kept, or nobody could find it afterwards.
finish() {
  end_timer
  left=
  read -r left 2>/dev/null <"/proc/$$/task/$$/children"
  for child in $left; do
    read -r line 2>/dev/null <"/proc/$child/stat" || continue
    echo "$child ${line##*) }" | (read -r pid _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ ticks _ && echo "$pid:$ticks") >>left
  done
  tell_cause "$1"
  printf '%s %s %s %s %s\n' "$1" "$(date +%s)" "$cause" "$signal" "${limit:--}" >exit.tmp && mv exit.tmp exit
  exit "$1"
}

# The time limit ends with the program; when it has ended the program, it first ends what that left behind.
end_timer() {
  [ -n "$timer" ] || return 0
  kill -s ALRM "$timer" 2>/dev/null
  while kill -s 0 "$timer" 2>/dev/null; do wait "$timer" 2>/dev/null; done
}

# What ended the program. A shell says 128 + n for signal n, and the same for a program that exits with 128 + n. It names
# the signal on its standard error only for a signal; but for INT and PIPE never, and bash never for one that it
# traps: of those the code alone speaks. An inner shell that saw its program die of a signal *exits* with 128 + n:
# that is told as the exit that it is.
tell_cause() {
  cause=exit signal=-
  if [ "$1" -gt 128 ] && [ "$1" -le 192 ]; then
    case $(($1 - 128)) in
      1 | 2 | 3 | 10 | 12 | 13 | 15) cause=signal ;;
      *) [ ! -s said ] || cause=signal ;;
    esac
    [ "$cause" = exit ] || signal=$(kill -l $(($1 - 128)) 2>/dev/null) || signal=-
  fi
  rm -f said
  if [ -e limited ]; then
    cause=time-limit
  elif [ "$1" -eq 137 ]; then
    # Whoever was killed meanwhile in this group of processes is ours; on the whole machine, it probably is.
    oom_kills "$memory_file"
    if [ -n "$kills_here" ] && [ "${kills:-0}" -gt "$kills_here" ]; then
      cause=oom
    else
      oom_kills /proc/vmstat
      [ -z "$kills_all" ] || [ "${kills:-0}" -le "$kills_all" ] || cause=oom-likely
    fi
    case $cause in oom*) signal=KILL ;; esac
  fi
}

# Sets kills to what the file counts as killed for want of memory; empty when it does not say.
oom_kills() {
  kills=
  while read -r key count; do [ "$key" != oom_kill ] || kills=$count; done 2>/dev/null <"$1"
}

# Sets memory_file to what counts for the control group of this process.
find_memory_file() {
  memory_file=/dev/null
  while IFS=: read -r _ kind group; do
    case ",$kind," in
      *,memory,*) memory_file=/sys/fs/cgroup/memory$group/memory.oom_control && return ;;
      ,,) memory_file=/sys/fs/cgroup$group/memory.events ;;
    esac
  done 2>/dev/null </proc/self/cgroup
}

# Fields after the last ')': state, parent, group, session, …; the start time is field 22 of the whole line.
read -r line <"/proc/$$/stat"
# shellcheck disable=SC2086 # numbers, split on purpose
set -- "$1" "$2" "$3" ${line##*) }
read -r boot </proc/sys/kernel/random/boot_id
if ! { printf '%s %s %s %s\n' "$$" "$6" "${23}" "$boot" >pid.tmp && mv pid.tmp pid; }; then finish 74; fi
# Until now standard output was the pipe that START waits on.
exec >&2

# A STOP may come before there is anything to stop.
if [ -n "$asked" ] || [ -e stopped ]; then finish 143; fi

find_memory_file
oom_kills "$memory_file"
kills_here=$kills
oom_kills /proc/vmstat
kills_all=$kills
if [ -n "$limit" ]; then
  sh ./limit.sh "$limit" "$limit_signal" "$limit_grace" "$$" "${23}" &
  timer=$!
fi

# `environment` exports the closed environment and sets the folder and the command. It may hold secrets: its name goes
# before it is read, so that nothing in it can keep it.
{
  (
    exec 2>&4 4>&- 3<environment # the open file outlives its name
    rm -f environment
    # shellcheck source=/dev/null
    . /proc/self/fd/3
    exec 3<&-
    if [ "${DRY_RUN-}" != "$1" ] || [ "${ALLOW_ORDERS-}" != "$2" ]; then
      echo "drydock: not started: DRY_RUN or ALLOW_ORDERS is not what this start was given" >&2
      exit 78
    fi
    umask "$3"
    # shellcheck disable=SC2154 # both come from ./environment
    cd "$drydock_workdir" || exit 72
    # shellcheck disable=SC2154
    exec sh -c "$drydock_command"
  )
  code=$?
} 4>&2 2>said
finish "${code:-73}"
