#!/bin/sh
# run-go.sh PEWTER SCRATCH [PACKAGE...] - Go's own tests for Windows under Pewter; see README.md.
pewter=$1 scratch=$2
PEWTER_REGISTRY=none
export PEWTER_REGISTRY
shift 2
here=$(cd "$(dirname "$0")" && pwd)
go=${GO:-$(command -v go || ls -d /usr/lib/go-*/bin/go /usr/local/go/bin/go 2>/dev/null | tail -n 1)}
[ -x "$go" ] || { echo "no Go: skipped (GO=.../bin/go)"; exit 0; }
[ $# -gt 0 ] || set -- $(sed 's/#.*//' "$here/packages.txt")
root=$("$go" env GOROOT) version=$("$go" env GOVERSION)
c=$scratch/$version/c built=$scratch/$version/tests
mkdir -p "$c/go/bin" "$c/go/pkg/tool/windows_amd64" "$built" || exit 1

build() {
	GOOS=windows GOARCH=amd64 CGO_ENABLED=0 GOFLAGS=-mod=mod GOROOT=$root GOCACHE=$scratch/$version/cache \
		nice "$go" "$@"
}
if [ ! -e "$c/go/complete" ]; then
	cp -rL "$root/src" "$root/VERSION" "$c/go/" && chmod -R u+w "$c/go" || exit 1
	for part in lib test; do
		[ ! -d "$root/$part" ] || cp -rL "$root/$part" "$c/go/"
	done
	[ ! -d "$root/pkg/include" ] || cp -rL "$root/pkg/include" "$c/go/pkg/"
	build build -o "$c/go/bin/go.exe" cmd/go || exit 1
	for tool in compile link asm buildid vet pprof trace; do
		build build -o "$c/go/pkg/tool/windows_amd64/$tool.exe" cmd/$tool || exit 1
	done
	: >"$c/go/complete"
fi

export PEWTER_C="$c" GOROOT='C:\go' GOCACHE='C:\gocache' GOFLAGS= CGO_ENABLED=0
PATH=$c/go/bin:$PATH
passed=0 failed=0 expected=0
for package; do
	name=$(echo "$package" | tr / _)
	if [ ! -e "$built/$name.exe" ]; then
		(cd "$root/src" && build test -c -tags timetzdata -o "$built/$name.exe" "$package") || { failed=$((failed + 1)); continue; }
	fi
	log=$built/$name.log
	(cd "$c/go/src/$package" && timeout -k 5 600 "$pewter" "$built/$name.exe" -test.short -test.v) >"$log" 2>&1 </dev/null
	code=$?
	bad=
	for test in $(tr -d '\r' <"$log" | sed -n 's/^--- FAIL: \([^ ]*\).*/\1/p'); do
		if grep -q "^$package $test " "$here/expected.txt"; then
			expected=$((expected + 1))
		else
			bad="$bad $test"
		fi
	done
	sed -n "s|^$package \([^ ]*\) .*|\1|p" "$here/expected.txt" | while read -r test; do
		! grep -q "^--- PASS: $test " "$log" || echo "$package: $test passes now: tests/go/expected.txt"
	done
	# a program that ended before its last test has no line that says PASS or FAIL
	tr -d '\r' <"$log" | grep -qx 'PASS\|FAIL' || bad="$bad (ended with $code)"
	passed=$((passed + $(grep -c '^--- PASS' "$log")))
	if [ "$bad" ]; then
		failed=$((failed + 1))
		echo "$package:$bad; see $log"
	else
		echo "$package: $(grep -c '^--- PASS' "$log") passed, $(grep -c '^ *--- SKIP' "$log") skipped"
	fi
done
echo "$passed tests passed, $expected failed as expected, $failed packages failed"
[ $failed -eq 0 ]
