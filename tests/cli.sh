#!/bin/sh
# What pewter.1 promises: every option, every exit code, how arguments become a command line, what a crash report says,
# and Ctrl-C.
pewter=$(cd "$top_builddir" && pwd)/pewter
guest=$(cd "$top_builddir" && pwd)/tests/guest
[ -e "$guest/cli.exe" ] || exit 77
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
cp "$guest/cli.exe" "$guest/cli_missing.exe" "$work"
mkdir "$work/folder"
cd "$work" || exit 99
failed=0
fail() {
	echo "$*"
	failed=1
}

# run CODE COMMAND...: the exit code must be CODE; standard output and error are kept in out and err.
run() {
	wanted=$1
	shift
	timeout -k 5 30 "$@" >out 2>err </dev/null
	got=$?
	[ $got -eq "$wanted" ] || fail "exit code $got, not $wanted: $*: $(head -n 2 err)"
}
# output TEXT: the last run printed exactly this; lines end with CR LF or LF.
output() {
	[ "$(tr -d '\r' <out)" = "$1" ] || fail "printed '$(cat out)', not '$1'"
}
# says FILE PATTERN: a line of out or err matches the pattern.
says() {
	grep -q -e "$2" "$1" || fail "no '$2' in: $(cat "$1")"
}

# Options.
run 0 "$pewter" --help
says out '^Usage: pewter'
for option in --arena -C --cmdline --commit-limit --env --exit-code-file --heap-debug --help --version ' -- '; do
	says out "$option"
done
for code in 120 121 122 123 124 125 126 127; do
	says out "  $code  "
done
run 0 "$pewter" --version
says out '^pewter [0-9]'
run 120 "$pewter"
run 120 "$pewter" --no-such-option cli.exe
says err 'no-such-option'
run 120 "$pewter" -C
run 120 "$pewter" --env
run 120 "$pewter" --env NOVALUE cli.exe
run 120 "$pewter" --cmdline text cli.exe argument
run 7 "$pewter" --arena 8G cli.exe exit 7
run 120 "$pewter" --arena cli.exe
for size in 0 12 x 12X 5MB -1 99999999999T; do
	run 120 "$pewter" --commit-limit $size cli.exe
done
run 120 "$pewter" --
run 121 "$pewter" -C "$work/nowhere" cli.exe
says err nowhere
run 0 "$pewter" -C folder ../cli.exe directory
says out '\\folder'
# A directory that may lie in the tree of drive C: by its name is looked at more closely.
mkdir -p folder/pewter/corpus
run 0 "$pewter" -C folder/pewter/corpus ../../../cli.exe directory
says out '\\folder\\pewter\\corpus.\{0,1\}$'
(cd folder/./pewter//corpus && "$pewter" ../../../cli.exe directory) >out
says out '\\folder\\pewter\\corpus.\{0,1\}$'
run 0 "$pewter" -- cli.exe exit 0
# From a folder of drive C:, where a name that begins with a slash would mean something else.
mkdir -p "$work/c/inside"
cd "$work/c/inside" || exit 99
PEWTER_C=$work/c run 0 "$pewter" "$work/cli.exe" directory
output 'C:\inside'
PEWTER_C=$work/c run 0 "$pewter" "$work/cli.exe"
says out '^Z:\\.*\\cli\.exe'
PEWTER_C=$work/c run 0 "$pewter" ../../cli.exe
says out '^Z:\\.*\\cli\.exe'
cd "$work" || exit 99
run 0 "$pewter" "$work/cli.exe"
says out '^/.*/cli\.exe'

# Environment.
run 0 env INHERITED=yes "$pewter" cli.exe variable INHERITED
output yes
run 0 env INHERITED=yes "$pewter" --env INHERITED=no cli.exe variable inherited
output no
run 0 "$pewter" --env ONE=1 --env=TWO=a=b cli.exe variable TWO
output a=b
run 1 env INHERITED=yes "$pewter" --env INHERITED= cli.exe variable INHERITED
output 'not there'

# The command line.
run 0 "$pewter" cli.exe one 'two three' '' 'quote"inside' 'tail\' 'blank tail\' 'a\\"b' 'a\b' 'ünïcödé 漢字 😀' '*' '	tab'
output 'cli.exe one "two three" "" "quote\"inside" tail\ "blank tail\\" "a\\\\\"b" a\b "ünïcödé 漢字 😀" * "	tab"
one
two three

quote"inside
tail\
blank tail\
a\\"b
a\b
ünïcödé 漢字 😀
*
	tab'
run 0 "$pewter" --cmdline '-x  "a  b" \"c\" "open' cli.exe
output 'cli.exe -x  "a  b" \"c\" "open
-x
a  b
"c"
open'
run 0 "$pewter" cli.exe -C --help --
output 'cli.exe -C --help --
-C
--help
--'
cp cli.exe 'with blank.exe'
run 0 "$pewter" './with blank.exe' x
output '"./with blank.exe" x
x'

# Exit codes of the program.
run 120 "$pewter" --exit-code-file code cli.exe exit 0x12345678
[ "$(cat code)" = 305419896 ] || fail "--exit-code-file wrote '$(cat code)'"
run 0 "$pewter" --exit-code-file=code cli.exe exit 256
[ "$(cat code)" = 256 ] || fail "--exit-code-file wrote '$(cat code)'"
run 255 "$pewter" --exit-code-file code -C folder ../cli.exe exit 0xFFFFFFFF
[ "$(cat code)" = 4294967295 ] || fail "--exit-code-file wrote '$(cat code)'"

# How the program is found.
run 7 "$pewter" ./cli exit 7
run 7 "$pewter" "$work/cli" exit 7
run 7 "$pewter" "Z:$(printf %s "$work/cli.exe" | tr / '\\')" exit 7
run 7 env PATH="$work:$PATH" "$pewter" -C / cli.exe exit 7
run 7 env PATH="$work:$PATH" "$pewter" -C / cli exit 7
run 127 "$pewter" nothing.exe
says err 'nothing.exe'
run 127 "$pewter" folder/nothing
run 127 "$pewter" ''

# What is not a program for us.
echo '#!/bin/sh' >script.exe
run 125 "$pewter" script.exe
says err 'script.exe'
: >empty.exe
run 125 "$pewter" empty.exe
{
	printf MZ
	head -c 58 /dev/zero
	printf '\100\0\0\0PE\0\0\114\001'
	head -c 1000 /dev/zero
} >x86.exe
run 124 "$pewter" x86.exe
says err '32-bit'
head -c 1000 cli.exe >short.exe
run 126 "$pewter" short.exe
says err 'short.exe'

# A function that is not there matters when it is called.
run 0 "$pewter" cli_missing.exe
run 123 "$pewter" cli_missing.exe call
run 123 "$pewter" cli_missing.exe call unaligned
says out started
says err '[Kk][Ee][Rr][Nn][Ee][Ll]32.*!PewterTestNoSuchFunction'

# Crash reports: exception, module and offset, instruction, registers, memory.
# crash HOW CODE NAME INSTRUCTION
crash() {
	run 122 "$pewter" --exit-code-file code cli.exe crash "$1"
	says err "cli.exe crashed: $3 ($2)"
	says err 'cli\.exe+0x[0-9a-f]'
	says err '^  rip 0'
	[ "$(cat code)" = $((0x$2)) ] || fail "crash $1: the 32-bit code is $(cat code)"
	[ -z "$4" ] || says err "^  code  $4"
}
crash write C0000005 'access violation' 'mov'
says err 'writing 0000000000000000'
says err '^  at    cli\.exe+0x'
says err '^  memory .*free'
crash read C0000005 'access violation' 'mov'
says err 'reading 0000000000000000'
crash divide C0000094 'integer division by zero' 'idiv'
crash illegal C000001D 'illegal instruction' 'ud2'
crash overflow C00000FD 'stack overflow' ''
crash jump C0000005 'access violation' ''
says err 'executing 0000000000000000'
says err '^  called from cli\.exe+0x'
crash raise E0001234 exception ''
# A fault in one of our functions names it and its caller.
crash strlen C0000005 'access violation' ''
says err '^  at    .*strlen'
says err '^  called from cli\.exe+0x'
# msvcrt's abort is not a crash: a message, exit code 3.
run 3 "$pewter" cli.exe crash abort

# Ctrl-C.  A shell starts background jobs with SIGINT ignored.
interrupt() {
	: >out
	env --default-signal=INT "$pewter" --exit-code-file code cli.exe "$1" >out 2>err </dev/null &
	child=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
		grep -q ready out && break
		sleep 0.1
	done
	kill -INT $child
	wait $child
	got=$?
}
if env --default-signal=INT true 2>/dev/null; then
	interrupt handler
	[ $got -eq 0 ] || fail "a handled Ctrl-C: exit code $got"
	says out 'interrupts: 1'
	interrupt no-handler
	[ "$(cat code)" = $((0xC000013A)) ] || fail "Ctrl-C: exit code $got, $(cat code)"
fi

# Ctrl-Break cannot be ignored, not even by a child of a shell's background job, which starts with SIGQUIT ignored.
if [ -e "$guest/control_break.exe" ]; then
	(trap '' QUIT; exec "$pewter" "$guest/control_break.exe" >out 2>err </dev/null) ||
		fail "Ctrl-Break where SIGQUIT is ignored: $(tail -n 1 out)"
fi
exit $failed
