/*
 * kernel32/synchapi.c - events, mutexes, semaphores, timers, waits, and the locks of the run-time library.
 */
#include "kernel32/kernel32.h"
#include "kernel32/names.h"
#include "ntdll/ke/ke.h"

#define EVENT_ALL_ACCESS 0x1F0003u
#define MUTEX_ALL_ACCESS 0x1F0001u
#define SEMAPHORE_ALL_ACCESS 0x1F0003u
#define TIMER_ALL_ACCESS 0x1F0003u
#define CREATE_EVENT_MANUAL_RESET 1u
#define CREATE_EVENT_INITIAL_SET 2u
#define CREATE_MUTEX_INITIAL_OWNER 1u
#define CREATE_WAITABLE_TIMER_MANUAL_RESET 1u
#define CREATE_WAITABLE_TIMER_HIGH_RESOLUTION 2u

/* What a creation left: a new object's last error is 0, an existing one's says so. */
static HANDLE created(NTSTATUS status, const HANDLE *handle)
{
	if (!win32_result(status))
		return NULL;
	set_last_error(status == STATUS_OBJECT_NAME_EXISTS ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
	return *handle;
}

static HANDLE opened(NTSTATUS status, const HANDLE *handle)
{
	return win32_result(status) ? *handle : NULL;
}

/* A pair of functions for a name in UTF-16 and in the ANSI code page, over a static one that takes it captured. */
#define BOTH_CREATE(function, call, parameters, ...)                                                                        \
	EXPORT(kernel32, HANDLE, function##W, parameters(LPCWSTR))                                                          \
	{                                                                                                                   \
		struct kernel32_name captured;                                                                              \
		HANDLE handle = NULL;                                                                                       \
		if (kernel32_name_from_wide(&captured, name))                                                               \
			handle = call(__VA_ARGS__);                                                                         \
		kernel32_name_free(&captured);                                                                              \
		return handle;                                                                                              \
	}                                                                                                                   \
	EXPORT(kernel32, HANDLE, function##A, parameters(LPCSTR))                                                           \
	{                                                                                                                   \
		struct kernel32_name captured;                                                                              \
		HANDLE handle = NULL;                                                                                       \
		if (kernel32_name_from_ansi(&captured, name))                                                               \
			handle = call(__VA_ARGS__);                                                                         \
		kernel32_name_free(&captured);                                                                              \
		return handle;                                                                                              \
	}                                                                                                                   \
	struct kernel32_semicolon

typedef NTSTATUS(NTAPI *open_function)(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes);

/* ERROR_INVALID_PARAMETER without a name: MSDN OpenEvent and kin. */
static HANDLE open_named(open_function open, DWORD access, BOOL inherit, const struct kernel32_name *name)
{
	OBJECT_ATTRIBUTES attributes;
	HANDLE handle;

	if (!name->string) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	kernel32_object_attributes(&attributes, name->string, NULL, inherit ? OBJ_INHERIT : 0);
	return opened(open(&handle, access, &attributes), &handle);
}

#define OPEN_PARAMETERS(text) (DWORD access, BOOL inherit, text name)

static HANDLE create_event(LPSECURITY_ATTRIBUTES security, const struct kernel32_name *name, DWORD flags, DWORD access)
{
	OBJECT_ATTRIBUTES attributes;
	HANDLE handle;

	if (flags & ~(CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	kernel32_object_attributes(&attributes, name->string, security, OBJ_OPENIF);
	return created(NtCreateEvent(&handle, access, &attributes, !(flags & CREATE_EVENT_MANUAL_RESET),
				     !!(flags & CREATE_EVENT_INITIAL_SET)),
		       &handle);
}

#define EVENT_PARAMETERS(text) (LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL state, text name)
#define EVENT_EX_PARAMETERS(text) (LPSECURITY_ATTRIBUTES security, text name, DWORD flags, DWORD access)
BOTH_CREATE(CreateEvent, create_event, EVENT_PARAMETERS, security, &captured,
	    (manual ? CREATE_EVENT_MANUAL_RESET : 0) | (state ? CREATE_EVENT_INITIAL_SET : 0), EVENT_ALL_ACCESS);
BOTH_CREATE(CreateEventEx, create_event, EVENT_EX_PARAMETERS, security, &captured, flags, access);
BOTH_CREATE(OpenEvent, open_named, OPEN_PARAMETERS, NtOpenEvent, access, inherit, &captured);

static HANDLE create_mutex(LPSECURITY_ATTRIBUTES security, const struct kernel32_name *name, DWORD flags, DWORD access)
{
	OBJECT_ATTRIBUTES attributes;
	HANDLE handle;

	if (flags & ~CREATE_MUTEX_INITIAL_OWNER) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	kernel32_object_attributes(&attributes, name->string, security, OBJ_OPENIF);
	return created(NtCreateMutant(&handle, access, &attributes, !!(flags & CREATE_MUTEX_INITIAL_OWNER)), &handle);
}

#define MUTEX_PARAMETERS(text) (LPSECURITY_ATTRIBUTES security, BOOL owner, text name)
BOTH_CREATE(CreateMutex, create_mutex, MUTEX_PARAMETERS, security, &captured, owner ? CREATE_MUTEX_INITIAL_OWNER : 0,
	    MUTEX_ALL_ACCESS);
BOTH_CREATE(CreateMutexEx, create_mutex, EVENT_EX_PARAMETERS, security, &captured, flags, access);
BOTH_CREATE(OpenMutex, open_named, OPEN_PARAMETERS, NtOpenMutant, access, inherit, &captured);

static HANDLE create_semaphore(LPSECURITY_ATTRIBUTES security, LONG initial, LONG maximum,
			       const struct kernel32_name *name, DWORD flags, DWORD access)
{
	OBJECT_ATTRIBUTES attributes;
	HANDLE handle;

	if (flags) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	kernel32_object_attributes(&attributes, name->string, security, OBJ_OPENIF);
	return created(NtCreateSemaphore(&handle, access, &attributes, initial, maximum), &handle);
}

#define SEMAPHORE_PARAMETERS(text) (LPSECURITY_ATTRIBUTES security, LONG initial, LONG maximum, text name)
#define SEMAPHORE_EX_PARAMETERS(text)                                                                                       \
	(LPSECURITY_ATTRIBUTES security, LONG initial, LONG maximum, text name, DWORD flags, DWORD access)
BOTH_CREATE(CreateSemaphore, create_semaphore, SEMAPHORE_PARAMETERS, security, initial, maximum, &captured, 0,
	    SEMAPHORE_ALL_ACCESS);
BOTH_CREATE(CreateSemaphoreEx, create_semaphore, SEMAPHORE_EX_PARAMETERS, security, initial, maximum, &captured, flags,
	    access);
BOTH_CREATE(OpenSemaphore, open_named, OPEN_PARAMETERS, NtOpenSemaphore, access, inherit, &captured);

static HANDLE create_timer(LPSECURITY_ATTRIBUTES security, const struct kernel32_name *name, DWORD flags, DWORD access)
{
	OBJECT_ATTRIBUTES attributes;
	HANDLE handle;

	/* Every timer of ours has a high resolution. */
	if (flags & ~(CREATE_WAITABLE_TIMER_MANUAL_RESET | CREATE_WAITABLE_TIMER_HIGH_RESOLUTION)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	kernel32_object_attributes(&attributes, name->string, security, OBJ_OPENIF);
	return created(NtCreateTimer(&handle, access, &attributes, !(flags & CREATE_WAITABLE_TIMER_MANUAL_RESET)), &handle);
}

#define TIMER_PARAMETERS(text) (LPSECURITY_ATTRIBUTES security, BOOL manual, text name)
BOTH_CREATE(CreateWaitableTimer, create_timer, TIMER_PARAMETERS, security, &captured,
	    manual ? CREATE_WAITABLE_TIMER_MANUAL_RESET : 0, TIMER_ALL_ACCESS);
BOTH_CREATE(CreateWaitableTimerEx, create_timer, EVENT_EX_PARAMETERS, security, &captured, flags, access);
BOTH_CREATE(OpenWaitableTimer, open_named, OPEN_PARAMETERS, NtOpenTimer, access, inherit, &captured);

EXPORT(kernel32, BOOL, SetEvent, (HANDLE event))
{
	return win32_result(NtSetEvent(event, NULL));
}

EXPORT(kernel32, BOOL, ResetEvent, (HANDLE event))
{
	return win32_result(NtResetEvent(event, NULL));
}

EXPORT(kernel32, BOOL, PulseEvent, (HANDLE event))
{
	return win32_result(NtPulseEvent(event, NULL));
}

EXPORT(kernel32, BOOL, ReleaseMutex, (HANDLE mutex))
{
	return win32_result(NtReleaseMutant(mutex, NULL));
}

EXPORT(kernel32, BOOL, ReleaseSemaphore, (HANDLE semaphore, LONG count, LPLONG previous))
{
	return win32_result(NtReleaseSemaphore(semaphore, count, previous));
}

EXPORT(kernel32, BOOL, SetWaitableTimer,
       (HANDLE timer, const LARGE_INTEGER *due, LONG period, PVOID routine, LPVOID argument, BOOL resume))
{
	NTSTATUS status = NtSetTimer(timer, due, routine, argument, !!resume, period, NULL);

	if (!win32_result(status))
		return FALSE;
	if (status)
		set_last_error(ERROR_NOT_SUPPORTED); /* it cannot wake the machine; the timer is set */
	return TRUE;
}

/* The tolerable delay lets a system gather wake-ups; none is taken. */
EXPORT(kernel32, BOOL, SetWaitableTimerEx,
       (HANDLE timer, const LARGE_INTEGER *due, LONG period, PVOID routine, LPVOID argument, PVOID wake_context,
	ULONG tolerable_delay))
{
	return win32_result(NtSetTimer(timer, due, routine, argument, FALSE, period, NULL));
}

EXPORT(kernel32, BOOL, CancelWaitableTimer, (HANDLE timer))
{
	return win32_result(NtCancelTimer(timer, NULL));
}

static const LARGE_INTEGER *timeout_of(LARGE_INTEGER *timeout, DWORD milliseconds)
{
	if (milliseconds == INFINITE)
		return NULL;
	timeout->QuadPart = -(LONGLONG)milliseconds * 10000;
	return timeout;
}

#define WAIT_FAILED 0xFFFFFFFFu

static DWORD waited(NTSTATUS status)
{
	return win32_result(status) ? (DWORD)status : WAIT_FAILED;
}

EXPORT(kernel32, DWORD, WaitForSingleObjectEx, (HANDLE handle, DWORD milliseconds, BOOL alertable))
{
	LARGE_INTEGER timeout;
	NTSTATUS status;

	do {
		status = NtWaitForSingleObject(handle, !!alertable, timeout_of(&timeout, milliseconds));
	} while (status == STATUS_ALERTED); /* Win32 knows no alerts: it waits again */
	return waited(status);
}

EXPORT(kernel32, DWORD, WaitForSingleObject, (HANDLE handle, DWORD milliseconds))
{
	return WaitForSingleObjectEx(handle, milliseconds, FALSE);
}

EXPORT(kernel32, DWORD, WaitForMultipleObjectsEx,
       (DWORD count, const HANDLE *handles, BOOL all, DWORD milliseconds, BOOL alertable))
{
	LARGE_INTEGER timeout;
	NTSTATUS status;

	do {
		status = NtWaitForMultipleObjects(count, handles, !all, !!alertable, timeout_of(&timeout, milliseconds));
	} while (status == STATUS_ALERTED);
	return waited(status);
}

EXPORT(kernel32, DWORD, WaitForMultipleObjects, (DWORD count, const HANDLE *handles, BOOL all, DWORD milliseconds))
{
	return WaitForMultipleObjectsEx(count, handles, all, milliseconds, FALSE);
}

EXPORT(kernel32, DWORD, SignalObjectAndWait, (HANDLE signal, HANDLE wait, DWORD milliseconds, BOOL alertable))
{
	LARGE_INTEGER timeout;
	NTSTATUS status = NtSignalAndWaitForSingleObject(signal, wait, !!alertable, timeout_of(&timeout, milliseconds));

	if (status == STATUS_OBJECT_TYPE_MISMATCH)
		status = STATUS_INVALID_HANDLE;
	return waited(status);
}

EXPORT(kernel32, DWORD, SleepEx, (DWORD milliseconds, BOOL alertable))
{
	LARGE_INTEGER interval = {.QuadPart = INT64_MIN};
	NTSTATUS status;

	if (milliseconds != INFINITE)
		interval.QuadPart = -(LONGLONG)milliseconds * 10000;
	do {
		status = NtDelayExecution(!!alertable, &interval);
	} while (status == STATUS_ALERTED);
	return status == STATUS_USER_APC ? STATUS_USER_APC : 0;
}

EXPORT(kernel32, void, Sleep, (DWORD milliseconds))
{
	SleepEx(milliseconds, FALSE);
}

/*
 * Critical sections, condition variables, one-time initialization.  What needs no conversion is forwarded to ntdll.
 */
EXPORT(kernel32, void, InitializeCriticalSection, (LPCRITICAL_SECTION section))
{
	RtlInitializeCriticalSection(section);
}

EXPORT(kernel32, BOOL, InitializeCriticalSectionAndSpinCount, (LPCRITICAL_SECTION section, DWORD spin))
{
	return win32_result(RtlInitializeCriticalSectionAndSpinCount(section, spin));
}

EXPORT(kernel32, BOOL, InitializeCriticalSectionEx, (LPCRITICAL_SECTION section, DWORD spin, DWORD flags))
{
	return win32_result(RtlInitializeCriticalSectionEx(section, spin, flags));
}

static BOOL slept(NTSTATUS status)
{
	if (status == STATUS_TIMEOUT) {
		set_last_error(ERROR_TIMEOUT);
		return FALSE;
	}
	return win32_result(status);
}

EXPORT(kernel32, BOOL, SleepConditionVariableCS,
       (RTL_CONDITION_VARIABLE * variable, LPCRITICAL_SECTION section, DWORD milliseconds))
{
	LARGE_INTEGER timeout;

	return slept(RtlSleepConditionVariableCS(variable, section, timeout_of(&timeout, milliseconds)));
}

EXPORT(kernel32, BOOL, SleepConditionVariableSRW,
       (RTL_CONDITION_VARIABLE * variable, RTL_SRWLOCK *lock, DWORD milliseconds, ULONG flags))
{
	LARGE_INTEGER timeout;

	return slept(RtlSleepConditionVariableSRW(variable, lock, timeout_of(&timeout, milliseconds), flags));
}

EXPORT(kernel32, BOOL, WaitOnAddress, (const void *address, PVOID compare, SIZE_T size, DWORD milliseconds))
{
	LARGE_INTEGER timeout;

	return slept(RtlWaitOnAddress(address, compare, size, timeout_of(&timeout, milliseconds)));
}

EXPORT_FORWARD(kernel32, "WakeByAddressSingle", "NTDLL.RtlWakeAddressSingle");
EXPORT_FORWARD(kernel32, "WakeByAddressAll", "NTDLL.RtlWakeAddressAll");

EXPORT(kernel32, void, InitOnceInitialize, (RTL_RUN_ONCE * once))
{
	once->Ptr = NULL;
}

EXPORT(kernel32, BOOL, InitOnceBeginInitialize, (RTL_RUN_ONCE * once, DWORD flags, BOOL *pending, LPVOID *context))
{
	NTSTATUS status = RtlRunOnceBeginInitialize(once, flags, context);

	if (!win32_result(status))
		return FALSE;
	*pending = status == STATUS_PENDING;
	return TRUE;
}

EXPORT(kernel32, BOOL, InitOnceComplete, (RTL_RUN_ONCE * once, DWORD flags, LPVOID context))
{
	return win32_result(RtlRunOnceComplete(once, flags, context));
}

EXPORT(kernel32, BOOL, InitOnceExecuteOnce,
       (RTL_RUN_ONCE * once, PRTL_RUN_ONCE_INIT_FN function, PVOID parameter, LPVOID *context))
{
	/* A callback that fails leaves its own last error. */
	return NT_SUCCESS(RtlRunOnceExecuteOnce(once, function, parameter, context));
}

/*
 * Barriers.
 */
EXPORT(kernel32, BOOL, InitializeSynchronizationBarrier, (struct ke_barrier * barrier, LONG total, LONG spin))
{
	return win32_result(RtlInitBarrier(barrier, total, spin));
}

EXPORT(kernel32, BOOL, EnterSynchronizationBarrier, (struct ke_barrier * barrier, DWORD flags))
{
	return RtlBarrier(barrier, flags);
}

EXPORT(kernel32, BOOL, DeleteSynchronizationBarrier, (struct ke_barrier * barrier))
{
	return win32_result(RtlDeleteBarrier(barrier));
}
