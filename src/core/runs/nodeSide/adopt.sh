# shellcheck shell=sh
# shellcheck disable=SC2154 # processes.sh sets s_… and u_…, start.sh o_…, watch.sh w_…
# Runs that this Drydock did not start: those that lie on the node, and programs that only have a pid file.

# drydock_owners STATE_DIR RUN=APP…: `owner <run> <app> <name>` for each of these runs that is another app's by now.
drydock_owners() {
  a_dir=$1/runs
  shift
  for a_known in "$@"; do
    drydock_owner "$a_dir/${a_known%%=*}"
    [ "$o_app" = - ] || [ "$o_app" = "${a_known#*=}" ] || echo "owner ${a_known%%=*} $o_app $o_name"
  done
}

# drydock_runs STATE_DIR RUN…: what lies on the node beside these runs: `run <run> <app|-> <name>`, and below it its
# workers as drydock_watch says them. A run is left out when all of it ended more than a week ago. At most 300 runs, the
# newest first.
drydock_runs() {
  a_state=$1 a_skip=" $* " a_count=0 a_all=''
  a_week=$(($(date +%s) - 604800))
  for a_dir in "$1"/runs/*/; do a_all="${a_dir%/} $a_all"; done
  for a_dir in $a_all; do
    a_run=${a_dir##*/}
    case $a_skip in *" $a_run "*) continue ;; esac
    a_words=''
    for a_worker in "$a_dir"/*/; do
      [ -s "${a_worker}spec.json" ] || [ -s "${a_worker}pid" ] || continue
      a_worker=${a_worker%/}
      a_words="$a_words ${a_worker##*/}:-"
    done
    if [ -z "$a_words" ] || ! drydock_runs_fresh; then continue; fi
    drydock_owner "$a_dir"
    echo "run $a_run $o_app $o_name"
    # shellcheck disable=SC2086 # one word a worker
    drydock_watch "$a_state" "$a_run" $a_words
    a_count=$((a_count + 1))
    [ "$a_count" -lt 300 ] || return 0
  done
}

# Whether something of the run has not ended, or ended within the week. What an earlier boot left without an end has
# only its file's age to go by.
drydock_runs_fresh() {
  read -r a_boot </proc/sys/kernel/random/boot_id
  for a_word in $a_words; do
    a_worker=$a_dir/${a_word%:-} a_epoch='' a_who=''
    [ ! -s "$a_worker/exit" ] || read -r _ a_epoch _ <"$a_worker/exit"
    [ ! -s "$a_worker/pid" ] || read -r a_who <"$a_worker/pid"
    case $a_epoch in
      '')
        [ "${a_who##* }" != "$a_boot" ] || return 0
        [ -n "$(find "$a_worker" -prune -mtime +7 2>/dev/null)" ] || return 0
        ;;
      *) [ "$a_epoch" -lt "$a_week" ] || return 0 ;;
    esac
  done
  return 1
}

# drydock_take_over STATE_DIR RUN OLD_APP OWNER: makes the run OWNER's (`<app> <name>`), if it still is OLD_APP's, or
# nobody's.
drydock_take_over() {
  a_dir=$1/runs/$2
  umask 077
  [ -d "$a_dir" ] || { echo "The run's folder is not on this node any more."; return 1; }
  # Nobody holds the lock longer than an instant: an old one is left from a crash.
  [ -z "$(find "$a_dir/owner.lock" -prune -mmin +1 2>/dev/null)" ] || rmdir "$a_dir/owner.lock" 2>/dev/null
  if ! mkdir "$a_dir/owner.lock" 2>/dev/null; then
    echo 'Somebody else is taking it over at this moment, or the disk is full.'
    return 1
  fi
  drydock_owner "$a_dir"
  case $o_app in
    "${4%% *}") a_code=0 ;;
    "$3" | -) drydock_own "$a_dir" "$4"; a_code=$? ;;
    *) echo "It belongs to $o_name by now."; a_code=1 ;;
  esac
  rmdir "$a_dir/owner.lock"
  return "$a_code"
}

# drydock_own_namespace PID: whether the process sees the pids that this shell sees. One in a container has two.
drydock_own_namespace() {
  while read -r a_key _ a_second; do
    [ "$a_key" != NSpid: ] || break
  done 2>/dev/null <"/proc/$1/status"
  [ -z "$a_second" ] || return 1
  a_theirs=$(readlink "/proc/$1/ns/pid" 2>/dev/null)
  [ -z "$a_theirs" ] || [ "$a_theirs" = "$(readlink /proc/self/ns/pid)" ]
}

# drydock_pid_file PATH: what the file leads to. The first line is `found <pid> <group> <ticks> <boot> <start epoch s>
# <file's epoch s, or -> <user> <own|other>`, then the command; or `missing`, `unreadable`, `empty`, `odd <text>`,
# `dead <pid>`, `kernel <pid>`, `namespace <pid>`.
drydock_pid_file() {
  [ -e "$1" ] || { echo missing; return; }
  if [ ! -f "$1" ] || [ ! -r "$1" ]; then echo unreadable && return; fi
  a_text=$(head -c 200 "$1" 2>/dev/null | tr -d '\r' | head -n 1)
  [ -n "$a_text" ] || { echo empty; return; }
  a_pid=${a_text#[Pp][Ii][Dd]}
  a_pid=${a_pid#[:=]}
  # shellcheck disable=SC2086 # blanks around the number
  set -- "$1" $a_pid
  case ${2-} in
    '' | *[!0-9]* | 0* | ????????*) echo "odd $a_text"; return ;;
  esac
  [ $# -eq 2 ] || { echo "odd $a_text"; return; }
  a_pid=$2
  if ! drydock_stat "$a_pid" || ! drydock_alive "$a_pid" "$s_ticks"; then echo "dead $a_pid" && return; fi
  drydock_own_namespace "$a_pid" || { echo "namespace $a_pid"; return; }
  a_command=$(tr '\0\n' '  ' <"/proc/$a_pid/cmdline" 2>/dev/null | head -c 1000)
  if [ -z "$a_command" ] || [ "$a_pid" -eq 1 ]; then echo "kernel $a_pid" && return; fi
  drydock_uptime
  a_hz=$(getconf CLK_TCK 2>/dev/null)
  a_start=$(($(date +%s) - (u_now - s_ticks * 100 / ${a_hz:-100}) / 100))
  read -r a_boot </proc/sys/kernel/random/boot_id
  a_own=other
  [ "$(id -u)" != 0 ] && [ "$(stat -c %u "/proc/$a_pid" 2>/dev/null)" != "$(id -u)" ] || a_own=own
  a_written=$(stat -c %Y "$1" 2>/dev/null) a_user=$(stat -c %U "/proc/$a_pid" 2>/dev/null)
  echo "found $a_pid $s_group $s_ticks $a_boot $a_start ${a_written:--} ${a_user:--} $a_own"
  echo "$a_command"
}

# drydock_adopt STATE_DIR RUN WORKER PID TICKS BOOT SPEC OWNER: makes the folder of a program that runs already, if it
# still is that one. Its group in `pid` is its own pid: when it leads its group, that is its job; when it does not,
# there is no such group, and only what descends from it is ever signalled.
drydock_adopt() {
  a_dir=$1/runs/$2
  umask 077
  read -r a_boot </proc/sys/kernel/random/boot_id
  if [ "$a_boot" != "$6" ] || ! drydock_alive "$4" "$5" || ! drydock_own_namespace "$4"; then
    echo "Process $4 has ended, or is another one by now."
    return 1
  fi
  if ! mkdir -p "$a_dir" || ! mkdir "$a_dir/$3"; then
    echo "Cannot make the folder $a_dir/$3: is the disk full or read-only?"
    return 1
  fi
  if ! { printf '%s' "$7" >"$a_dir/$3/spec.json" && : >"$a_dir/$3/out.log" && drydock_own "$a_dir" "$8" &&
    printf '%s %s %s %s\n' "$4" "$4" "$5" "$6" >"$a_dir/$3/pid.tmp" && mv "$a_dir/$3/pid.tmp" "$a_dir/$3/pid"; }; then
    echo "Cannot write to $a_dir/$3: is the disk full?"
    return 1
  fi
  echo "STARTED $4 $4 $5 $6"
}
