# shellcheck shell=sh
# shellcheck disable=SC2154 # processes.sh sets k_…
# Looking at workers without touching them.

# drydock_watch STATE_DIR RUN WORKER:PID:TICKS:BOOT…: one line a worker. `WORKER:-` when nobody knows its process.
#   `<worker> ended <code> <epoch s> <cause> <signal> <limit s> <pid> <group> <ticks> <boot>`   the wrapper wrote its end;
#       `-` for what an older wrapper did not write
#   `<worker> running <pid> <group> <ticks> <boot>`
#   `<worker> vanished …`    no end was written, and the wrapper is gone (or its pid names another process)
#   `<worker> rebooted …`    the node has booted since
#   `<worker> launching`     the folder is there, the wrapper has not said who it is
#   `<worker> absent`        no folder, and nobody knows a process
# A file that is empty (power was cut while it was written) counts as not there.
drydock_watch() {
  w_dir=$1/runs/$2
  read -r w_boot </proc/sys/kernel/random/boot_id
  shift 2
  for w_identity in "$@"; do
    w_worker=${w_identity%%:*} w_want=${w_identity#*:} w_who='' w_exit=''
    [ ! -s "$w_dir/$w_worker/pid" ] || read -r w_who <"$w_dir/$w_worker/pid"
    [ ! -s "$w_dir/$w_worker/exit" ] || read -r w_exit <"$w_dir/$w_worker/exit"
    # Drydock's own record does when the folder is gone, or is another one.
    if [ -z "$w_who" ] && [ "$w_want" != - ]; then
      w_rest=${w_want#*:}
      w_who="${w_want%%:*} ${w_want%%:*} ${w_rest%%:*} ${w_rest#*:}"
    fi
    if [ -n "$w_exit" ]; then
      drydock_watch_end
    elif [ -n "$w_who" ]; then
      drydock_watch_process "${w_who%% *}"
    elif [ -d "$w_dir/$w_worker" ]; then
      echo "$w_worker launching"
    else
      echo "$w_worker absent"
    fi
  done
}

drydock_watch_end() {
  # shellcheck disable=SC2086 # words of a file that only the wrapper writes
  set -- $w_exit
  echo "$w_worker ended $1 $2 ${3:--} ${4:--} ${5:--} ${w_who:-0 0 0 -}"
}

drydock_watch_process() {
  w_rest=${w_who#* * } w_ticks=${w_rest%% *}
  if [ "${w_who##* }" != "$w_boot" ]; then
    echo "$w_worker rebooted $w_who"
  elif drydock_alive "$1" "$w_ticks"; then
    echo "$w_worker running $w_who"
  elif [ -s "$w_dir/$w_worker/exit" ]; then
    read -r w_exit <"$w_dir/$w_worker/exit" # it wrote its end between the two looks
    drydock_watch_end
  else
    echo "$w_worker vanished $w_who"
  fi
}

# drydock_family STATE_DIR RUN WORKER:PID:TICKS…: the processes of these workers and the mode that each of them
# carries: `pid ticks worker DRY_RUN ALLOW_ORDERS r`, as drydock_flags says it. Remembers them in `members` of the first
# worker, so that one that loses its parents later is still known; a full disk only costs that memory.
drydock_family() {
  f_dir=$1/runs/$2 f_run=$2 f_names='' f_known='' f_marked='' f_rows='' f_more='' f_timers=''
  shift 2
  for f_worker in "$@"; do
    f_names="$f_names ${f_worker%%:*}"
    f_known="$f_known ${f_worker#*:}:${f_worker%%:*}"
    # A time limit is no process of the program: it may outlive a wrapper that was killed.
    f_timer=$f_dir/${f_worker%%:*}/timer
    [ ! -f "$f_timer" ] || while read -r f_entry; do f_timers="$f_timers $f_entry"; done <"$f_timer"
  done
  # shellcheck disable=SC2086 # one word a worker
  drydock_known "$f_dir" $f_names
  # shellcheck disable=SC2046 # one word a file
  for f_row in $(drydock_flags "$f_run" $(drydock_hits "$f_run")); do
    f_worker=${f_row#*/} f_worker=${f_worker%%/*}
    case " $f_names " in *" $f_worker "*) ;; *) continue ;; esac
    f_marked="$f_marked ${f_row%%/*}:$f_worker" f_rows="$f_rows $f_row"
  done
  f_found=$(drydock_closure "$f_known $k_known" "$f_marked" </dev/null)
  while read -r f_pid f_ticks _; do
    [ "$f_pid" != end ] || continue
    case " $f_marked" in *" $f_pid:"*) ;; *) f_more="$f_more /proc/$f_pid/environ" ;; esac
  done <<END
$f_found
END
  # shellcheck disable=SC2086
  [ -z "$f_more" ] || f_rows="$f_rows $(drydock_flags "$f_run" $f_more)"
  f_members=''
  while read -r f_pid f_ticks f_worker; do
    case $f_pid in end | '') continue ;; esac
    case " $f_timers " in *" $f_pid:$f_ticks "*) continue ;; esac
    f_members="$f_members$f_pid:$f_ticks:$f_worker
"
    drydock_family_row "$f_pid" "$f_ticks"
  done <<END
$f_found
END
  umask 077
  f_file=$f_dir/${1%%:*}/members
  { printf '%s' "$f_members" >"$f_file.tmp" && mv "$f_file.tmp" "$f_file"; } 2>/dev/null
  case "$f_found" in *end) ;; *) echo 'The processes of this node cannot be listed.' && return 1 ;; esac
}

drydock_family_row() {
  for f_row in $f_rows; do
    case $f_row in
      "$1"/*)
        f_row=${f_row#*/} f_worker=${f_row%%/*} f_row=${f_row#*/} f_dry=${f_row%%/*} f_row=${f_row#*/}
        echo "$1 $2 $f_worker $f_dry ${f_row%%/*} ${f_row##*/}"
        return
        ;;
    esac
  done
  echo "$1 $2 - - - u"
}
