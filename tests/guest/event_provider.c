/*
 * event_provider.c - an event provider that nobody listens to: registering, asking, writing, activity identifiers.
 */
#include "guest.h"
#include <evntprov.h>

/* A provider of this test alone: no session on any machine has enabled it. */
static const GUID provider = {0x5C2B1A90, 0x71D4, 0x4E0B, {0x9A, 0x3E, 0x4D, 0x10, 0xC7, 0x66, 0x2F, 0x81}};
static LONG callbacks;

static void NTAPI enabled(LPCGUID source, ULONG is_enabled, UCHAR level, ULONGLONG any, ULONGLONG all,
			  PEVENT_FILTER_DESCRIPTOR filter, PVOID context)
{
	InterlockedIncrement(&callbacks);
}

static void registrations(void)
{
	REGHANDLE first = 0, second = 0, many[100];

	CHECK_EQUAL(EventRegister(NULL, enabled, NULL, &first), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(EventRegister(&provider, enabled, NULL, NULL), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(EventRegister(&provider, enabled, NULL, &first), ERROR_SUCCESS);
	CHECK_EQUAL(EventRegister(&provider, NULL, NULL, &second), ERROR_SUCCESS);
	CHECK(first && second && first != second);
	CHECK_EQUAL(EventUnregister(first), ERROR_SUCCESS);
	CHECK_EQUAL(EventUnregister(second), ERROR_SUCCESS);
	CHECK_EQUAL(EventUnregister(0), ERROR_INVALID_HANDLE);
	for (int i = 0; i < 100; i++)
		CHECK_EQUAL(EventRegister(&provider, enabled, NULL, &many[i]), ERROR_SUCCESS);
	for (int i = 0; i < 100; i++)
		for (int k = 0; k < i; k++)
			CHECK(many[i] != many[k]);
	for (int i = 0; i < 100; i++)
		CHECK_EQUAL(EventUnregister(many[i]), ERROR_SUCCESS);
	CHECK_EQUAL(callbacks, 0);
}

static void writing(void)
{
	EVENT_DESCRIPTOR event;
	EVENT_DATA_DESCRIPTOR data[2];
	REGHANDLE handle = 0;
	ULONG number = 7;

	EventDescCreate(&event, 1, 0, 0, 4, 0, 0, 1);
	EventDataDescCreate(&data[0], &number, sizeof(number));
	EventDataDescCreate(&data[1], L"text", 5 * sizeof(WCHAR));
	CHECK_EQUAL(EventRegister(&provider, enabled, NULL, &handle), ERROR_SUCCESS);
	CHECK(!EventEnabled(handle, &event));
	CHECK(!EventProviderEnabled(handle, 0, 0));
	CHECK(!EventProviderEnabled(handle, 5, ~0ull));
	CHECK_EQUAL(EventWrite(handle, &event, 0, NULL), ERROR_SUCCESS);
	CHECK_EQUAL(EventWrite(handle, &event, 2, data), ERROR_SUCCESS);
	CHECK_EQUAL(EventWriteTransfer(handle, &event, NULL, &provider, 2, data), ERROR_SUCCESS);
	CHECK_EQUAL(EventWriteEx(handle, &event, 0, 0, NULL, NULL, 2, data), ERROR_SUCCESS);
	CHECK_EQUAL(EventWriteString(handle, 4, 0, L"text"), ERROR_SUCCESS);
	CHECK_EQUAL(EventWrite(0, &event, 2, data), ERROR_INVALID_HANDLE);
	CHECK_EQUAL(EventUnregister(handle), ERROR_SUCCESS);
}

/* Provider traits: the size, then the name (MSDN, "Provider Traits"). */
static void information(void)
{
	static const BYTE traits[] = {7, 0, 'n', 'a', 'm', 'e', 0};
	ULONG(WINAPI * set)(REGHANDLE, ULONG, PVOID, ULONG) =
		(void *)GetProcAddress(LoadLibraryA("advapi32.dll"), "EventSetInformation");
	REGHANDLE handle = 0;

	CHECK(set != NULL);
	if (!set)
		return;
	CHECK_EQUAL(EventRegister(&provider, enabled, NULL, &handle), ERROR_SUCCESS);
	CHECK_EQUAL(set(handle, 2, (PVOID)traits, sizeof(traits)), ERROR_SUCCESS);
	CHECK(set(handle, 0x7FFF, (PVOID)traits, sizeof(traits)) != ERROR_SUCCESS);
	CHECK_EQUAL(EventUnregister(handle), ERROR_SUCCESS);
}

static DWORD WINAPI other_thread(PVOID parameter)
{
	GUID id = provider;
	static const GUID none;

	CHECK_EQUAL(EventActivityIdControl(EVENT_ACTIVITY_CTRL_GET_ID, &id), ERROR_SUCCESS);
	CHECK(IsEqualGUID(&id, &none));
	return 0;
}

static void activities(void)
{
	static const GUID none;
	GUID id = none, created = none, again = none;
	HANDLE thread;

	CHECK_EQUAL(EventActivityIdControl(EVENT_ACTIVITY_CTRL_CREATE_ID, &created), ERROR_SUCCESS);
	CHECK(!IsEqualGUID(&created, &none));
	CHECK_EQUAL(EventActivityIdControl(EVENT_ACTIVITY_CTRL_CREATE_ID, &again), ERROR_SUCCESS);
	CHECK(!IsEqualGUID(&created, &again));
	CHECK_EQUAL(EventActivityIdControl(EVENT_ACTIVITY_CTRL_GET_ID, &id), ERROR_SUCCESS);
	CHECK(IsEqualGUID(&id, &none));
	CHECK_EQUAL(EventActivityIdControl(EVENT_ACTIVITY_CTRL_SET_ID, &created), ERROR_SUCCESS);
	CHECK_EQUAL(EventActivityIdControl(EVENT_ACTIVITY_CTRL_GET_ID, &id), ERROR_SUCCESS);
	CHECK(IsEqualGUID(&id, &created));
	id = again;
	CHECK_EQUAL(EventActivityIdControl(EVENT_ACTIVITY_CTRL_GET_SET_ID, &id), ERROR_SUCCESS);
	CHECK(IsEqualGUID(&id, &created));
	CHECK_EQUAL(EventActivityIdControl(EVENT_ACTIVITY_CTRL_CREATE_SET_ID, &id), ERROR_SUCCESS);
	CHECK(IsEqualGUID(&id, &again));
	CHECK_EQUAL(EventActivityIdControl(EVENT_ACTIVITY_CTRL_GET_ID, &id), ERROR_SUCCESS);
	CHECK(!IsEqualGUID(&id, &again) && !IsEqualGUID(&id, &created) && !IsEqualGUID(&id, &none));
	CHECK_EQUAL(EventActivityIdControl(6, &id), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(EventActivityIdControl(EVENT_ACTIVITY_CTRL_GET_ID, NULL), ERROR_INVALID_PARAMETER);
	/* Each thread has its own. */
	thread = CreateThread(NULL, 0, other_thread, NULL, 0, NULL);
	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
}

int main(void)
{
	registrations();
	writing();
	information();
	activities();
	return guest_result();
}
