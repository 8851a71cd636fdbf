/* user_api - user32's strings and session, version.dll, winmm: what a console program sees of them. */
#include "guest.h"
#include <wchar.h>

static void rectangles(void)
{
	RECT a = {10, 1, 14, 60}, b = {1, 2, 40, 50}, away = {100, 100, 110, 110}, hollow = {5, 5, 5, 9}, r;

#define IS(rect, x0, y0, x1, y1) ((rect).left == (x0) && (rect).top == (y0) && (rect).right == (x1) && (rect).bottom == (y1))
	CHECK(SetRect(&r, 1, 2, 3, 4) && IS(r, 1, 2, 3, 4));
	CHECK(CopyRect(&r, &a) && EqualRect(&r, &a) && !EqualRect(&a, &b));
	CHECK(SetRectEmpty(&r) && IS(r, 0, 0, 0, 0));
	CHECK(IsRectEmpty(&r) && IsRectEmpty(&hollow) && !IsRectEmpty(&a));
	CHECK(PtInRect(&a, (POINT){10, 1}) && PtInRect(&a, (POINT){13, 59}) && !PtInRect(&a, (POINT){14, 1}) &&
	      !PtInRect(&a, (POINT){10, 60}) && !PtInRect(&a, (POINT){9, 30}) && !PtInRect(&a, (POINT){10, 0}));
	r = a;
	CHECK(OffsetRect(&r, -10, 5) && IS(r, 0, 6, 4, 65));
	CHECK(InflateRect(&r, 2, -1) && IS(r, -2, 7, 6, 64));
	CHECK(IntersectRect(&r, &a, &b) && IS(r, 10, 2, 14, 50));
	CHECK(!IntersectRect(&r, &a, &away) && IS(r, 0, 0, 0, 0));
	r = (RECT){14, 1, 20, 60}; /* touches */
	CHECK(!IntersectRect(&r, &a, &r) && IS(r, 0, 0, 0, 0));
	CHECK(UnionRect(&r, &a, &b) && IS(r, 1, 1, 40, 60));
	CHECK(UnionRect(&r, &hollow, &a) && EqualRect(&r, &a));
	CHECK(UnionRect(&r, &a, &hollow) && EqualRect(&r, &a));
	CHECK(!UnionRect(&r, &hollow, &hollow) && IS(r, 0, 0, 0, 0));
	CHECK(SubtractRect(&r, &b, &(RECT){0, 0, 10, 99}) && IS(r, 10, 2, 40, 50));
	CHECK(SubtractRect(&r, &b, &(RECT){30, 2, 40, 50}) && IS(r, 1, 2, 30, 50));
	CHECK(SubtractRect(&r, &b, &(RECT){1, 0, 40, 20}) && IS(r, 1, 20, 40, 50));
	CHECK(SubtractRect(&r, &b, &(RECT){0, 40, 60, 60}) && IS(r, 1, 2, 40, 40));
	CHECK(SubtractRect(&r, &b, &a) && EqualRect(&r, &b));
	CHECK(SubtractRect(&r, &b, &(RECT){0, 0, 10, 10}) && EqualRect(&r, &b));
	CHECK(SubtractRect(&r, &b, &away) && EqualRect(&r, &b));
	CHECK(!SubtractRect(&r, &b, &(RECT){0, 0, 50, 60}) && IS(r, 0, 0, 0, 0));
	r = b;
	CHECK(SubtractRect(&r, &r, &(RECT){0, 0, 10, 99}) && IS(r, 10, 2, 40, 50));
#undef IS
}

int main(void)
{
	char a[64] = "na\xEFve", b[64];
	WCHAR w[64] = L"stra\xDF" L"e\xE9";
	DWORD size, handle;
	UINT length;
	void *block, *value;
	VS_FIXEDFILEINFO *info;
	USEROBJECTFLAGS flags;
	MSG message;
	TIMECAPS caps;

	CHECK(!strcmp(CharUpperA(a), "NA\xCFVE"));
	CHECK(!wcscmp(CharUpperW(w), L"STRA\xDF" L"E\xC9"));
	CHECK((ULONG_PTR)CharLowerA((char *)'A') == 'a');
	CHECK((ULONG_PTR)CharUpperW((WCHAR *)0x450) == 0x400);
	CHECK(CharNextA(a) == a + 1 && CharPrevA(a, a) == a && CharPrevA(a, a + 2) == a + 1);
	CHECK(CharNextExA(932, "\x81\x60z", 0)[0] == 'z');
	CHECK(IsCharAlphaA('x') && !IsCharAlphaA('1') && IsCharAlphaNumericW(L'1') && IsCharUpperW(0xC9) && IsCharLowerA('q'));
	CHECK(OemToCharA("\x82", b) && b[0] == '\xE9' && CharToOemA("\xE9", b) && b[0] == '\x82');
	CHECK_EQUAL(wsprintfA(b, "%s|%5d|%-5u|%05x|%#X|%c|%S|%I64d|%%", "abc", -42, 7, 0xBEEF, 0xAB, 'z', L"wide", 1234567890123ll), 49);
	CHECK(!strcmp(b, "abc|  -42|7    |0beef|0XAB|z|wide|1234567890123|%"));
	CHECK_EQUAL(wsprintfW(w, L"%s %hs %.2s %08lX", L"w", "narrow", L"xyz", 0x1234), 20);
	CHECK(!wcscmp(w, L"w narrow xy 00001234"));
	CHECK(GetUserObjectInformationW(GetProcessWindowStation(), UOI_FLAGS, &flags, sizeof(flags), &size));
	CHECK(!PeekMessageA(&message, NULL, 0, 0, PM_REMOVE));
	PostQuitMessage(3);
	CHECK(!GetMessageA(&message, NULL, 0, 0) && message.message == WM_QUIT && message.wParam == 3);
	CHECK_EQUAL(MsgWaitForMultipleObjects(0, NULL, FALSE, 1, QS_ALLINPUT), WAIT_TIMEOUT);

	size = GetFileVersionInfoSizeA("kernel32.dll", &handle);
	CHECK_EQUAL(GetLastError(), 0);
	CHECK(size > 0);
	block = calloc(1, size + 16);
	CHECK(GetFileVersionInfoA("kernel32.dll", 0, size, block));
	CHECK(VerQueryValueA(block, "\\", &value, &length) && length == sizeof(*info));
	info = value;
	CHECK_EQUAL(info->dwSignature, 0xFEEF04BD);
	CHECK(HIWORD(info->dwProductVersionMS) >= 6);
	CHECK(VerQueryValueA(block, "\\VarFileInfo\\Translation", &value, &length) && length >= 4);
	CHECK(VerQueryValueW(block, L"\\StringFileInfo\\040904B0\\ProductVersion", &value, &length) && length > 4);
	CHECK(!VerQueryValueA(block, "\\StringFileInfo\\nothing", &value, &length));
	handle = 5;
	CHECK_FAILS(GetFileVersionInfoSizeA("", &handle), ERROR_RESOURCE_DATA_NOT_FOUND);
	CHECK_EQUAL(handle, 0);
	CHECK_FAILS(GetFileVersionInfoSizeW(NULL, NULL), ERROR_RESOURCE_DATA_NOT_FOUND);
	CHECK(!GetFileVersionInfoSizeA("no such file.dll", &handle));

	CHECK_EQUAL(timeGetDevCaps(&caps, sizeof(caps)), TIMERR_NOERROR);
	CHECK_EQUAL(timeBeginPeriod(1), TIMERR_NOERROR);
	CHECK_EQUAL(timeEndPeriod(1), TIMERR_NOERROR);
	CHECK(timeGetTime() - GetTickCount() + 1000 < 2000);
	rectangles();
	/* What is no object of GDI's; the standard library of GHC deletes some when a program ends. */
	CHECK(!DeleteObject(NULL));
	CHECK(!DeleteObject((HGDIOBJ)(ULONG_PTR)0x7FFC));
	CHECK(!DeleteDC(NULL));
	CHECK_EQUAL(GetObjectW(NULL, 0, NULL), 0);
	CHECK_FAILS(WaitForInputIdle(GetCurrentProcess(), 0) != WAIT_FAILED, ERROR_NOT_GUI_PROCESS);
	CHECK_FAILS(WaitForInputIdle(NULL, 0) != WAIT_FAILED, ERROR_INVALID_HANDLE);
	return guest_result();
}
