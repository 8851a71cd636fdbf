#!/bin/sh
# cmd.sh - runs the batch files of tests/cmd and compares what they write, and their exit codes, with NAME.out.  The name of
# the folder they run in is @pwd@ there; ends of lines are compared as they would be in a text.
#
# Environment: top_srcdir (default: the folder above this one), top_builddir (default: .), NAMES: the batch files to run
src=$(cd "${top_srcdir:-$(dirname "$0")/..}" && pwd)
build=$(cd "${top_builddir:-.}" && pwd)
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
PEWTER_C=$tmp/c PEWTER_REGISTRY=$tmp/registry.db
export PEWTER_C PEWTER_REGISTRY
TMPDIR=$tmp
cr=$(printf '\r')
failed=0
count=0

for expected in "$src"/tests/cmd/*.out; do
	name=$(basename "$expected" .out)
	[ -z "$NAMES" ] || case " $NAMES " in *" $name "*) ;; *) continue ;; esac
	mkdir "$tmp/$name"
	sed "s/\$/$cr/" "$src/tests/cmd/$name.cmd" > "$tmp/$name/$name.cmd"
	dos=$(printf 'Z:%s' "$tmp/$name" | tr / '\\' | sed 's/\\/\\\\/g')
	(cd "$tmp/$name" && env -u PROMPT -u DIRCMD -u COPYCMD timeout 60 "$build/pewter" cmd.exe /c "$name.cmd" < /dev/null 2>&1
		echo "exit $?") | tr -d '\r' | sed "s|$dos|@pwd@|g" > "$tmp/$name.got"
	count=$((count + 1))
	diff "$expected" "$tmp/$name.got" > "$tmp/$name.diff" || {
		echo "$name.cmd writes something else (<: wanted, >: written):"
		cat "$tmp/$name.diff"
		failed=1
	}
done
[ "$count" -gt 0 ] || { echo "no batch files found"; exit 99; }
echo "$count batch files"
exit $failed
