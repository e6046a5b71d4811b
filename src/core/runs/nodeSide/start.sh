# shellcheck shell=sh
# shellcheck disable=SC2154 # processes.sh sets s_…
# Starting one worker, once. The worker's folder is the lock: whoever makes it starts the worker, all others are
# told who runs there.

# drydock_start STATE_DIR RUN WORKER WORKDIR ENVIRONMENT SPEC LAUNCH DRY_RUN ALLOW_ORDERS OWNER [SCRIPT LIMIT SIGNAL GRACE]
# OWNER is `<app> <name>`, or `-`. With a time limit: the text of limit.sh, seconds, signal, seconds.
# Prints `STARTED` or `EXISTS`, then pid, process group, start ticks and boot id; or `UNSURE` and why: the folder is made,
# and nobody can say yet who runs in it. Fails only before the folder was made, or when nothing will run in it.
drydock_start() {
  dir=$1/runs/$2/$3
  [ -d "$4" ] || { echo "The folder $4 does not exist on this node."; return 1; }
  command -v setsid >/dev/null || { echo "This node has no setsid; install util-linux."; return 1; }
  [ -r /proc/self/stat ] || { echo "This node has no /proc, which starting needs."; return 1; }
  umask 077
  [ -d "$1/runs/$2" ] || mkdir -p "$1/runs/$2" || return 1
  drydock_owner "$1/runs/$2"
  if [ "$o_app" != - ] && [ "${10}" != - ] && [ "$o_app" != "${10%% *}" ]; then
    echo "This run belongs to $o_name: it was taken over."
    return 1
  fi
  if ! mkdir "$dir" 2>/dev/null; then
    [ -d "$dir" ] || { echo "Cannot make the folder $dir: is the disk full or read-only?"; return 1; }
    [ ! -e "$dir/stopped" ] || { echo "It was stopped before it was started."; return 1; }
    drydock_confirm "$dir" EXISTS
    return
  fi
  if ! { printf '%s' "$6" >"$dir/spec.json" && printf '%s' "$7" >"$dir/launch.sh" &&
    printf '%s' "$5" >"$dir/environment" && : >"$dir/out.log" &&
    { [ -z "${12-}" ] || printf '%s' "${11}" >"$dir/limit.sh"; } &&
    { [ "$o_app" != - ] || [ "${10}" = - ] || drydock_own "$1/runs/$2" "${10}"; }; }; then
    rm -f "$dir/spec.json" "$dir/launch.sh" "$dir/environment" "$dir/out.log" "$dir/limit.sh"
    rmdir "$dir"
    echo "Cannot write to $dir: is the disk full?"
    return 1
  fi
  drydock_leader
  # Ends when the wrapper lets go of this pipe: it has written who it is, or has failed.
  : "$(
    cd "$dir" || exit 1
    # shellcheck disable=SC2086 # the program and its switch are separate words
    env -i PATH="$PATH" DRYDOCK_RUN="$2" DRYDOCK_WORKER="$3" DRY_RUN="$8" ALLOW_ORDERS="$9" \
      $r_program ${r_code:+"$r_code"} sh ./launch.sh "$8" "$9" "$start_umask" "${12-}" "${13-}" "${14-}" </dev/null 2>>out.log &
  )"
  drydock_confirm "$dir" STARTED
}

# drydock_owner RUN_DIR: sets o_app and o_name, whose run this is by the run's own folder; `-` when it does not say.
drydock_owner() {
  o_app='' o_name=''
  [ ! -s "$1/owner" ] || read -r o_app o_name <"$1/owner"
  o_app=${o_app:--} o_name=${o_name:-unknown}
}

# drydock_own RUN_DIR OWNER: writes the owner, wholly or not at all.
drydock_own() {
  printf '%s\n' "$2" >"$1/owner.tmp" && mv "$1/owner.tmp" "$1/owner"
}

# Asked once, when a link comes up and this is read.
start_umask=$(umask)
start_machine=$(uname -m)

# What becomes the wrapper first does three things that a shell cannot. It leads a session of its own. It asks the
# kernel (prctl) to be a subreaper, which inherits the orphans of its descendants: a daemon that left session, group
# and environment behind still is a descendant of the wrapper. And it closes every file but the first three: Electron
# leaves its own open to whatever is started on this PC. It also undoes that a shell makes what it starts in the
# background deaf to INT and QUIT, which a track may name as its signal. All of it survives exec. On a node with neither Perl nor
# Python, ancestry ends where parents die.
drydock_leader() {
  r_program=setsid r_code='' r_setsid='' r_prctl=''
  case $start_machine in
    x86_64) r_setsid=112 r_prctl=157 ;;
    aarch64 | riscv64) r_setsid=157 r_prctl=167 ;;
    i?86 | armv*) r_setsid=66 r_prctl=172 ;;
  esac
  if [ -n "$r_prctl" ] && command -v perl >/dev/null; then
    r_program='perl -e'
    # A 32-bit Perl on a 64-bit kernel has other numbers: setsid itself comes after it then.
    # shellcheck disable=SC2016 # Perl's variables, not the shell's
    r_code='syscall('$r_setsid'); getpgrp == $$ or unshift @ARGV, "setsid"; syscall('$r_prctl', 36, 1, 0, 0, 0);
      opendir(D, "/proc/self/fd"); @fds = grep { $_ > 2 } readdir(D);
      closedir(D); for (@fds) { open(H, "<&=$_") and close(H) } $SIG{INT} = $SIG{QUIT} = "DEFAULT"; exec @ARGV'
  elif command -v python3 >/dev/null; then
    r_program='setsid python3 -Sc'
    r_code='import ctypes,os,signal,sys; ctypes.CDLL(None).prctl(36, 1, 0, 0, 0); os.closerange(3, 65536)
signal.signal(2, signal.SIG_DFL); signal.signal(3, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])'
  fi
}

# Waits until the wrapper has written who it is (5 s at most), and holds that against the process itself.
drydock_confirm() {
  tries=0
  until [ -s "$1/pid" ]; do
    tries=$((tries + 1))
    # The first rounds spin: a wrapper needs about two milliseconds, less than a sleep costs.
    [ "$tries" -lt 400 ] || sleep 0.01
    [ "$tries" -lt 900 ] || { echo "UNSURE its wrapper has not come up yet. $(tail -c 300 "$1/out.log" 2>/dev/null)"; return; }
  done
  read -r pid group ticks boot <"$1/pid"
  if drydock_stat "$pid" && [ "$s_ticks" != "$ticks" ]; then
    echo "UNSURE process $pid is not the one that this worker started"
    return
  fi
  echo "$2 $pid $group $ticks $boot"
}

# drydock_sample_ready DIR: whether a sample's folder was delivered whole.
drydock_sample_ready() {
  if [ -f "$1/.complete" ]; then echo yes; else echo no; fi
}

# What a program may take over from the node's own login; all else of its environment is written out by Drydock.
drydock_base_environment() {
  for b_name in PATH HOME USER LOGNAME SHELL LANG TMPDIR DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG; do
    eval "b_value=\${$b_name-}"
    [ -z "$b_value" ] || printf '%s=%s\n' "$b_name" "$b_value"
  done
}
