/*
 * pewter/export.h - how a function becomes an export of a builtin DLL.
 *
 * An export is declared once, at its definition:
 *
 *	EXPORT(kernel32, DWORD, GetTickCount, (void))
 *	{
 *		...
 *	}
 *
 * The macro gives the prototype, the calling convention and a record in the ELF section ".exp.kernel32.GetTickCount".
 * The linker script exports.ld (made by the build from the list of DLLs) gathers the records of each DLL, sorted by
 * name as a PE export directory wants them; loader/builtin.c turns them into a PE image in guest memory.
 */
#ifndef PEWTER_EXPORT_H
#define PEWTER_EXPORT_H

#include "nt/ntdef.h"

enum dll_export_kind { DLL_EXPORT_FUNCTION = 0, DLL_EXPORT_DATA = 1, DLL_EXPORT_FORWARD = 2 };

/* One export.  Both offsets count from the address of their own field, so that the table needs no relocation. */
struct dll_export {
	int32_t target;   /* function: its code; forward: its "DLL.Name" string; data: offset in the DLL's data, not relative */
	int32_t name;     /* NUL-terminated; 0 = exported by ordinal only */
	uint16_t ordinal; /* 0 = the loader chooses */
	uint16_t kind;    /* enum dll_export_kind */
};

/* One builtin DLL.  Declared with DEFINE_DLL in dlls/NAME/NAME.c (kernel32/kernel32.c, ntdll/ntdll.c). */
struct dll_descriptor {
	const char *name;    /* lower case, with ".dll" */
	const char *aliases; /* other names it answers to, each NUL-terminated, ended by an empty one; may be NULL.
			      * A trailing '*' matches the rest: "api-ms-win-core-synch-*" */
	const struct dll_export *exports;
	const struct dll_export *exports_end;
	size_t data_size; /* bytes of its exported data, zero at load */
	void **data;      /* receives the address of that data in the image; NULL when data_size is 0 */
	/* DllMain; may be NULL.  Called under the loader lock, on DLL_PROCESS_ATTACH when the data is in place. */
	BOOL(WINAPI *entry)(HMODULE module, DWORD reason, PVOID reserved);
};

#define DLL_PROCESS_DETACH 0
#define DLL_PROCESS_ATTACH 1
#define DLL_THREAD_ATTACH 2
#define DLL_THREAD_DETACH 3

/* DEFINE_DLL(msvcrt, .name = "msvcrt.dll", .entry = msvcrt_entry): the identifier is the one used in EXPORT. */
#define DEFINE_DLL(id, ...)                                                                                                 \
	extern const struct dll_export __start_exp_##id[] __attribute__((visibility("hidden")));                            \
	extern const struct dll_export __stop_exp_##id[] __attribute__((visibility("hidden")));                             \
	static const struct dll_descriptor dll_##id = {                                                                     \
		.exports = __start_exp_##id, .exports_end = __stop_exp_##id, __VA_ARGS__};                                  \
	__attribute__((used, section("pewter_dlls"))) static const struct dll_descriptor *const dll_pointer_##id = &dll_##id

#define EXPORT_RECORD_(dll, exported, symbol, ordinal)                                                                      \
	__asm__(".pushsection \".exp." #dll "." exported "\",\"a\",@progbits\n\t"                                           \
		".balign 4\n\t.long " #symbol " - .\n\t.long 9f - .\n\t.short " #ordinal ", 0\n\t.popsection\n\t"           \
		".pushsection .expstr,\"a\",@progbits\n9:\t.asciz \"" exported "\"\n\t.popsection")

/* A stdcall function of the Windows API, exported under its own name. */
#define EXPORT(dll, type, name, params)                                                                                     \
	EXPORT_RECORD_(dll, #name, name, 0);                                                                                \
	type WINAPI name params;                                                                                            \
	type WINAPI name params

/* The same under another name than the C symbol's; `exported` is a string. */
#define EXPORT_AS(dll, exported, type, symbol, params)                                                                      \
	EXPORT_RECORD_(dll, exported, symbol, 0);                                                                           \
	type WINAPI symbol params;                                                                                          \
	type WINAPI symbol params

/* A cdecl function (the C runtimes).  Variadic ones must be cdecl. */
#define EXPORT_C(dll, exported, type, symbol, params)                                                                       \
	EXPORT_RECORD_(dll, exported, symbol, 0);                                                                           \
	type CDECL symbol params;                                                                                           \
	type CDECL symbol params

/* One more record for a function that has one already: another name, or another DLL.  Ends with ';'. */
#define EXPORT_ALIAS(dll, exported, symbol) EXPORT_RECORD_(dll, exported, symbol, 0)

/* As EXPORT_ALIAS, with a fixed ordinal (ws2_32, oleaut32, shlwapi...). */
#define EXPORT_ALIAS_ORDINAL(dll, exported, symbol, number) EXPORT_RECORD_(dll, exported, symbol, number)

/* Exported by ordinal only. */
#define EXPORT_ORDINAL(dll, symbol, number)                                                                                 \
	__asm__(".pushsection \".exp." #dll ".#" #number "\",\"a\",@progbits\n\t"                                           \
		".balign 4\n\t.long " #symbol " - .\n\t.long 0\n\t.short " #number ", 0\n\t.popsection")

/* A forwarder: EXPORT_FORWARD(kernel32, "HeapAlloc", "NTDLL.RtlAllocateHeap"); */
#define EXPORT_FORWARD(dll, exported, destination)                                                                          \
	__asm__(".pushsection \".exp." #dll "." exported "\",\"a\",@progbits\n\t"                                           \
		".balign 4\n\t.long 8f - .\n\t.long 9f - .\n\t.short 0, 2\n\t.popsection\n\t"                               \
		".pushsection .expstr,\"a\",@progbits\n9:\t.asciz \"" exported "\"\n8:\t.asciz \"" destination              \
		"\"\n\t.popsection")

/* A variable: `offset` is offsetof(struct of the DLL's data, member). */
#define EXPORT_DATA(dll, exported, offset) EXPORT_DATA_(dll, exported, offset, __COUNTER__)
#define EXPORT_DATA_(dll, exported, offset, id) EXPORT_DATA__(dll, exported, offset, id)
#define EXPORT_DATA__(dll, exported, offset, id)                                                                            \
	__attribute__((used, noinline, noclone)) static void export_data_##id(void)                                         \
	{                                                                                                                   \
		__asm__(".pushsection \".exp." #dll "." exported "\",\"a\",@progbits\n\t"                                   \
			".balign 4\n\t.long %c0\n\t.long 9f - .\n\t.short 0, 1\n\t.popsection\n\t"                          \
			".pushsection .expstr,\"a\",@progbits\n9:\t.asciz \"" exported "\"\n\t.popsection"                  \
			:                                                                                                   \
			: "i"(offset));                                                                                     \
	}                                                                                                                   \
	struct export_data_semicolon_##id

#endif
