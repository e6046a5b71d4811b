# shellcheck shell=sh
# Making sure that a START whose answer was lost cannot come to pass any more.

# drydock_forbid STATE_DIR RUN WORKER: takes the worker's folder, which is the lock of its START, unless it is taken.
# Prints `FORBIDDEN` when nothing was started and nothing can be; `TAKEN` when somebody started it, or is doing so.
# A request that hangs in a dead link may still be read by its shell, minutes later: it finds the folder then.
drydock_forbid() {
  umask 077
  mkdir -p "$1/runs/$2" || return 1
  if mkdir "$1/runs/$2/$3" 2>/dev/null; then
    : >"$1/runs/$2/$3/stopped"
    { : >"$1/runs/$2/$3/forbidden"; } 2>/dev/null || { echo "Cannot write to $1/runs/$2/$3: is the disk full?"; return 1; }
  fi
  [ -d "$1/runs/$2/$3" ] || { echo "Cannot make the folder $1/runs/$2/$3: is the disk full or read-only?"; return 1; }
  if [ -e "$1/runs/$2/$3/forbidden" ]; then echo FORBIDDEN; else echo TAKEN; fi
}
