# shellcheck shell=sh
# shellcheck disable=SC2154 # processes.sh, which stands before this, sets s_… and u_…
# The time limit of one worker, a child of its wrapper: one sleep, and then the end of the program. It goes on without
# Drydock, and also without the wrapper.
# Arguments: the limit in seconds, the signal, the grace in seconds, the wrapper's pid and start ticks.

# What asks the program to end is not meant for this. The wrapper says by ALRM that the program has ended before.
trap '' TERM INT HUP QUIT USR1 USR2
trap '[ -z "$!" ] || kill -s KILL "$!"; wait; exit' ALRM
sleep "$1" &
# Who this is, so that it is not taken for a process of the run.
for own in $$ $!; do drydock_stat "$own" && echo "$own:$s_ticks"; done >timer
wait "$!"
trap '' ALRM
: >limited

# All of the program: the wrapper's group, its session and all its descendants, without the wrapper and this.
members() {
  in_group=
  for process in /proc/[0-9]*; do
    drydock_stat "${process#/proc/}" && [ "$s_group" = "$leader" ] && in_group="$in_group ${process#/proc/}"
  done
  alive=
  while read -r pid ticks _; do
    case $pid in "$leader" | "$$" | end | '') continue ;; esac
    drydock_alive "$pid" "$ticks" && alive="$alive $pid:$ticks"
  done <<END
$(drydock_closure "$leader:$leader_ticks" "$in_group" </dev/null)
END
}

tell() {
  for entry in $alive; do
    drydock_alive "${entry%%:*}" "${entry##*:}" && kill -s "$1" "${entry%%:*}" 2>/dev/null
  done
}

leader=$4 leader_ticks=$5
drydock_uptime
deadline=$((u_now + ${3%.*} * 100))
members
tell "$2"
while members && [ -n "$alive" ] && drydock_uptime && [ "$u_now" -lt "$deadline" ]; do
  sleep 0.1 2>/dev/null || sleep 1
done
rounds=0
while members && [ -n "$alive" ] && [ "$rounds" -lt 50 ]; do
  tell KILL
  rounds=$((rounds + 1))
  sleep 0.05 2>/dev/null || sleep 1
done
