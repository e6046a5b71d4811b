# shellcheck shell=sh
# shellcheck disable=SC2154 # processes.sh sets s_… and u_…
# STOP: verify, snapshot, signal, wait, KILL, sweep, prove. The ladder runs on the node, so that neither a dead link
# nor a sleeping laptop can leave it halfway.

# drydock_stop STATE_DIR RUN ID SIGNAL GRACE_HUNDREDTHS WORKER:PID:TICKS:BOOT…
# One call stops these workers, which are all that the run has on this node; `WORKER:-` when nobody knows its process.
# GRACE 0 goes to KILL at once. Prints a report (see drydock_stop_report); when the processes need longer than a moment,
# the ladder goes on by itself. The report is kept in the first worker's folder under the ID, so that whoever lost the
# answer can ask for it.
drydock_stop() {
  t_dir=$1/runs/$2 t_run=$2 t_id=$3 t_signal=$4 t_grace=$5 t_file=$1/runs/$2/${6%%:*}/stop
  shift 5
  umask 077
  [ -d "$t_dir" ] || mkdir -p "$t_dir" 2>/dev/null
  t_leaders='' t_groups='' t_refused='' t_workers='' t_names='' t_ladder=''
  read -r t_boot </proc/sys/kernel/random/boot_id
  for t_identity in "$@"; do drydock_stop_verify "$t_identity"; done
  t_known=$t_leaders t_gone='' t_killed='' t_told=''
  drydock_uptime
  t_start=$u_now t_deadline=$((u_now + t_grace))
  drydock_stop_sweep
  if [ "$t_grace" -gt 0 ]; then drydock_stop_signal; else drydock_stop_kill; fi
  if drydock_stop_wait 12; then
    t_deadline=''
    drydock_stop_print
    (drydock_stop_write) </dev/null >/dev/null 2>&1 &
    return 0
  fi
  (drydock_stop_climb) </dev/null >/dev/null 2>&1 3>&- &
  drydock_stop_print
}

# A process of its own from here on: it says who it is, so that its end can be noticed.
drydock_stop_climb() {
  trap '' HUP
  read -r t_ladder _ </proc/self/stat
  drydock_stat "$t_ladder" && t_ladder=$t_ladder:$s_ticks
  drydock_stop_write
  drydock_stop_ladder
}

# Whether the worker's leader is the process that was started. If Drydock's record, the node's record and the process
# disagree, nothing of that worker is signalled. A worker that has not been started never will be: its folder is the
# lock, and is taken here.
drydock_stop_verify() {
  v_worker=${1%%:*} v_want=${1#*:} v_have=-
  t_names="$t_names $v_worker"
  if [ -s "$t_dir/$v_worker/pid" ]; then
    read -r v_pid v_group v_ticks v_wrote <"$t_dir/$v_worker/pid"
    v_have=$v_pid:$v_ticks:$v_wrote
  elif [ "$v_want" != - ]; then
    v_have=$v_want v_rest=${v_want#*:} # its folder is gone, or is another one
    v_pid=${v_want%%:*} v_group=$v_pid v_ticks=${v_rest%%:*} v_wrote=${v_rest#*:}
  fi
  if [ "$v_have" = - ]; then
    v_is=absent
    mkdir "$t_dir/$v_worker" 2>/dev/null
    : 2>/dev/null >"$t_dir/$v_worker/stopped"
  elif [ "$v_want" != - ] && [ "$v_want" != "$v_have" ]; then
    v_is=refused
  elif [ "$v_wrote" != "$t_boot" ]; then
    v_is=rebooted
  elif ! drydock_stat "$v_pid"; then
    v_is=gone
  elif [ "$s_ticks" != "$v_ticks" ]; then
    v_is=refused
  elif [ "$s_state" = Z ] || [ -s "$t_dir/$v_worker/exit" ]; then
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
# named (t_foreign), never signalled. Sets t_unclear when somebody was seen who was gone at the second look: that may
# be a process on the run, and one more sweep has to tell.
drydock_stop_sweep() {
  # shellcheck disable=SC2086 # one word a worker
  if [ -z "$t_refused" ]; then drydock_known "$t_dir" $t_names; else k_known=''; fi
  drydock_stop_found "$(drydock_hits "$t_run" | drydock_closure "$t_known $k_known" '')"
  t_foreign='' t_unclear='' p_strange=$t_refused
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
  p_marked='' p_seen=''
  # shellcheck disable=SC2086 # one word a file
  for p_row in $(drydock_flags "$t_run" $p_hits); do
    p_worker=${p_row#*/} p_worker=${p_worker%%/*} p_pid=${p_row%%/*}
    p_seen="$p_seen $p_pid"
    case " $t_refused " in
      *" $p_worker "*) drydock_stat "$p_pid" && [ "$s_state" != Z ] && t_foreign="$t_foreign $p_pid:$s_ticks" ;;
      # A worker that is not named here runs on another node, which may be on the same machine.
      *) case " $t_names " in *" $p_worker "*) p_marked="$p_marked $p_pid" ;; esac ;;
    esac
  done
  for p_file in $p_hits; do
    p_pid=${p_file#/proc/} p_pid=${p_pid%/environ}
    case " $p_seen " in *" $p_pid "*) ;; *) t_unclear=yes ;; esac
  done
  drydock_stop_found "$(drydock_closure "$t_known $k_known" "$p_marked" </dev/null)"
  for p_pid in $p_marked; do
    case " $t_alive" in *" $p_pid:"*) ;; *) t_unclear=yes ;; esac
  done
}

# drydock_stop_found PRINTED: sets p_hits and t_alive from what drydock_closure printed. A list that is not whole proves
# nothing: this STOP then ends with an error, and without a signal if it has sent none yet.
drydock_stop_found() {
  p_hits='' t_alive=''
  while read -r p_first p_ticks _; do
    case $p_first in
      /*) p_hits="$p_hits $p_first" ;;
      end) return 0 ;;
      *) t_alive="$t_alive $p_first:$p_ticks" ;;
    esac
  done <<END
$1
END
  echo 'The processes of this node cannot be listed: STOP needs /proc, grep and awk.'
  exit 1
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
      [ -n "$t_alive$t_unclear" ] || return 0
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
  {
    echo "id $t_id"
    [ -z "$t_ladder" ] || echo "ladder $t_ladder:$t_boot"
    drydock_stop_print
  } >"$t_file.tmp" && mv "$t_file.tmp" "$t_file"
}

drydock_stop_print() {
  if [ -n "$t_alive$t_unclear" ]; then
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

# drydock_stop_report STATE_DIR RUN ID WORKER…: `now <hundredths since boot>`, then the report of the STOP with this ID, as
# drydock_stop printed it or its ladder keeps it. No report when there is none, or when its ladder has been ended from
# outside before it came to an end itself.
drydock_stop_report() {
  drydock_uptime
  echo "now $u_now"
  r_file=$1/runs/$2/$4/stop r_text='' r_id='' r_ladder='' r_phase=''
  [ -f "$r_file" ] || return 0
  while read -r r_line; do
    case $r_line in
      'id '*) r_id=${r_line#* } ;;
      'ladder '*) r_ladder=${r_line#* } ;;
      *)
        r_text="$r_text$r_line
"
        case $r_line in 'phase '*) r_phase=${r_line#* } ;; esac
        ;;
    esac
  done <"$r_file"
  [ "$r_id" = "$3" ] || return 0
  if [ "$r_phase" = under-way ]; then
    read -r r_boot </proc/sys/kernel/random/boot_id
    r_rest=${r_ladder#*:}
    [ "${r_rest#*:}" = "$r_boot" ] && drydock_alive "${r_ladder%%:*}" "${r_rest%%:*}" || return 0
  fi
  printf '%s' "$r_text"
}
