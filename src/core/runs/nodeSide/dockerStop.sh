# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # the files of the library read each other's variables
# STOP of containers: the same ladder as for processes, with the same report. The Docker Engine sends the signals;
# proved is what it says *and* that no process of the container is alive.

# drydock_docker_stop STATE_DIR RUN ID SIGNAL GRACE_HUNDREDTHS DRAIN_SIGNAL DRAIN_HUNDREDTHS WORKER:PID:TICKS:BOOT…
# As drydock_stop; DRAIN_SIGNAL is `-` when there is nothing to come before SIGNAL.
drydock_docker_stop() {
  b_dir=$1/runs/$2 b_run=$2 b_id=$3 b_signal=$4 b_grace=$5 b_drain=$6 b_drain_time=$7
  shift 7
  b_file=$b_dir/${1%%:*}/docker-stop
  command -v docker >/dev/null || { echo 'docker: command not found'; return 1; }
  umask 077
  [ -d "$b_dir" ] || mkdir -p "$b_dir" 2>/dev/null
  b_spared='' b_names='' b_workers='' b_live=0 b_known='' b_gone='' b_told='' b_how=$b_signal b_killed='' b_ladder=''
  read -r b_boot </proc/sys/kernel/random/boot_id
  for b_identity in "$@"; do drydock_docker_verify "$b_identity"; done
  drydock_uptime
  b_start=$u_now b_next=''
  if [ "$b_grace" -eq 0 ]; then
    b_killed=yes b_how=KILL
  elif [ "$b_drain" != - ]; then
    b_how=$b_drain b_next=$((u_now + b_drain_time))
  fi
  b_deadline=$((u_now + b_grace))
  [ -z "$b_next" ] || b_deadline=$((b_next + b_grace))
  drydock_docker_sweep
  drydock_docker_signal
  if drydock_docker_wait 30; then
    b_deadline=''
    drydock_docker_print
    (drydock_docker_write) </dev/null >/dev/null 2>&1 &
    return 0
  fi
  (drydock_docker_climb) </dev/null >/dev/null 2>&1 3>&- &
  drydock_docker_print
}

# Sets v_is, as drydock_stop_verify does. A worker whose container was not started yet will not be: its wrapper looks for
# `stopped` before it does so.
drydock_docker_verify() {
  v_worker=${1%%:*} v_want=${1#*:} v_folder=$b_dir/${1%%:*}
  drydock_docker_read "$v_folder"
  v_have=-
  if [ -n "$k_who" ]; then
    v_rest=${k_who#* * }
    v_have=${k_who%% *}:${v_rest%% *}:${v_rest#* }
  fi
  [ "$v_have" != - ] || v_have=$v_want # its folder is gone, or is another one
  if [ "$v_have" = - ]; then
    v_is=absent
    mkdir "$v_folder" 2>/dev/null
  elif [ "$v_want" != - ] && [ "$v_want" != "$v_have" ] && [ "$b_grace" -ne 0 ]; then
    v_is=refused
  elif [ "${v_have##*:}" != "$b_boot" ]; then
    v_is=rebooted
  elif [ -n "$k_exit" ]; then
    v_is=gone
  else
    v_is=live b_live=$((b_live + 1))
  fi
  [ -n "$k_exit" ] || [ "$v_is" = refused ] || printf '' 2>/dev/null >"$v_folder/stopped"
  [ "$v_is" = refused ] || b_names="$b_names $v_worker"
  b_workers="${b_workers}worker $v_worker $v_is
"
}

# Sets b_up to the containers that are running, b_alive to the processes that live (`pid:ticks`), and b_blind when either
# could not be found out. Of a worker whose folder is gone, its label still tells the container.
drydock_docker_sweep() {
  b_up='' b_alive='' b_blind='' p_marked='' p_ids=''
  for p_worker in $b_names; do
    drydock_docker_read "$b_dir/$p_worker"
    p_own=${k_container%% *}
    [ -n "$p_own" ] || p_own=$(cat "$b_dir/$p_worker/container.id" 2>/dev/null)
    if [ -z "$p_own" ] && [ ! -e "$b_dir/$p_worker/launch.sh" ]; then
      p_own=$(drydock_docker ps -aq --no-trunc --filter "label=drydock.run=$b_run" --filter "label=drydock.worker=$p_worker" 2>/dev/null) || b_blind=yes
    fi
    p_ids="$p_ids $p_own"
    [ "${k_who##* }" = "$b_boot" ] || continue
    drydock_docker_keeper "$b_dir/$p_worker"
    p_rest=${k_main#* }
    b_known="$b_known $k_keeper ${k_main:+${k_main%% *}:${p_rest%% *}}"
  done
  # shellcheck disable=SC2086 # one word an id
  [ -z "${p_ids## }" ] || drydock_docker_running $p_ids
  # shellcheck disable=SC2046 # one word a file
  for p_row in $(drydock_flags "$b_run" $(drydock_hits "$b_run")); do
    p_worker=${p_row#*/} p_worker=${p_worker%%/*}
    case " $b_names " in *" $p_worker "*) p_marked="$p_marked ${p_row%%/*}" ;; esac
  done
  p_found=$(drydock_closure "$b_known" "$p_marked" </dev/null)
  case $p_found in *end) ;; *) b_blind=yes ;; esac
  while read -r p_pid p_ticks _; do
    case $p_pid in end | '') continue ;; esac
    p_entry=$p_pid:$p_ticks b_alive="$b_alive $p_pid:$p_ticks"
    case " $b_known " in *" $p_entry "*) ;; *) b_known="$b_known $p_entry" ;; esac
    case " $b_gone " in *" $p_entry "*) ;; *) b_gone="$b_gone $p_entry" ;; esac
  done <<END
$p_found
END
}

# drydock_docker_running ID…: those of them that carry the run's label and run; one that was removed does not.
drydock_docker_running() {
  p_said=$(drydock_docker inspect --type container -f '{{.Id}} {{.State.Running}} {{index .Config.Labels "drydock.run"}}' "$@" 2>&1)
  while read -r p_id p_is p_run; do
    case $p_id in
      '' | '[]') ;;
      [0-9a-f]*[0-9a-f])
        if [ "$p_is $p_run" = "true $b_run" ]; then b_up="$b_up $p_id"; fi
        [ "$p_is" = true ] || [ "$p_is" = false ] || b_blind=yes
        ;;
      *) case "$p_id $p_is $p_run" in *[Nn]'o such '*) ;; *) b_blind=yes ;; esac ;;
    esac
  done <<END
$p_said
END
}

# Each container gets each signal once; KILL as often as it takes.
drydock_docker_signal() {
  for g_id in $b_up; do
    case " $b_told " in *" $g_id:$b_how "*) [ "$b_how" = KILL ] || continue ;; esac
    drydock_docker kill -s "$b_how" "$g_id" >/dev/null 2>&1 && b_told="$b_told $g_id:$b_how"
  done
  [ -n "$b_killed" ] && [ -z "$b_up" ] || return 0
  # What a container left behind is nobody's any more. Its wrapper only has to write its end.
  drydock_docker_spare
  for g_entry in $b_alive; do
    case " $b_spared " in *" $g_entry "*) continue ;; esac
    drydock_alive "${g_entry%%:*}" "${g_entry##*:}" && kill -s KILL "${g_entry%%:*}" 2>/dev/null
  done
}

# Sets b_spared to the wrappers and what they started to read the logs.
drydock_docker_spare() {
  g_keepers=''
  for g_worker in $b_names; do
    drydock_docker_read "$b_dir/$g_worker"
    [ -z "$k_who" ] || { drydock_docker_keeper "$b_dir/$g_worker" && g_keepers="$g_keepers $k_keeper"; }
  done
  b_spared=''
  while read -r g_pid g_ticks _; do b_spared="$b_spared $g_pid:$g_ticks"; done <<END
$(drydock_closure "$g_keepers" '' </dev/null)
END
}

drydock_docker_needs_kill() {
  [ -z "$b_up$b_blind" ] || return 0
  drydock_docker_spare
  for g_entry in $b_alive; do
    case " $b_spared " in *" $g_entry "*) ;; *) return 0 ;; esac
  done
  return 1
}

# drydock_docker_wait ROUNDS: until nothing runs and nothing lives, at most so many hundredths of a second.
drydock_docker_wait() {
  drydock_uptime
  g_until=$((u_now + $1))
  while :; do
    [ -n "$b_up$b_alive$b_blind" ] || return 0
    drydock_uptime
    [ "$u_now" -lt "$g_until" ] || return 1
    sleep 0.05 2>/dev/null || sleep 1
    drydock_docker_sweep
    drydock_docker_signal
  done
}

# A process of its own: it says who it is, so that its end can be noticed.
drydock_docker_climb() {
  trap '' HUP
  read -r b_ladder _ </proc/self/stat
  c_self=$b_ladder # the control shell dies with its link
  drydock_stat "$b_ladder" && b_ladder=$b_ladder:$s_ticks
  drydock_docker_write
  b_rounds=0
  while ! drydock_docker_wait 25; do
    drydock_uptime
    if [ -n "$b_next" ] && [ "$u_now" -ge "$b_next" ]; then b_next='' b_how=$b_signal; fi
    if [ "$u_now" -ge "$b_deadline" ]; then
      b_rounds=$((b_rounds + 1))
      # A wrapper that only has the rest of the log to read is no reason to kill.
      if drydock_docker_needs_kill; then b_killed=yes b_how=KILL; fi
    fi
    [ "$b_rounds" -lt 60 ] || break
    drydock_docker_write
  done
  b_deadline=''
  drydock_docker_write
}

drydock_docker_write() {
  {
    echo "id $b_id"
    [ -z "$b_ladder" ] || echo "ladder $b_ladder:$b_boot"
    drydock_docker_print
  } >"$b_file.tmp" && mv "$b_file.tmp" "$b_file"
}

drydock_docker_print() {
  if [ -z "$b_up$b_alive$b_blind" ]; then
    echo 'phase proved'
  elif [ -n "$b_deadline" ]; then
    echo 'phase under-way'
  else
    echo 'phase still-running'
  fi
  printf '%s' "$b_workers"
  # shellcheck disable=SC2086 # counted as words
  set -- $b_gone
  c_all=$#
  # shellcheck disable=SC2086
  set -- $b_alive
  echo "gone $((c_all - $#))"
  echo "groups $b_live"
  drydock_uptime
  echo "took $((u_now - b_start))"
  if [ -n "$b_killed" ]; then echo "how KILL $((b_grace))"; else echo "how $b_how"; fi
  [ -z "$b_deadline" ] || echo "deadline $b_deadline"
  for c_entry in $b_alive; do drydock_stop_survivor "$c_entry:-"; done
}

# drydock_docker_stop_report STATE_DIR RUN ID WORKER…: as drydock_stop_report.
drydock_docker_stop_report() {
  drydock_stop_report_in "$1/runs/$2/$4/docker-stop" "$3"
}
