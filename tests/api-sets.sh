#!/bin/sh
# Every function that an api set promises comes from the DLL that stands for the set.  What the sets promise is taken from
# mingw-w64's import libraries for them; what nothing here implements yet is listed in api-sets-missing.txt, where a set as a
# whole is a line that ends with '*'.  And every name of api-names.txt is found in the DLLs that its line names.
pewter=$(cd "$top_builddir" && pwd)/pewter
probe=$(cd "$top_builddir" && pwd)/tests/guest/api_sets.exe
here=$(cd "$top_srcdir" && pwd)/tests
[ -e "$probe" ] || exit 77
nm=x86_64-w64-mingw32-nm
libraries=$(x86_64-w64-mingw32-gcc -print-file-name=libmincore.a) || exit 77
[ -e "$libraries" ] && command -v "$nm" >/dev/null || exit 77
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

# An import library has an object for each function, named after the DLL.
for library in "$libraries" "${libraries%libmincore.a}libwindowsapp.a"; do
	"$nm" -A "$library" 2>/dev/null
done | awk '$(NF - 1) == "T" {
	split($1, part, ":")
	if (sub(/s[0-9]+\.o$/, "", part[2]) && sub(/^lib(api|ext)-ms/, "api-ms", part[2]))
		print part[2] ".dll", $NF
}' | sort -u >"$work/promised"
[ "$(wc -l <"$work/promised")" -gt 1000 ] || { echo "the import libraries tell of no api sets"; exit 99; }
awk '/^#/ || !NF { next } { for (i = 2; i <= NF; i++) { n = split($1, dll, ","); for (d = 1; d <= n; d++) print dll[d], $i } }' \
	"$here/api-names.txt" >>"$work/promised"

timeout 60 "$pewter" "$probe" <"$work/promised" | tr -d '\r' >"$work/missing"
# The probe itself must be able to fail.
[ -s "$work/missing" ] || { echo "the probe found everything, which cannot be"; exit 1; }

awk 'NR == FNR {
	if (/^#/ || !NF) next
	if (sub(/\*$/, "")) prefix[++prefixes] = $0
	else known[$1] = 1
	next
}
$2 in known { next }
{
	for (i = 1; i <= prefixes; i++)
		if (index($1, prefix[i]) == 1) next
	print "missing: " $1 "!" $2
	bad = 1
}
END { exit bad }' "$here/api-sets-missing.txt" "$work/missing"
