/*
 * thread_messages.c - message queues of threads: posting, filters, quitting, timers, waiting; windows that only
 * get messages.
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

/* --- windows that only get messages --- */

static DWORD procedure_thread, order;
static int refuse;

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM w, LPARAM l)
{
	procedure_thread = GetCurrentThreadId();
	switch (message) {
	case WM_NCCREATE:
		order = order * 10 + 1;
		CHECK(((CREATESTRUCTW *)l)->lpCreateParams == &order);
		if (refuse)
			return FALSE;
		break;
	case WM_CREATE:
		order = order * 10 + 2;
		SetWindowLongPtrW(window, GWLP_USERDATA, 0x123456789ABC);
		return 0;
	case WM_DESTROY:
		order = order * 10 + 3;
		return 0;
	case WM_NCDESTROY:
		order = order * 10 + 4;
		return 0;
	case WM_USER:
		return w * 10 + l;
	case WM_TIMER:
		order = order * 10 + 5;
		CHECK_EQUAL(w, 17);
		KillTimer(window, w);
		return 0;
	}
	return DefWindowProcW(window, message, w, l);
}

static HWND shared_window;

static DWORD WINAPI sender(void *parameter)
{
	CHECK_EQUAL(GetWindowThreadProcessId(shared_window, NULL), (DWORD)(ULONG_PTR)parameter);
	CHECK_EQUAL(SendMessageW(shared_window, WM_USER, 4, 2), 42);
	CHECK_FAILS(DestroyWindow(shared_window), ERROR_ACCESS_DENIED);
	CHECK(PostMessageW(shared_window, WM_CLOSE, 0, 0));
	return 0;
}

static void message_windows(void)
{
	WNDCLASSEXW class = {sizeof(class), 0, procedure, 0, 16, NULL, NULL, NULL, NULL, NULL, L"Pewter messages", NULL};
	HANDLE thread;
	ATOM atom;
	HWND window;
	MSG message;

	CHECK_FAILS(CreateWindowExW(0, L"no such class", L"", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL),
		    ERROR_CANNOT_FIND_WND_CLASS);
	atom = RegisterClassExW(&class);
	CHECK(atom != 0);
	CHECK_FAILS(RegisterClassExW(&class), ERROR_CLASS_ALREADY_EXISTS);
	refuse = 1;
	CHECK(!CreateWindowExW(0, L"PEWTER MESSAGES", L"", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, &order));
	refuse = order = 0;
	window = CreateWindowExW(0, (LPCWSTR)(ULONG_PTR)atom, L"", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, &order);
	CHECK(window != NULL && IsWindow(window));
	CHECK_EQUAL(order, 12);
	CHECK_EQUAL(GetWindowLongPtrW(window, GWLP_USERDATA), 0x123456789ABC);
	CHECK_EQUAL(SetWindowLongPtrW(window, 8, 7), 0);
	CHECK_EQUAL(GetWindowLongPtrW(window, 8), 7);
	CHECK_FAILS(GetWindowLongPtrW(window, 9), ERROR_INVALID_INDEX);
	CHECK_EQUAL(SendMessageW(window, WM_USER, 3, 5), 35);
	CHECK_FAILS(UnregisterClassW(L"Pewter messages", NULL), ERROR_CLASS_HAS_WINDOWS);

	/* Messages of the window and of the thread are apart. */
	PostMessageW(window, WM_USER, 1, 2);
	PostThreadMessageW(GetCurrentThreadId(), WM_USER + 5, 0, 0);
	CHECK(PeekMessageW(&message, (HWND)-1, 0, 0, PM_REMOVE) && message.message == WM_USER + 5);
	CHECK(PeekMessageW(&message, window, 0, 0, PM_REMOVE) && message.hwnd == window);
	CHECK_EQUAL(DispatchMessageW(&message), 12);
	CHECK_EQUAL(SetTimer(window, 17, 10, NULL), 17);
	CHECK(GetMessageW(&message, window, 0, 0) > 0 && message.message == WM_TIMER && message.hwnd == window);
	DispatchMessageW(&message);
	CHECK_EQUAL(order, 125);

	/* Another thread sends and waits; the window's thread runs the procedure. */
	shared_window = window;
	procedure_thread = 0;
	thread = CreateThread(NULL, 0, sender, (void *)(ULONG_PTR)GetCurrentThreadId(), 0, NULL);
	while (IsWindow(window) && GetMessageW(&message, NULL, 0, 0) > 0)
		DispatchMessageW(&message);
	CHECK_EQUAL(procedure_thread, GetCurrentThreadId());
	CHECK_EQUAL(order, 12534);
	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
	CHECK_FAILS(DestroyWindow(window), ERROR_INVALID_WINDOW_HANDLE);
	CHECK(UnregisterClassW(L"Pewter messages", NULL));
	CHECK_FAILS(UnregisterClassW(L"Pewter messages", NULL), ERROR_CLASS_DOES_NOT_EXIST);
}

/* A thread that ends in the procedure leaves the sender with 0. */
static LRESULT CALLBACK ending_procedure(HWND window, UINT message, WPARAM w, LPARAM l)
{
	if (message == WM_USER)
		ExitThread(7);
	return DefWindowProcW(window, message, w, l);
}

static DWORD WINAPI ending_thread(void *parameter)
{
	MSG message;

	shared_window = CreateWindowExW(0, L"Pewter end", L"", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
	SetEvent(ready);
	while (GetMessageW(&message, NULL, 0, 0) > 0)
		DispatchMessageW(&message);
	return 0;
}

static DWORD WINAPI sender_to_the_end(void *parameter)
{
	return (DWORD)SendMessageW(shared_window, WM_USER, 0, 0) + 100;
}

static void end_in_procedure(void)
{
	WNDCLASSEXW class = {sizeof(class), 0, ending_procedure, 0, 0, NULL, NULL, NULL, NULL, NULL, L"Pewter end", NULL};
	HANDLE threads[2];
	DWORD code = 0;

	ready = CreateEventW(NULL, FALSE, FALSE, NULL);
	CHECK(RegisterClassExW(&class) != 0);
	threads[0] = CreateThread(NULL, 0, ending_thread, NULL, 0, NULL);
	CHECK_EQUAL(WaitForSingleObject(ready, 20000), WAIT_OBJECT_0);
	threads[1] = CreateThread(NULL, 0, sender_to_the_end, NULL, 0, NULL);
	CHECK_EQUAL(WaitForMultipleObjects(2, threads, TRUE, 20000), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(threads[0], &code) && code == 7);
	CHECK(GetExitCodeThread(threads[1], &code) && code == 100);
	CHECK(!IsWindow(shared_window));
	CHECK(UnregisterClassW(L"Pewter end", NULL));
	CloseHandle(threads[0]);
	CloseHandle(threads[1]);
	CloseHandle(ready);
}

int main(void)
{
	between_threads();
	own_queue();
	timers();
	waiting();
	message_windows();
	end_in_procedure();
	return guest_result();
}
