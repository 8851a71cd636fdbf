#!/bin/sh
# Pewter without what it would like to have: the newer kernel features switched off, little address space, no privileges.
pewter=$(cd "$top_builddir" && pwd)/pewter
failed=0
run() {
	wanted=$1
	shift
	timeout -k 5 300 "$@" >"$work/out" 2>&1 </dev/null
	got=$?
	[ $got -eq "$wanted" ] && return
	echo "exit code $got, not $wanted: $*"
	cat "$work/out"
	failed=1
}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

# Each feature alone is covered by having all of them off: they do not depend on each other.
PEWTER_DISABLE=guard,pagemap_scan,wp_async,futex_waitv,fsgsbase,perf_sigtrap,syscall_dispatch,populate,membarrier
export PEWTER_DISABLE
run 0 "$top_builddir/tests/unit/check_mm"
run 0 "$top_builddir/tests/unit/check_mm_failures"
run 0 "$top_builddir/tests/unit/check_mm_model"
run 0 "$top_builddir/tests/unit/check_ke"
if [ -e "$top_builddir/tests/guest/cli.exe" ]; then
	for program in guest/memory_api guest/execution_threads guest/locks_in_use guest/execution_exceptions guest/shared_objects \
		guest/other_process guest/other_handles guest/job_objects guest/debugger guest/debugger_attach \
		conformance/memory_rows_watch conformance/memory_rows_mapping conformance/memory_rows_shared \
		conformance/memory_rows_info conformance/memory_rows_lock conformance/memory_hints conformance/memory_physical; do
		run 0 "$pewter" "$top_builddir/tests/$program.exe"
	done
	unset PEWTER_DISABLE

	# The arena shrinks to what the limit leaves.
	for kib in 200000 3000000 6000000 20000000; do
		run 7 sh -c "ulimit -v $kib; exec \"\$@\"" sh "$pewter" "$top_builddir/tests/guest/cli.exe" exit 7
	done
	run 0 sh -c 'ulimit -v 6000000; exec "$@"' sh "$pewter" "$top_builddir/tests/guest/memory_api.exe"

	# As nobody, without any capability and without a way to get one.  The build tree may be closed to nobody.
	nobody="env -u TMPDIR HOME=$work setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs"
	if [ "$(id -u)" = 0 ] && $nobody test -x "$pewter" -a -r "$top_builddir/tests/guest/cli.exe" 2>/dev/null; then
		for program in guest/memory_api guest/execution_threads conformance/memory_rows_watch conformance/memory_physical; do
			cp "$top_builddir/tests/$program.exe" "$work"
		done
		chmod 777 "$work"
		cd "$work" || exit 99
		run 0 $nobody "$pewter" memory_api.exe
		run 0 $nobody "$pewter" execution_threads.exe
		run 0 $nobody "$pewter" memory_rows_watch.exe
		run 0 $nobody "$pewter" memory_physical.exe
	fi
fi
exit $failed
