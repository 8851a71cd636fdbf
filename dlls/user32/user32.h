/*
 * dlls/user32/user32.h - what the files of user32 share.
 */
#ifndef PEWTER_DLLS_USER32_H
#define PEWTER_DLLS_USER32_H

#include "nt/ntdef.h"

#include <stdbool.h>

/* MSDN RECT, POINT. */
typedef struct tagRECT {
	LONG left, top, right, bottom;
} RECT;

typedef struct tagPOINT {
	LONG x, y;
} POINT;

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
/* Where it was asked to be: left, top, width, height; false with ERROR_INVALID_WINDOW_HANDLE. */
bool user_window_place(HWND window, LONG place[4]);

/* Without regard to case. */
bool user_same_name(const WCHAR *a, const WCHAR *b);

/* Properties (window_data.c). */
void user_forget_properties(HWND window);

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
