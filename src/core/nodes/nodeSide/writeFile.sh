# shellcheck shell=sh
# writeFile.sh FILE BYTES: standard input to FILE, by a temporary name and a rename. The size is checked, because a
# link that dies in the middle looks like the end of the input.
umask 077
drydock_part=$1.part.$$
fail() {
	rm -f -- "$drydock_part"
	echo "$1"
	exit 1
}
drydock_error=$(mkdir -p -- "$(dirname -- "$1")" 2>&1) || fail "${drydock_error##*: }"
drydock_error=$({ cat >"$drydock_part"; } 2>&1) || fail "${drydock_error##*: }"
[ "$(wc -c <"$drydock_part")" -eq "$2" ] || fail "only a part of it arrived"
drydock_error=$(mv -f -- "$drydock_part" "$1" 2>&1) || fail "${drydock_error##*: }"
