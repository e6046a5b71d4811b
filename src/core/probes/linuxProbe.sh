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
#   io NAME READ WRITTEN      sectors of 512 bytes, every whole disk
#   temp N                    thousandths of a degree, every sensor of a CPU
#   uptime …
#   <nonce> <number> end
#
# `full` is also answered by a second frame, `<nonce> <number> disk`: what df printed of the folder's disk, and, after
# a heading of its own, of every other local disk that is mounted. It comes when df is done, so a disk that hangs
# delays no sample. Ask for it only after the one before was answered. A network folder is never asked about, unless
# the state folder lies on it.
#
# A shell reads one byte with each system call, so what is not needed is not read: of /proc/meminfo the first
# three lines, the short /proc/swaps instead of its later ones, and a few numbers per interface and disk from /sys
# instead of the wide tables /proc/net/dev and /proc/diskstats. Which interfaces, disks and sensors there are is
# looked up with `full` alone.
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
  find_mounts
  find_mounts
  # Cut at the ends of lines alone; no name is a pattern.
  IFS="
"
  set -f
  # shellcheck disable=SC2086
  frame="
$nonce $seq disk
$(df -Pk "$dir")
$([ -z "$mounts" ] || df -Pk $mounts)
$nonce $seq end
"
  printf %s "$frame"
}

# Where local disks are mounted, one a line, in `mounts`: each disk once, no snap or other image, and nothing that
# another machine serves.
find_mounts() {
  mounts=
  seen=' '
  while read -r source mount type _; do
    case $type in squashfs | iso9660 | udf | erofs | cramfs) continue ;; esac
    case $source in
    /dev/loop*) continue ;;
    /dev/*) disk=$source ;;
    # The file systems of one pool share its room.
    *) case $type in zfs | bcachefs) disk=${source%%/*} ;; *) continue ;; esac ;;
    esac
    case $seen in *" $disk "*) continue ;; esac
    # A blank is written as \040 here, a newline as \012.
    case $mount in
    *\\012*) continue ;;
    *\\*) mount=$(printf %b "$mount") ;;
    esac
    # A container has single files of its host's disk mounted.
    [ -d "$mount" ] || continue
    seen="$seen$disk "
    mounts="$mounts$mount
"
  done </proc/mounts
}

if ! [ -r /proc/stat ]; then
  printf '\n%s 0 unsupported\n%s 0 end\n' "$nonce" "$nonce"
  exit 0
fi

# The whole disks in `disks`, without what stands for other disks (md, dm, loop and their like: their bytes would be
# counted twice). The sensors of the CPUs in `sensors`.
find_hardware() {
  disks=
  for stat in /sys/block/*/stat; do
    name=${stat%/stat}
    name=${name##*/}
    case $name in loop* | ram* | zram* | dm-* | md* | sr* | fd* | nbd* | drbd* | bcache* | zd* | \*) continue ;; esac
    disks="$disks $name"
  done
  sensors=
  for chip in /sys/class/hwmon/hwmon*; do
    name=
    read -r name <"$chip/name"
    case $name in coretemp | k10temp | zenpower | k8temp | via_cputemp | cpu_thermal | cpu-thermal | soc_thermal) ;; *) continue ;; esac
    find_input
    [ -z "$input" ] || sensors="$sensors $input"
  done
  [ -z "$sensors" ] || return 0
  for zone in /sys/class/thermal/thermal_zone*; do
    name=
    read -r name <"$zone/type"
    case $name in x86_pkg_temp | cpu* | soc-thermal | soc_thermal | bcm2835_thermal) sensors="$sensors $zone/temp" ;; esac
  done
}

# The input of a sensor chip that stands for the whole CPU, in `input`: by its label, else the first one.
find_input() {
  input=
  for file in "$chip"/temp*_input; do
    [ -r "$file" ] || continue
    [ -n "$input" ] || input=$file
    label=
    read -r label <"${file%_input}_label"
    # Tctl of some Ryzen stands 20 degrees and more above the real Tdie.
    case $label in 'Package id'* | Tdie) input=$file && return ;; esac
  done
}

echo
disks=
sensors=
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
    find_hardware
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

  for name in $disks; do
    # Fields 3 and 7 of the statistics of a block device.
    read -r _ _ was_read _ _ _ written _ <"/sys/block/$name/stat" && frame="$frame
io $name $was_read $written"
  done

  for file in $sensors; do
    read -r line <"$file" && frame="$frame
temp $line"
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
