/*
 * execution_rows_handles.c - rows 122 to 126 of the execution facts: handle values, closing, duplicating.
 */
#include "execution_objects.h"

#define SELF GetCurrentProcess()

static void test_values(void)
{
	HANDLE handles[5], again;
	char user[256];
	DWORD flags, size;

	ROW(122, "execution");
	for (int i = 0; i < 5; i++) {
		handles[i] = CreateEventA(NULL, TRUE, FALSE, NULL);
		CHECK(handles[i] != NULL && !((ULONG_PTR)handles[i] & 3) && (ULONG_PTR)handles[i] < 0x100000);
	}
	CloseHandle(handles[3]);
	CloseHandle(handles[1]);
	again = CreateEventA(NULL, TRUE, FALSE, NULL);
	CHECK(again == (handles[1] < handles[3] ? handles[1] : handles[3]));
	handles[1] = again;
	handles[3] = CreateEventA(NULL, TRUE, FALSE, NULL);
	CHECK(GetProcessId((HANDLE)-1) == GetCurrentProcessId());
	CHECK(GetThreadId((HANDLE)-2) == GetCurrentThreadId());
	CHECK_EQUAL(WaitForSingleObject((HANDLE)(LONG_PTR)-1, 0), WAIT_TIMEOUT);
	CHECK_FAILS(GetProcessId((HANDLE)(ULONG_PTR)0xFFFFFFFF), ERROR_INVALID_HANDLE);
	/* The tokens: of the process, of the thread, which has none, and what holds. */
	CHECK(GetTokenInformation((HANDLE)-4, TokenUser, user, sizeof(user), &size));
	CHECK_FAILS(GetTokenInformation((HANDLE)-5, TokenUser, user, sizeof(user), &size), ERROR_NO_TOKEN);
	CHECK(GetTokenInformation((HANDLE)-6, TokenUser, user, sizeof(user), &size));
	CHECK_FAILS(SetEvent((HANDLE)((ULONG_PTR)handles[0] | 0x100000000ull)), ERROR_INVALID_HANDLE);
	/* The low two bits are the program's own. */
	CHECK(SetEvent((HANDLE)((ULONG_PTR)handles[0] | 1)));
	CHECK_EQUAL(WaitForSingleObject((HANDLE)((ULONG_PTR)handles[0] | 3), 0), WAIT_OBJECT_0);

	ROW(123, "execution");
	for (LONG_PTR pseudo = -1; pseudo >= -6; pseudo--)
		CHECK(CloseHandle((HANDLE)pseudo));
	CHECK_EQUAL(WaitForSingleObject((HANDLE)(LONG_PTR)-1, 0), WAIT_TIMEOUT);
	CHECK_FAILS(CloseHandle(NULL), ERROR_INVALID_HANDLE);
	CHECK_FAILS(CloseHandle((HANDLE)0x7FFF0), ERROR_INVALID_HANDLE);
	CHECK(CloseHandle(handles[4]));
	CHECK_FAILS(CloseHandle(handles[4]), ERROR_INVALID_HANDLE);
	CHECK_FAILS(SetEvent(handles[4]), ERROR_INVALID_HANDLE);

	ROW(124, "execution");
	CHECK(SetHandleInformation(handles[0], HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE));
	CHECK_FAILS(CloseHandle(handles[0]), ERROR_INVALID_HANDLE);
	CHECK_EQUAL((DWORD)NtClose(handles[0]), 0xC0000235);
	CHECK(GetHandleInformation(handles[0], &flags));
	CHECK_EQUAL(flags, HANDLE_FLAG_PROTECT_FROM_CLOSE);
	CHECK(DuplicateHandle(SELF, handles[0], SELF, &again, 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));
	CHECK(again != handles[0]);
	CHECK(SetEvent(handles[0]) && CloseHandle(again));
	CHECK(SetHandleInformation(handles[0], HANDLE_FLAG_PROTECT_FROM_CLOSE, 0));
	for (int i = 0; i < 4; i++)
		CHECK(CloseHandle(handles[i]));
}

static void test_duplicate(void)
{
	HANDLE source, copy;
	DWORD flags;

	ROW(125, "execution");
	source = CreateEventA(NULL, TRUE, FALSE, NULL);
	CHECK(DuplicateHandle(SELF, source, SELF, &copy, 0, TRUE, DUPLICATE_SAME_ACCESS));
	CHECK(copy != source && GetHandleInformation(copy, &flags) && flags == HANDLE_FLAG_INHERIT);
	CHECK_EQUAL((DWORD)NtCompareObjects(source, copy), 0);
	CHECK(SetEvent(copy) && WaitForSingleObject(source, 0) == WAIT_OBJECT_0);
	CloseHandle(source);
	/* The copy has the object still. */
	CHECK_EQUAL(WaitForSingleObject(copy, 0), WAIT_OBJECT_0);
	source = copy;
	CHECK(DuplicateHandle(SELF, source, SELF, &copy, 0, FALSE, DUPLICATE_SAME_ATTRIBUTES | DUPLICATE_SAME_ACCESS));
	CHECK(GetHandleInformation(copy, &flags) && flags == HANDLE_FLAG_INHERIT);
	CloseHandle(copy);
	CHECK(DuplicateHandle(SELF, source, SELF, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));
	CHECK(GetHandleInformation(copy, &flags) && flags == 0);
	CHECK_EQUAL(WaitForSingleObject(copy, 0), WAIT_OBJECT_0);
	source = copy;
	/* Less access. */
	CHECK(DuplicateHandle(SELF, source, SELF, &copy, SYNCHRONIZE, FALSE, 0));
	CHECK_FAILS(SetEvent(copy), ERROR_ACCESS_DENIED);
	CHECK_EQUAL(WaitForSingleObject(copy, 0), WAIT_OBJECT_0);
	CloseHandle(copy);
	CHECK(DuplicateHandle(SELF, source, SELF, &copy, EVENT_MODIFY_STATE, FALSE, 0));
	SetLastError(0);
	CHECK_EQUAL(WaitForSingleObject(copy, 0), WAIT_FAILED);
	CHECK_EQUAL(GetLastError(), ERROR_ACCESS_DENIED);
	CHECK(ResetEvent(copy));
	CloseHandle(copy);
	CHECK(DuplicateHandle(SELF, SELF, SELF, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
	CHECK((LONG_PTR)copy > 0 && GetProcessId(copy) == GetCurrentProcessId());
	CHECK_EQUAL((DWORD)NtCompareObjects(SELF, copy), 0);
	CHECK_EQUAL((DWORD)NtCompareObjects(source, copy), 0xC00001AC);
	CloseHandle(copy);

	ROW(126, "execution");
	CHECK_EQUAL((DWORD)NtDuplicateObject(SELF, source, SELF, NULL, 0, 0, DUPLICATE_SAME_ACCESS), 0);
	copy = (HANDLE)0xDEAD;
	CHECK_EQUAL((DWORD)NtDuplicateObject(SELF, (HANDLE)0x7FFF0, SELF, &copy, 0, 0, DUPLICATE_SAME_ACCESS), 0xC0000008);
	CHECK(copy == NULL);
	copy = (HANDLE)0xDEAD;
	CHECK_EQUAL((DWORD)NtDuplicateObject(SELF, source, SELF, &copy, ~0u, 0, 0), 0xC0000022);
	CHECK(copy == NULL);
	CloseHandle(source);
}

int main(void)
{
	test_values();
	test_duplicate();
	return guest_result();
}
