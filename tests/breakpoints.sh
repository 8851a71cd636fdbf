#!/bin/sh
# Breakpoints of the processor, where Linux gives them to a plain program.
program="$top_builddir/tests/conformance/execution_rows_contexts.exe"
[ -e "$program" ] || exit 77
"$top_builddir/pewter" "$program" breakpoints
code=$?
if [ $code -eq 3 ]; then
	# Refused: by the setting, or by a container's filter.
	paranoid=$(cat /proc/sys/kernel/perf_event_paranoid 2>/dev/null || echo 4)
	filtered=$(sed -n 's/^Seccomp:[^0-9]*//p' /proc/self/status)
	{ [ "$paranoid" -gt 2 ] || [ "$filtered" != 0 ]; } && exit 77
	echo "no breakpoint stopped anything"
	exit 1
fi
exit $code
