#!/bin/sh
# Damaged heaps end the process with STATUS_HEAP_CORRUPTION and one line that says what was found.
program="$top_builddir/tests/guest/heap_corruption.exe"
[ -e "$program" ] || exit 77
code=$(mktemp) || exit 99
trap 'rm -f "$code"' EXIT
result=0
for damage in 0 1 2 3 4 5 8 9; do
	: >"$code"
	message=$("$top_builddir/pewter" --exit-code-file "$code" "$program" $damage 2>&1)
	if [ "$(cat "$code")" != 3221226356 ]; then
		echo "damage $damage: exit code $(cat "$code"), not 0xC0000374"
		result=1
	fi
	case $message in
	*"is corrupted at block"*) ;;
	*)
		echo "damage $damage: no report, but: $message"
		result=1
		;;
	esac
done
exit $result
