#!/bin/sh
# Measures this machine whenever it is asked to, without starting a process.
#
# Arguments: a nonce that marks every line of ours, and the folder whose disk is to be reported (absolute).
# Each input line is one request, `<number> sample` or `<number> full`, and is answered by one frame:
#
#   <nonce> <number> sample
#   stat cpu …            first line of /proc/stat
#   threads N             only for `full`: how many cpuN lines /proc/stat has
#   meminfo MemTotal: …   and MemAvailable
#   swaps …               every line of /proc/swaps
#   loadavg …
#   net NAME RECEIVED SENT    bytes, every interface but lo
#   uptime …
#   <nonce> <number> end
#
# `full` is also answered by a second frame, `<nonce> <number> disk`, with what df printed. It comes when df is
# done, so a disk that hangs delays no sample. Ask for it only after the one before was answered.
#
# A shell reads one byte with each system call, so what is not needed is not read: of /proc/meminfo the first
# three lines, the short /proc/swaps instead of its later ones, and two numbers per interface from /sys instead of
# the wide table /proc/net/dev.
# A frame is one write, so that nothing can come between its lines. For bash that takes two things: the frame is one
# word that ends with its last line, and the first output of all, which bash writes line by line, is an empty line.
# The loop waits in `read`; it ends when its input does.

nonce=$1
state_dir=$2
case $state_dir in /*) ;; *) state_dir=/ ;; esac
disk_job=
LC_ALL=C
export LC_ALL
unset IFS
exec 2>/dev/null

report_disk() {
  dir=$state_dir
  while ! [ -e "$dir" ]; do
    dir=${dir%/*}
    dir=${dir:-/}
  done
  frame="
$nonce $seq disk
$(df -Pk "$dir")
$nonce $seq end
"
  printf %s "$frame"
}

if ! [ -r /proc/stat ]; then
  printf '\n%s 0 unsupported\n%s 0 end\n' "$nonce" "$nonce"
  exit 0
fi

echo
# From here on the positional parameters hold the interfaces.
set --
while read -r seq what; do
  frame="
$nonce $seq sample"

  threads=0
  while read -r line; do
    case $line in
    'cpu '*)
      frame="$frame
stat $line"
      [ "$what" = full ] || break
      ;;
    cpu*) threads=$((threads + 1)) ;;
    *) break ;;
    esac
  done </proc/stat
  if [ "$what" = full ]; then
    frame="$frame
threads $threads"
    set --
    for net in /sys/class/net/*/statistics; do
      name=${net%/statistics}
      name=${name##*/}
      [ "$name" = lo ] || set -- "$@" "$name"
    done
  fi

  while read -r line; do
    case $line in
    MemTotal:*) frame="$frame
meminfo $line" ;;
    MemAvailable:*)
      frame="$frame
meminfo $line"
      break
      ;;
    Buffers:*) break ;; # a kernel older than 3.14 has no MemAvailable
    esac
  done </proc/meminfo

  while read -r line; do
    frame="$frame
swaps $line"
  done </proc/swaps

  read -r line </proc/loadavg && frame="$frame
loadavg $line"

  for name in "$@"; do
    read -r received <"/sys/class/net/$name/statistics/rx_bytes" &&
      read -r sent <"/sys/class/net/$name/statistics/tx_bytes" &&
      frame="$frame
net $name $received $sent"
  done

  read -r line </proc/uptime && frame="$frame
uptime $line"

  frame="$frame
$nonce $seq end
"
  printf %s "$frame" || exit

  if [ "$what" = full ]; then
    [ -z "$disk_job" ] || wait "$disk_job"
    report_disk &
    disk_job=$!
  fi
done
