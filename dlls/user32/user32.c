/*
 * dlls/user32/user32.c - user32.dll for console programs: strings, messages boxes as text, an empty desktop, message
 * queues of threads.
 *
 * There is no window manager.  What needs one fails as it does in a session without a desktop.
 */
#include "dlls/user32/user32.h"
#include "pewter/export.h"

static BOOL WINAPI user32_entry(HMODULE module, DWORD reason, PVOID reserved)
{
	(void)module, (void)reserved;
	if (reason == DLL_THREAD_DETACH)
		user_thread_end();
	return TRUE;
}

DEFINE_DLL(user32, .name = "user32.dll", .aliases = "api-ms-win-core-string-l2-*\0", .entry = user32_entry);
