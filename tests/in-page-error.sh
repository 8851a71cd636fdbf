#!/bin/sh
# A file is cut short by somebody else while a program has a view of it: tests/guest/in_page_error.c.
program="$top_builddir/tests/guest/in_page_error.exe"
[ -e "$program" ] || exit 77
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
head -c 16384 /dev/zero | tr '\0' x > "$tmp/file"
mkfifo "$tmp/in" "$tmp/out" || exit 99
"$top_builddir/pewter" "$program" "$tmp/file" < "$tmp/in" > "$tmp/out" &
process=$!
exec 3> "$tmp/in" 4< "$tmp/out"
read -r line <&4
truncate -s 4096 "$tmp/file"
echo cut >&3
cat <&4
exec 3>&- 4<&-
wait $process || exit 1
case $line in
mapped*) ;;
*) echo "said: $line"; exit 1 ;;
esac
