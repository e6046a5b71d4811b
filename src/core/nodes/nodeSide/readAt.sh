# shellcheck shell=sh
# readAt.sh FILE BLOCK BLOCKS: blocks of 64 KiB to standard output. `dd` seeks everywhere; BusyBox `tail -c +N`
# reads the whole file from its start. Exit 44: no such file; 45: not readable.
[ -e "$1" ] || exit 44
[ -f "$1" ] && [ -r "$1" ] || exit 45
exec dd "if=$1" bs=65536 "skip=$2" "count=$3" 2>/dev/null </dev/null
