#!/bin/sh
# Stands in for nvidia-smi on a node of the rig. Beside it lie `gpu.mode` (what is wrong with it), `gpus.tsv` and
# `apps.tsv` (a line of field names, then a line per card or process, tab separated), which a test can rewrite at
# any time: every answer reads them again.
dir=$(dirname "$0")
query='' table='' loop='' list=''
mode=$(cat "$dir/gpu.mode" 2>/dev/null)
while [ $# -gt 0 ]; do
	case $1 in
	--query-gpu=*) query=${1#*=} table=cards ;;
	--query-compute-apps=*) query=${1#*=} table=apps ;;
	-lms | --loop-ms=* | -l | --loop=*)
		if [ "$mode" = lms-refused ]; then
			echo "ERROR: Option $1 is not recognized. Please run 'nvidia-smi -h' for help."
			exit 2
		fi
		;;
	esac
	case $1 in
	--loop-ms=*) loop=$(awk "BEGIN { print ${1#*=} / 1000 }") ;;
	-lms) loop=$(awk "BEGIN { print $2 / 1000 }") && shift ;;
	--loop=*) loop=${1#*=} ;;
	-l) loop=$2 && shift ;;
	-L | --list-gpus) list=1 ;;
	esac
	shift
done

check_mode() {
	case $(cat "$dir/gpu.mode" 2>/dev/null) in
	hang) exec sleep 2147483 ;;
	driver-broken)
		echo "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running."
		exit 9
		;;
	no-devices)
		echo 'No devices were found'
		exit 6
		;;
	version-mismatch)
		echo 'Failed to initialize NVML: Driver/library version mismatch'
		echo 'NVML library version: 550.54'
		exit 18
		;;
	no-permission)
		echo 'Failed to initialize NVML: Insufficient Permissions'
		exit 4
		;;
	lost)
		echo 'Unable to determine the device handle for GPU0000:01:00.0: Unknown Error'
		exit 15
		;;
	one-lost)
		# The last card; the others go on.
		echo 'Unable to determine the device handle for GPU1: 0000:02:00.0: Unknown Error'
		;;
	esac
}

# The table of cards as this mode knows it.
cards() {
	case $(cat "$dir/gpu.mode" 2>/dev/null) in
	one-lost) sed '$d' "$dir/gpus.tsv" ;;
	old-driver) sed '1s/mig.mode.current/-/' "$dir/gpus.tsv" ;;
	*) cat "$dir/gpus.tsv" ;;
	esac
}

# answer TABLE FIELDS, for `cards` or `apps`: the asked fields of every row, by name; exits 2 for a field that the table does not have.
answer() {
	if [ "$1" = cards ]; then cards; else cat "$dir/apps.tsv"; fi | awk -F '\t' -v fields="$2" -v now="$(date '+%Y/%m/%d %H:%M:%S.000')" '
		BEGIN { count = split(fields, asked, ",") }
		NR == 1 {
			for (i = 1; i <= NF; i++) column[$i] = i
			for (i = 1; i <= count; i++) if (asked[i] != "timestamp" && !(asked[i] in column)) {
				printf "Field \"%s\" is not a valid field to query.\n\n", asked[i]
				exit 2
			}
			next
		}
		NF > 0 {
			line = ""
			for (i = 1; i <= count; i++) {
				value = asked[i] == "timestamp" ? now : $(column[asked[i]])
				line = line (i > 1 ? ", " : "") value
			}
			print line
		}'
}

check_mode
if [ -n "$list" ]; then
	answer cards index,name,uuid | sed 's/^\([^,]*\), \(.*\), \([^,]*\)$/GPU \1: \2 (UUID: \3)/'
elif [ -n "$query" ]; then
	answer "$table" "$query" || exit
	# For a hundred of them on one machine: the same answer again and again, without a process for each.
	if [ -n "$loop" ] && [ -e "$dir/gpu.steady" ]; then
		exec perl -e '$| = 1; while (1) { select undef, undef, undef, $ARGV[0]; print "$ARGV[1]\n" }' "$loop" "$(answer "$table" "$query")"
	fi
	while [ -n "$loop" ]; do
		sleep "$loop"
		check_mode
		answer "$table" "$query" || exit
	done
else
	driver=$(answer cards driver_version | head -n 1)
	echo "| NVIDIA-SMI $driver    Driver Version: $driver    CUDA Version: 12.4     |"
fi
