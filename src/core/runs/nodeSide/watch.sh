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

# drydock_family STATE_DIR RUN PID:TICKS…: the processes of a run and the mode that each of them carries:
# `pid ticks worker DRY_RUN ALLOW_ORDERS`, with `-` for what is not readable. Remembers them in `members`, so that one
# that loses its parents later is still known.
drydock_family() {
  f_file=$1/runs/$2/members f_run=$2
  [ -d "$1/runs/$2" ] || return 0
  drydock_known "$1/runs/$2" && f_seen=$k_known
  shift 2
  umask 077
  drydock_closure "$* $f_seen" "$(drydock_marked "$f_run")" |
    while read -r f_pid f_ticks _ _ _ f_flags; do
      echo "$f_pid:$f_ticks" >&3
      echo "$f_pid $f_ticks $f_flags"
    done 3>"$f_file.tmp" && mv "$f_file.tmp" "$f_file"
}
