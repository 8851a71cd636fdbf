/*
 * working_set - GetProcessWorkingSetSize and SetProcessWorkingSetSize.
 */
#include "guest.h"

int main(void)
{
	SIZE_T minimum = 0, maximum = 0, least, most;
	DWORD flags = 0xDEAD;
	char *block = VirtualAlloc(NULL, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

	CHECK(GetProcessWorkingSetSize(GetCurrentProcess(), &minimum, &maximum));
	CHECK(minimum && maximum > minimum);
	CHECK(!(minimum % 4096) && !(maximum % 4096));
	CHECK(GetProcessWorkingSetSizeEx(GetCurrentProcess(), &least, &most, &flags));
	CHECK_EQUAL(least, minimum);
	CHECK_EQUAL(most, maximum);
	CHECK(SetProcessWorkingSetSize(GetCurrentProcess(), 1 << 20, 4 << 20));
	CHECK(GetProcessWorkingSetSize(GetCurrentProcess(), &minimum, &maximum));
	CHECK_EQUAL(minimum, 1 << 20);
	CHECK_EQUAL(maximum, 4 << 20);
	CHECK_FAILS(SetProcessWorkingSetSize(GetCurrentProcess(), 4 << 20, 1 << 20), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(SetProcessWorkingSetSizeEx(GetCurrentProcess(), 1 << 20, 4 << 20, 3), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(GetProcessWorkingSetSize(NULL, &minimum, &maximum), ERROR_INVALID_HANDLE);
	memset(block, 'w', 0x10000);
	CHECK(SetProcessWorkingSetSize(GetCurrentProcess(), (SIZE_T)-1, (SIZE_T)-1));
	CHECK_EQUAL(block[0], 'w');
	CHECK_EQUAL(block[0xFFFF], 'w');
	CHECK(GetProcessWorkingSetSize(GetCurrentProcess(), &minimum, &maximum));
	CHECK_EQUAL(minimum, 1 << 20);
	return guest_result();
}
