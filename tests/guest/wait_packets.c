/* Wait completion packets: objects that post to a completion port when they are signalled. */
#include "guest.h"

typedef LONG NTSTATUS;
#define LONG_ENOUGH 60000
#define NOT_YET 60

static NTSTATUS(NTAPI *create)(HANDLE *, ACCESS_MASK, void *);
static NTSTATUS(NTAPI *associate)(HANDLE, HANDLE, HANDLE, PVOID, PVOID, NTSTATUS, ULONG_PTR, BOOLEAN *);
static NTSTATUS(NTAPI *cancel)(HANDLE, BOOLEAN);
static HANDLE port, packet;

static void arm(HANDLE object, ULONG_PTR key, BOOLEAN expected)
{
	BOOLEAN already = 2;

	CHECK_EQUAL((DWORD)associate(packet, port, object, (PVOID)key, (PVOID)(key + 1), 0, key + 2, &already), 0);
	CHECK_EQUAL(already, expected);
}

static void comes(ULONG_PTR key)
{
	OVERLAPPED *overlapped = NULL;
	ULONG_PTR got = 0;
	DWORD bytes = 0;

	CHECK(GetQueuedCompletionStatus(port, &bytes, &got, &overlapped, LONG_ENOUGH));
	CHECK_EQUAL(got, key);
	CHECK_EQUAL((ULONG_PTR)overlapped, key + 1);
	CHECK_EQUAL(bytes, key + 2);
}

static void nothing_comes(void)
{
	OVERLAPPED *overlapped;
	ULONG_PTR key;
	DWORD bytes;

	CHECK_FAILS(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, NOT_YET), WAIT_TIMEOUT);
}

static DWORD WINAPI sets_often(LPVOID event)
{
	for (int i = 0; i < 5000; i++) {
		SetEvent(event);
		SwitchToThread();
	}
	return 0;
}

int main(void)
{
	HMODULE ntdll = GetModuleHandleA("ntdll.dll");
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL), manual = CreateEventA(NULL, TRUE, TRUE, NULL);
	HANDLE timer = CreateWaitableTimerA(NULL, FALSE, NULL), thread;
	LARGE_INTEGER due = {.QuadPart = -100000};
	unsigned got = 0;

	create = (void *)GetProcAddress(ntdll, "NtCreateWaitCompletionPacket");
	associate = (void *)GetProcAddress(ntdll, "NtAssociateWaitCompletionPacket");
	cancel = (void *)GetProcAddress(ntdll, "NtCancelWaitCompletionPacket");
	CHECK(create && associate && cancel);
	if (!create || !associate || !cancel)
		return 1;
	port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
	CHECK_EQUAL((DWORD)create(&packet, GENERIC_ALL, NULL), 0);
	CHECK_EQUAL((DWORD)cancel(packet, TRUE), 0xC0000120); /* not in use */

	arm(event, 10, FALSE);
	CHECK_EQUAL((DWORD)associate(packet, port, manual, NULL, NULL, 0, 0, NULL), 0xC00000EF); /* in use */
	nothing_comes();
	SetEvent(event);
	comes(10);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT); /* it was taken */
	SetEvent(event);
	nothing_comes();
	arm(event, 20, TRUE);
	comes(20);
	for (ULONG_PTR i = 0; i < 100; i++) {
		arm(manual, i * 10, TRUE);
		comes(i * 10);
	}

	arm(event, 30, FALSE);
	CHECK_EQUAL((DWORD)cancel(packet, FALSE), 0);
	SetEvent(event);
	nothing_comes();
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	arm(manual, 40, TRUE);
	CHECK_EQUAL((DWORD)cancel(packet, FALSE), STATUS_PENDING);
	CHECK_EQUAL((DWORD)cancel(packet, TRUE), 0);
	CHECK_EQUAL((DWORD)cancel(packet, TRUE), 0xC0000120);
	nothing_comes();
	arm(manual, 50, TRUE);
	comes(50);

	CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
	arm(timer, 60, FALSE);
	comes(60);

	/* The target's handle may go. */
	arm(event, 70, FALSE);
	CloseHandle(event);
	CHECK_EQUAL((DWORD)cancel(packet, TRUE), 0);
	event = CreateEventA(NULL, FALSE, FALSE, NULL);

	/* While another thread signals. */
	thread = CreateThread(NULL, 0, sets_often, event, 0, NULL);
	while (WaitForSingleObject(thread, 0) == WAIT_TIMEOUT) {
		NTSTATUS status = associate(packet, port, event, (PVOID)80, (PVOID)81, 0, 82, NULL);

		CHECK_EQUAL((DWORD)status, 0);
		status = got % 3 ? cancel(packet, TRUE) : 1;
		if (status == 1) {
			OVERLAPPED *overlapped;
			ULONG_PTR key;
			DWORD bytes;

			if (!GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 200))
				CHECK(cancel(packet, TRUE) == 0);
		} else {
			CHECK_EQUAL((DWORD)status, 0);
		}
		got++;
	}
	nothing_comes();
	CloseHandle(thread);
	ResetEvent(event); /* the last signal may have come when nothing was armed */

	/* The handle goes while it is queued, and while it is armed. */
	arm(manual, 90, TRUE);
	CloseHandle(packet);
	CHECK_EQUAL((DWORD)create(&packet, GENERIC_ALL, NULL), 0);
	arm(event, 100, FALSE);
	CloseHandle(packet);
	SetEvent(event);
	CloseHandle(port);
	return guest_result();
}
