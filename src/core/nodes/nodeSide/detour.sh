# shellcheck shell=sh
# What a node does over its control shell alone when its server allows no further session on the connection.

# drydock_channel_open DIR SCRIPT ARGS…: runs a script in the background. Its input is a pipe that stays open, its
# output a file. It ends with the control shell, which cannot tell it so: a watcher looks every two seconds.
drydock_channel_open() {
	umask 077
	drydock_dir=$1
	drydock_script=$2
	shift 2
	for drydock_old in "${drydock_dir%/*}"/*; do
		! drydock_channel_over "$drydock_old" || rm -rf -- "$drydock_old"
	done
	if ! drydock_error=$(drydock_channel_make "$drydock_dir" 2>&1); then
		echo "$drydock_dir cannot be made: ${drydock_error##*: }."
		return 1
	fi
	drydock_leads=
	! command -v setsid >/dev/null || drydock_leads=setsid
	{
		$drydock_leads sh -c "$drydock_script" sh "$@" <>"$drydock_dir/in" >>"$drydock_dir/out" 2>/dev/null &
		echo "$!" >"$drydock_dir/pid"
		drydock_channel_watch "$drydock_dir" &
		wait "$(cat "$drydock_dir/pid")"
		echo "$?" >"$drydock_dir/code.part"
		mv -f -- "$drydock_dir/code.part" "$drydock_dir/code"
	} </dev/null >/dev/null 2>&1 &
	until [ -s "$drydock_dir/pid" ] || ! [ -d "$drydock_dir" ]; do :; done
}

drydock_channel_make() {
	mkdir -p -- "${1%/*}" && mkdir -- "$1" && mkfifo -- "$1/in" && : >"$1/out"
}

# What a machine that went down left behind. Without a pid it may just be in the making, by another Drydock.
drydock_channel_over() {
	[ -s "$1/pid" ] && read -r drydock_pid <"$1/pid" && ! kill -0 "$drydock_pid" 2>/dev/null
}

drydock_channel_watch() {
	while kill -0 "$$" 2>/dev/null; do
		[ -d "$1" ] || return 0
		sleep 2
	done
	drydock_channel_end "$1"
	rm -rf -- "$1"
}

# drydock_channel_write DIR TEXT. Opened for both ways, so that a script which has ended cannot hold this up.
drydock_channel_write() {
	printf '%s' "$2" 1<>"$1/in"
}

# drydock_channel_read DIR BYTE: `running` or `exit CODE` in a line, then the output from BYTE (the first is 1). The
# state is read first, so that an end is never told before the last output.
drydock_channel_read() {
	drydock_code=
	if [ -s "$1/code" ]; then read -r drydock_code <"$1/code"; fi
	if [ -n "$drydock_code" ]; then echo "exit $drydock_code"; else echo running; fi
	tail -c "+$2" -- "$1/out"
}

# drydock_channel_end DIR: TERM to the script and what it started.
drydock_channel_end() {
	read -r drydock_pid 2>/dev/null <"$1/pid" || return 0
	[ ! -e "$1/code" ] || return 0
	kill -s TERM -- "-$drydock_pid" 2>/dev/null || kill -s TERM "$drydock_pid" 2>/dev/null || :
}

# drydock_channel_forget DIR
drydock_channel_forget() {
	rm -rf -- "$1"
}

# drydock_read_at FILE BLOCK BLOCKS: as readAt.sh.
drydock_read_at() {
	[ -e "$1" ] || return 44
	{ [ -f "$1" ] && [ -r "$1" ]; } || return 45
	dd "if=$1" bs=65536 "skip=$2" "count=$3" 2>/dev/null
}

# drydock_write_part FILE TEXT: appends what printf makes of TEXT; the first part (no third word) makes FILE anew.
drydock_write_part() {
	umask 077
	if [ -z "${3-}" ]; then
		drydock_error=$(mkdir -p -- "$(dirname -- "$1")" 2>&1 && rm -f -- "$1" 2>&1) || drydock_not_written
	fi
	drydock_error=$({ printf '%b' "$2" >>"$1"; } 2>&1) || drydock_not_written
}

# drydock_write_end PART FILE BYTES
drydock_write_end() {
	if [ "$(wc -c <"$1")" -ne "$3" ]; then
		rm -f -- "$1"
		echo "only a part of it arrived"
		return 1
	fi
	drydock_error=$(mv -f -- "$1" "$2" 2>&1) || drydock_not_written
}

drydock_not_written() {
	echo "${drydock_error##*: }"
	exit 1
}
