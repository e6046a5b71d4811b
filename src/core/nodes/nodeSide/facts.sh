# shellcheck shell=sh

# drydock_facts STATE_DIR: prints what a link needs to know, one `name value` a line. Makes the state folder.
drydock_facts() {
	umask 077
	case $1 in
	\~) drydock_dir=$HOME ;;
	\~/*) drydock_dir=$HOME/${1#\~/} ;;
	/*) drydock_dir=$1 ;;
	*)
		echo "The state folder \"$1\" must begin with / or ~/."
		return 1
		;;
	esac
	case $HOME in
	/*) ;;
	*)
		echo "HOME is not set for this login, so there is no home folder to work in."
		return 1
		;;
	esac
	if ! drydock_error=$(mkdir -p -- "$drydock_dir" 2>&1); then
		echo "The state folder $drydock_dir cannot be made: ${drydock_error##*: }."
		return 1
	fi
	if ! [ -w "$drydock_dir" ] || ! [ -x "$drydock_dir" ]; then
		echo "The state folder $drydock_dir cannot be written."
		return 1
	fi
	printf 'home %s\n' "$HOME"
	printf 'stateDir %s\n' "$drydock_dir"
	printf 'bootId %s\n' "$(drydock_boot_id)"
	printf 'os %s\n' "$(drydock_os)"
	printf 'kernel %s\n' "$(uname -r)"
	printf 'arch %s\n' "$(uname -m)"
	printf 'cpuModel %s\n' "$(sed -n 's/^model name[[:space:]]*: *//p' /proc/cpuinfo 2>/dev/null | head -n 1)"
	printf 'cpuThreads %s\n' "$(grep -c '^processor' /proc/cpuinfo 2>/dev/null)"
	printf 'memTotalKiB %s\n' "$(sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' /proc/meminfo 2>/dev/null)"
}

# Changes at every start of the machine. macOS has no /proc.
drydock_boot_id() {
	cat /proc/sys/kernel/random/boot_id 2>/dev/null || sysctl -n kern.bootsessionuuid 2>/dev/null
}

drydock_os() {
	if [ -r /etc/os-release ]; then
		sed -n 's/^PRETTY_NAME=//p' /etc/os-release | head -n 1
	else
		uname -s
	fi
}
