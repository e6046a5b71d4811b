#!/bin/sh
# Measures a Mac whenever it is asked to. Arguments, requests and frames are those of linuxProbe.sh; the lines of a
# `sample` are those of the programs themselves, one blank between words:
#
#   now SECONDS                 only for `full`: the epoch
#   hw.memsize: … and others    of sysctl
#   Pages …:                    of vm_stat
#   en0 1500 <Link#4> …         of netstat -ibn, the interfaces themselves
#   … "Statistics" = {…}        of ioreg, one a disk
#
# A Mac has no /proc: a sample takes five small programs (sysctl, vm_stat, netstat, ioreg, sed). What the CPU does comes
# from one iostat that runs as long as this script, since it counts by the second; each of its lines is a frame of its
# own, `<nonce> 0 cpu`.

nonce=$1
state_dir=$2
case $state_dir in /*) ;; *) state_dir=/ ;; esac
disk_job=
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH
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
$(df -Pkl)
$nonce $seq end
"
  printf %s "$frame"
}

report_cpu() {
  while read -r line; do
    frame="
$nonce 0 cpu
$line
$nonce 0 end
"
    printf %s "$frame" || exit
  done
}

if ! command -v vm_stat >/dev/null || ! command -v iostat >/dev/null; then
  printf '\n%s 0 unsupported\n%s 0 end\n' "$nonce" "$nonce"
  exit 0
fi

echo
iostat -n 0 -w 1 | report_cpu &
cpu_job=$! # the reader
while read -r seq what; do
  now=
  [ "$what" != full ] || now="now $(date +%s)"
  frame="
$nonce $seq sample
$now
$({
    sysctl hw.memsize hw.logicalcpu vm.swapusage vm.loadavg kern.boottime
    vm_stat
    netstat -ibn
    ioreg -r -c IOBlockStorageDriver -k Statistics -d 1 -w 0
  } | sed -n -e 's/  */ /g' -e '/^hw\./p' -e '/^vm\./p' -e '/^kern\./p' -e '/^Mach /p' -e '/^Pages [fwpo]/p' \
    -e '/^Anonymous/p' -e '/<Link#/p' -e '/"Statistics" = /p')
$nonce $seq end
"
  printf %s "$frame" || break

  if [ "$what" = full ]; then
    [ -z "$disk_job" ] || wait "$disk_job"
    report_disk &
    disk_job=$!
  fi
done
# Without its reader iostat ends with its next line.
kill "$cpu_job"
