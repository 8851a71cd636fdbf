#!/bin/sh
# pewter --commit-limit: in the program, and in its children.
pewter=$(cd "$top_builddir" && pwd)/pewter
guest=$top_builddir/tests/guest
[ -e "$guest/commit_limit.exe" ] || exit 77
failed=0
for size in 67108864 64M 65536k 256M; do
	case $size in
	256M) bytes=268435456 ;;
	*) bytes=67108864 ;;
	esac
	timeout -k 5 60 "$pewter" --commit-limit $size "$guest/commit_limit.exe" $bytes || failed=1
done
# Less than a process needs to start is a clear message.
timeout -k 5 60 "$pewter" --commit-limit 16K "$guest/commit_limit.exe" 2>/dev/null
code=$?
[ $code -eq 121 ] || [ $code -eq 126 ] || {
	echo "exit code $code without memory to start"
	failed=1
}
exit $failed
