#!/bin/sh
# The registry that outlives its processes: where it lies, what is kept and what not, and that it survives whoever is killed.
program="$top_builddir/tests/guest/registry_shared.exe"
[ -e "$program" ] || exit 77
tmp=$(mktemp -d) || exit 99
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
failed=0
complain() { echo "$*"; failed=1; }
pewter() { timeout -k 5 120 "$top_builddir/pewter" "$@"; }
ask() { pewter "$program" "$@" 2>>"$tmp/errors"; }
yes() { ask "$@" || complain "no: $*"; }
no() { ask "$@" && complain "yes: $*"; }

unset PEWTER_REGISTRY
PEWTER_C=$tmp/c XDG_DATA_HOME=$tmp/data HOME=$tmp/home
export PEWTER_C XDG_DATA_HOME HOME
# Keys that go to another process.
pewter "$top_builddir/tests/guest/other_handles.exe" keys || complain "keys do not go to another process"
rm -rf "$tmp/data"
# Who only reads makes no file.
no has 'Software\kept'
[ ! -e "$tmp/data/pewter/registry.db" ] || complain "a program that reads has made a store"
# From one process to the next.
yes set 'Software\kept' name text
[ -e "$tmp/data/pewter/registry.db" ] || complain "no store in XDG_DATA_HOME"
[ "$(stat -c %a "$tmp/data/pewter/registry.db")" = 600 ] || complain "others can read the store"
yes get 'Software\kept' name text
yes make-volatile 'Software\kept\fleeting'
no has 'Software\kept\fleeting'
yes flush 'Software\kept'
# Of what a fresh machine has.
yes rename 'Control Panel' International Elsewhere
yes get 'Control Panel\Elsewhere' LocaleName en-US
no has 'Control Panel\International'
yes delete 'Control Panel'
no has 'Control Panel'
yes make 'Control Panel'
yes has 'Control Panel'
no has 'Control Panel\Elsewhere'
# Without XDG_DATA_HOME it lies below HOME.
XDG_DATA_HOME=
no has 'Software\kept'
yes set 'Software\kept' name other
[ -e "$tmp/home/.local/share/pewter/registry.db" ] || complain "no store in HOME"
XDG_DATA_HOME=$tmp/data
yes get 'Software\kept' name text
# Elsewhere, or nowhere.
PEWTER_REGISTRY=$tmp/else/where.db
export PEWTER_REGISTRY
no has 'Software\kept'
yes make 'Software\kept'
yes has 'Software\kept'
[ -e "$tmp/else/where.db" ] || complain "no store in PEWTER_REGISTRY"
PEWTER_REGISTRY=none
no has 'Software\kept'
yes make 'Software\kept'
no has 'Software\kept'
[ ! -s "$tmp/errors" ] || { cat "$tmp/errors"; complain "words where nothing was wrong"; }
# Asked for, and not to be had: one line, and the program runs.
for place in relative.db /proc/none/registry.db; do
	PEWTER_REGISTRY=$place
	: >"$tmp/errors"
	yes set 'Software\kept' name text
	[ "$(grep -c 'the registry is not kept' "$tmp/errors")" = 1 ] || complain "$place: $(cat "$tmp/errors")"
done
# What is no database stays what it is.
PEWTER_REGISTRY=$tmp/text
echo 'no registry at all, but a text that somebody has written' >"$tmp/text"
cp "$tmp/text" "$tmp/text.before"
: >"$tmp/errors"
yes set 'Software\kept' name text
grep -q 'the registry is not kept' "$tmp/errors" || complain "a text was taken for a store"
cmp -s "$tmp/text" "$tmp/text.before" || complain "a text was overwritten"
# Nobody said that it should be kept, and it cannot be: not a word.
unset PEWTER_REGISTRY
: >"$tmp/errors"
XDG_DATA_HOME=/proc/none
yes set 'Software\kept' name text
[ ! -s "$tmp/errors" ] || { cat "$tmp/errors"; complain "words about a home that cannot be written"; }
XDG_DATA_HOME=$tmp/data
# Killed while they write, whatever they were at: the others go on, and read what was written last or one before it.
for i in 1 2 3 4 5 6; do
	"$top_builddir/pewter" "$program" forever 'Software\killed' >"$tmp/going" 2>>"$tmp/errors" &
	writer=$!
	for wait in $(seq 200); do [ -s "$tmp/going" ] && break; sleep 0.05; done
	sleep "0.0$i"
	kill -9 $writer
	wait $writer 2>/dev/null
	number=$(ask get 'Software\killed' n | tr -d '\r')
	case $number in ''|*[!0-9]*) complain "killed: '$number'";; esac
	yes set 'Software\killed' after "$i"
	yes get 'Software\killed' after "$i"
done
# The programs that assert for themselves, twice: on an empty store, and on what the first run left.
for test in registry_shared registry_values registry_security registry_hives machine_registry registry_shared registry_values \
	registry_security; do
	pewter "$top_builddir/tests/guest/$test.exe" >"$tmp/output" 2>&1 || { cat "$tmp/output"; complain "$test failed"; }
done
# Several processes at random against a plain tree.  PEWTER_TEST_SEED: another sequence.
PEWTER_REGISTRY=$tmp/model.db
export PEWTER_REGISTRY
pewter "$top_builddir/tests/guest/registry_model.exe" ${PEWTER_TEST_SEED:-1} ${PEWTER_TEST_OPERATIONS:-3000} >"$tmp/output" 2>&1 ||
	{ cat "$tmp/output"; complain "registry_model failed"; }
exit $failed
