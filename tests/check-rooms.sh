#!/bin/sh
# check-rooms.sh - includes and calls follow the table of rooms in ARCHITECTURE.md: no arrow points up, and Linux headers
# are included in host/ only.  Reads the sources for includes, and the objects of the build for calls.
#
# Environment: top_srcdir (default: the folder above this one), top_builddir (default: .)
src=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
build=${top_builddir:-.}
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT

# Headers of ISO C, of the compiler, and strings.h, which every room may include.
iso='assert complex cpuid ctype errno fenv float inttypes limits locale math setjmp stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib string strings time uchar emmintrin immintrin xmmintrin'

(cd "$src" && find host ntdll kernel32 dlls programs loader diag tools include -name '*.[chS]') | sort > "$tmp/files"
[ -s "$tmp/files" ] || { echo "no sources found in $src"; exit 99; }

while read -r file; do
	sed -n 's/^[ \t]*#[ \t]*include[ \t]*\([<"]\)\([^>"]*\)[>"].*/\1 \2/p' "$src/$file" | sed "s|^|$file |"
done < "$tmp/files" > "$tmp/includes"

awk -v iso="$iso" '
function rank(room) {
	if (room == "include") return 0
	if (room == "host") return 1
	if (room == "ntdll") return 2
	if (room == "kernel32") return 3
	if (room == "dlls") return 4
	if (room == "diag") return 3
	if (room == "programs") return 5
	if (room == "tools") return 5
	if (room == "loader") return 6
	return -1
}
BEGIN { n = split(iso, a, " "); for (i = 1; i <= n; i++) std[a[i] ".h"] = 1 }
{
	split($1, from, "/"); room = from[1]
	split($3, to, "/"); target = to[1]
	if ($2 == "<") {
		if (std[$3] || room == "host") next
		if (room == "diag" && $3 ~ /^(capstone|gelf|libelf|elf|elfutils|dwarf)/) next
		if (room == "tools" && $3 ~ /^(getopt|unistd|sys|fcntl|gelf|libelf|zlib)/) next
		if ($1 ~ /^dlls\/windowscodecs\// && $3 ~ /^(png|jpeglib|jerror)/) next
		print $1 ": includes <" $3 ">; Linux and library headers belong into host/"; bad = 1; next
	}
	if (target == "nt" || target == "pewter" || target == "config.h") next
	r = rank(target)
	if (r < 0) next                      # a header beside the file
	if (room == "host" && target != "host") { print $1 ": host/ includes " $3; bad = 1; next }
	if (room == "include") { print $1 ": include/ includes " $3; bad = 1; next }
	if (room == "diag" && target == "kernel32") { print $1 ": diag/ includes " $3; bad = 1; next }
	if (room == "loader" && (target == "dlls" || target == "programs" || target == "tools")) { print $1 ": loader/ includes " $3 "; builtin DLLs and programs are known by their descriptors only"; bad = 1; next }
	if (room == "programs" && target == "dlls") { print $1 ": programs/ includes " $3; bad = 1; next }
	if (r > rank(room)) { print $1 ": includes " $3 ", a room above"; bad = 1 }
}
END { exit bad }' "$tmp/includes" || failed=1

# NT has no word in host/.
(cd "$src" && grep -nE '\b(NTSTATUS|STATUS_[A-Z_]+|HANDLE|VAD|WINAPI)\b' $(grep '^host/' "$tmp/files")) && {
	echo "host/ speaks of NT"; failed=1; }

# Calls: what an object does not define must not be defined in a room above.
for room in host ntdll kernel32 dlls programs loader; do
	find "$build/$room" -name '*.o' 2>/dev/null | while read -r object; do
		nm -g "$object" 2>/dev/null | awk -v room="$room" -v object="${object#"$build"/}" \
			'NF == 3 { print "D", $3, room, object } NF == 2 && $1 == "U" { print "U", $2, room, object }'
	done
done > "$tmp/symbols"
[ -s "$tmp/symbols" ] || { echo "no objects found in $build"; exit 99; }
awk '
function rank(room) { return room == "host" ? 1 : room == "ntdll" ? 2 : room == "kernel32" ? 3 : room == "dlls" ? 4 : room == "programs" ? 5 : 6 }
NR == FNR { if ($1 == "D") where[$2] = $3; next }
$1 == "U" && ($2 in where) {
	if (rank(where[$2]) > rank($3) || ($3 == "loader" && (where[$2] == "dlls" || where[$2] == "programs")) ||
	    ($3 == "programs" && where[$2] == "dlls")) {
		print $4 ": uses " $2 " of " where[$2] "/"; bad = 1
	}
}
END { exit bad }' "$tmp/symbols" "$tmp/symbols" || failed=1

[ -z "$failed" ] || exit 1
echo "$(wc -l < "$tmp/files") files keep to their rooms"
