#!/bin/sh
# Every odd PE of mkpe.c is answered with a message and its documented exit code, never with a crash of pewter itself.
work=tests/fuzz/odd-pe.tmp
rm -rf $work
mkdir -p $work || exit 99
./tests/fuzz/mkpe $work || exit 99
failed=0
while read -r file code; do
	timeout 20 ./pewter $work/$file >$work/out 2>$work/err </dev/null
	got=$?
	if [ $got -ne "$code" ]; then
		echo "$file: exit code $got, expected $code: $(head -n 1 $work/err)"
		failed=1
	elif [ "$code" -ge 120 ] && [ ! -s $work/err ]; then
		echo "$file: no message"
		failed=1
	fi
done <$work/expected
[ $failed -eq 0 ] && rm -rf $work
exit $failed
