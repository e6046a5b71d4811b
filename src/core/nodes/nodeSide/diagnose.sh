# shellcheck shell=sh
# What is looked at when a node is diagnosed: one function a row, each in a shell of its own, each printing
# `name value` a line. They only look; the verdict is Drydock's. The last line calls the one that is asked for.

# drydock_look_machine: what decides which command corrects something here.
drydock_look_machine() {
	printf 'system %s\nuser %s\nuid %s\n' "$(uname -s)" "$(id -un)" "$(id -u)"
	for drydock_tool in apt-get dnf yum zypper pacman apk brew /opt/homebrew/bin/brew; do
		if command -v "$drydock_tool" >/dev/null; then
			printf 'packager %s\n' "${drydock_tool##*/}"
			return
		fi
	done
}

drydock_look_login() {
	printf 'user %s\nfolder %s\n' "$(id -un)" "$(pwd)"
}

drydock_look_sshd() {
	if command -v launchctl >/dev/null; then echo 'launchd yes'; fi
	if command -v systemctl >/dev/null; then
		for drydock_unit in ssh.service sshd.service ssh.socket sshd.socket dropbear.service; do
			[ "$(systemctl is-active "$drydock_unit" 2>/dev/null)" = active ] || continue
			printf 'unit %s %s\n' "$drydock_unit" "$(systemctl is-enabled "$drydock_unit" 2>/dev/null)"
		done
	fi
	for drydock_file in /proc/[0-9]*/comm; do
		{ read -r drydock_name <"$drydock_file"; } 2>/dev/null || continue
		case $drydock_name in
		sshd | dropbear)
			printf 'process %s\n' "$drydock_name"
			return
			;;
		esac
	done
}

# Only root reads the rules. `sudo` is not tried: a refusal is reported to the administrator of that machine.
drydock_look_firewall() {
	if [ -r /etc/ufw/ufw.conf ]; then
		if grep -q '^ENABLED=yes' /etc/ufw/ufw.conf; then echo 'ufw on'; else echo 'ufw off'; fi
	fi
	if command -v firewall-cmd >/dev/null && firewall-cmd --state >/dev/null 2>&1; then echo 'firewalld on'; fi
	drydock_mac=/usr/libexec/ApplicationFirewall/socketfilterfw
	if [ -x "$drydock_mac" ]; then printf 'mac %s\n' "$("$drydock_mac" --getglobalstate)"; fi
	drydock_rules=$(PATH=$PATH:/usr/sbin:/sbin command -v nft || PATH=$PATH:/usr/sbin:/sbin command -v iptables) || return 0
	if [ "$(id -u)" != 0 ]; then
		printf 'unreadable %s\n' "${drydock_rules##*/}"
		return
	fi
	if command -v ufw >/dev/null; then printf 'ufwSsh %s\n' "$(ufw status | grep -ciE 'ssh|^22[ /]')"; fi
	case $drydock_rules in
	*/nft) printf 'nft %s\n' "$("$drydock_rules" list ruleset 2>/dev/null | grep -c 'hook input')" ;;
	*) printf 'iptables %s\n' "$("$drydock_rules" -S INPUT 2>/dev/null | grep -c .)" ;;
	esac
}

# drydock_look_dns NAME
drydock_look_dns() {
	printf 'servers %s\n' "$(sed -n 's/^nameserver[[:space:]]*//p' /etc/resolv.conf 2>/dev/null | tr '\n' ' ')"
	if command -v getent >/dev/null; then
		printf 'address %s\n' "$(getent hosts "$1" | head -n 1)"
	elif command -v dscacheutil >/dev/null; then
		printf 'address %s\n' "$(dscacheutil -q host -a name "$1" | sed -n 's/^ip_address: //p' | head -n 1)"
	elif command -v nslookup >/dev/null; then
		printf 'address %s\n' "$(nslookup "$1" 2>/dev/null | sed -n '1,/^Name:/d; s/^Address[^:]*: *//p' | head -n 1)"
	else
		echo 'tool none'
	fi
	if command -v systemctl >/dev/null; then
		printf 'resolved %s\n' "$(systemctl is-active systemd-resolved 2>/dev/null)"
	fi
}

# The interface that the default route goes through.
drydock_look_network() {
	while read -r drydock_net drydock_to _; do
		[ "$drydock_to" != 00000000 ] || break
		drydock_net=
	done </proc/net/route 2>/dev/null
	if ! [ -r /proc/net/route ]; then
		drydock_net=$(route -n get default 2>/dev/null | sed -n 's/^ *interface: //p')
		if networksetup -listallhardwareports 2>/dev/null | grep -A 1 'Wi-Fi' | grep -q "Device: $drydock_net\$"; then
			echo 'kind wifi'
		else
			echo 'kind ethernet'
		fi
		printf 'interface %s\n' "$drydock_net"
		return
	fi
	printf 'interface %s\n' "$drydock_net"
	[ -n "$drydock_net" ] || return 0
	drydock_sys=/sys/class/net/$drydock_net
	if [ -d "$drydock_sys/wireless" ] || [ -e "$drydock_sys/phy80211" ]; then
		echo 'kind wifi'
	elif [ -e "$drydock_sys/device" ]; then
		echo 'kind ethernet'
	else
		echo 'kind virtual'
	fi
	printf 'speed %s\n' "$(cat "$drydock_sys/speed" 2>/dev/null)"
}

drydock_look_files_limit() {
	# shellcheck disable=SC3045 # dash, bash and BusyBox ash all have -H
	printf 'soft %s\nhard %s\n' "$(ulimit -n)" "$(ulimit -H -n)"
}

# drydock_look_kernel vm/NAME
drydock_look_kernel() {
	printf 'value %s\n' "$(cat "/proc/sys/$1" 2>/dev/null)"
}

# Whether logind ends what a login leaves behind.
drydock_look_linger() {
	command -v loginctl >/dev/null || return 0
	drydock_user=$(id -un)
	if [ -e "/var/lib/systemd/linger/$drydock_user" ]; then
		echo 'linger yes'
	else
		printf 'linger %s\n' "$(loginctl show-user "$drydock_user" -p Linger 2>/dev/null | sed 's/^Linger=//')"
	fi
	drydock_kill=$(busctl get-property org.freedesktop.login1 /org/freedesktop/login1 \
		org.freedesktop.login1.Manager KillUserProcesses 2>/dev/null)
	if [ -z "$drydock_kill" ]; then
		drydock_kill=$(cat /usr/lib/systemd/logind.conf.d/*.conf /etc/systemd/logind.conf /etc/systemd/logind.conf.d/*.conf \
			2>/dev/null | sed -n 's/^KillUserProcesses=//p' | tail -n 1)
	fi
	printf 'kill %s\n' "${drydock_kill##* }"
}

# drydock_look_folder FOLDER: whether a file can be written there, and run.
drydock_look_folder() {
	drydock_file=$1/.drydock-diagnosis.$$
	trap 'rm -f -- "$drydock_file"' EXIT
	trap 'exit 1' HUP INT TERM
	printf 'mount %s\n' "$(df -Pk -- "$1" 2>/dev/null | sed -n '2s/.*% *//p')"
	if ! drydock_error=$({ printf '#!/bin/sh\nexit 0\n' >"$drydock_file"; } 2>&1); then
		printf 'unwritable %s\n' "${drydock_error##*: }"
		return
	fi
	chmod 700 -- "$drydock_file"
	if "$drydock_file" 2>/dev/null; then echo 'runs yes'; else echo 'runs no'; fi
}

drydock_look_memory() {
	sed -n 's/^\(MemTotal\|MemAvailable\|SwapTotal\): *\([0-9]*\) kB$/\1KiB \2/p' /proc/meminfo 2>/dev/null
	if ! [ -e /proc/meminfo ]; then printf 'memTotalBytes %s\n' "$(sysctl -n hw.memsize)"; fi
	drydock_look_disk /
	for drydock_file in /swapfile /swapfile2; do
		if ! [ -e "$drydock_file" ]; then
			printf 'freeName %s\n' "$drydock_file"
			return
		fi
	done
}

# drydock_look_disk FOLDER
drydock_look_disk() {
	df -Pk -- "$1" 2>/dev/null | sed -n '2s/.* \([0-9][0-9]*\)  *[0-9][0-9]*% *\(.*\)/freeKiB \1\nmount \2/p'
}

drydock_look_sensors() {
	drydock_path=$(command -v sensors) && printf 'sensors %s\n' "$drydock_path"
	drydock_python=$(drydock_program python3) || return 0
	printf 'psutil %s\n' "$("$drydock_python" -c 'import psutil; print(psutil.__version__)' 2>/dev/null)"
}

# drydock_program NAME: its path. A shell without a login misses what installers add to PATH. On a Mac some programs
# are stand-ins that ask on its screen whether to install developer tools.
drydock_program() {
	if ! drydock_found=$(command -v "$1"); then
		drydock_found=
		for drydock_dir in "$HOME/.local/bin" /opt/homebrew/bin /usr/local/bin /snap/bin; do
			if [ -x "$drydock_dir/$1" ]; then
				drydock_found=$drydock_dir/$1
				break
			fi
		done
	fi
	case $drydock_found in
	'') return 1 ;;
	/usr/bin/*) if [ "$(uname -s)" = Darwin ] && ! xcode-select -p >/dev/null 2>&1; then return 1; fi ;;
	esac
	printf '%s\n' "$drydock_found"
}

# drydock_look_program NAME
drydock_look_program() {
	if drydock_path=$(drydock_program "$1"); then
		command -v "$1" >/dev/null || echo 'offPath yes'
		printf 'path %s\nsaid %s\n' "$drydock_path" "$("$drydock_path" --version 2>&1 | head -n 1)"
	fi
}

# drydock_interpreter WORKDIR: that of its virtual environment, else python3.
drydock_interpreter() {
	drydock_workdir=$(drydock_folder "$1")
	for drydock_venv in .venv venv; do
		if [ -n "$drydock_workdir" ] && [ -x "$drydock_workdir/$drydock_venv/bin/python" ]; then
			printf '%s\n' "$drydock_workdir/$drydock_venv/bin/python"
			return
		fi
	done
	drydock_program python3
}

# drydock_folder PATH: with `~` as the home folder.
drydock_folder() {
	case $1 in
	\~) printf '%s\n' "$HOME" ;;
	\~/*) printf '%s\n' "$HOME/${1#\~/}" ;;
	*) printf '%s\n' "$1" ;;
	esac
}

# drydock_look_pip WORKDIR
drydock_look_pip() {
	drydock_path=$(drydock_interpreter "$1") || return 0
	printf 'path %s\nsaid %s\n' "$drydock_path" "$("$drydock_path" -m pip --version 2>&1 | tail -n 1)"
}

# drydock_look_imports WORKDIR PACKAGE...
drydock_look_imports() {
	drydock_path=$(drydock_interpreter "$1") || return 0
	shift
	printf 'path %s\n' "$drydock_path"
	"$drydock_path" -c '
import importlib, sys
for name in sys.argv[1:]:
    try:
        print("has", name, getattr(importlib.import_module(name), "__version__", ""))
    except Exception as error:
        print("lacks", name, str(error).replace("\n", " "))
' "$@" 2>/dev/null
}

# Who answers on 6379: Ray keeps its head there, too, and speaks no Redis.
drydock_look_redis() {
	if grep -qs ':18EB 0*:0000 0A' /proc/net/tcp /proc/net/tcp6; then echo 'listens yes'; fi
	# shellcheck disable=SC2013 # paths without blanks
	for drydock_file in $(grep -lsE 'gcs_server|redis-server|valkey-server' /proc/[0-9]*/cmdline); do
		case $(tr '\0' ' ' <"$drydock_file" 2>/dev/null) in
		*gcs_server*6379*)
			echo 'owner Ray'
			return
			;;
		redis-server* | */redis-server*) echo 'owner Redis' ;;
		valkey-server* | */valkey-server*) echo 'owner Valkey' ;;
		esac
	done
	if drydock_path=$(drydock_program redis-cli || drydock_program valkey-cli); then
		printf 'cli %s\nping %s\n' "$drydock_path" "$("$drydock_path" -h 127.0.0.1 -p 6379 ping 2>&1 | head -n 1)"
		printf 'version %s\n' "$("$drydock_path" -h 127.0.0.1 -p 6379 info server 2>/dev/null |
			tr -d '\r' | sed -n 's/^redis_version://p')"
	fi
}

# drydock_look_scripts WORKDIR NAME...: `file MODE PATH` for each that is there.
drydock_look_scripts() {
	drydock_workdir=$(drydock_folder "$1")
	shift
	if ! [ -d "$drydock_workdir" ]; then
		echo 'missing yes'
		return
	fi
	cd "$drydock_workdir" || return
	for drydock_name in "$@"; do
		find . -maxdepth 4 \( -name .git -o -name .venv -o -name venv -o -name node_modules \) -prune -o \
			-type f -name "$drydock_name" -print 2>/dev/null | head -n 3
	done | while read -r drydock_file; do
		# shellcheck disable=SC2012 # the only portable way to a file's mode
		printf 'file %s\n' "$(ls -ld -- "$drydock_file" | sed 's/^\([^ ]*\) .*/\1/') ${drydock_file#./}"
	done
}

# drydock_look_help WORKDIR NAME: the script is asked for its help, in the safe mode, from its own folder.
drydock_look_help() {
	drydock_path=$(drydock_interpreter "$1") || return 0
	drydock_workdir=$(drydock_folder "$1")
	cd "$drydock_workdir" 2>/dev/null || return 0
	drydock_file=$(find . -maxdepth 4 -type f -name "$2" -print 2>/dev/null | head -n 1)
	[ -n "$drydock_file" ] || return 0
	drydock_said=$(DRY_RUN=1 ALLOW_ORDERS=0 "$drydock_path" "$drydock_file" --help 2>&1)
	printf 'code %s\nfile %s\nsaid %s\n' "$?" "${drydock_file#./}" "$(printf '%s\n' "$drydock_said" | tail -n 1)"
}

"$@"
