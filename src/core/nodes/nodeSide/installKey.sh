# shellcheck shell=sh
# installKey.sh TYPE KEY COMMENT: lets a public key log in as this user, once however often it is asked. Prints
# `there` or `added`, and then the modes of HOME, as ls shows them: sshd ignores the keys of a home that others can write.
umask 077
fail() {
	echo "$1"
	exit 1
}
case $HOME in
/*) ;;
*) fail "HOME is not set" ;;
esac
drydock_folder=$HOME/.ssh
drydock_file=$drydock_folder/authorized_keys
drydock_has() {
	[ -f "$drydock_file" ] && grep -v '^[[:space:]]*#' "$drydock_file" | grep -qF -- "$1 $2"
}

[ -d "$drydock_folder" ] || drydock_error=$(mkdir -- "$drydock_folder" 2>&1) || fail "${drydock_error##*: }"
drydock_error=$(chmod 700 "$drydock_folder" 2>&1) || fail "${drydock_error##*: }"
drydock_said=there
if ! drydock_has "$1" "$2"; then
	# A last line without its newline must not grow together with ours.
	if [ -s "$drydock_file" ] && [ -n "$(tail -c 1 "$drydock_file")" ]; then
		drydock_error=$({ echo | cat >>"$drydock_file"; } 2>&1) || fail "${drydock_error##*: }"
	fi
	# By cat, which says why it cannot write; a shell's own printf often does not.
	drydock_error=$({ printf '%s %s %s\n' "$1" "$2" "$3" | cat >>"$drydock_file"; } 2>&1) || fail "${drydock_error##*: }"
	drydock_has "$1" "$2" || fail "the key was not written"
	drydock_said=added
fi
drydock_error=$(chmod 600 "$drydock_file" 2>&1) || fail "${drydock_error##*: }"
# As ssh-copy-id does, for SELinux: without the right label sshd may not read the file.
if [ -x /sbin/restorecon ]; then /sbin/restorecon -F "$drydock_folder" "$drydock_file" >/dev/null 2>&1 || :; fi
# shellcheck disable=SC2012 # only the modes are taken, and stat has no form that every system knows
drydock_modes=$(ls -ld "$HOME" 2>/dev/null | cut -c1-10)
echo "$drydock_said $drydock_modes"
