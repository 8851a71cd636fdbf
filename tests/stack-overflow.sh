#!/bin/sh
# A stack overflow that nobody handles ends the process with STATUS_STACK_OVERFLOW and a report, in any thread.
program="$top_builddir/tests/conformance/memory_rows_stacks.exe"
[ -e "$program" ] || exit 77
code=$(mktemp) || exit 99
trap 'rm -f "$code"' EXIT
result=0
for where in main-overflow thread-overflow; do
	: >"$code"
	message=$("$top_builddir/pewter" --exit-code-file "$code" "$program" $where 2>&1)
	if [ "$(cat "$code")" != 3221225725 ]; then
		echo "$where: exit code $(cat "$code"), not 0xC00000FD"
		result=1
	fi
	case $message in
	*"crashed: stack overflow (C00000FD)"*memory_rows_stacks.exe*) ;;
	*)
		echo "$where: no report, but: $message"
		result=1
		;;
	esac
done
exit $result
