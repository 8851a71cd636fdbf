/*
 * dlls/user32/rectangles.c - arithmetic with rectangles.
 *
 * The right and bottom edges do not belong to a rectangle; one without width or height is empty, wherever it lies, and
 * an empty result has four zeros.  A missing rectangle is FALSE.  The destination may be one of the sources.
 */
#include "dlls/user32/user32.h"
#include "kernel32/kernel32.h"

#include <string.h>

static bool empty(const RECT *rect)
{
	return rect->left >= rect->right || rect->top >= rect->bottom;
}

static LONG add(LONG value, int by)
{
	return (LONG)((ULONG)value + (ULONG)by);
}

static LONG least(LONG a, LONG b)
{
	return a < b ? a : b;
}

static LONG greatest(LONG a, LONG b)
{
	return a > b ? a : b;
}

static RECT common(const RECT *a, const RECT *b)
{
	RECT rect = {greatest(a->left, b->left), greatest(a->top, b->top), least(a->right, b->right),
		     least(a->bottom, b->bottom)};

	return empty(a) || empty(b) || empty(&rect) ? (RECT){0} : rect;
}

/* Stores; whether there is something in it. */
static BOOL give(RECT *to, RECT rect)
{
	*to = rect;
	return !empty(&rect);
}

EXPORT(user32, BOOL, SetRect, (RECT * rect, int left, int top, int right, int bottom))
{
	if (!rect)
		return FALSE;
	*rect = (RECT){left, top, right, bottom};
	return TRUE;
}

EXPORT(user32, BOOL, SetRectEmpty, (RECT * rect))
{
	if (!rect)
		return FALSE;
	*rect = (RECT){0};
	return TRUE;
}

EXPORT(user32, BOOL, CopyRect, (RECT * to, const RECT *from))
{
	if (!to || !from)
		return FALSE;
	*to = *from;
	return TRUE;
}

EXPORT(user32, BOOL, IsRectEmpty, (const RECT *rect))
{
	return !rect || empty(rect);
}

EXPORT(user32, BOOL, EqualRect, (const RECT *a, const RECT *b))
{
	return a && b && !memcmp(a, b, sizeof(*a));
}

EXPORT(user32, BOOL, PtInRect, (const RECT *rect, POINT point))
{
	return rect && point.x >= rect->left && point.x < rect->right && point.y >= rect->top && point.y < rect->bottom;
}

EXPORT(user32, BOOL, OffsetRect, (RECT * rect, int dx, int dy))
{
	if (!rect)
		return FALSE;
	*rect = (RECT){add(rect->left, dx), add(rect->top, dy), add(rect->right, dx), add(rect->bottom, dy)};
	return TRUE;
}

EXPORT(user32, BOOL, InflateRect, (RECT * rect, int dx, int dy))
{
	if (!rect)
		return FALSE;
	rect->left = (LONG)((ULONG)rect->left - (ULONG)dx);
	rect->top = (LONG)((ULONG)rect->top - (ULONG)dy);
	rect->right = add(rect->right, dx);
	rect->bottom = add(rect->bottom, dy);
	return TRUE;
}

EXPORT(user32, BOOL, IntersectRect, (RECT * to, const RECT *a, const RECT *b))
{
	return to && a && b && give(to, common(a, b));
}

/* The smallest rectangle around both; an empty one counts for nothing. */
EXPORT(user32, BOOL, UnionRect, (RECT * to, const RECT *a, const RECT *b))
{
	if (!to || !a || !b)
		return FALSE;
	if (empty(a))
		return give(to, empty(b) ? (RECT){0} : *b);
	if (empty(b))
		return give(to, *a);
	return give(to, (RECT){least(a->left, b->left), least(a->top, b->top), greatest(a->right, b->right),
			       greatest(a->bottom, b->bottom)});
}

/* `a` without what `b` covers, where that is a rectangle, which it is if `b` covers one of its sides; else all of `a`.
 */
EXPORT(user32, BOOL, SubtractRect, (RECT * to, const RECT *a, const RECT *b))
{
	RECT rest, covered;

	if (!to || !a || !b)
		return FALSE;
	rest = empty(a) ? (RECT){0} : *a;
	covered = common(a, b);
	if (!empty(&covered)) {
		bool high = covered.top == rest.top && covered.bottom == rest.bottom;
		bool wide = covered.left == rest.left && covered.right == rest.right;

		if (high && wide)
			rest = (RECT){0};
		else if (high && covered.left == rest.left)
			rest.left = covered.right;
		else if (high && covered.right == rest.right)
			rest.right = covered.left;
		else if (wide && covered.top == rest.top)
			rest.top = covered.bottom;
		else if (wide && covered.bottom == rest.bottom)
			rest.bottom = covered.top;
	}
	return give(to, rest);
}
