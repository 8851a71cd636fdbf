/*
 * dlls/msvcp140/msvcp140.c - the builtin msvcp140.dll and its variables.
 */
#include "dlls/msvcp140/streams.h"

struct msvcp_data *msvcp_data;

static BOOL WINAPI msvcp140_entry(HMODULE module, DWORD reason, PVOID reserved)
{
	(void)module;
	(void)reserved;
	if (reason == DLL_PROCESS_ATTACH) {
		/* As its imports would have it: the standard streams are ucrtbase's. */
		if (!crt_variables_of[CRT_FLAVOUR_UCRT] && !LoadLibraryExW(u"ucrtbase.dll", NULL, 0))
			return FALSE;
		msvcp_set_ios_variables();
		msvcp_make_standard_streams();
		msvcp_wide_make_standard_streams();
	}
	return TRUE;
}

DEFINE_DLL(msvcp140, .name = "msvcp140.dll", .data_size = sizeof(struct msvcp_data), .data = (void **)&msvcp_data,
	   .entry = msvcp140_entry);
