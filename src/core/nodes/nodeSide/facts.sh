# shellcheck shell=sh

# drydock_facts STATE_DIR: prints what a link needs to know, one `name value` a line. Makes the state folder.
# The clock is read first and last, so that the way here and the way back can be told from the time between. What may
# take long runs beside the rest: each line is one write, so that none can come between the words of another.
drydock_facts() {
	drydock_first=$(drydock_clock)
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
	# A complaint above is all that is printed; from here on it is facts.
	printf 'clockFirst %s\n' "$drydock_first"
	drydock_python &
	drydock_virtualization &
	printf 'home %s\n' "$HOME"
	printf 'stateDir %s\n' "$drydock_dir"
	printf 'bootId %s\n' "$(drydock_boot_id)"
	printf 'os %s\n' "$(drydock_os)"
	# shellcheck disable=SC2046
	set -- $(uname -srm)
	printf 'kernel %s\narch %s\n' "$2" "$3"
	if [ "$1" = Darwin ]; then
		drydock_mac_hardware
	else
		drydock_hardware
	fi
	printf 'machineId %s\n' "$(drydock_machine_id)"
	wait
	printf 'clockLast %s\n' "$(drydock_clock)"
}

# Seconds since the epoch as finely as this shell can tell: `1795577782.175731`, nanoseconds without a point, or
# `1795577782`, where `date` knows no %N.
drydock_clock() {
	# shellcheck disable=SC3028 # where the shell has it, it costs no process
	drydock_now=${EPOCHREALTIME-}
	case $drydock_now in
	*.*)
		printf '%s\n' "$drydock_now"
		return
		;;
	esac
	drydock_now=$(date +%s%N)
	case $drydock_now in
	*[!0-9]*) perl -MTime::HiRes=time -e 'printf "%.6f\n", time' 2>/dev/null || date +%s ;;
	*) printf '%s\n' "$drydock_now" ;;
	esac
}

# Changes at every start of the machine. macOS has no /proc.
drydock_boot_id() {
	cat /proc/sys/kernel/random/boot_id 2>/dev/null || sysctl -n kern.bootsessionuuid 2>/dev/null
}

# Stays through starts and new addresses. An image that was never started has an empty file, or `uninitialized` in it.
drydock_machine_id() {
	for drydock_file in /etc/machine-id /var/lib/dbus/machine-id; do
		drydock_id=
		{ read -r drydock_id <"$drydock_file"; } 2>/dev/null
		case $drydock_id in
		'' | uninitialized) ;;
		*)
			printf '%s\n' "$drydock_id"
			return
			;;
		esac
	done
	ioreg -rd1 -c IOPlatformExpertDevice 2>/dev/null | sed -n 's/.*"IOPlatformUUID" = "\(.*\)".*/\1/p'
}

drydock_os() {
	if [ -r /etc/os-release ]; then
		sed -n '/^PRETTY_NAME=/{s///p;q;}' /etc/os-release
	else
		sw_vers 2>/dev/null | sed -n 's/^Product[NV][a-z]*:[[:space:]]*//p' | paste -sd ' ' - || uname -s
	fi
}

drydock_hardware() {
	drydock_model=$(sed -n '/^model name/{s/^model name[[:space:]]*: *//p;q;}' /proc/cpuinfo 2>/dev/null)
	# On ARM the kernel gives numbers, lscpu the names for them; a small board has a name of its own.
	if [ -z "$drydock_model" ]; then drydock_model=$(lscpu 2>/dev/null | sed -n '/^Model name:/{s/^Model name: *//p;q;}'); fi
	if [ -z "$drydock_model" ]; then drydock_model=$(tr -d '\0' </proc/device-tree/model 2>/dev/null); fi
	printf 'cpuModel %s\n' "$drydock_model"
	printf 'cpuThreads %s\n' "$(grep -c '^processor' /proc/cpuinfo 2>/dev/null)"
	sed -n 's/^\(MemTotal\|SwapTotal\): *\([0-9]*\) kB$/\1KiB \2/p' /proc/meminfo 2>/dev/null
	for drydock_disk in /sys/block/*; do drydock_disk "$drydock_disk"; done
}

# drydock_disk FOLDER: prints `disk NAME SECTORS ROTATIONAL MODEL`, a dash for what is not told; nothing for what is no
# disk. Loops, RAM disks, zram, device mapper and RAID have no `device`.
drydock_disk() {
	[ -e "$1/device" ] || return 0
	case ${1##*/} in sr* | fd* | nbd* | mmcblk*boot* | mmcblk*rpmb) return 0 ;; esac
	drydock_hidden='' drydock_size='' drydock_rotational=- drydock_model=''
	{
		read -r drydock_hidden <"$1/hidden"
		read -r drydock_size <"$1/size"
		read -r drydock_rotational <"$1/queue/rotational"
		read -r drydock_model <"$1/device/model" || read -r drydock_model <"$1/device/name"
	} 2>/dev/null
	# A part of another disk (NVMe with several paths), or a reader without a card.
	if [ "$drydock_hidden" = 1 ] || [ "$drydock_size" = 0 ]; then return 0; fi
	printf 'disk %s %s %s %s\n' "${1##*/}" "${drydock_size:--}" "$drydock_rotational" "${drydock_model:--}"
}

drydock_mac_hardware() {
	printf 'cpuModel %s\n' "$(sysctl -n machdep.cpu.brand_string)"
	printf 'cpuThreads %s\n' "$(sysctl -n hw.logicalcpu)"
	printf 'memTotalBytes %s\n' "$(sysctl -n hw.memsize)"
	printf 'macSwap %s\n' "$(sysctl -n vm.swapusage)"
}

# A hanging interpreter (a home folder on a dead server) costs two seconds, not the link.
drydock_python() {
	drydock_path=$(command -v python3) || return 0
	# Apple's stand-in asks on that Mac's screen whether to install developer tools.
	if [ "$drydock_path" = /usr/bin/python3 ] && [ "$(uname -s)" = Darwin ]; then
		xcode-select -p >/dev/null 2>&1 || return 0
	fi
	# pyenv's stand-in is a script that takes fifty milliseconds to find what one file says.
	case $drydock_path in
	*/shims/python3)
		drydock_root=${drydock_path%/shims/python3}
		drydock_version=${PYENV_VERSION-}
		if [ -z "$drydock_version" ]; then { read -r drydock_version <"$drydock_root/version"; } 2>/dev/null; fi
		drydock_real=$drydock_root/versions/$drydock_version/bin/python3
		if [ -n "$drydock_version" ] && [ -x "$drydock_real" ]; then drydock_path=$drydock_real; fi
		;;
	esac
	printf 'python %s\n' "$(drydock_within 2 "$drydock_path" --version 2>&1)"
}

# drydock_within SECONDS COMMAND...: ends it after that long, where there is a `timeout` (not on macOS).
drydock_within() {
	if command -v timeout >/dev/null; then
		timeout "$@"
	else
		shift
		"$@"
	fi
}

# systemd knows best. Without it: what containers leave behind, then what the firmware calls the machine, then the
# flag that every x86 hypervisor sets.
drydock_virtualization() {
	drydock_virt=$(systemd-detect-virt 2>/dev/null)
	if [ -z "$drydock_virt" ]; then
		if [ -e /.dockerenv ]; then
			drydock_virt=docker
		elif [ -e /run/.containerenv ]; then
			drydock_virt=podman
		elif [ -r /proc/cpuinfo ]; then
			drydock_virt=$(drydock_hypervisor)
		else
			drydock_virt=$(sysctl -n kern.hv_vmm_present 2>/dev/null | sed 's/^0$/none/; s/^1$/apple/')
		fi
	fi
	printf 'virtualization %s\n' "$drydock_virt"
}

drydock_hypervisor() {
	case $(cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name /proc/sys/kernel/osrelease 2>/dev/null) in
	*microsoft* | *WSL*) echo wsl ;;
	*KVM*) echo kvm ;;
	*QEMU*) echo qemu ;;
	*VMware*) echo vmware ;;
	*VirtualBox* | *innotek*) echo oracle ;;
	*Xen*) echo xen ;;
	*'Virtual Machine'*) echo microsoft ;;
	*'Google Compute Engine'*) echo google ;;
	*'Amazon EC2'*) grep -q '^flags.* hypervisor' /proc/cpuinfo && echo amazon || echo none ;;
	*)
		# ARM has no such flag: nothing is known there.
		if grep -q '^flags.* hypervisor' /proc/cpuinfo; then
			echo vm
		elif grep -q '^flags' /proc/cpuinfo; then
			echo none
		fi
		;;
	esac
}
