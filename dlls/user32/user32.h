/*
 * dlls/user32/user32.h - what the files of user32 share.
 */
#ifndef PEWTER_DLLS_USER32_H
#define PEWTER_DLLS_USER32_H

#include "nt/ntdef.h"

#include <stdbool.h>

/* What GetDesktopWindow gives; a window of nobody's. */
#define DESKTOP_WINDOW ((HWND)(uintptr_t)0x10010)

typedef struct tagMSG {
	HWND hwnd;
	UINT message;
	WPARAM wParam;
	LPARAM lParam;
	DWORD time;
	LONG x, y;
} MSG;

/* Windows (windows.c).  The thread of one, 0 with ERROR_INVALID_WINDOW_HANDLE. */
DWORD user_window_thread(HWND window);
/* Calls its procedure in the calling thread, which must be its own. */
LRESULT user_call_window(HWND window, UINT message, WPARAM w, LPARAM l);
void user_destroy_windows_of_thread(void);

/* Queues (messages.c).  Posts; false with the last error set. */
bool user_post(DWORD thread, HWND window, UINT message, WPARAM w, LPARAM l);
/* Has another thread call the window's procedure, and waits. */
LRESULT user_send(DWORD thread, HWND window, UINT message, WPARAM w, LPARAM l);
/* The queue of the calling thread is there from now on. */
bool user_make_queue(void);
void user_forget_window(HWND window);
/* Frees the message queue of the calling thread. */
void user_thread_end(void);

#endif
