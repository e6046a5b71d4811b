# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # processes.sh sets s_… and u_…, and reads k_some and c_self
# STOP: verify, snapshot, signal, wait, KILL, sweep, prove. The ladder runs on the node, so that neither a dead link
# nor a sleeping laptop can leave it halfway.

# drydock_stop STATE_DIR RUN ID all|some WORKER:SIGNAL:GRACE:DRAIN:PID:TICKS:BOOT…
# One call stops these workers, each by its own ladder; `-` instead of PID:TICKS:BOOT when nobody knows its process.
# GRACE is in hundredths of a second, 0 goes to KILL at once. DRAIN is `-`, or `USR1/6000`: that signal to the program,
# which then has 6000 hundredths to finish before SIGNAL. `all`: the run has no other workers on this node; with `some`
# a process of the run that is nobody's in particular is left alone, as are all of the other workers'.
# Prints a report (see drydock_stop_print); when the processes need longer than a moment, the ladder goes on by itself.
# The report is kept in the first worker's folder under the ID, so that whoever lost the answer can ask for it.
drydock_stop() {
  t_dir=$1/runs/$2 t_run=$2 t_id=$3 t_whole='' k_some=yes
  [ "$4" != all ] || t_whole=yes k_some=''
  shift 4
  t_file=$t_dir/${1%%:*}/stop-$t_id
  umask 077
  [ -d "$t_dir" ] || mkdir -p "$t_dir" 2>/dev/null
  t_leaders='' t_refused='' t_states='' t_names='' t_named='' t_ladder='' t_plan='' t_groups=0
  read -r t_boot </proc/sys/kernel/random/boot_id
  drydock_uptime
  t_start=$u_now t_last=$u_now t_any=''
  for t_identity in "$@"; do drydock_stop_verify "$t_identity"; done
  drydock_stop_others
  t_known=$t_leaders t_gone='' t_killed='' t_asked='' t_told='' t_over=''
  drydock_stop_sweep
  drydock_stop_drain
  # What is nobody's in particular is asked with the first, and killed with the last.
  [ -z "$t_whole" ] || t_plan="$t_plan -:$t_any:$((t_last - t_start)):-:$t_start:$t_last:-"
  drydock_stop_claims
  t_claims=$q_claims
  drydock_stop_act
  if drydock_stop_wait 12; then
    t_over=yes
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
  c_self=$t_ladder # the control shell dies with its link
  drydock_stat "$t_ladder" && t_ladder=$t_ladder:$s_ticks
  drydock_stop_write
  drydock_stop_ladder
}

# Whether the worker's leader is the process that was started. If Drydock's record, the node's record and the process
# disagree, nothing of that worker is signalled. A worker that has not been started never will be: its folder is the
# lock, and is taken here.
drydock_stop_verify() {
  v_worker=${1%%:*} v_want=${1#*:} v_have=-
  v_signal=${v_want%%:*} v_want=${v_want#*:}
  v_grace=${v_want%%:*} v_want=${v_want#*:}
  v_drain=${v_want%%:*} v_want=${v_want#*:} v_mine=-
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
    v_is=live v_mine=$v_group
    t_leaders="$t_leaders $v_pid:$v_ticks:$v_worker" t_groups=$((t_groups + 1))
  fi
  # Force is asked for by somebody who has read the names: what carries the run's own mark is then killed, one by one.
  if [ "$v_is" = refused ] && [ "$v_grace" -gt 0 ]; then
    t_refused="$t_refused $v_worker"
  else
    t_named="$t_named $v_worker"
  fi
  t_states="$t_states $v_worker:$v_is"
  # The two times are those of SIGNAL and of KILL; drydock_stop_drain moves them.
  t_plan="$t_plan $v_worker:$v_signal:$v_grace:$v_drain:$t_start:$((t_start + v_grace)):$v_mine"
  [ -n "$t_any" ] || t_any=$v_signal
  [ "$t_last" -ge "$((t_start + v_grace))" ] || t_last=$((t_start + v_grace))
  { echo "$t_id" >"$t_dir/$v_worker/stop-asked"; } 2>/dev/null
}

# Sets t_others to the leaders of the run's other workers here: what belongs to them is known at sight then, and is not
# taken for a process of these.
drydock_stop_others() {
  t_others=''
  for v_file in "$t_dir"/*/pid; do
    v_worker=${v_file%/pid} v_worker=${v_worker##*/}
    case " $t_names " in *" $v_worker "*) continue ;; esac
    [ -s "$v_file" ] || continue
    read -r v_pid v_group v_ticks v_wrote <"$v_file"
    [ "$v_wrote" != "$t_boot" ] || t_others="$t_others $v_pid:$v_ticks:$v_worker"
  done
}

# drydock_stop_step STEP: sets l_… to one worker's part of the plan.
drydock_stop_step() {
  l_ifs=$IFS IFS=:
  # shellcheck disable=SC2086 # split on purpose
  set -- $1
  IFS=$l_ifs
  l_worker=$1 l_signal=$2 l_grace=$3 l_drain=$4 l_term=$5 l_kill=$6 l_group=$7
}

# drydock_stop_lives PID:TICKS:WORKER
drydock_stop_lives() {
  e_rest=${1#*:}
  drydock_alive "${1%%:*}" "${e_rest%%:*}"
}

# Asks each worker that can drain to do so, and moves its ladder back. The signal goes to the program alone: to the
# first process below the wrapper that catches it, which it would kill otherwise. A worker of which nobody catches it
# has nothing that it could finish: its ladder begins at once.
drydock_stop_drain() {
  d_plan=''
  for d_step in $t_plan; do
    drydock_stop_step "$d_step"
    if [ "$l_drain" != - ] && [ "$l_group" != - ]; then drydock_stop_drain_one; fi
    d_plan="$d_plan $l_worker:$l_signal:$l_grace:$l_drain:$l_term:$l_kill:$l_group"
    [ "$t_last" -ge "$l_kill" ] || t_last=$l_kill
  done
  t_plan=$d_plan
}

drydock_stop_drain_one() {
  d_signal=${l_drain%%/*} d_catch=' ' d_above=''
  for d_entry in $t_alive; do
    case $d_entry in *":$l_worker") ;; *) continue ;; esac
    d_pid=${d_entry%%:*}
    # The wrapper leads the group, and catches signals only to outlive them.
    if [ "$d_pid" = "$l_group" ] || ! drydock_stop_lives "$d_entry" || [ "$s_group" != "$l_group" ]; then continue; fi
    # shellcheck disable=SC2086 # numbers, split on purpose
    set -- ${s_line##*) }
    d_above="$d_above $d_pid:$2"
    ! drydock_stop_catches "$d_pid" "$d_signal" || d_catch="$d_catch$d_pid "
  done
  [ "$d_catch" != ' ' ] || return 0
  for d_pid in $d_catch; do
    drydock_stop_is_first "$d_pid" || continue
    kill -s "$d_signal" "$d_pid" 2>/dev/null && l_term=$((t_start + ${l_drain#*/})) l_kill=$((t_start + ${l_drain#*/} + l_grace))
  done
}

# Whether none of the processes above this one catches the signal too: it passes it on then, if it wants to.
drydock_stop_is_first() {
  d_up=$1
  while :; do
    case "$d_above " in *" $d_up:"*) ;; *) return 0 ;; esac
    d_up=${d_above#*" $d_up:"} d_up=${d_up%% *}
    case $d_catch in *" $d_up "*) return 1 ;; esac
  done
}

# drydock_stop_catches PID SIGNAL: by the mask of caught signals in /proc/<pid>/status.
drydock_stop_catches() {
  case $2 in
    HUP) c_number=1 ;; INT) c_number=2 ;; QUIT) c_number=3 ;; USR1) c_number=10 ;;
    USR2) c_number=12 ;; TERM) c_number=15 ;; *) return 1 ;;
  esac
  c_mask=''
  while read -r c_name c_value; do
    [ "$c_name" != SigCgt: ] || c_mask=$c_value
  done 2>/dev/null <"/proc/$1/status"
  [ -n "$c_mask" ] || return 1
  c_mask=${c_mask#????????} # 64 bits, of which the upper half are real-time signals
  [ "$(((0x$c_mask >> (c_number - 1)) & 1))" = 1 ]
}

# Looks for every process of these workers: sets t_alive (`pid:ticks:worker`), and adds to t_known and t_gone. Those of a
# refused worker are named (t_foreign), never signalled; those of workers that are not asked for are not looked at. Sets t_unclear when somebody was seen who was gone at the second look: that may
# be a process on the run, and one more sweep has to tell.
drydock_stop_sweep() {
  # What is nobody's in particular may be a refused worker's.
  [ -z "$t_refused" ] || k_some=yes
  # shellcheck disable=SC2086 # one word a worker
  drydock_known "$t_dir" $t_named
  drydock_stop_found "$(drydock_hits "$t_run" | drydock_closure "$t_known $k_known $t_others" '')"
  t_foreign='' t_unclear='' p_strange=$t_refused
  for p_file in $p_hits; do
    p_pid=${p_file#/proc/} p_pid=${p_pid%/environ}
    # The mark alone knows it: it left the session and its parents are gone, or it is another worker's.
    case " $t_alive $p_theirs" in *" $p_pid:"*) ;; *) p_strange="$p_strange $p_pid" ;; esac
  done
  [ -z "$p_strange" ] || drydock_stop_strangers
  for p_entry in $t_alive; do
    case " $t_known " in *" $p_entry "*) ;; *) t_known="$t_known $p_entry" ;; esac
    case " $t_gone " in *" $p_entry "*) ;; *) t_gone="$t_gone $p_entry" ;; esac
  done
}

drydock_stop_strangers() {
  p_marked='' p_seen=' '
  # shellcheck disable=SC2086 # one word a file
  for p_row in $(drydock_flags "$t_run" $p_hits); do
    p_worker=${p_row#*/} p_worker=${p_worker%%/*} p_pid=${p_row%%/*}
    p_seen="$p_seen$p_pid "
    case " $t_refused " in
      *" $p_worker "*) drydock_stat "$p_pid" && [ "$s_state" != Z ] && t_foreign="$t_foreign $p_pid:$s_ticks:$p_worker" ;;
      # A worker that is not named here is not to be stopped, or runs on another node on the same machine.
      *)
        case " $t_named " in
          *" $p_worker "*) p_marked="$p_marked $p_pid:$p_worker" ;;
          *) ! drydock_stop_is_nobodys "$p_worker" "$p_pid" || p_marked="$p_marked $p_pid:-" ;;
        esac
        ;;
    esac
  done
  for p_file in $p_hits; do
    p_pid=${p_file#/proc/} p_pid=${p_pid%/environ}
    case $p_seen in *" $p_pid "*) ;; *) t_unclear=yes ;; esac
  done
  [ -n "$p_marked" ] || return 0
  drydock_stop_found "$(drydock_closure "$t_known $k_known $t_others" "$p_marked" </dev/null)"
  for p_entry in $p_marked; do
    case " $t_alive" in *" ${p_entry%%:*}:"*) ;; *) t_unclear=yes ;; esac
  done
}

# Carries the mark of this run and that of no worker: it is stopped with the last of them only.
drydock_stop_is_nobodys() {
  [ "$1" = - ] && [ -n "$t_whole" ] && [ -z "$t_refused" ] || return 1
  p_marks=$(tr '\0' '\n' 2>/dev/null <"/proc/$2/environ" | LC_ALL=C grep -e '^DRYDOCK_RUN=' -e '^DRYDOCK_WORKER=')
  [ "$p_marks" = "DRYDOCK_RUN=$t_run" ]
}

# drydock_stop_found PRINTED: sets p_hits, t_alive and p_theirs (other workers' processes) from what was printed. A list that is not whole proves
# nothing: this STOP then ends with an error, and without a signal if it has sent none yet.
drydock_stop_found() {
  p_hits='' p_theirs='' t_alive=''
  while read -r p_first p_ticks p_owner; do
    case $p_first in
      /*) p_hits="$p_hits $p_first" ;;
      end) return 0 ;;
      *)
        case " $t_names - " in
          *" $p_owner "*) t_alive="$t_alive $p_first:$p_ticks:$p_owner" ;;
          *) p_theirs="$p_theirs $p_first:$p_ticks:$p_owner" ;;
        esac
        ;;
    esac
  done <<END
$1
END
  echo 'The processes of this node cannot be listed: STOP needs /proc, grep and awk.'
  exit 1
}

# Gives every process what its worker's ladder has for it by now.
drydock_stop_act() {
  drydock_uptime
  for a_step in $t_plan; do
    drydock_stop_step "$a_step"
    if [ "$u_now" -ge "$l_kill" ]; then
      drydock_stop_kill
    elif [ "$u_now" -ge "$l_term" ] || drydock_stop_has_drained; then
      drydock_stop_ask
    fi
  done
}

# A program that has finished what it had may have left others behind: their ladder begins now.
drydock_stop_has_drained() {
  [ -s "$t_dir/$l_worker/exit" ] || return 1
  d_plan='' d_who=$l_worker t_last=$t_start
  for d_step in $t_plan; do
    drydock_stop_step "$d_step"
    [ "$l_worker" != "$d_who" ] || l_term=$u_now l_kill=$((u_now + l_grace))
    d_plan="$d_plan $l_worker:$l_signal:$l_grace:$l_drain:$l_term:$l_kill:$l_group"
    [ "$t_last" -ge "$l_kill" ] || t_last=$l_kill
  done
  t_plan=$d_plan
  drydock_stop_step "$a_step"
}

# The worker's signal: to its verified group as a whole, then to each member that left its group; later to those that
# were born since, one by one, since a program that had just been started has not had it.
drydock_stop_ask() {
  case " $t_asked " in
    *" $l_worker "*) a_group='' ;;
    *) a_group=yes t_asked="$t_asked $l_worker" ;;
  esac
  a_told=''
  for a_entry in $t_alive; do
    case $a_entry in *":$l_worker") ;; *) continue ;; esac
    case " $t_told " in *" $a_entry "*) continue ;; esac
    t_told="$t_told $a_entry"
    drydock_stop_lives "$a_entry" || continue
    if [ "$s_group" = "$l_group" ] && [ -n "$a_group" ]; then
      [ -n "$a_told" ] || kill -s "$l_signal" -- "-$s_group" 2>/dev/null
      a_told=yes
    else
      kill -s "$l_signal" "${a_entry%%:*}" 2>/dev/null
    fi
  done
}

drydock_stop_kill() {
  a_some=''
  # A group is killed as a whole while one of its verified members lives: nothing can fork its way out of that.
  for a_entry in $t_alive; do
    case $a_entry in *":$l_worker") ;; *) continue ;; esac
    drydock_stop_lives "$a_entry" || continue
    a_some=yes
    [ "$s_group" != "$l_group" ] || kill -s KILL -- "-$s_group" 2>/dev/null
    kill -s KILL "${a_entry%%:*}" 2>/dev/null
  done
  [ -n "$a_some" ] || [ "$l_grace" -eq 0 ] || return 0
  case " $t_killed " in *" $l_worker "*) ;; *) t_killed="$t_killed $l_worker" ;; esac
}

# drydock_stop_wait HUNDREDTHS: until nothing of these workers lives, at most so long.
drydock_stop_wait() {
  drydock_uptime
  g_until=$((u_now + $1)) g_round=0
  while :; do
    g_left=''
    for g_entry in $t_alive; do
      if drydock_stop_lives "$g_entry"; then g_left="$g_left $g_entry"; fi
    done
    t_alive=$g_left
    if [ -z "$t_alive" ]; then
      drydock_stop_sweep
      [ -n "$t_alive$t_unclear" ] || return 0
      drydock_stop_act # born while the others died: they get what the others got
    fi
    drydock_uptime
    [ "$u_now" -lt "$g_until" ] || return 1
    g_round=$((g_round + 1))
    # The first rounds only look: most programs are gone within milliseconds.
    if [ "$g_round" -ge 20 ]; then
      if [ "$1" -gt 20 ] && [ "$((g_until - u_now))" -gt 20 ]; then g_nap=0.1; else g_nap=0.01; fi
      sleep "$g_nap" 2>/dev/null || sleep 1
    fi
  done
}

# Goes on until nothing is left, or KILL has not helped for three seconds, or a later STOP has taken all workers over.
drydock_stop_ladder() {
  l_rounds=0
  while [ "$l_rounds" -lt 16 ]; do
    if drydock_stop_taken_over; then
      rm -f "$t_file"
      return
    fi
    drydock_stop_sweep # whoever they started since then must stay known when its parents go
    drydock_stop_act
    drydock_stop_pause
    if drydock_stop_wait "$l_pause"; then break; fi
    [ "$u_now" -lt "$t_last" ] || l_rounds=$((l_rounds + 1))
    drydock_stop_write
  done
  t_over=yes
  drydock_stop_write
}

# Sets l_pause: until the next step of any worker, and not longer than one may leave a program alone that starts others.
drydock_stop_pause() {
  drydock_uptime
  l_pause=20
  # Draining and long graces are waited out at a walk.
  [ "$((u_now - t_start))" -lt 300 ] || [ "$u_now" -ge "$t_last" ] || l_pause=100
  for a_step in $t_plan; do
    drydock_stop_step "$a_step"
    for l_at in "$l_term" "$l_kill"; do
      [ "$l_at" -le "$u_now" ] || [ "$((l_at - u_now))" -ge "$l_pause" ] || l_pause=$((l_at - u_now))
    done
  done
}

# Sets q_claims to the latest STOP of each worker.
drydock_stop_claims() {
  q_claims=''
  for q_worker in $t_names; do
    q_id=''
    [ ! -f "$t_dir/$q_worker/stop-asked" ] || read -r q_id <"$t_dir/$q_worker/stop-asked"
    q_claims="$q_claims $q_worker=$q_id"
  done
}

# A later STOP of the same workers climbs by itself: two ladders would send a signal twice. What could not be written
# or is not there any more takes nothing over.
drydock_stop_taken_over() {
  drydock_stop_claims
  for q_claim in $q_claims; do
    [ "${q_claim#*=}" != '' ] || return 1
    case "$t_claims " in *" $q_claim "*) return 1 ;; esac
  done
}

drydock_stop_write() {
  {
    echo "id $t_id"
    [ -z "$t_ladder" ] || echo "ladder $t_ladder:$t_boot"
    drydock_stop_print
  } >"$t_file.tmp" && mv "$t_file.tmp" "$t_file"
}

#   `phase under-way|proved|still-running`
#   `worker <worker> <leader> [<signal>|KILL <grace>]`   how it was stopped, if anything of it was there to be stopped
#   `gone <processes>`, `groups <count>`, `took <hundredths>`, `how <signal>|KILL <grace>`
#   `drain <uptime>`      until then somebody finishes what it has
#   `deadline <uptime>`   KILL for the last of those that live
#   `survivor …` and `about …`, see drydock_stop_survivor
drydock_stop_print() {
  if [ -n "$t_alive$t_unclear" ]; then
    if [ -z "$t_over" ]; then echo 'phase under-way'; else echo 'phase still-running'; fi
  elif [ -n "$t_foreign" ]; then
    echo 'phase still-running'
  else
    echo 'phase proved'
  fi
  drydock_uptime
  c_how='' c_drain=0 c_deadline=0
  for c_step in $t_plan; do
    drydock_stop_step "$c_step"
    drydock_stop_print_worker
  done
  # shellcheck disable=SC2086 # counted as words
  set -- $t_gone
  c_all=$#
  # shellcheck disable=SC2086
  set -- $t_alive
  echo "gone $((c_all - $#))"
  echo "groups $t_groups"
  echo "took $((u_now - t_start))"
  echo "how ${c_how:-$t_any}"
  if [ -z "$t_over" ]; then
    [ "$c_drain" -eq 0 ] || echo "drain $c_drain"
    [ "$c_deadline" -eq 0 ] || echo "deadline $c_deadline"
  fi
  for c_entry in $t_alive $t_foreign; do drydock_stop_survivor "$c_entry"; done
}

drydock_stop_print_worker() {
  case "$t_alive " in
    *":$l_worker "*)
      [ "$l_term" -le "$u_now" ] || [ "$l_term" -le "$c_drain" ] || c_drain=$l_term
      [ "$l_kill" -le "$u_now" ] || [ "$l_kill" -le "$c_deadline" ] || c_deadline=$l_kill
      ;;
  esac
  c_means=''
  case " $t_killed " in
    *" $l_worker "*) c_means="KILL $l_grace" c_how=$c_means ;;
    *) case "$t_gone " in *":$l_worker "*) c_means=$l_signal ;; esac ;;
  esac
  case " $t_asked $t_killed " in
    *" $l_worker "*) ;;
    *) [ -z "$c_means" ] || c_means=${l_drain%%/*} ;; # it finished what it had
  esac
  case "$t_states " in
    *" $l_worker:"*)
      c_is=${t_states#*" $l_worker:"}
      echo "worker $l_worker ${c_is%% *}${c_means:+ $c_means}"
      ;;
  esac
}

# drydock_stop_survivor PID:TICKS:WORKER
#   `survivor <pid> <ticks> <state> <user> <command>`
#   `about <pid> <worker|-> <where it sleeps|->`   where only for one that no signal reaches
drydock_stop_survivor() {
  c_pid=${1%%:*} c_where=-
  drydock_stop_lives "$1" || return 0
  c_command=$(tr '\0\n' '  ' <"/proc/$c_pid/cmdline" 2>/dev/null | head -c 300)
  c_user=$(stat -c %U "/proc/$c_pid" 2>/dev/null)
  if [ "$s_state" = D ]; then
    c_where=''
    read -r c_where 2>/dev/null <"/proc/$c_pid/wchan" # one word without a newline
    case $c_where in '' | 0) c_where='kernel' ;; esac
  fi
  echo "survivor $c_pid $s_ticks $s_state ${c_user:--} ${c_command:-(no command line)}"
  echo "about $c_pid ${1##*:} $c_where"
}

# drydock_stop_one PID TICKS: KILL for one process, and no other. Prints `gone`, `other` when the pid is somebody else's by
# now, or `alive` with the `survivor` and `about` lines of a process that even KILL does not end within two seconds.
drydock_stop_one() {
  if ! drydock_alive "$1" "$2"; then
    if drydock_stat "$1" && [ "$s_ticks" != "$2" ]; then echo other; else echo gone; fi
    return 0
  fi
  kill -s KILL "$1" 2>/dev/null
  drydock_uptime
  g_until=$((u_now + 200))
  while drydock_alive "$1" "$2"; do
    drydock_uptime
    if [ "$u_now" -ge "$g_until" ]; then
      echo alive
      drydock_stop_survivor "$1:$2:-"
      return 0
    fi
    sleep 0.01 2>/dev/null || sleep 1
  done
  echo gone
}

# drydock_stop_report STATE_DIR RUN ID WORKER…: `now <hundredths since boot>`, then the report of the STOP with this ID, as
# drydock_stop printed it or its ladder keeps it. No report when there is none, or when its ladder has been ended from
# outside before it came to an end itself.
drydock_stop_report() {
  drydock_stop_report_in "$1/runs/$2/$4/stop-$3" "$3"
}

# drydock_stop_report_in FILE ID: the same of a report's own file.
drydock_stop_report_in() {
  drydock_uptime
  echo "now $u_now"
  r_file=$1 r_text='' r_id='' r_ladder='' r_phase=''
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
  [ "$r_id" = "$2" ] || return 0
  if [ "$r_phase" = under-way ]; then
    read -r r_boot </proc/sys/kernel/random/boot_id
    r_rest=${r_ladder#*:}
    [ "${r_rest#*:}" = "$r_boot" ] && drydock_alive "${r_ladder%%:*}" "${r_rest%%:*}" || return 0
  fi
  printf '%s' "$r_text"
}
