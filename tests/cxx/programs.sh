#!/bin/sh
# Builds NAME.cpp with clang for Microsoft's ABI and compares what it prints under pewter with NAME.expected: throw, streams,
# unwind, async, rtti, exception_ptr; streams_wide is streams.cpp with wchar_t.
# Skipped (77) without clang, lld-link and mingw-w64's dlltool and nm.
here=${top_srcdir:-.}/tests/cxx
pewter=${top_builddir:-.}/pewter
for tool in clang lld-link x86_64-w64-mingw32-dlltool x86_64-w64-mingw32-nm; do
	command -v $tool >/dev/null || { echo "$tool not found"; exit 77; }
done
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# import_library NAME: what is exported comes in, a name a line
import_library() {
	{ echo "LIBRARY $1.dll"; echo EXPORTS; cat; } >"$dir/$1.def"
	x86_64-w64-mingw32-dlltool -m i386:x86-64 -d "$dir/$1.def" -l "$dir/$1.lib"
}
printf '%s\n' CreateThread ExitProcess GetExitCodeThread GetStdHandle RaiseException VirtualAlloc VirtualProtect \
	WaitForSingleObject WriteFile | import_library kernel32 &&
printf '%s\n' _CxxThrowException __CxxFrameHandler3 __C_specific_handler __RTCastToVoid __RTDynamicCast __RTtypeid \
	__intrinsic_setjmpex __std_terminate __std_type_info_compare __std_type_info_hash __std_type_info_name \
	__uncaught_exceptions _purecall _set_se_translator longjmp memcpy memset | import_library vcruntime140 &&
printf '%s\n' _crt_atexit free malloc set_terminate strcmp terminate | import_library ucrtbase || exit 1

failed=0
compile() {
	clang --target=x86_64-pc-windows-msvc -O1 -w -std=c++17 -fexceptions -fcxx-exceptions -fms-extensions -mno-stack-arg-probe \
		-fms-compatibility-version=19.20 "$@"
}
for name in throw streams streams_wide unwind async rtti exception_ptr; do
	expected=$name
	if [ $name = async ]; then
		# This clang has no /EHa; its tables differ from those of /EHs in one word.
		compile -S "$here/$name.cpp" -o "$dir/$name.s" && sed -i 's/1 *# EHFlags/0/' "$dir/$name.s" &&
			compile -c "$dir/$name.s" -o "$dir/$name.obj"
	elif [ $name = streams_wide ]; then
		expected=streams
		compile -DWIDE -c "$here/streams.cpp" -o "$dir/$name.obj"
	else
		compile -c "$here/$name.cpp" -o "$dir/$name.obj"
	fi &&
	# Of msvcp140.dll it imports every C++ name that the object file leaves open.
	x86_64-w64-mingw32-nm -u "$dir/$name.obj" | sed -n 's/^ *U \(__imp_\)*\(?.*\)/\2/p' |
		sed '/@@3/s/$/ DATA/' | LC_ALL=C sort -u | import_library msvcp140 &&
	lld-link /subsystem:console /entry:mainCRTStartup /nodefaultlib /alternatename:_setjmpex=__intrinsic_setjmpex \
		"$dir/$name.obj" "$dir/kernel32.lib" "$dir/vcruntime140.lib" "$dir/ucrtbase.lib" "$dir/msvcp140.lib" "/out:$dir/$name.exe" || exit 1
	"$pewter" "$dir/$name.exe" >"$dir/raw" || { echo "$name: exit code $?"; failed=1; }
	tr -d '\r' <"$dir/raw" >"$dir/output"
	diff "$here/$expected.expected" "$dir/output" || failed=1
done
exit $failed
