#!/bin/sh
# Builds throw.cpp with clang for Microsoft's ABI and compares what it prints under pewter with throw.expected.
# Skipped (77) without clang, lld-link and mingw-w64's dlltool.
here=${top_srcdir:-.}/tests/cxx
for tool in clang lld-link x86_64-w64-mingw32-dlltool; do
	command -v $tool >/dev/null || { echo "$tool not found"; exit 77; }
done
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
import_library() {
	name=$1; dll=$2; shift 2
	{ echo "LIBRARY $dll"; echo EXPORTS; printf '%s\n' "$@"; } >"$dir/$name.def"
	x86_64-w64-mingw32-dlltool -m i386:x86-64 -d "$dir/$name.def" -l "$dir/$name.lib"
}
import_library kernel32 kernel32.dll ExitProcess GetStdHandle WriteFile &&
import_library vcruntime vcruntime140.dll _CxxThrowException __CxxFrameHandler3 __RTDynamicCast memcpy memset &&
import_library ucrt ucrtbase.dll terminate &&
import_library msvcp msvcp140.dll '?_Xout_of_range@std@@YAXPEBD@Z' '?_Xlength_error@std@@YAXPEBD@Z' \
	'?_Xbad_alloc@std@@YAXXZ' &&
clang --target=x86_64-pc-windows-msvc -O1 -w -fexceptions -fcxx-exceptions -fms-compatibility-version=19.20 \
	-c "$here/throw.cpp" -o "$dir/throw.obj" &&
lld-link /subsystem:console /entry:mainCRTStartup /nodefaultlib "$dir/throw.obj" "$dir/kernel32.lib" \
	"$dir/vcruntime.lib" "$dir/ucrt.lib" "$dir/msvcp.lib" "/out:$dir/throw.exe" || exit 1
"${top_builddir:-.}/pewter" "$dir/throw.exe" >"$dir/output" || exit 1
diff "$here/throw.expected" "$dir/output"
