/*
 * tests/guest/pack_stub.c - the stub of a self-unpacking program: flat code without data, made by objcopy, put into its
 * place by pack.c.  It does what UPX's stubs do: fills the empty first section, binds the original imports, changes the
 * headers under a lifted protection, and goes to the original entry.
 */
#include "pack.h"

#include <windows.h>

__asm__(".text\n"
	"	jmp	1f\n"
	"	.balign	16\n"
	"parameters:\n"
	"	.space	64\n"
	"1:	lea	parameters(%rip), %rcx\n"
	"	sub	$40, %rsp\n"
	"	call	unpack\n"
	"	add	$40, %rsp\n"
	"	jmp	*%rax\n");

typedef HMODULE(WINAPI *load_library)(LPCSTR);
typedef FARPROC(WINAPI *get_proc_address)(HMODULE, LPCSTR);
typedef BOOL(WINAPI *virtual_protect)(LPVOID, SIZE_T, DWORD, PDWORD);
typedef void(WINAPI *exit_process)(UINT);

void *unpack(struct pack_parameters *p)
{
	char *base = (char *)p - p->own_rva, *to = base + p->target_rva;
	void **own = (void **)(base + p->own_iat_rva);
	const unsigned char *from = (unsigned char *)base + p->packed_rva;
	IMAGE_IMPORT_DESCRIPTOR *import = (IMAGE_IMPORT_DESCRIPTOR *)(base + p->import_rva);
	IMAGE_SECTION_HEADER *section;
	DWORD old;

	for (unsigned run = 0; run < p->runs; run++) {
		unsigned literals = *(unsigned *)from, zeros = *(unsigned *)(from + 4);

		for (from += 8; literals; literals--)
			*(volatile char *)to++ = (char)*from++;
		to += zeros;
	}
	for (; import->Name; import++) {
		HMODULE module = ((load_library)own[PACK_LOAD_LIBRARY])(base + import->Name);
		ULONG_PTR *slot = (ULONG_PTR *)(base + import->FirstThunk);

		if (!module)
			((exit_process)own[PACK_EXIT_PROCESS])(101);
		for (; *slot; slot++) {
			LPCSTR name = (LONG_PTR)*slot < 0 ? (LPCSTR)(*slot & 0xFFFF) : base + *slot + 2;

			*slot = (ULONG_PTR)((get_proc_address)own[PACK_GET_PROC_ADDRESS])(module, name);
			if (!*slot)
				((exit_process)own[PACK_EXIT_PROCESS])(102);
		}
	}
	if (!((virtual_protect)own[PACK_VIRTUAL_PROTECT])(base, 0x1000, PAGE_READWRITE, &old))
		((exit_process)own[PACK_EXIT_PROCESS])(103);
	section = IMAGE_FIRST_SECTION((IMAGE_NT_HEADERS *)(base + ((IMAGE_DOS_HEADER *)base)->e_lfanew));
	section[0].Characteristics &= ~(DWORD)IMAGE_SCN_MEM_WRITE;
	section[1].Characteristics &= ~(DWORD)IMAGE_SCN_MEM_WRITE;
	if (!((virtual_protect)own[PACK_VIRTUAL_PROTECT])(base, 0x1000, old, &old))
		((exit_process)own[PACK_EXIT_PROCESS])(104);
	return base + p->entry_rva;
}
