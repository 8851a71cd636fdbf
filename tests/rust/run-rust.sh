#!/bin/bash
# run-rust.sh PEWTER SCRATCH [PART...] - Rust's own tests for Windows under Pewter; see README.md.
pewter=$1 scratch=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
target=x86_64-pc-windows-gnu
skip() { echo "$1: skipped"; exit 0; }

# A compiler that has the library for Windows, and the sources of the same version.
for rustc in $RUSTC /usr/bin/rustc "$(command -v rustc)"; do
	version=$("$rustc" --version 2>/dev/null | cut -d' ' -f2)
	library=$("$rustc" --print sysroot 2>/dev/null)/lib/rustlib/$target/lib
	source=${RUST_SRC:-/usr/src/rustc-$version}
	[ -n "$version" ] && [ -d "$library" ] && [ -d "$source/library/std" ] && break
	version=
done
[ -n "$version" ] || skip "no Rust with $target and its sources (Debian: rustc libstd-rust-dev-windows rust-src; RUSTC=..., RUST_SRC=...)"
command -v x86_64-w64-mingw32-gcc >/dev/null || skip "no mingw-w64"
runtime=$(dirname "$(x86_64-w64-mingw32-gcc -print-file-name=libgcc_s_seh-1.dll)")
built=$scratch/$version
mkdir -p "$built/ui" "$built/run" || exit 1
[ $# -gt 0 ] || set -- std $(sed 's/#.*//' "$here/programs.txt")
unset RUST_BACKTRACE
export RUSTC_BOOTSTRAP=1 STD_ENV_ARCH=x86_64
passed=0 failed=0 expected=0

compile() {
	nice "$rustc" --target $target -C linker=x86_64-w64-mingw32-gcc "$@"
}

# Fails as said in expected.txt?
is_expected() {
	grep -q "^$1 $2 " "$here/expected.txt"
}

# The standard library's tests of itself: one program.
run_std() {
	local program=$built/std.exe log=$built/std.log externs=() crate file bad=

	if [ ! -e "$program" ]; then
		compile --edition=2021 --crate-type rlib --crate-name rand -o "$built/librand.rlib" "$here/rand.rs" || return 1
		for crate in addr2line alloc cfg_if compiler_builtins core hashbrown libc miniz_oxide object panic_abort panic_unwind \
			rustc_demangle std_detect unwind; do
			file=$(ls "$library/lib$crate"-*.rlib) || return 1
			externs+=(--extern "$crate=$file")
		done
		compile --edition=2021 --crate-name std --test -L "$library" "${externs[@]}" --extern "rand=$built/librand.rlib" \
			--cfg 'feature="panic_unwind"' --cfg 'feature="backtrace"' --cfg backtrace_in_libstd -Zforce-unstable-if-unmarked \
			-o "$program" "$source/library/std/src/lib.rs" || return 1
	fi
	(cd "$built/run" && timeout -k 5 600 "$pewter" "$program" --test-threads 4) >"$log" 2>&1 </dev/null
	for test in $(tr -d '\r' <"$log" | sed -n '/^failures:$/,/^test result/s/^    \([a-z0-9_:]*\)$/\1/p' | sort -u); do
		is_expected std "$test" && expected=$((expected + 1)) || bad="$bad $test"
	done
	tr -d '\r' <"$log" | grep -q '^test result: ' || bad="$bad (ended before its last test)"
	set -- $(tr -d '\r' <"$log" | sed -n 's/^test result: .* \([0-9]*\) passed.*/\1/p')
	passed=$((passed + ${1:-0}))
	if [ "$bad" ]; then
		failed=$((failed + 1))
		echo "std:$bad; see $log"
	else
		echo "std: ${1:-0} passed"
	fi
}

# What a test says to the compiler's test driver: `directive NAME`.
directive() {
	sed -n "s|^// *$1: *||p" "$file" | tr '\n' ' '
}

# The functions in C that some of the programs call.
make_helpers() {
	[ -e "$built/ui/librust_test_helpers.a" ] ||
		x86_64-w64-mingw32-gcc -O1 -w -c -o "$built/ui/helpers.o" "$source/src/test/auxiliary/rust_test_helpers.c" &&
		x86_64-w64-mingw32-ar rcs "$built/ui/librust_test_helpers.a" "$built/ui/helpers.o"
}

# Programs that the driver would build and run for this target: they end with 0, or 101.
runs_here() {
	grep -qE '^// *run-(pass|fail)' "$1" && grep -qE 'fn main|--test|no_main|[[]start]' "$1" || return 1
	! grep -qE '^// *(aux-build|ignore-(windows|gnu|x86_64|test)|only-(linux|unix|msvc|macos|arm|aarch64|x86$|wasm|32)|revisions|needs-(asm|sanitizer|profiler|matching))' "$1"
}

run_ui() {
	local file name program log code wanted edition flags env dynamic

	while read -r file; do
		runs_here "$file" || continue
		name=${file#"$source/src/test/ui/"}
		name=${name%.rs}
		program=$built/ui/${name//\//+}.exe
		log=${program%.exe}.log
		edition=$(directive edition | tr -d ' ') flags=$(directive compile-flags) env=$(directive 'exec-env')
		wanted=0 dynamic='-C prefer-dynamic'
		! grep -qE '^// *no-prefer-dynamic' "$file" || dynamic=
		grep -qE '^// *run-fail' "$file" && wanted=101
		if [ ! -e "$program" ]; then
			compile -A warnings -L native="$built/ui" --edition "${edition:-2015}" $dynamic $flags -o "$program" "$file" >"$log" 2>&1 </dev/null || {
				is_expected "$name" compile && continue
				echo "$name: not compiled; see $log"
				failed=$((failed + 1))
				continue
			}
		fi
		(cd "$built/run" && env PATH="$library:$runtime:$PATH" $env timeout -k 5 120 "$pewter" "$program" $(directive run-flags)) >"$log" 2>&1 </dev/null
		code=$?
		if [ $code = $wanted ]; then
			passed=$((passed + 1))
		elif is_expected "$name" run; then
			expected=$((expected + 1))
		else
			failed=$((failed + 1))
			echo "$name: ended with $code; see $log"
		fi
	done
}

make_helpers || exit 1
for part; do
	if [ "$part" = std ]; then
		run_std || { echo "std: not compiled"; failed=$((failed + 1)); }
	else
		run_ui < <(find "$source/src/test/ui/$part" -name '*.rs' | sort)
	fi
done
echo "$passed tests passed, $expected failed as expected, $failed failed"
[ $failed -eq 0 ]
