/*
 * thread_messages.c - message queues of threads without windows: posting, filters, quitting, timers, waiting.
 */
#include "guest.h"

static HANDLE ready, go;
static DWORD received;

static DWORD WINAPI receiver(void *parameter)
{
	MSG message;

	PeekMessageW(&message, NULL, 0, 0, PM_NOREMOVE);
	SetEvent(ready);
	while (GetMessageW(&message, NULL, 0, 0) > 0) {
		CHECK(!message.hwnd);
		received = received * 10 + message.message - WM_USER;
		CHECK_EQUAL(message.wParam, message.message * 2);
		CHECK_EQUAL(message.lParam, message.message * 3);
	}
	CHECK_EQUAL(message.message, WM_QUIT);
	return (DWORD)message.wParam;
}

static DWORD WINAPI without_queue(void *parameter)
{
	WaitForSingleObject(go, INFINITE);
	return 0;
}

static void between_threads(void)
{
	HANDLE thread;
	DWORD id, code = 0;

	ready = CreateEventW(NULL, FALSE, FALSE, NULL);
	go = CreateEventW(NULL, FALSE, FALSE, NULL);
	thread = CreateThread(NULL, 0, receiver, NULL, 0, &id);
	WaitForSingleObject(ready, INFINITE);
	for (UINT i = 1; i <= 5; i++)
		CHECK(PostThreadMessageW(id, WM_USER + i, (WM_USER + i) * 2, (WM_USER + i) * 3));
	CHECK(PostThreadMessageA(id, WM_QUIT, 42, 0));
	WaitForSingleObject(thread, INFINITE);
	GetExitCodeThread(thread, &code);
	CHECK_EQUAL(code, 42);
	CHECK_EQUAL(received, 12345);
	CHECK_FAILS(PostThreadMessageW(id, WM_USER, 0, 0), ERROR_INVALID_THREAD_ID);
	CloseHandle(thread);
	thread = CreateThread(NULL, 0, without_queue, NULL, 0, &id);
	CHECK_FAILS(PostThreadMessageW(id, WM_USER, 0, 0), ERROR_INVALID_THREAD_ID);
	SetEvent(go);
	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
}

static void own_queue(void)
{
	MSG message;
	DWORD self = GetCurrentThreadId();

	CHECK(!PeekMessageW(&message, NULL, 0, 0, PM_REMOVE));
	CHECK(PostThreadMessageW(self, WM_USER + 1, 1, 2));
	CHECK(PostMessageW(NULL, WM_USER + 2, 3, 4));
	CHECK(HIWORD(GetQueueStatus(QS_ALLINPUT)) & QS_POSTMESSAGE);
	/* A filter passes over what comes before; looking does not take. */
	CHECK(PeekMessageW(&message, NULL, WM_USER + 2, WM_USER + 2, PM_NOREMOVE) && message.message == WM_USER + 2);
	CHECK(PeekMessageW(&message, (HWND)-1, WM_USER + 2, WM_USER + 9, PM_REMOVE) && message.wParam == 3);
	CHECK(!PeekMessageW(&message, NULL, WM_USER + 2, WM_USER + 9, PM_REMOVE));
	/* WM_QUIT comes behind what was posted, and once. */
	PostQuitMessage(9);
	CHECK(GetMessageW(&message, NULL, 0, 0) == TRUE && message.message == WM_USER + 1);
	CHECK(GetMessageW(&message, NULL, 0, 0) == FALSE && message.message == WM_QUIT && message.wParam == 9);
	CHECK(!PeekMessageW(&message, NULL, 0, 0, PM_REMOVE));
	CHECK_FAILS(PeekMessageW(&message, (HWND)0x1234, 0, 0, PM_REMOVE), ERROR_INVALID_WINDOW_HANDLE);
	CHECK((int)GetMessageW(&message, (HWND)0x1234, 0, 0) == -1);
	CHECK_FAILS(PostMessageW((HWND)0x1234, WM_USER, 0, 0), ERROR_INVALID_WINDOW_HANDLE);
}

static UINT_PTR called_with;

static void CALLBACK on_timer(HWND window, UINT message, UINT_PTR id, DWORD time)
{
	CHECK(!window && message == WM_TIMER);
	called_with = id;
}

static void timers(void)
{
	UINT_PTR first = SetTimer(NULL, 0, 20, NULL), second;
	MSG message;

	CHECK(first != 0);
	CHECK_EQUAL(SetTimer(NULL, first, 30, NULL), first);
	CHECK(GetMessageW(&message, NULL, 0, 0) == TRUE);
	CHECK(message.message == WM_TIMER && message.wParam == first && !message.lParam && !message.hwnd);
	/* It goes on until it is killed. */
	CHECK(GetMessageW(&message, NULL, 0, 0) == TRUE && message.message == WM_TIMER && message.wParam == first);
	CHECK(KillTimer(NULL, first));
	CHECK(!KillTimer(NULL, first));
	second = SetTimer(NULL, 0, 10, on_timer);
	CHECK(second != 0);
	CHECK_EQUAL(MsgWaitForMultipleObjects(0, NULL, FALSE, INFINITE, QS_TIMER), WAIT_OBJECT_0);
	/* What was posted comes first. */
	PostThreadMessageW(GetCurrentThreadId(), WM_USER, 0, 0);
	CHECK(PeekMessageW(&message, NULL, 0, 0, PM_REMOVE) && message.message == WM_USER);
	CHECK(PeekMessageW(&message, NULL, 0, 0, PM_REMOVE) && message.message == WM_TIMER);
	CHECK(message.lParam == (LPARAM)on_timer);
	DispatchMessageW(&message);
	CHECK_EQUAL(called_with, second);
	CHECK(KillTimer(NULL, second));
}

static DWORD WINAPI poster(void *parameter)
{
	PostThreadMessageW((DWORD)(ULONG_PTR)parameter, WM_USER + 3, 0, 0);
	return 0;
}

static void waiting(void)
{
	HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL), thread;
	MSG message;

	CHECK_EQUAL(MsgWaitForMultipleObjects(1, &event, FALSE, 10, QS_ALLINPUT), WAIT_TIMEOUT);
	SetEvent(event);
	CHECK_EQUAL(MsgWaitForMultipleObjects(1, &event, FALSE, INFINITE, QS_ALLINPUT), WAIT_OBJECT_0);
	thread = CreateThread(NULL, 0, poster, (void *)(ULONG_PTR)GetCurrentThreadId(), 0, NULL);
	CHECK_EQUAL(MsgWaitForMultipleObjects(1, &event, FALSE, INFINITE, QS_ALLINPUT), WAIT_OBJECT_0 + 1);
	/* Once looked at, it is not new any more. */
	CHECK(PeekMessageW(&message, NULL, 0, 0, PM_NOREMOVE));
	CHECK_EQUAL(MsgWaitForMultipleObjects(1, &event, FALSE, 10, QS_ALLINPUT), WAIT_TIMEOUT);
	CHECK_EQUAL(MsgWaitForMultipleObjectsEx(1, &event, INFINITE, QS_ALLINPUT, MWMO_INPUTAVAILABLE), WAIT_OBJECT_0 + 1);
	CHECK(PeekMessageW(&message, NULL, 0, 0, PM_REMOVE) && message.message == WM_USER + 3);
	/* Other kinds than those asked for do not end the wait. */
	PostThreadMessageW(GetCurrentThreadId(), WM_USER, 0, 0);
	CHECK_EQUAL(MsgWaitForMultipleObjects(0, NULL, FALSE, 10, QS_TIMER), WAIT_TIMEOUT);
	CHECK(PeekMessageW(&message, NULL, 0, 0, PM_REMOVE));
	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
	CloseHandle(event);
}

int main(void)
{
	between_threads();
	own_queue();
	timers();
	waiting();
	return guest_result();
}
