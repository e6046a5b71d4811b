#!/bin/sh
# The peer of the fork-free probe: the same facts in the way most scripts read them, with small programs.
while read -r seq; do
  head -n 1 /proc/stat
  grep -c '^cpu[0-9]' /proc/stat
  grep -E '^(MemTotal|MemAvailable|SwapTotal|SwapFree):' /proc/meminfo
  cat /proc/loadavg /proc/uptime
  grep -v '^ *lo:' /proc/net/dev
  cat /proc/diskstats
  cat /sys/class/hwmon/hwmon*/temp1_input 2>/dev/null
  df -Pk /
  echo "end $seq"
done
