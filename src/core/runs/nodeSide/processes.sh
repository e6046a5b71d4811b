# shellcheck shell=sh
# shellcheck disable=SC2034 # the other files of the library read these variables
# What the other scripts ask of /proc. A process is named by pid *and* start ticks: a pid alone is reused.

# Sets s_state, s_group and s_ticks of a pid; fails when there is no such process.
drydock_stat() {
  [ -r "/proc/$1/stat" ] || return 1
  s_line=
  # A command's name may hold a newline, so a record may have several lines.
  while read -r s_part; do s_line="$s_line $s_part"; done 2>/dev/null <"/proc/$1/stat"
  [ -n "$s_line" ] || return 1
  # Fields after the last ')', numbers, split on purpose: state, parent, group, session, …; start time is the 20th.
  # shellcheck disable=SC2086
  set -- ${s_line##*) }
  s_state=$1 s_group=$3 s_ticks=${20}
}

# A process that has ended but was not collected by its parent (Z, X) holds nothing any more.
drydock_alive() {
  drydock_stat "$1" && [ "$s_ticks" = "$2" ] || return 1
  case $s_state in Z | X) return 1 ;; esac
}

# Hundredths of a second since boot: never steps, unlike the wall clock.
drydock_uptime() {
  read -r u_now _ </proc/uptime
  u_now=${u_now%.*}${u_now#*.}
}

# drydock_known RUN_DIR: the `pid:ticks` that were once seen as processes of the run (`members`), or that a wrapper left
# behind (`left`). One that loses its parents is known by them.
drydock_known() {
  k_known=''
  for k_file in "$1/members" "$1"/*/left; do
    [ ! -f "$k_file" ] || while read -r k_entry; do k_known="$k_known $k_entry"; done <"$k_file"
  done
}

# drydock_hits RUN: the environment files that hold the run's mark, one a line. Quick, but a hit may be chance.
drydock_hits() {
  grep -lsF "DRYDOCK_RUN=$1" /proc/[0-9]*/environ 2>/dev/null
}

# drydock_marked RUN HITS: `pid/worker/DRY_RUN/ALLOW_ORDERS` of every process among the hits that carries the run's
# mark. `-` stands for a variable that is not there; two different values are joined by a comma.
drydock_marked() {
  [ -n "$2" ] || return 0
  # shellcheck disable=SC2086 # one word a file
  head -c 4194304 $2 /dev/null 2>/dev/null | tr '\0' '\n' |
    grep -E '^(==> /|DRYDOCK_RUN=|DRYDOCK_WORKER=|DRY_RUN=|ALLOW_ORDERS=)' |
    drydock_marked_rows "$1" "$2"
}

drydock_marked_rows() {
  m_pid='' m_run='' m_worker='' m_dry='' m_allow=''
  while read -r m_line; do
    case $m_line in
      '==> '*)
        drydock_marked_print "$1"
        m_file=${m_line#==> } m_file=${m_file% <==}
        m_pid='' m_run='' m_worker='' m_dry='' m_allow=''
        # A program can write any text into its own environment: only a file that was asked for counts.
        for m_known in $2; do
          [ "$m_known" != "$m_file" ] || { m_pid=${m_file#/proc/} m_pid=${m_pid%/environ}; }
        done
        ;;
      DRYDOCK_RUN=*) m_run=${m_run:+$m_run,}${m_line#*=} ;;
      DRYDOCK_WORKER=*) m_worker=${m_worker:-${m_line#*=}} ;;
      DRY_RUN=*) drydock_join "$m_dry" "${m_line#*=}" && m_dry=$j_values ;;
      ALLOW_ORDERS=*) drydock_join "$m_allow" "${m_line#*=}" && m_allow=$j_values ;;
    esac
  done
  drydock_marked_print "$1"
}

# Adds a value to a list without repeating it. What is no plain word is wrong in any case, and would break the row.
drydock_join() {
  case $2 in
    '') set -- "$1" '(empty)' ;;
    *[!A-Za-z0-9._-]*) set -- "$1" '(odd)' ;;
  esac
  case ,$1, in
    ,,) j_values=$2 ;;
    *",$2,"*) j_values=$1 ;;
    *) j_values=$1,$2 ;;
  esac
}

drydock_marked_print() {
  [ -n "$m_pid" ] && [ "$m_run" = "$1" ] || return 0
  echo "$m_pid/${m_worker:--}/${m_dry:--}/${m_allow:--}"
}

# drydock_closure KNOWN MARKED: every process of a run, as `pid ticks state group session worker DRY_RUN ALLOW_ORDERS`.
# KNOWN is a list of `pid:ticks`, MARKED a list as drydock_marked prints it. A run's processes are those, all their
# descendants, and all of every session that one of them leads: together they find a child that left the group, one
# that called setsid, and one that overwrote its environment.
drydock_closure() {
  cat /proc/[0-9]*/stat 2>/dev/null | LC_ALL=C known=$1 marked=$2 awk '
    {
      text = text == "" ? $0 : text " " $0
      if (text !~ /^[0-9]+ \(.*\) [A-Za-z] -?[0-9]+ -?[0-9]+ -?[0-9]+ .*[0-9]$/) next
      pid = text; sub(/ .*/, "", pid)
      sub(/^.*\) /, "", text); split(text, field, " "); text = ""
      state[pid] = field[1]; parent[pid] = field[2]; group[pid] = field[3]
      session[pid] = field[4]; ticks[pid] = field[20]
    }
    END {
      count = split(ENVIRON["known"], list, " ")
      for (i = 1; i <= count; i++) {
        split(list[i], part, ":")
        if (part[1] in state && ticks[part[1]] == part[2]) member[part[1]] = "- - -"
      }
      count = split(ENVIRON["marked"], list, " ")
      for (i = 1; i <= count; i++) {
        split(list[i], part, "/")
        if (part[1] in state) member[part[1]] = part[2] " " part[3] " " part[4]
      }
      do {
        changed = 0
        for (pid in member) if (session[pid] == pid && !(pid in leads)) { leads[pid] = 1; changed = 1 }
        for (pid in state)
          if (!(pid in member) && (parent[pid] in member || session[pid] in leads)) {
            member[pid] = "- - -"; changed = 1
          }
      } while (changed)
      for (pid in member)
        if (state[pid] != "Z" && state[pid] != "X")
          print pid, ticks[pid], state[pid], group[pid], session[pid], member[pid]
    }'
}
