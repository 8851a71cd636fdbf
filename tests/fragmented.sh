#!/bin/sh
# Address space in very many pieces: all of it where the kernel has guard markers, and orderly refusals elsewhere.
pewter=$(cd "$top_builddir" && pwd)/pewter
program=$top_builddir/tests/guest/fragmented.exe
[ -e "$program" ] || exit 77
case $(uname -r) in
[1-5].*|6.?.*|6.1[012].*) may_refuse=may-refuse ;;
*) may_refuse= ;;
esac
timeout -k 5 120 "$pewter" "$program" $may_refuse || exit 1
PEWTER_DISABLE=guard timeout -k 5 120 "$pewter" "$program" may-refuse
