/* Fibers: rows 91 and 92 of the execution facts. */
#include "guest.h"

static PVOID main_fiber, other;
static int sum, freed;
static DWORD fls;

static void WINAPI fls_callback(PVOID value)
{
	freed += (int)(LONG_PTR)value;
}

static void CALLBACK run(PVOID parameter)
{
	CHECK(GetFiberData() == parameter);
	CHECK(GetCurrentFiber() == other);
	FlsSetValue(fls, (PVOID)4);
	for (;;) {
		volatile double half;

		sum += (int)(LONG_PTR)parameter;
		half = sum * 0.5;
		SwitchToFiber(main_fiber);
		CHECK(half > 0);
	}
}

int main(void)
{
	ROW(91, "execution");
	CHECK(!IsThreadAFiber());
	main_fiber = ConvertThreadToFiber((PVOID)9);
	CHECK(IsThreadAFiber());
	CHECK(GetFiberData() == (PVOID)9);
	CHECK_FAILS(ConvertThreadToFiber(NULL), ERROR_ALREADY_FIBER);
	fls = FlsAlloc(fls_callback);
	other = CreateFiber(0, run, (PVOID)3);
	for (int i = 0; i < 5; i++)
		SwitchToFiber(other);
	CHECK_EQUAL(sum, 15);
	ROW(92, "execution");
	DeleteFiber(other);
	CHECK_EQUAL(freed, 4);
	ROW(91, "execution");
	CHECK(ConvertFiberToThread());
	CHECK(!IsThreadAFiber());
	CHECK(ConvertThreadToFiber(NULL) != NULL);
	return guest_result();
}
