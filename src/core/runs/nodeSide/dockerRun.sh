#!/bin/sh
# shellcheck disable=SC2154 # drydock_… come from ./environment, docker from ./client
# The wrapper of one container: it stands in the worker's folder, leads a session of its own, and outlives Drydock.
# Arguments: the DRY_RUN and ALLOW_ORDERS that this start was given; or `adopt` and the pid and start ticks of the
# wrapper that it takes over from, which was killed while its container went on.
# What it keeps beside `pid`, `exit` and `out.log`: `container` (id, name, image), `main` (pid and start ticks of the
# container's first process, and the mode that the Docker Engine gave it), `aligned` (this byte of out.log is that byte
# of the container's output), `trouble` (why it was not started), `blind` (the Docker Engine does not answer).
asked=''
trap 'asked=yes' TERM INT HUP QUIT
trap : USR1 USR2

# A file is made by printf throughout: a `:` whose redirection fails would end this shell.

# finish CODE CAUSE SIGNAL
finish() {
  printf '%s %s %s %s\n' "$1" "${ended_s:-$(date +%s)}" "$2" "$3" >exit.tmp && mv exit.tmp exit
  exit "$1"
}

# Nothing of the program has run.
fail() {
  printf '%s\n' "$2" >trouble.tmp && mv trouble.tmp trouble
  echo "drydock: not started: $2"
  finish "$1" never-started -
}

# Kills what is left of a wrapper's session, this process apart: a `docker logs` that goes on would write twice.
end_session() {
  e_more=yes
  while [ -n "$e_more" ]; do
    e_more=''
    for e_file in /proc/[0-9]*/stat; do
      read -r e_line 2>/dev/null <"$e_file" || continue
      e_rest=${e_line##*) } e_rest=${e_rest#* * * }
      case $e_line in *') Z '*) continue ;; esac
      if [ "${e_rest%% *}" != "$1" ] || [ "${e_line%% *}" = "$$" ]; then continue; fi
      kill -s KILL "${e_line%% *}" 2>/dev/null && e_more=yes
    done
  done
}

# Sets state, code, is_oom and finished of the container; state is `gone` when the Docker Engine does not know it, and
# empty when it does not answer.
look() {
  state='' code='' is_oom='' finished=''
  if said=$("$docker" inspect --type container \
    -f '{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}} {{.State.FinishedAt}}' "$id" 2>&1); then
    read -r state code is_oom finished <<END
$said
END
  else
    case $said in *[Nn]'o such '*) state=gone ;; esac
  fi
}

# Sets ended_s from a time like 2026-11-25T07:23:47.5Z, whose zone is UTC (days from civil, by Howard Hinnant).
epoch_of() {
  ended_s=''
  case $1 in 20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]*Z) ;; *) return 0 ;; esac
  d_y=${1%%-*} d_rest=${1#*-} d_m=1${1#*-} d_m=${d_m%%-*} d_d=1${d_rest#*-} d_d=${d_d%%T*} d_time=${1#*T}
  d_h=1${d_time%%:*} d_time=${d_time#*:} d_min=1${d_time%%:*} d_time=${d_time#*:} d_s=1${d_time%Z} d_s=${d_s%%.*}
  d_m=$((d_m - 100)) d_d=$((d_d - 100))
  if [ "$d_m" -le 2 ]; then d_y=$((d_y - 1)) d_m=$((d_m + 9)); else d_m=$((d_m - 3)); fi
  d_days=$((365 * d_y + d_y / 4 - d_y / 100 + d_y / 400 + (153 * d_m + 2) / 5 + d_d - 1 - 719468))
  ended_s=$((d_days * 86400 + (d_h - 100) * 3600 + (d_min - 100) * 60 + d_s - 100))
}

# Makes the container: sets name, and said when that fails. Its arguments are those of `docker create`.
create() {
  # Of Docker's log drivers, `local` alone keeps every byte as it was written. Its file is the way back to what was
  # written while nobody read, so it may not be turned over; out.log is the same, byte for byte.
  log_options='--log-driver local --log-opt max-size=1000g --log-opt max-file=1 --log-opt compress=false'
  name=$drydock_name tries=1
  while ! said=$(
    # shellcheck disable=SC2086 # options are words
    set -- "$docker" create --cidfile "$dir/container.id" --name "$name" $log_options "$@"
    drydock_export # from here on a variable may be anything
    exec "$@" 2>&1
  ); do
    tries=$((tries + 1))
    rm -f "$dir/container.id"
    case $said in
      *'is already in use'*)
        [ "$tries" -le 100 ] || return 1
        case $drydock_conflict in
          suffix) name=$drydock_name-$tries ;;
          remove) remove_ended || return 1 ;;
          *) return 1 ;;
        esac
        ;;
      *'log driver'* | *'logging driver'* | *'log opt'* | *'log-opt'*)
        [ -n "$log_options" ] || return 1
        log_options='' # an engine that has other drivers
        ;;
      *) return 1 ;;
    esac
  done
}

# Whether the closed environment carries the mode that this start was given.
is_mode_kept() (
  set -- "$dry" "$allow"
  drydock_export
  [ "${DRY_RUN-}" = "$1" ] && [ "${ALLOW_ORDERS-}" = "$2" ]
)

remove_ended() {
  there=$("$docker" inspect --type container -f '{{.Id}} {{.State.Status}}' "$name" 2>&1) || return 0
  case ${there#* } in
    exited | dead | created) removed=$("$docker" rm "${there%% *}" 2>&1) || { said=$removed && return 1; } ;;
    *) said="Conflict. The container name \"/$name\" is already in use by a container that is ${there#* }." && return 1 ;;
  esac
}

# Keeps out.log whole: what the container printed, from the byte on that out.log does not have yet. The number of bytes
# says where that is, so neither equal timestamps nor lines without an end can put a byte in twice or leave one out.
follow() {
  suspect=$1
  while [ -e aligned ]; do
    if [ -z "$suspect" ] || align; then
      rm -f logs.code
      read -r file_at output_at <aligned
      size=$(wc -c <out.log)
      {
        # The shell here would put `Killed` between the bytes, if the redirection were its own.
        # shellcheck disable=SC2016
        sh -c 'echo $$ >logs.pid; exec "$@" 2>&1' sh "$docker" logs -f "$id"
        echo "$?" >logs.code
      } | skip $((output_at + size - file_at)) >>out.log
      log_code=''
      [ ! -s logs.code ] || read -r log_code <logs.code
      # An error of `docker logs` itself ends up between the bytes of the container.
      case $log_code in 0 | 137) suspect='' ;; *) suspect=yes ;; esac
    fi
    sleep 1
  done
}

# skip BYTES: passes its input on behind so many bytes, at once. GNU tail alone would hold lines back.
skip() {
  if [ "$1" -eq 0 ]; then
    cat
  elif command -v stdbuf >/dev/null; then
    stdbuf -o0 tail -c "+$(($1 + 1))"
  else
    tail -c "+$(($1 + 1))"
  fi
}

# Looks for what `docker logs` said itself, between the bytes of the container: leaves it where it is in out.log, and
# counts on behind it. Fails while the Docker Engine does not answer.
align() {
  read -r file_at output_at <aligned
  size=$(wc -c <out.log)
  printed=$({ "$docker" logs "$id" 2>&1; echo "$?" >logs.code; } | wc -c)
  read -r log_code <logs.code && [ "$log_code" = 0 ] || return 1
  same=$((printed - output_at))
  if [ "$same" -lt 0 ]; then
    echo 'drydock: the Docker Engine has thrown older output away; what follows may be here twice' >>out.log
    echo "$(wc -c <out.log) 0" >aligned.tmp && mv aligned.tmp aligned
    return 0
  fi
  differ=$({ "$docker" logs "$id" 2>&1; echo "$?" >logs.code; } | {
    LC_ALL=C cmp - out.log "$output_at" "$file_at" 2>/dev/null
    cat >/dev/null
  })
  read -r log_code <logs.code && [ "$log_code" = 0 ] || return 1
  case $differ in
    *differ*)
      differ=${differ%,*} differ=${differ##* }
      [ "$((differ - 1))" -ge "$same" ] || same=$((differ - 1))
      ;;
  esac
  [ "$same" -lt $((size - file_at)) ] || return 0
  echo "$size $((output_at + same))" >aligned.tmp && mv aligned.tmp aligned
}

# A `docker logs -f` can hang while the container goes on printing: what it then has not brought shows it.
watch_follower() {
  seen_size='' seen_s=''
  while sleep 20 && [ -e aligned ]; do
    size=$(wc -c <out.log) now_s=$(date +%s)
    if [ "$size" = "$seen_size" ]; then
      missed=$("$docker" logs --since $((seen_s + 5)) --until $((now_s - 5)) "$id" 2>&1 | head -c 1 | wc -c)
      [ "$missed" -eq 0 ] || [ ! -s logs.pid ] || kill -s KILL "$(cat logs.pid)" 2>/dev/null
    else
      seen_size=$size seen_s=$now_s
    fi
  done
}

# What `-f` has not brought yet, once the container has ended.
complete_log() {
  end_session "$$"
  until align; do
    look
    [ "$state" != gone ] || return 0
    sleep 1
  done
  read -r file_at output_at <aligned
  size=$(wc -c <out.log)
  "$docker" logs "$id" 2>&1 | skip $((output_at + size - file_at)) >>out.log
}

stop_at_limit() {
  sleep "$1"
  printf '' >timed-out
  until "$docker" stop "$id" >/dev/null 2>&1; do sleep 1; done
}

# Stays until the container has ended, and writes its end. Argument: not empty when out.log is not known to be right.
keep() {
  exec >/dev/null 2>&1 # only what the container prints goes to out.log from here on
  follow "$1" &
  watch_follower &
  # shellcheck disable=SC2094 # nobody writes it here
  read -r limit started_s <limit
  if [ "$limit" -gt 0 ]; then
    left=$((started_s + limit - $(date +%s)))
    [ "$left" -gt 0 ] || left=0
    stop_at_limit "$left" &
  fi
  while :; do
    waited=$("$docker" wait "$id" 2>/dev/null)
    look
    case $state in
      exited | dead | gone | created) break ;;
      '') printf '' >blind && sleep 2 ;;
      *) rm -f blind ;;
    esac
    # Its folder was taken away: there is nothing left to keep.
    if [ ! -e aligned ]; then
      end_session "$$"
      exit 0
    fi
    sleep 1
  done
  rm -f blind
  epoch_of "$finished"
  complete_log
  case $state in
    created) finish 125 never-started - ;;
    gone)
      echo 'drydock: the container was removed from outside; what it printed last may be missing here' >>out.log
      case $waited in '' | *[!0-9]*) finish 137 killed-outside - ;; esac
      finish "$waited" killed-outside -
      ;;
  esac
  signal=-
  [ "$code" -le 128 ] || signal=$(kill -l $((code - 128)) 2>/dev/null) || signal=-
  signal=${signal#SIG}
  cause='exit'
  [ "$signal" = - ] || cause=signal
  if [ -e timed-out ]; then
    cause=time-limit
  elif [ "$is_oom" = true ] && [ "$code" -ne 0 ]; then
    cause=out-of-memory
  fi
  finish "$code" "$cause" "${signal:--}"
}

# Fields after the last ')': state, parent, group, session, …; the start time is the 20th.
read -r line <"/proc/$$/stat"
# shellcheck disable=SC2086 # numbers, split on purpose
set -- "$1" "$2" "${3-}" ${line##*) }
dir=$(pwd) dry=$1 allow=$2 group=$6 ticks=${23}

if [ "$1" = adopt ]; then
  # Whoever links first takes over; the others have nothing to do.
  ln -s "$$:$ticks" "after-$2-$3" 2>/dev/null || exit 0
  exec >&2
  end_session "$2"
  # shellcheck source=/dev/null
  . ./client
  read -r id _ <container
  keep suspect
fi

read -r boot </proc/sys/kernel/random/boot_id
if ! { printf '%s %s %s %s\n' "$$" "$group" "$ticks" "$boot" >pid.tmp && mv pid.tmp pid; }; then finish 74 exit -; fi
# Until now standard output was the pipe that START waits on.
exec >&2

# `environment` exports the closed environment and sets the arguments of `docker create`. It may hold secrets: its name
# goes before it is read, so that nothing in it can keep it.
# shellcheck disable=SC2094 # the open file outlives its name
(
  rm -f environment
  # shellcheck source=/dev/null
  . /proc/self/fd/3
  exec 3<&-
  case $dry$allow in 00 | 01 | 10 | 11) ;; *) fail 78 'DRY_RUN and ALLOW_ORDERS must be 0 or 1' ;; esac
  is_mode_kept || fail 78 'DRY_RUN or ALLOW_ORDERS is not what this start was given'
  printf '%s' "$drydock_client" >client
  printf '%s' "$drydock_variables" >variables
  echo "$drydock_limit" >limit.seconds
  # shellcheck source=/dev/null
  . ./client
  # A STOP may come before there is anything to stop.
  if [ -n "$asked" ] || [ -e stopped ]; then finish 143 signal TERM; fi
  create "$@" || fail 125 "$said"
  read -r id <container.id
  echo "$id $name $drydock_image" >container.tmp && mv container.tmp container
) 3<environment
rm -f variables
[ ! -s exit ] || exit 0
if ! [ -s container ]; then fail 125 'the container could not be written down: is the disk full?'; fi
# shellcheck source=/dev/null
. ./client
read -r id _ <container

discard() { "$docker" rm "$id" >/dev/null 2>&1; }
# What the Docker Engine was told counts, not what it was meant to be told.
flags=$("$docker" inspect --type container -f "{{range .Config.Env}}{{if eq . \"DRY_RUN=$dry\"}}d{{end}}{{if eq . \"ALLOW_ORDERS=$allow\"}}a{{end}}{{end}}" "$id" 2>&1)
case $flags in
  da | ad) ;;
  *)
    discard
    fail 78 "the container does not carry DRY_RUN and ALLOW_ORDERS as this start was given them. $flags"
    ;;
esac
read -r limit <limit.seconds
echo "$limit $(date +%s)" >limit
echo "$(wc -c <out.log) 0" >aligned.tmp && mv aligned.tmp aligned
if [ -n "$asked" ] || [ -e stopped ]; then
  discard
  finish 143 signal TERM
fi
if ! said=$("$docker" start "$id" 2>&1); then
  trouble=$said
  look
  # It may have been started by an engine that could not say so any more.
  while [ -z "$state" ]; do
    printf '' >blind
    sleep 1
    look
  done
  rm -f blind
  if [ "$state" = created ]; then
    discard
    case $code in 126 | 127) fail "$code" "$trouble" ;; esac
    fail 125 "$trouble"
  fi
fi
main=$("$docker" inspect --type container -f '{{.State.Pid}}' "$id" 2>/dev/null)
if [ "${main:-0}" -gt 0 ] && read -r line 2>/dev/null <"/proc/$main/stat"; then
  # shellcheck disable=SC2086
  set -- ${line##*) }
  echo "$main ${20} $dry $allow" >main.tmp && mv main.tmp main
fi
printf '' >started
keep ''
