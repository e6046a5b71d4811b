# shellcheck shell=sh
# shellcheck disable=SC2154 # processes.sh sets k_…
# Looking at workers without touching them.

# drydock_watch STATE_DIR RUN WORKER…: one line a worker:
#   `<worker> ended <code> <epoch s> <pid> <group> <ticks> <boot>`   the wrapper wrote its end
#   `<worker> running <pid> <group> <ticks> <boot>`
#   `<worker> vanished …`    no end was written, and the wrapper is gone (or its pid names another process)
#   `<worker> rebooted …`    the node has booted since
#   `<worker> launching`     the folder is there, the wrapper has not said who it is
#   `<worker> absent`        never started here
drydock_watch() {
  w_dir=$1/runs/$2
  read -r w_boot </proc/sys/kernel/random/boot_id
  shift 2
  for w_worker in "$@"; do
    w_who='0 0 0 -'
    [ ! -f "$w_dir/$w_worker/pid" ] || read -r w_who <"$w_dir/$w_worker/pid"
    if [ -f "$w_dir/$w_worker/exit" ]; then
      drydock_watch_end
    elif [ ! -d "$w_dir/$w_worker" ]; then
      echo "$w_worker absent"
    elif [ "$w_who" = '0 0 0 -' ]; then
      echo "$w_worker launching"
    else
      drydock_watch_process "${w_who%% *}"
    fi
  done
}

drydock_watch_end() {
  read -r w_exit <"$w_dir/$w_worker/exit"
  echo "$w_worker ended $w_exit $w_who"
}

drydock_watch_process() {
  w_rest=${w_who#* * } w_ticks=${w_rest%% *}
  if [ "${w_who##* }" != "$w_boot" ]; then
    echo "$w_worker rebooted $w_who"
  elif drydock_alive "$1" "$w_ticks"; then
    echo "$w_worker running $w_who"
  elif [ -f "$w_dir/$w_worker/exit" ]; then
    drydock_watch_end # it wrote its end between the two looks
  else
    echo "$w_worker vanished $w_who"
  fi
}

# drydock_family STATE_DIR RUN WORKER:PID:TICKS…: the processes of these workers and the mode that each of them
# carries: `pid ticks worker DRY_RUN ALLOW_ORDERS`, with `-` for what is not readable. Remembers them in `members`, so
# that one that loses its parents later is still known.
drydock_family() {
  f_dir=$1/runs/$2 f_run=$2
  [ -d "$f_dir" ] || return 0
  drydock_known "$f_dir" && f_known=$k_known
  shift 2
  f_names='' f_marked=''
  for f_worker in "$@"; do
    f_names="$f_names ${f_worker%%:*}"
    f_known="$f_known ${f_worker#*:}"
  done
  for f_row in $(drydock_marked "$f_run" "$(drydock_hits "$f_run")"); do
    f_worker=${f_row#*/} f_worker=${f_worker%%/*}
    case " $f_names " in *" $f_worker "*) f_marked="$f_marked $f_row" ;; esac
  done
  umask 077
  drydock_closure "$f_known" "$f_marked" |
    while read -r f_pid f_ticks _ _ _ f_flags; do
      echo "$f_pid:$f_ticks" >&3
      echo "$f_pid $f_ticks $f_flags"
    done 3>"$f_dir/members.tmp" && mv "$f_dir/members.tmp" "$f_dir/members"
}
