#!/bin/sh
# pewter --heap-debug: every damage is found, with the block, who allocated it and where it was noticed, and C0000374 as
# exit code; with =page at the very access.  A program that does nothing wrong runs as ever.
pewter=$(cd "$top_builddir" && pwd)/pewter
program=$(cd "$top_builddir" && pwd)/tests/guest/heap_damage.exe
[ -e "$program" ] || exit 77
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99
result=0
fail() {
	echo "$*"
	sed 's/^/	/' err
	result=1
}

# damage OPTION WHAT CODE PATTERN...: exit code (all 32 bits) and lines of the report.
damage() {
	option=$1 what=$2 wanted=$3
	shift 3
	timeout -k 5 60 "$pewter" "$option" --exit-code-file code "$program" "$what" >out 2>err
	[ "$(cat code)" = $((0x$wanted)) ] || fail "$option $what: exit code $(cat code), not 0x$wanted"
	for pattern in "$@"; do
		grep -q -e "$pattern" err || fail "$option $what: no '$pattern'"
	done
}

allocated='block .* 40 bytes, allocated by thread'
maker='heap_damage.exe+0x[0-9a-f]* (make+0x[0-9a-f]*)'
dropper='heap_damage.exe+0x[0-9a-f]* (drop+0x[0-9a-f]*)'
corrupted=C0000374
for option in --heap-debug --heap-debug=page; do
	damage $option none 0
	[ -s err ] && fail "$option none: a report"
	damage $option beyond $corrupted 'is corrupted at block .*: data was written beyond the end' \
		'damaged .*: 0 bytes behind its end, where 41 is now' "$allocated" "$maker" "$dropper" noticed
	damage $option beyond-unfreed $corrupted 'written beyond the end' ': 4 bytes behind its end' "$allocated" "$maker"
	damage $option before $corrupted 'the header of a block was overwritten\|written before the beginning' \
		'bytes before the block' "$allocated" "$maker"
	damage $option realloc $corrupted 'written beyond the end' '200 bytes, allocated'
	damage $option twice $corrupted 'freed a second time' "$allocated" "$maker" 'freed  *by thread' "$dropper"
	damage $option inside $corrupted 'leads into a block' "$allocated"
	damage $option stack $corrupted 'the pointer is no block'
	damage $option other $corrupted "another heap's" "$allocated"
	"$pewter" $option "$program" child beyond >out 2>err
	[ $? -eq 55 ] || fail "$option: a child does not inherit it"
done
damage --heap-debug large-beyond $corrupted 'written beyond the end' '3000000 bytes, allocated' "$maker"
damage --heap-debug late-write $corrupted 'written to after it was freed' ': byte 5 of the block, where 41 is now' \
	"$allocated" "$maker" 'freed  *by thread' "$dropper"
# At the access: an access violation, the crash report names the block.
damage --heap-debug=page large-beyond C0000005 'access violation (C0000005), writing' '0 bytes behind its end' \
	'3000000 bytes, allocated' "$maker"
damage --heap-debug=page late-write C0000005 'access violation (C0000005), writing' 'byte 5 of the block' "$maker" "$dropper"
damage --heap-debug=page late-read C0000005 'access violation (C0000005), reading' 'byte 5 of the block' "$maker" "$dropper"
damage --heap-debug=page read-beyond C0000005 'access violation (C0000005), reading' '20 bytes behind its end' "$maker"
exit $result
