#!/bin/sh
# Replays recordings of the memory calls of real Windows programs: the sample beside this file, the same with an old
# protection that Windows would not give (which must be found), and all of TRACES, a folder of recordings, if it is there.
here=$(dirname "$0")
pewter=$top_builddir/pewter
replay=$top_builddir/tests/conformance/trace_replay.exe
traces=${TRACES:-$top_srcdir/../shared/traces}
wrong=$(mktemp)
trap 'rm -f "$wrong"' EXIT
[ -e "$replay" ] || exit 77

"$pewter" "$replay" "$here/sample.replay" || exit 1
sed 's/old=4/old=2/' "$here/sample.replay" >"$wrong"
if "$pewter" "$replay" "$wrong" >/dev/null; then
	echo "a wrong old protection was not seen"
	exit 1
fi
set -- "$traces"/replay-*.txt "$traces"/calls-*.txt
[ -e "$1" ] || exit 0
"$pewter" "$replay" "$@"
