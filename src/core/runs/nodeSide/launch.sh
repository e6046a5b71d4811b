#!/bin/sh
# The wrapper of one worker: it stands in the worker's folder, leads the worker's session, and outlives Drydock.
# Arguments: the DRY_RUN and ALLOW_ORDERS that this start was given, and the umask for the program.
# It catches signals so that it survives to write `exit`; the program gets them with their default meaning.
asked=''
trap 'asked=yes' TERM INT HUP QUIT
trap : USR1 USR2

# Whatever the program left behind is a child of this process (see drydock_subreaper) until it exits: its names are
# kept, or nobody could find it afterwards.
finish() {
  left=
  read -r left 2>/dev/null <"/proc/$$/task/$$/children"
  for child in $left; do
    read -r line 2>/dev/null <"/proc/$child/stat" || continue
    echo "$child ${line##*) }" | (read -r pid _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ ticks _ && echo "$pid:$ticks") >>left
  done
  printf '%s %s\n' "$1" "$(date +%s)" >exit.tmp && mv exit.tmp exit
  exit "$1"
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

# `environment` exports the closed environment and sets the folder and the command. It may hold secrets: its name goes
# before it is read, so that nothing in it can keep it.
# shellcheck disable=SC2094 # the open file outlives its name
(
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
) 3<environment
finish "$?"
