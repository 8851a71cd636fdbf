/*
 * What needs no desktop of user32, gdi32 and imm32: the keyboard's layout, properties and places of a window that only gets
 * messages, and refusals of handles that are none.
 */
#include "guest.h"

#include <imm.h>

static void keyboard(void)
{
	HKL layout = (HKL)(ULONG_PTR)0x04090409;
	BYTE state[256] = {0};
	WCHAR text[8];

	CHECK_EQUAL(MapVirtualKeyW('A', MAPVK_VK_TO_VSC), 0x1E);
	CHECK_EQUAL(MapVirtualKeyW(0x1E, MAPVK_VSC_TO_VK), 'A');
	CHECK_EQUAL(MapVirtualKeyA(VK_RETURN, MAPVK_VK_TO_VSC), 0x1C);
	CHECK_EQUAL(MapVirtualKeyW('Q', MAPVK_VK_TO_CHAR), 'Q');
	CHECK_EQUAL(MapVirtualKeyW(VK_OEM_COMMA, MAPVK_VK_TO_CHAR), ',');
	CHECK_EQUAL(MapVirtualKeyW(VK_LEFT, MAPVK_VK_TO_CHAR), 0);
	CHECK_EQUAL(MapVirtualKeyW(0x2A, MAPVK_VSC_TO_VK), VK_SHIFT);
	CHECK_EQUAL(MapVirtualKeyW(0x2A, MAPVK_VSC_TO_VK_EX), VK_LSHIFT);
	CHECK_EQUAL(MapVirtualKeyW(VK_SHIFT, MAPVK_VK_TO_VSC), 0x2A);
	CHECK_EQUAL(MapVirtualKeyW(0x48, MAPVK_VSC_TO_VK), VK_UP);
	CHECK_EQUAL(MapVirtualKeyW(VK_NUMPAD8, MAPVK_VK_TO_VSC), 0x48);
	CHECK_EQUAL(MapVirtualKeyW(VK_F12, MAPVK_VK_TO_VSC), 0x58);
	CHECK_EQUAL(MapVirtualKeyExW(VK_RCONTROL, MAPVK_VK_TO_VSC_EX, layout), 0xE01D);
	CHECK_EQUAL(MapVirtualKeyW(0xFF, MAPVK_VK_TO_VSC), 0);

	CHECK(ToUnicodeEx('A', 0x1E, state, text, 8, 0, layout) == 1 && text[0] == L'a');
	CHECK(ToUnicode(VK_OEM_1, 0x27, state, text, 8, 0) == 1 && text[0] == L';');
	CHECK_EQUAL(ToUnicode(VK_LEFT, 0x4B, state, text, 8, 0), 0);
	state[VK_SHIFT] = 0x80;
	CHECK(ToUnicodeEx('A', 0x1E, state, text, 8, 0, layout) == 1 && text[0] == L'A');
	CHECK(ToUnicodeEx('2', 0x03, state, text, 8, 0, layout) == 1 && text[0] == L'@');
	state[VK_CAPITAL] = 1;
	CHECK(ToUnicodeEx('A', 0x1E, state, text, 8, 0, layout) == 1 && text[0] == L'a');
	CHECK(ToUnicodeEx('2', 0x03, state, text, 8, 0, layout) == 1 && text[0] == L'@');
	memset(state, 0, sizeof(state));
	state[VK_CONTROL] = 0x80;
	CHECK(ToUnicodeEx('C', 0x2E, state, text, 8, 0, layout) == 1 && text[0] == 3);
	CHECK(ToUnicodeEx(VK_RETURN, 0x1C, state, text, 8, 0, layout) == 1 && text[0] == L'\n');
	CHECK_EQUAL(VkKeyScanW(L'a'), 'A');
	CHECK_EQUAL(VkKeyScanW(L'A'), 0x100 | 'A');
	CHECK_EQUAL(VkKeyScanW(L'!'), 0x100 | '1');
	CHECK_EQUAL(VkKeyScanW(0x416), -1);
}

static void windows(void)
{
	WNDCLASSW class = {.lpfnWndProc = DefWindowProcW, .lpszClassName = L"Pewter properties"};
	ATOM atom = RegisterClassW(&class);
	HWND window = CreateWindowExW(0, (LPCWSTR)(ULONG_PTR)atom, L"", 0, 10, 20, 30, 40, HWND_MESSAGE, NULL, NULL, NULL);
	ATOM number = GlobalAddAtomW(L"Pewter number");
	RECT rect;

	CHECK(window != NULL && number != 0);
	CHECK(GetPropW(window, L"Pewter") == NULL);
	CHECK(SetPropW(window, L"Pewter", (HANDLE)42) && SetPropW(window, (LPCWSTR)(ULONG_PTR)number, (HANDLE)43));
	CHECK(GetPropW(window, L"PEWTER") == (HANDLE)42);
	CHECK(GetPropW(window, (LPCWSTR)(ULONG_PTR)number) == (HANDLE)43);
	CHECK(SetPropW(window, L"pewter", (HANDLE)44));
	CHECK(RemovePropW(window, L"Pewter") == (HANDLE)44 && GetPropW(window, L"Pewter") == NULL);
	CHECK(!IsIconic(window) && GetMenu(window) == NULL);
	CHECK(GetWindowRect(window, &rect) && rect.right - rect.left == 30 && rect.bottom - rect.top == 40);
	CHECK(DestroyWindow(window));
	CHECK_FAILS(SetPropW(window, L"Pewter", (HANDLE)1), ERROR_INVALID_WINDOW_HANDLE);
	CHECK_FAILS(GetWindowRect(window, &rect), ERROR_INVALID_WINDOW_HANDLE);
	CHECK_FAILS(GetClientRect(window, &rect), ERROR_INVALID_WINDOW_HANDLE);
	CHECK_FAILS(SetWindowPos(window, NULL, 0, 0, 1, 1, 0), ERROR_INVALID_WINDOW_HANDLE);
	CHECK(UnregisterClassW((LPCWSTR)(ULONG_PTR)atom, NULL));
	GlobalDeleteAtom(number);
}

static int monitors;

static BOOL CALLBACK count(HMONITOR monitor, HDC context, LPRECT rect, LPARAM parameter)
{
	MONITORINFOEXW info = {.cbSize = sizeof(info)};

	CHECK(parameter == 5 && GetMonitorInfoW(monitor, (MONITORINFO *)&info));
	CHECK(EqualRect(rect, &info.rcMonitor) && info.szDevice[0]);
	monitors++;
	return TRUE;
}

static void refusals(void)
{
	MONITORINFO info = {.cbSize = sizeof(info)};
	HANDLE none = (HANDLE)(ULONG_PTR)0x7FFC;
	UINT devices = 7;
	ICONINFO icon;
	BOOL beep;

	CHECK(EnumDisplayMonitors(NULL, NULL, count, 5));
	CHECK_EQUAL(monitors, GetSystemMetrics(SM_CMONITORS));
	CHECK_FAILS(GetMonitorInfoW(none, &info), ERROR_INVALID_MONITOR_HANDLE);
	CHECK_FAILS(CloseClipboard(), ERROR_CLIPBOARD_NOT_OPEN);
	CHECK_FAILS(EmptyClipboard(), ERROR_CLIPBOARD_NOT_OPEN);
	CHECK_FAILS(GetClipboardData(CF_TEXT), ERROR_CLIPBOARD_NOT_OPEN);
	CHECK_FAILS(DestroyIcon(none), ERROR_INVALID_CURSOR_HANDLE);
	CHECK_FAILS(GetIconInfo(none, &icon), ERROR_INVALID_CURSOR_HANDLE);
	CHECK(SystemParametersInfoW(SPI_GETBEEP, 0, &beep, 0));
	CHECK(!SystemParametersInfoW(0xFFFF, 0, &beep, 0));
	CHECK(GetRawInputDeviceList(NULL, &devices, sizeof(RAWINPUTDEVICELIST)) == 0 && devices != 7);
	CHECK(GetRawInputData(none, RID_INPUT, NULL, &devices, sizeof(RAWINPUTHEADER)) == (UINT)-1);
	CHECK(!BitBlt(NULL, 0, 0, 1, 1, NULL, 0, 0, SRCCOPY));
	CHECK_EQUAL(SetTextColor(NULL, 0), CLR_INVALID);
	CHECK_EQUAL(ImmGetIMEFileNameA((HKL)(ULONG_PTR)0x04090409, NULL, 0), 0);
	CHECK(!ImmIsIME((HKL)(ULONG_PTR)0x04090409));
}

int main(void)
{
	keyboard();
	windows();
	refusals();
	return guest_result();
}
