# shellcheck shell=sh
# shellcheck disable=SC2154 # processes.sh sets s_… and u_…
# STOP: verify, snapshot, signal, wait, KILL, sweep, prove. The ladder runs on the node, so that neither a dead link
# nor a sleeping laptop can leave it halfway.

# drydock_stop STATE_DIR RUN SIGNAL GRACE_HUNDREDTHS WORKER:PID:TICKS:BOOT…
# One call stops all workers of the run on this node. GRACE 0 goes to KILL at once. Prints a report (see
# drydock_stop_report); when the processes need longer than a moment, the ladder goes on by itself and keeps the
# report in the run's folder.
drydock_stop() {
  t_dir=$1/runs/$2 t_run=$2 t_signal=$3 t_grace=$4
  shift 4
  umask 077
  [ -d "$t_dir" ] || mkdir -p "$t_dir" || return 1
  t_leaders='' t_groups='' t_refused='' t_workers='' t_names=''
  read -r t_boot </proc/sys/kernel/random/boot_id
  for t_identity in "$@"; do drydock_stop_verify "$t_identity"; done
  t_known=$t_leaders t_gone='' t_killed='' t_told=''
  if [ -z "$t_refused" ] && drydock_known "$t_dir"; then t_known="$t_known $k_known"; fi
  drydock_uptime
  t_start=$u_now t_deadline=$((u_now + t_grace))
  drydock_stop_sweep
  if [ "$t_grace" -gt 0 ]; then drydock_stop_signal; else drydock_stop_kill; fi
  if drydock_stop_wait 12; then
    drydock_stop_print
    return 0
  fi
  drydock_stop_write
  (
    trap '' HUP
    drydock_stop_ladder
  ) </dev/null >/dev/null 2>&1 3>&- &
  drydock_stop_print
}

# Whether the worker's leader is the process that was started. If Drydock's record, the node's record and the process
# disagree, nothing of that worker is signalled.
drydock_stop_verify() {
  t_names="$t_names ${1%%:*}"
  v_worker=${1%%:*} v_want=${1#*:} v_file=$t_dir/${1%%:*}/pid
  v_have=-
  if [ -f "$v_file" ]; then
    read -r v_pid v_group v_ticks v_wrote <"$v_file"
    v_have=$v_pid:$v_ticks:$v_wrote
  fi
  if [ "$v_have" = - ]; then
    v_is=absent
  elif [ "$v_want" != - ] && [ "$v_want" != "$v_have" ]; then
    v_is=refused
  elif [ "$v_wrote" != "$t_boot" ]; then
    v_is=rebooted
  elif ! drydock_stat "$v_pid"; then
    v_is=gone
  elif [ "$s_ticks" != "$v_ticks" ]; then
    v_is=refused
  elif [ "$s_state" = Z ] || [ -f "$t_dir/$v_worker/exit" ]; then
    v_is=gone
  else
    v_is=live
    t_leaders="$t_leaders $v_pid:$v_ticks" t_groups="$t_groups $v_group"
  fi
  # Force is asked for by somebody who has read the names: what carries the run's own mark is then killed, one by one.
  [ "$v_is" != refused ] || [ "$t_grace" -eq 0 ] || t_refused="$t_refused $v_worker"
  t_workers="${t_workers}worker $v_worker $v_is
"
}

# Looks for every process of the run: sets t_alive, and adds to t_known and t_gone. Those of a refused worker are
# named (t_foreign), never signalled.
drydock_stop_sweep() {
  p_hits=$(drydock_hits "$t_run")
  drydock_stop_members ''
  t_foreign='' p_strange=$t_refused
  for p_file in $p_hits; do
    p_pid=${p_file#/proc/} p_pid=${p_pid%/environ}
    # The mark alone knows it: it left the session and its parents are gone, or it is another worker's.
    case " $t_alive" in *" $p_pid:"*) ;; *) p_strange="$p_strange $p_pid" ;; esac
  done
  [ -z "$p_strange" ] || drydock_stop_strangers
  for p_entry in $t_alive; do
    case " $t_known " in *" $p_entry "*) ;; *) t_known="$t_known $p_entry" ;; esac
    case " $t_gone " in *" $p_entry "*) ;; *) t_gone="$t_gone $p_entry" ;; esac
  done
}

drydock_stop_strangers() {
  p_marked=''
  for p_row in $(drydock_marked "$t_run" "$p_hits"); do
    p_worker=${p_row#*/} p_worker=${p_worker%%/*}
    case " $t_refused " in
      *" $p_worker "*) drydock_stat "${p_row%%/*}" && [ "$s_state" != Z ] && t_foreign="$t_foreign ${p_row%%/*}:$s_ticks" ;;
      # A worker that is not named here runs on another node, which may be on the same machine.
      *) case " $t_names " in *" $p_worker "*) p_marked="$p_marked $p_row" ;; esac ;;
    esac
  done
  drydock_stop_members "$p_marked"
}

# drydock_stop_members MARKED
drydock_stop_members() {
  t_alive=''
  p_members=$(drydock_closure "$t_known" "$1")
  while read -r p_pid p_ticks _; do
    [ -z "$p_pid" ] || t_alive="$t_alive $p_pid:$p_ticks"
  done <<END
$p_members
END
}

# drydock_stop_signal: to each verified group as a whole, then to each member that left its group.
drydock_stop_signal() {
  for g_group in $t_groups; do kill -s "$t_signal" -- "-$g_group" 2>/dev/null; done
  for g_entry in $t_alive; do
    drydock_alive "${g_entry%%:*}" "${g_entry##*:}" || continue
    case " $t_groups " in *" $s_group "*) continue ;; esac
    kill -s "$t_signal" "${g_entry%%:*}" 2>/dev/null
  done
  t_told=$t_alive
}

# Those that were born after the signal, one by one: a program that had just been started has not had it.
drydock_stop_signal_new() {
  for g_entry in $t_alive; do
    case " $t_told " in *" $g_entry "*) continue ;; esac
    drydock_alive "${g_entry%%:*}" "${g_entry##*:}" && kill -s "$t_signal" "${g_entry%%:*}" 2>/dev/null
  done
  t_told="$t_told $t_alive"
}

drydock_stop_kill() {
  t_killed=yes
  # A group is killed as a whole while one of its verified members lives: nothing can fork its way out of that.
  for g_entry in $t_alive; do
    drydock_alive "${g_entry%%:*}" "${g_entry##*:}" || continue
    case " $t_groups " in *" $s_group "*) kill -s KILL -- "-$s_group" 2>/dev/null ;; esac
    kill -s KILL "${g_entry%%:*}" 2>/dev/null
  done
}

# drydock_stop_wait ROUNDS: until nothing of the run lives, at most so many hundredths of a second.
drydock_stop_wait() {
  drydock_uptime
  g_until=$((u_now + $1)) g_round=0
  while :; do
    g_left=''
    for g_entry in $t_alive; do
      if drydock_alive "${g_entry%%:*}" "${g_entry##*:}"; then g_left="$g_left $g_entry"; fi
    done
    t_alive=$g_left
    if [ -z "$t_alive" ]; then
      drydock_stop_sweep
      [ -n "$t_alive" ] || return 0
      # Born while the others died. They get what the others got.
      if [ -n "$t_killed" ]; then drydock_stop_kill; else drydock_stop_signal_new; fi
    fi
    drydock_uptime
    [ "$u_now" -lt "$g_until" ] || return 1
    g_round=$((g_round + 1))
    # The first rounds only look: most programs are gone within milliseconds.
    [ "$g_round" -lt 20 ] || sleep 0.01 2>/dev/null || sleep 1
  done
}

drydock_stop_ladder() {
  while [ -z "$t_killed" ]; do
    drydock_uptime
    l_left=$((t_deadline - u_now))
    if [ "$l_left" -le 0 ]; then
      drydock_stop_sweep
      drydock_stop_kill
    else
      [ "$l_left" -lt 20 ] || l_left=20
      drydock_stop_sweep # whoever they started since then must stay known when its parents go
      drydock_stop_signal_new
      if drydock_stop_wait "$l_left"; then break; fi
      drydock_stop_write
    fi
  done
  if [ -n "$t_killed" ]; then
    l_rounds=0
    until drydock_stop_wait 20 || [ "$l_rounds" -ge 15 ]; do
      l_rounds=$((l_rounds + 1))
      drydock_stop_kill
    done
  fi
  t_deadline=''
  drydock_stop_write
}

drydock_stop_write() {
  drydock_stop_print >"$t_dir/stop.tmp" && mv "$t_dir/stop.tmp" "$t_dir/stop"
}

drydock_stop_print() {
  if [ -n "$t_alive" ]; then
    if [ -n "$t_deadline" ]; then echo 'phase under-way'; else echo 'phase still-running'; fi
  elif [ -n "$t_foreign" ]; then
    echo 'phase still-running'
  else
    echo 'phase proved'
  fi
  printf '%s' "$t_workers"
  # shellcheck disable=SC2086 # counted as words
  set -- $t_gone
  c_all=$#
  # shellcheck disable=SC2086
  set -- $t_alive
  echo "gone $((c_all - $#))"
  # shellcheck disable=SC2086
  set -- $t_groups
  echo "groups $#"
  drydock_uptime
  echo "took $((u_now - t_start))"
  if [ -n "$t_killed" ]; then echo "how KILL $t_grace"; else echo "how $t_signal"; fi
  [ -z "$t_deadline" ] || echo "deadline $t_deadline"
  for c_entry in $t_alive $t_foreign; do drydock_stop_survivor "$c_entry"; done
}

# `survivor <pid> <ticks> <state> <user> <command>`
drydock_stop_survivor() {
  c_pid=${1%%:*}
  drydock_alive "$c_pid" "${1##*:}" || return 0
  c_command=$(tr '\0\n' '  ' <"/proc/$c_pid/cmdline" 2>/dev/null | head -c 300)
  c_user=$(stat -c %U "/proc/$c_pid" 2>/dev/null)
  echo "survivor $c_pid ${1##*:} $s_state ${c_user:--} ${c_command:-(no command line)}"
}

# drydock_stop_report STATE_DIR RUN: `now <hundredths since boot>`, then the report that the ladder keeps.
drydock_stop_report() {
  drydock_uptime
  echo "now $u_now"
  [ ! -f "$1/runs/$2/stop" ] || while read -r r_line; do printf '%s\n' "$r_line"; done <"$1/runs/$2/stop"
}
