#!/bin/sh
# clang's check of who holds the memory manager's lock (ntdll/mm/space_lock.h).
compiler=${CLANG:-clang}
command -v "$compiler" >/dev/null || exit 77
failed=0
for file in "$top_srcdir"/ntdll/mm/*.c; do
	"$compiler" -fsyntax-only -std=gnu17 -D_GNU_SOURCE -I"$top_srcdir" -I"$top_srcdir/include" -I"$top_builddir" \
		-Wthread-safety -Werror=thread-safety "$file" || failed=1
done
exit $failed
