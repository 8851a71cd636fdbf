/*
 * dlls/user32/windows.c - windows that only get messages (MSDN, "Message-Only Windows"): they need no desktop.
 *
 * A class is registered for any window; only those whose parent is HWND_MESSAGE are made.  Names of classes are
 * compared without regard to case.  One lock guards both lists; no code of the program runs under it.
 */
#include "dlls/user32/user32.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/ke/ke.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define HWND_MESSAGE ((HWND)(intptr_t)-3)
#define FIRST_ATOM 0xC100u

enum {
	WM_CREATE = 0x01,
	WM_DESTROY = 0x02,
	WM_CLOSE = 0x10,
	WM_TIMER = 0x113,
	WM_NCCREATE = 0x81,
	WM_NCDESTROY = 0x82
};
enum {
	GWL_STYLE = -16,
	GWL_EXSTYLE = -20,
	GWLP_WNDPROC = -4,
	GWLP_HINSTANCE = -6,
	GWLP_HWNDPARENT = -8,
	GWLP_ID = -12,
	GWLP_USERDATA = -21
};

DWORD WINAPI GetTickCount(void);
DWORD WINAPI GetCurrentThreadId(void);
DWORD WINAPI GetCurrentProcessId(void);

/* MSDN WNDCLASS and, behind a size, WNDCLASSEX; the A forms have other strings in the same places. */
struct window_class_info {
	UINT style;
	PVOID procedure;
	INT class_extra, window_extra;
	HINSTANCE instance;
	HANDLE icon, cursor, background;
	LPCVOID menu, name;
};
struct window_class_info_ex {
	UINT size;
	UINT style;
	PVOID procedure;
	INT class_extra, window_extra;
	HINSTANCE instance;
	HANDLE icon, cursor, background;
	LPCVOID menu, name;
	HANDLE small_icon;
};
_Static_assert(sizeof(struct window_class_info) == 72 && sizeof(struct window_class_info_ex) == 80, "WNDCLASS");

struct window_class {
	struct window_class *next;
	ATOM atom;
	PVOID procedure;
	INT window_extra;
	HINSTANCE instance;
	unsigned windows;
	WCHAR name[];
};

struct window {
	struct window *next;
	HWND handle;
	DWORD thread;
	struct window_class *class;
	LONG_PTR procedure, user_data, instance, id, style, ex_style;
	LONG place[4]; /* left, top, width, height */
	bool dying;
	BYTE extra[];
};

static RTL_SRWLOCK lock;
static struct window_class *classes;
static struct window *windows;
static ATOM last_atom = FIRST_ATOM;
static uintptr_t last_handle = 0x20000;

static uint64_t fail(DWORD error)
{
	set_last_error(error);
	return 0;
}

/* --- classes --- */

/* The name as UTF-16 in a malloc'ed string. */
static WCHAR *class_name(LPCVOID name, bool wide)
{
	size_t size = wide ? rtl_wcslen(name) + 1 : strlen(name) + 1;
	WCHAR *copy = malloc(size * sizeof(WCHAR));

	if (copy && wide)
		memcpy(copy, name, size * sizeof(WCHAR));
	else if (copy)
		MultiByteToWideChar(CP_ACP, 0, name, -1, copy, (INT)size);
	return copy;
}

bool user_same_name(const WCHAR *a, const WCHAR *b)
{
	while (*a && rtl_upcase(*a) == rtl_upcase(*b))
		a++, b++;
	return *a == *b;
}

/* With the lock held; by atom or name. */
static struct window_class **find_class(LPCVOID name, const WCHAR *text)
{
	struct window_class **link = &classes;

	for (; *link; link = &(*link)->next) {
		if ((uintptr_t)name >> 16 ? user_same_name((*link)->name, text) : (*link)->atom == (uintptr_t)name)
			break;
	}
	return link;
}

static ATOM register_class(const struct window_class_info *info, bool wide)
{
	struct window_class *class = NULL, **link;
	DWORD error = 0;
	WCHAR *text;

	if (!info->procedure || !((uintptr_t)info->name >> 16) || info->window_extra < 0 || info->class_extra < 0)
		return (ATOM)fail(ERROR_INVALID_PARAMETER);
	text = class_name(info->name, wide);
	if (text)
		class = calloc(1, sizeof(*class) + (rtl_wcslen(text) + 1) * sizeof(WCHAR));
	if (!class) {
		free(text);
		return (ATOM)fail(ERROR_NOT_ENOUGH_MEMORY);
	}
	memcpy(class->name, text, (rtl_wcslen(text) + 1) * sizeof(WCHAR));
	class->procedure = info->procedure;
	class->window_extra = info->window_extra;
	class->instance = info->instance;
	RtlAcquireSRWLockExclusive(&lock);
	link = find_class(text, text);
	if (*link) {
		error = ERROR_CLASS_ALREADY_EXISTS;
	} else {
		class->atom = ++last_atom;
		*link = class;
	}
	RtlReleaseSRWLockExclusive(&lock);
	free(text);
	if (!error)
		return class->atom;
	free(class);
	return (ATOM)fail(error);
}

EXPORT(user32, ATOM, RegisterClassW, (const struct window_class_info *info))
{
	return register_class(info, true);
}

EXPORT(user32, ATOM, RegisterClassA, (const struct window_class_info *info))
{
	return register_class(info, false);
}

static ATOM register_class_ex(const struct window_class_info_ex *info, bool wide)
{
	struct window_class_info plain = {info->style,    info->procedure, info->class_extra, info->window_extra,
					  info->instance, info->icon,      info->cursor,      info->background,
					  info->menu,     info->name};

	return info->size == sizeof(*info) ? register_class(&plain, wide) : (ATOM)fail(ERROR_INVALID_PARAMETER);
}

EXPORT(user32, ATOM, RegisterClassExW, (const struct window_class_info_ex *info))
{
	return register_class_ex(info, true);
}

EXPORT(user32, ATOM, RegisterClassExA, (const struct window_class_info_ex *info))
{
	return register_class_ex(info, false);
}

static BOOL unregister_class(LPCVOID name, bool wide)
{
	WCHAR *text = (uintptr_t)name >> 16 ? class_name(name, wide) : NULL;
	struct window_class **link, *class;
	DWORD error = 0;

	if ((uintptr_t)name >> 16 && !text)
		return (BOOL)fail(ERROR_NOT_ENOUGH_MEMORY);
	RtlAcquireSRWLockExclusive(&lock);
	link = find_class(name, text);
	class = *link;
	if (!class)
		error = ERROR_CLASS_DOES_NOT_EXIST;
	else if (class->windows)
		error = ERROR_CLASS_HAS_WINDOWS;
	else
		*link = class->next;
	RtlReleaseSRWLockExclusive(&lock);
	free(text);
	if (error)
		return (BOOL)fail(error);
	free(class);
	return TRUE;
}

EXPORT(user32, BOOL, UnregisterClassW, (LPCWSTR name, HINSTANCE instance))
{
	return unregister_class(name, true);
}

EXPORT(user32, BOOL, UnregisterClassA, (LPCSTR name, HINSTANCE instance))
{
	return unregister_class(name, false);
}

/* --- windows --- */

/* With the lock held. */
static struct window *find_window(HWND handle)
{
	struct window *window = windows;

	while (window && window->handle != handle)
		window = window->next;
	return window;
}

DWORD user_window_thread(HWND handle)
{
	struct window *window;
	DWORD thread = 0;

	RtlAcquireSRWLockExclusive(&lock);
	window = find_window(handle);
	if (window)
		thread = window->thread;
	RtlReleaseSRWLockExclusive(&lock);
	return thread ? thread : (DWORD)fail(ERROR_INVALID_WINDOW_HANDLE);
}

bool user_window_place(HWND handle, LONG place[4])
{
	struct window *window;

	RtlAcquireSRWLockExclusive(&lock);
	window = find_window(handle);
	if (window)
		memcpy(place, window->place, sizeof(window->place));
	RtlReleaseSRWLockExclusive(&lock);
	return window || fail(ERROR_INVALID_WINDOW_HANDLE);
}

LRESULT user_call_window(HWND handle, UINT message, WPARAM w, LPARAM l)
{
	PVOID procedure = NULL;
	struct window *window;

	RtlAcquireSRWLockExclusive(&lock);
	window = find_window(handle);
	if (window)
		procedure = (PVOID)window->procedure;
	RtlReleaseSRWLockExclusive(&lock);
	return procedure ? (LRESULT)ke_call_guest(procedure, (uintptr_t)handle, message, w, (uint64_t)l) : 0;
}

/* Out of the list, with what belongs to it. */
static void remove_window(HWND handle)
{
	struct window *window = NULL;

	RtlAcquireSRWLockExclusive(&lock);
	for (struct window **link = &windows; *link; link = &(*link)->next) {
		if ((*link)->handle == handle) {
			window = *link;
			*link = window->next;
			window->class->windows--;
			break;
		}
	}
	RtlReleaseSRWLockExclusive(&lock);
	free(window);
	user_forget_window(handle);
	user_forget_properties(handle);
}

/* MSDN CREATESTRUCT. */
struct create {
	LPVOID parameter;
	HINSTANCE instance;
	HANDLE menu;
	HWND parent;
	int height, width, y, x;
	LONG style;
	LPCVOID title, class;
	DWORD ex_style;
};

/* CW_USEDEFAULT is 0 for all but overlapped windows. */
static LONG or_zero(int value)
{
	return value == INT_MIN ? 0 : value;
}

static HWND create(const struct create *asked, bool wide)
{
	WCHAR *text = (uintptr_t)asked->class >> 16 ? class_name(asked->class, wide) : NULL;
	struct window *window = NULL;
	struct window_class *class;
	HWND handle = NULL;

	RtlAcquireSRWLockExclusive(&lock);
	class = *find_class(asked->class, text);
	if (class && asked->parent == HWND_MESSAGE) {
		window = calloc(1, sizeof(*window) + (size_t) class->window_extra);
		if (window) {
			handle = window->handle = (HWND)(last_handle += 2);
			window->thread = GetCurrentThreadId();
			window->class = class;
			window->procedure = (LONG_PTR) class->procedure;
			window->instance = (LONG_PTR)asked->instance;
			window->id = (LONG_PTR)asked->menu;
			window->style = asked->style;
			window->ex_style = (LONG)asked->ex_style;
			window->place[0] = or_zero(asked->x);
			window->place[1] = or_zero(asked->y);
			window->place[2] = or_zero(asked->width);
			window->place[3] = or_zero(asked->height);
			window->next = windows;
			windows = window;
			class->windows++;
		}
	}
	RtlReleaseSRWLockExclusive(&lock);
	free(text);
	if (!class)
		return (HWND)fail(ERROR_CANNOT_FIND_WND_CLASS);
	if (asked->parent != HWND_MESSAGE)
		return (HWND)fail(ERROR_REQUIRES_INTERACTIVE_WINDOWSTATION);
	if (!window)
		return (HWND)fail(ERROR_NOT_ENOUGH_MEMORY);
	/* The window may refuse to be made. */
	if (!user_call_window(handle, WM_NCCREATE, 0, (LPARAM)asked)) {
		remove_window(handle);
		return NULL;
	}
	if (user_call_window(handle, WM_CREATE, 0, (LPARAM)asked) == -1) {
		user_call_window(handle, WM_DESTROY, 0, 0);
		user_call_window(handle, WM_NCDESTROY, 0, 0);
		remove_window(handle);
		return NULL;
	}
	return handle;
}

EXPORT(user32, HWND, CreateWindowExW,
       (DWORD ex_style, LPCWSTR class, LPCWSTR title, DWORD style, int x, int y, int width, int height, HWND parent,
	HANDLE menu, HINSTANCE instance, LPVOID parameter))
{
	struct create asked = {parameter, instance, menu,        parent, height, width,
			       y,         x,        (LONG)style, title,  class,  ex_style};

	return user_make_queue() ? create(&asked, true) : NULL;
}

EXPORT(user32, HWND, CreateWindowExA,
       (DWORD ex_style, LPCSTR class, LPCSTR title, DWORD style, int x, int y, int width, int height, HWND parent,
	HANDLE menu, HINSTANCE instance, LPVOID parameter))
{
	struct create asked = {parameter, instance, menu,        parent, height, width,
			       y,         x,        (LONG)style, title,  class,  ex_style};

	return user_make_queue() ? create(&asked, false) : NULL;
}

/* By its own thread only; a second call from within WM_DESTROY changes nothing. */
EXPORT(user32, BOOL, DestroyWindow, (HWND handle))
{
	DWORD thread = user_window_thread(handle);
	struct window *window;
	bool dying;

	if (!thread)
		return FALSE;
	if (thread != GetCurrentThreadId())
		return (BOOL)fail(ERROR_ACCESS_DENIED);
	RtlAcquireSRWLockExclusive(&lock);
	window = find_window(handle);
	dying = !window || window->dying;
	if (window)
		window->dying = true;
	RtlReleaseSRWLockExclusive(&lock);
	if (dying)
		return TRUE;
	user_call_window(handle, WM_DESTROY, 0, 0);
	user_call_window(handle, WM_NCDESTROY, 0, 0);
	remove_window(handle);
	return TRUE;
}

/* Procedures are not called any more when the thread ends. */
void user_destroy_windows_of_thread(void)
{
	DWORD thread = GetCurrentThreadId();
	HWND handle;

	do {
		handle = NULL;
		RtlAcquireSRWLockExclusive(&lock);
		for (struct window *window = windows; window && !handle; window = window->next) {
			if (window->thread == thread)
				handle = window->handle;
		}
		RtlReleaseSRWLockExclusive(&lock);
		if (handle)
			remove_window(handle);
	} while (handle);
}

EXPORT(user32, BOOL, IsWindow, (HWND handle))
{
	bool found;

	RtlAcquireSRWLockExclusive(&lock);
	found = find_window(handle) != NULL;
	RtlReleaseSRWLockExclusive(&lock);
	return found || handle == DESKTOP_WINDOW;
}

EXPORT(user32, DWORD, GetWindowThreadProcessId, (HWND handle, LPDWORD process))
{
	DWORD thread = user_window_thread(handle);

	if (thread && process)
		*process = GetCurrentProcessId();
	return thread;
}

EXPORT(user32, LRESULT, SendMessageW, (HWND handle, UINT message, WPARAM w, LPARAM l))
{
	DWORD thread = user_window_thread(handle);

	if (!thread)
		return 0;
	if (thread == GetCurrentThreadId())
		return user_call_window(handle, message, w, l);
	return user_send(thread, handle, message, w, l);
}
EXPORT_ALIAS(user32, "SendMessageA", SendMessageW);

EXPORT(user32, LRESULT, CallWindowProcW, (PVOID procedure, HWND handle, UINT message, WPARAM w, LPARAM l))
{
	return (LRESULT)ke_call_guest(procedure, (uintptr_t)handle, message, w, (uint64_t)l);
}
EXPORT_ALIAS(user32, "CallWindowProcA", CallWindowProcW);

EXPORT(user32, LRESULT, DefWindowProcW, (HWND handle, UINT message, WPARAM w, LPARAM l))
{
	if (!user_window_thread(handle))
		return 0;
	if (message == WM_CLOSE)
		DestroyWindow(handle);
	return message == WM_NCCREATE;
}
EXPORT_ALIAS(user32, "DefWindowProcA", DefWindowProcW);

/* The place of a value, with the lock held; NULL for a wrong index. */
static void *value_at(struct window *window, int index, size_t size)
{
	switch (index) {
	case GWLP_WNDPROC:
		return &window->procedure;
	case GWLP_HINSTANCE:
		return &window->instance;
	case GWLP_ID:
		return &window->id;
	case GWL_STYLE:
		return &window->style;
	case GWL_EXSTYLE:
		return &window->ex_style;
	case GWLP_USERDATA:
		return &window->user_data;
	default:
		return index >= 0 && (size_t)index + size <= (size_t)window->class->window_extra ? window->extra + index
												 : NULL;
	}
}

/* Reads, and with `set` writes, `size` bytes; the old value, with its sign. */
static LONG_PTR exchange(HWND handle, int index, size_t size, bool set, LONG_PTR fresh)
{
	struct window *window;
	LONG_PTR old = 0;
	LONG narrow = 0;
	DWORD error = 0;
	void *value;

	RtlAcquireSRWLockExclusive(&lock);
	window = find_window(handle);
	value = window ? value_at(window, index, size) : NULL;
	if (!value) {
		error = window ? ERROR_INVALID_INDEX : ERROR_INVALID_WINDOW_HANDLE;
	} else {
		memcpy(size == sizeof(old) ? (void *)&old : &narrow, value, size);
		if (size != sizeof(old))
			old = narrow;
		if (set)
			memcpy(value, &fresh, size);
	}
	RtlReleaseSRWLockExclusive(&lock);
	if (error)
		set_last_error(error);
	return old;
}

EXPORT(user32, LONG_PTR, GetWindowLongPtrW, (HWND handle, int index))
{
	return exchange(handle, index, sizeof(LONG_PTR), false, 0);
}
EXPORT_ALIAS(user32, "GetWindowLongPtrA", GetWindowLongPtrW);

EXPORT(user32, LONG_PTR, SetWindowLongPtrW, (HWND handle, int index, LONG_PTR value))
{
	return exchange(handle, index, sizeof(LONG_PTR), true, value);
}
EXPORT_ALIAS(user32, "SetWindowLongPtrA", SetWindowLongPtrW);

EXPORT(user32, LONG, GetWindowLongW, (HWND handle, int index))
{
	return (LONG)exchange(handle, index, sizeof(LONG), false, 0);
}
EXPORT_ALIAS(user32, "GetWindowLongA", GetWindowLongW);

EXPORT(user32, LONG, SetWindowLongW, (HWND handle, int index, LONG value))
{
	return (LONG)exchange(handle, index, sizeof(LONG), true, value);
}
EXPORT_ALIAS(user32, "SetWindowLongA", SetWindowLongW);

/* --- messages on their way --- */

EXPORT(user32, BOOL, TranslateMessage, (const MSG *message))
{
	return FALSE; /* No key is ever pressed. */
}

/* To the window's procedure or a timer's own; other messages of a thread go nowhere. */
EXPORT(user32, LRESULT, DispatchMessageW, (const MSG *message))
{
	if (message->message == WM_TIMER && message->lParam)
		return (LRESULT)ke_call_guest((PVOID)message->lParam, (uintptr_t)message->hwnd, WM_TIMER,
					      message->wParam, GetTickCount());
	if (message->hwnd && user_window_thread(message->hwnd) == GetCurrentThreadId())
		return user_call_window(message->hwnd, message->message, message->wParam, message->lParam);
	return 0;
}
EXPORT_ALIAS(user32, "DispatchMessageA", DispatchMessageW);

/* There are no hooks that could take it. */
EXPORT(user32, BOOL, CallMsgFilterW, (MSG * message, int code))
{
	(void)message, (void)code;
	return FALSE;
}
EXPORT_ALIAS(user32, "CallMsgFilterA", CallMsgFilterW);
