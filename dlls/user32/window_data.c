/*
 * dlls/user32/window_data.c - properties of windows, and their place, which nobody sees.
 *
 * A property has the name of a string without regard to case, or of an atom; names are compared as given.
 */
#include "dlls/user32/user32.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/ke/ke.h"

#include <stdlib.h>
#include <string.h>

struct property {
	struct property *next;
	HWND window;
	HANDLE value;
	uintptr_t atom; /* 0: a name */
	WCHAR name[];
};
static RTL_SRWLOCK lock;
static struct property *properties;

static BOOL fail(DWORD error)
{
	set_last_error(error);
	return FALSE;
}

/* With the lock held. */
static struct property **find(HWND window, LPCWSTR name)
{
	struct property **link = &properties;

	for (; *link; link = &(*link)->next) {
		if ((*link)->window != window)
			continue;
		if ((uintptr_t)name >> 16 ? !(*link)->atom && user_same_name((*link)->name, name)
					  : (*link)->atom == (uintptr_t)name)
			break;
	}
	return link;
}

EXPORT(user32, BOOL, SetPropW, (HWND window, LPCWSTR name, HANDLE value))
{
	size_t size = (uintptr_t)name >> 16 ? (rtl_wcslen(name) + 1) * sizeof(WCHAR) : 0;
	struct property *fresh, **link;

	if (!user_window_thread(window))
		return FALSE;
	if (!name)
		return fail(ERROR_INVALID_PARAMETER);
	fresh = calloc(1, sizeof(*fresh) + size);
	if (!fresh)
		return fail(ERROR_NOT_ENOUGH_MEMORY);
	fresh->window = window;
	fresh->atom = size ? 0 : (uintptr_t)name;
	memcpy(fresh->name, name, size);
	RtlAcquireSRWLockExclusive(&lock);
	link = find(window, name);
	if (!*link) {
		*link = fresh;
		fresh = NULL;
	}
	(*link)->value = value;
	RtlReleaseSRWLockExclusive(&lock);
	free(fresh);
	return TRUE;
}

EXPORT(user32, HANDLE, GetPropW, (HWND window, LPCWSTR name))
{
	HANDLE value;

	if (!user_window_thread(window))
		return NULL;
	RtlAcquireSRWLockExclusive(&lock);
	value = *find(window, name) ? (*find(window, name))->value : NULL;
	RtlReleaseSRWLockExclusive(&lock);
	return value;
}

EXPORT(user32, HANDLE, RemovePropW, (HWND window, LPCWSTR name))
{
	struct property **link, *property;
	HANDLE value;

	if (!user_window_thread(window))
		return NULL;
	RtlAcquireSRWLockExclusive(&lock);
	link = find(window, name);
	property = *link;
	if (property)
		*link = property->next;
	RtlReleaseSRWLockExclusive(&lock);
	value = property ? property->value : NULL;
	free(property);
	return value;
}

void user_forget_properties(HWND window)
{
	struct property *property;

	RtlAcquireSRWLockExclusive(&lock);
	for (struct property **link = &properties; (property = *link) != NULL;) {
		if (property->window == window) {
			*link = property->next;
			free(property);
		} else {
			link = &property->next;
		}
	}
	RtlReleaseSRWLockExclusive(&lock);
}

/* --- places --- */

EXPORT(user32, BOOL, GetWindowRect, (HWND window, RECT *to))
{
	LONG place[4];

	if (!user_window_place(window, place))
		return FALSE;
	*to = (RECT){place[0], place[1], place[0] + place[2], place[1] + place[3]};
	return TRUE;
}

EXPORT(user32, BOOL, GetClientRect, (HWND window, RECT *to))
{
	LONG place[4];

	if (!user_window_place(window, place))
		return FALSE;
	*to = (RECT){0, 0, place[2], place[3]};
	return TRUE;
}

static BOOL shift(HWND window, LONG point[2], LONG sign)
{
	LONG place[4];

	if (!user_window_place(window, place))
		return FALSE;
	point[0] += sign * place[0];
	point[1] += sign * place[1];
	return TRUE;
}

EXPORT(user32, BOOL, ClientToScreen, (HWND window, LONG *point))
{
	return shift(window, point, 1);
}

EXPORT(user32, BOOL, ScreenToClient, (HWND window, LONG *point))
{
	return shift(window, point, -1);
}

/* --- what a window without a desktop does not have: menus, parents, regions to paint --- */

#define OF_WINDOW(type, name, params, result)                                                                          \
	EXPORT(user32, type, name, params)                                                                             \
	{                                                                                                              \
		return user_window_thread(window) ? (type)result : (type)0;                                            \
	}
OF_WINDOW(BOOL, IsIconic, (HWND window), FALSE)
OF_WINDOW(BOOL, IsZoomed, (HWND window), FALSE)
OF_WINDOW(HANDLE, GetMenu, (HWND window), NULL)
OF_WINDOW(HWND, GetParent, (HWND window), NULL)
OF_WINDOW(BOOL, GetUpdateRect, (HWND window, PVOID rectangle, BOOL erase), FALSE)
OF_WINDOW(BOOL, InvalidateRect, (HWND window, const void *rectangle, BOOL erase), TRUE)
OF_WINDOW(BOOL, ValidateRect, (HWND window, const void *rectangle), TRUE)
OF_WINDOW(HANDLE, BeginPaint, (HWND window, PVOID paint), NULL)

/* MSDN: always nonzero. */
EXPORT(user32, BOOL, EndPaint, (HWND window, const void *paint))
{
	return TRUE;
}

/* Nothing lies under any point. */
EXPORT(user32, HWND, WindowFromPoint, (uint64_t point))
{
	return NULL;
}

/* These change what would be seen. */
#define SEEN(type, name, params)                                                                                       \
	EXPORT(user32, type, name, params)                                                                             \
	{                                                                                                              \
		if (user_window_thread(window))                                                                        \
			set_last_error(ERROR_REQUIRES_INTERACTIVE_WINDOWSTATION);                                      \
		return (type)0;                                                                                        \
	}
SEEN(BOOL, SetWindowPos, (HWND window, HWND after, int x, int y, int width, int height, UINT flags))
SEEN(BOOL, MoveWindow, (HWND window, int x, int y, int width, int height, BOOL paint))
SEEN(BOOL, SetLayeredWindowAttributes, (HWND window, DWORD key, BYTE alpha, DWORD flags))
SEEN(int, SetWindowRgn, (HWND window, HANDLE region, BOOL draw))
