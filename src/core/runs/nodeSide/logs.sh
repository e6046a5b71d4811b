# shellcheck shell=sh
# Looking for log files. A name may hold anything but NUL: every answer is one line a file, `device inode bytes mtime`,
# then an empty line, then the names in the same order, NUL after each. A file that went away meanwhile leaves the two
# lists of different length, and the caller looks again.

# drydock_file PATH: the file, then what stands beside it under the names that rotation gives (PATH.1, PATH-20260101).
drydock_file() {
  l_path=$1
  set -- "$l_path" "$l_path".* "$l_path"-*
  drydock_files "$@"
}

# drydock_glob PATTERN: the files that match. The pattern is data: nothing in it is run, and only a leading ~/ is more
# than a pattern. Above 5000 matches the rest is left out.
drydock_glob() {
  case $1 in
    [~]/*) l_pattern=$HOME/${1#??} ;;
    /*) l_pattern=$1 ;;
    *) echo "$1 is not absolute." && return 1 ;;
  esac
  IFS=
  set +f
  # shellcheck disable=SC2086 # expanded as a pattern on purpose; the empty IFS keeps blanks and newlines
  set -- $l_pattern
  drydock_files "$@"
}

drydock_files() {
  l_count=0
  for l_file in "$@"; do
    shift
    if [ "$l_count" -ge 5000 ] || ! [ -f "$l_file" ]; then continue; fi
    l_count=$((l_count + 1))
    set -- "$@" "$l_file"
  done
  if [ $# -gt 0 ]; then
    # GNU has fractions of a second, BusyBox has not; the last is that of macOS.
    case $(stat -Lc %.9Y / 2>/dev/null) in
      *[0-9].[0-9]*) stat -Lc '%d %i %s %.9Y' "$@" ;;
      *) stat -Lc '%d %i %s %Y' "$@" 2>/dev/null || stat -L -f '%d %i %z %m' "$@" ;;
    esac 2>/dev/null
  fi
  echo
  [ $# -eq 0 ] || printf '%s\0' "$@"
}
