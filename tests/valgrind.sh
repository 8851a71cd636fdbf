#!/bin/sh
# Windows programs under valgrind (make check-valgrind): host code is checked, the programs' own code is not.
#
# valgrind takes much of the address space itself: --arena leaves it some.  It knows neither the newer system calls nor
# WRGSBASE; and it does not run programs that live on faults (guard pages, exceptions that are handled).
pewter=$(cd "$top_builddir" && pwd)/pewter
command -v valgrind >/dev/null || exit 77
PEWTER_REGISTRY=none
export PEWTER_REGISTRY
PEWTER_DISABLE=guard,pagemap_scan,wp_async,futex_waitv,fsgsbase
export PEWTER_DISABLE
failed=0
run() {
	wanted=$1
	shift
	[ -e "$1" ] || return
	timeout -k 5 300 valgrind -q --error-exitcode=99 --suppressions="$top_srcdir/tests/valgrind.supp" "$pewter" --arena 8G "$@" </dev/null
	got=$?
	[ $got -eq "$wanted" ] && return
	echo "exit code $got, not $wanted: $*"
	failed=1
}
run 7 "$top_builddir/tests/guest/cli.exe" exit 7
for program in heap_threads time_api nls_api; do
	run 0 "$top_builddir/tests/guest/$program.exe"
done
exit $failed
