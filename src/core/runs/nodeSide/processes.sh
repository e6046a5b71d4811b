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

# drydock_known RUN_DIR WORKER…: sets k_known to the `pid:ticks:worker` that were once seen as processes of these workers
# (`members`, which is kept for all workers of a call in the folder of the first), or that a wrapper left behind (`left`).
# One that loses its parents is known by them. What an earlier boot wrote names nobody any more. A member that is nobody's
# in particular (`-`) is left out when k_some is set: the call is then about some workers of the run only.
drydock_known() {
  k_known='' k_dir=$1
  read -r k_boot </proc/sys/kernel/random/boot_id
  shift
  for k_file in "$k_dir"/*/members; do
    k_who=''
    [ ! -s "${k_file%/*}/pid" ] || read -r k_who <"${k_file%/*}/pid"
    [ "${k_who##* }" = "$k_boot" ] || continue
    while read -r k_entry; do
      case $k_entry in
        *:*:-) k_of=- ;;
        *:*:*) k_of=${k_entry##*:} ;;
        *) k_of=- k_entry=$k_entry:- ;;
      esac
      case " $* " in
        *" $k_of "*) k_known="$k_known $k_entry" ;;
        *) [ "$k_of" != - ] || [ -n "${k_some-}" ] || k_known="$k_known $k_entry" ;;
      esac
    done <"$k_file"
  done
  for k_worker in "$@"; do
    k_who=''
    [ ! -s "$k_dir/$k_worker/pid" ] || read -r k_who <"$k_dir/$k_worker/pid"
    if [ "${k_who##* }" != "$k_boot" ] || [ ! -f "$k_dir/$k_worker/left" ]; then continue; fi
    while read -r k_entry; do k_known="$k_known $k_entry:$k_worker"; done <"$k_dir/$k_worker/left"
  done
}

# BusyBox reads a line up to its first NUL: without -z it would find a mark in the first variable only.
start_zero=-z
printf 'a\0b\0' | grep -zqF b 2>/dev/null || start_zero=''

# drydock_hits RUN: the environment files that hold the run's mark, one a line. Quick, but a hit may be chance.
drydock_hits() {
  # shellcheck disable=SC2086 # a switch or nothing
  grep $start_zero -lsF "DRYDOCK_RUN=$1" /proc/[0-9]*/environ 2>/dev/null
}

# drydock_flags RUN FILE…: `pid/worker/DRY_RUN/ALLOW_ORDERS/r` for each of these environment files that is still there.
# The worker is `-` without the run's mark, a variable that is not there is `-`, two different values are joined by a
# comma, and `u` instead of `r` means that nothing could be read.
drydock_flags() {
  [ $# -gt 1 ] || return 0
  g_run=$1
  shift
  head -c 4194304 "$@" /dev/null 2>/dev/null | tr '\0' '\n' | LC_ALL=C run=$g_run files=$* awk '
    function word(value) {
      if (value == "") return "(empty)"
      return value ~ /^[A-Za-z0-9._-]+$/ ? value : "(odd)" # anything else would break the row
    }
    function joined(list, value) { return list == "" ? value : index("," list ",", "," value ",") ? list : list "," value }
    function finish() {
      if (pid != "")
        print pid "/" (run == ENVIRON["run"] && worker != "" ? worker : "-") "/" (dry == "" ? "-" : dry) \
          "/" (allow == "" ? "-" : allow) "/" (isRead ? "r" : "u")
    }
    BEGIN { count = split(ENVIRON["files"], list, " "); for (i = 1; i <= count; i++) asked["==> " list[i] " <=="] = list[i] }
    # A program can write any text into its own environment: only a file that was asked for counts, and only once.
    $0 in asked {
      finish()
      pid = asked[$0]; delete asked[$0]
      sub(/^\/proc\//, "", pid); sub(/\/environ$/, "", pid)
      run = worker = dry = allow = ""; isRead = 0
      next
    }
    $0 == "==> /dev/null <==" { next }
    $0 != "" { isRead = 1 }
    /^DRYDOCK_RUN=/ { run = joined(run, substr($0, 13)) }
    /^DRYDOCK_WORKER=/ { if (worker == "") worker = substr($0, 16) }
    /^DRY_RUN=/ { dry = joined(dry, word(substr($0, 9))) }
    /^ALLOW_ORDERS=/ { allow = joined(allow, word(substr($0, 14))) }
    END { finish() }'
}

# drydock_closure KNOWN MARKED: every process of a run, as `pid ticks worker`. KNOWN is a list of `pid:ticks:worker`, MARKED
# a list of `pid:worker`; the worker is `-` when nobody can say. A run's processes are those, all their
# descendants, and all of every session that one of them leads: together they find a child that left the group, one
# that called setsid, and one that overwrote its environment; each is of the worker through which it was found. Prints
# what comes on its input first: whatever finds the marks can run at the same time. The last line is `end`, or the list
# is not whole: this shell must be on it (c_self, in a
# process of its own: `$$` stays the pid of the shell that it came from, which may be gone).
drydock_closure() {
  {
    LC_ALL=C grep -hs '' /proc/[0-9]*/stat
    while read -r c_line; do echo "$c_line"; done
  } 2>/dev/null | LC_ALL=C known=$1 marked=$2 self=${c_self:-$$} awk '
    # Nothing in a record looks like this: a name has 15 characters at most, its newlines among them.
    /^\/proc\/[0-9]+\/environ$/ { print; next }
    {
      text = text == "" ? $0 : text " " $0
      if (text !~ /^[0-9]+ \(.*\) [A-Za-z] -?[0-9]+ -?[0-9]+ -?[0-9]+ .*[0-9]$/) next
      pid = text; sub(/ .*/, "", pid)
      sub(/^.*\) /, "", text); split(text, field, " "); text = ""
      state[pid] = field[1]; parent[pid] = field[2]
      session[pid] = field[4]; ticks[pid] = field[20]
    }
    END {
      count = split(ENVIRON["known"], list, " ")
      for (i = 1; i <= count; i++) {
        split(list[i], part, ":")
        if (part[1] in state && ticks[part[1]] == part[2] && !(part[1] in member)) member[part[1]] = part[3]
      }
      count = split(ENVIRON["marked"], list, " ")
      for (i = 1; i <= count; i++) {
        split(list[i], part, ":")
        if (part[1] in state && !(part[1] in member)) member[part[1]] = part[2]
      }
      do {
        changed = 0
        for (pid in member) if (session[pid] == pid && !(pid in leads)) { leads[pid] = member[pid]; changed = 1 }
        for (pid in state) {
          if (pid in member) continue
          if (parent[pid] in member) { member[pid] = member[parent[pid]]; changed = 1 }
          else if (session[pid] in leads) { member[pid] = leads[session[pid]]; changed = 1 }
        }
      } while (changed)
      for (pid in member)
        if (state[pid] != "Z" && state[pid] != "X")
          print pid, ticks[pid], (member[pid] == "" ? "-" : member[pid])
      if (ENVIRON["self"] in state) print "end"
    }' 2>/dev/null
}
