# shellcheck shell=sh
# The control shell: one `sh -s` per link that answers calls. Every call arrives as a command line on standard
# input, `drydock_answer <number> <function> <quoted arguments>`, so the shell's own parser is the only reader.

drydock_nonce=${drydock_nonce:-}

# A login without a home folder in its environment has one all the same.
case ${HOME-} in
/*) ;;
*)
	HOME=$({ getent passwd "$(id -u)" || grep "^[^:]*:[^:]*:$(id -u):" /etc/passwd; } 2>/dev/null | cut -d: -f6)
	export HOME
	;;
esac

# Runs one function in a subshell (what it sets, changes or exits stays its own) and frames what it prints:
# `<nonce> <number> <` before, `<nonce> <number> <exit code>` after. No pipe and no file is between: a process that
# the function left in the background cannot hold the answer back, and a full disk cannot either.
drydock_answer() {
	drydock_number=$1
	shift
	printf '\n%s %s <\n' "$drydock_nonce" "$drydock_number"
	("$@") </dev/null
	printf '\n%s %s %s\n' "$drydock_nonce" "$drydock_number" "$?"
}

# drydock_end_group PID START: TERM to the process group that PID leads, while PID still is the process that began at
# START (clock ticks since boot). sshd passes no signal on for a login as root, so this does.
drydock_end_group() {
	read -r drydock_stat <"/proc/$1/stat" || return 0
	# shellcheck disable=SC2086
	set -- "$1" "$2" ${drydock_stat##*) }
	if [ "${22}" = "$2" ]; then kill -s TERM -- "-$1"; fi
}
