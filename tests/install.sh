#!/bin/sh
# An installed pewter needs nothing of the build tree: it is installed into a scratch folder and run from there without an
# environment; a crash report needs its module and shows host functions.
guest=$(cd "$top_builddir" && pwd)/tests/guest
[ -e "$guest/cli.exe" ] || exit 77
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
# Not the variables of the make that runs this test.
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES \
	make -s -C "$top_builddir" install DESTDIR="$work/root" >"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}
pewter=$(find "$work/root" -name pewter -type f -path '*/bin/*')
[ -x "$pewter" ] || { echo "no bin/pewter was installed"; exit 1; }
# Moved, so that no path of the installation can help either.
mv "$work/root" "$work/moved"
pewter=$work/moved${pewter#"$work/root"}
cp "$guest/cli.exe" "$work"
cd "$work" || exit 99
failed=0
fail() {
	echo "$*"
	failed=1
}
out=$(env -i "$pewter" cli.exe hello 2>&1 | tr -d '\r')
[ "$out" = "cli.exe hello
hello" ] || fail "printed: $out"
env -i "$pewter" cli.exe crash strlen >out 2>&1
[ $? -eq 122 ] || fail "a crash did not end with 122"
for pattern in 'access violation (C0000005)' '^  code  ' '^  at    .*strlen' '^  called from cli\.exe+0x'; do
	grep -q -e "$pattern" out || fail "no '$pattern' in the report: $(cat out)"
done
find moved -name pewter.1 | grep -q . || fail "no manual page"
for file in "$pewter" "$(find moved -name pewter-diag.so)"; do
	! readelf -d "$file" | grep -q -e RPATH -e RUNPATH || fail "$file has a run path"
done
exit $failed
