#!/bin/sh
# PEWTER_IMAGE_CACHE: an entry is made once, used, replaced when the file changes, and never believed when it is not whole.
source="$top_builddir/tests/conformance/memory_rows_allocate.exe"
[ -e "$source" ] || exit 77
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
failed=0
complain() { echo "$*"; failed=1; }
run() { "$top_builddir/pewter" "$tmp/program.exe" >"$tmp/output" 2>&1 || { cat "$tmp/output"; complain "$1: exit code $?"; }; }
entries() { find "$tmp/cache" -type f 2>/dev/null | wc -l; }

cp "$source" "$tmp/program.exe"
run "without a cache"
[ "$(entries)" = 0 ] || complain "a cache without being asked"
PEWTER_IMAGE_CACHE="$tmp/cache"
export PEWTER_IMAGE_CACHE
# A file that has just changed is not kept: it could change again within one tick.
run "new file"
[ "$(entries)" = 0 ] || complain "kept a file that had just changed"
sleep 2.1
for i in 1 2 3 4; do
	"$top_builddir/pewter" "$tmp/program.exe" >"$tmp/output.$i" 2>&1 &
	eval "process_$i=$!"
done
for i in 1 2 3 4; do
	eval "wait \$process_$i" || { cat "$tmp/output.$i"; complain "one of four at once"; }
done
[ "$(entries)" = 1 ] || complain "four starts at once left $(entries) entries"
entry=$(find "$tmp/cache" -type f)
run "out of the cache"
# It is what is used: a program made of zeros does not run.
size=$(stat -c %s "$entry")
cp "$entry" "$tmp/good"
dd if=/dev/zero of="$entry" bs="$size" count=1 2>/dev/null
"$top_builddir/pewter" "$tmp/program.exe" >/dev/null 2>&1 && complain "the entry was not used"
cat "$tmp/good" > "$entry"
run "the entry put back"
# Cut short, somebody else's to write: not used.
truncate -s 4096 "$entry"
run "an entry cut short"
[ "$(stat -c %s "$entry")" != 4096 ] || complain "an entry that was cut short was not replaced"
chmod 666 "$entry"
truncate -s +0 "$entry"
dd if=/dev/zero of="$entry" conv=notrunc bs=4096 count=2 2>/dev/null
run "an entry that anybody can write"
# Another state of the file: the old entry goes.
printf 'more' >> "$tmp/program.exe"
sleep 2.1
run "a changed file"
[ "$(entries)" = 1 ] || complain "a changed file left $(entries) entries"
[ ! -e "$entry" ] || complain "the entry of the file's earlier state is still there"
# A directory that cannot be made is no reason not to start.
PEWTER_IMAGE_CACHE=/proc/none run "no directory"
exit $failed
