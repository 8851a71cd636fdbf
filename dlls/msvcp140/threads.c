/*
 * dlls/msvcp140/threads.c - the C functions below <thread>, <mutex>, <condition_variable> and <chrono> (xthreads.h,
 * xtimec.h of the compiler's headers).  A mutex and a condition variable lie in the program's objects; newer headers make
 * them without a call, all zero but for the type, so zero must mean unlocked.
 */
#include "dlls/msvcp140/msvcp140.h"
#include "ntdll/rtl/time.h"

DWORD WINAPI GetCurrentThreadId(void);
BOOL WINAPI GetExitCodeThread(HANDLE thread, LPDWORD code);
BOOL WINAPI SwitchToThread(void);
DWORD WINAPI GetActiveProcessorCount(WORD group);

enum { THREAD_SUCCESS, THREAD_NO_MEMORY, THREAD_TIMED_OUT, THREAD_BUSY, THREAD_ERROR };
enum { MUTEX_PLAIN = 1, MUTEX_TRY = 2, MUTEX_TIMED = 4, MUTEX_RECURSIVE = 0x100 };

/* _Mtx_internal_imp_t: 80 bytes. */
struct mutex {
	INT type;
	void *unused;
	RTL_SRWLOCK lock;
	char reserved[48];
	LONG owner; /* 0, -1: none */
	LONG count;
};
_Static_assert(sizeof(struct mutex) == 80, "the headers set 80 bytes aside");

/* _Cnd_internal_imp_t: 72 bytes. */
struct condition {
	void *unused;
	RTL_CONDITION_VARIABLE variable;
	char reserved[56];
};
_Static_assert(sizeof(struct condition) == 72, "the headers set 72 bytes aside");

/* _Thrd_t */
struct thread {
	HANDLE handle;
	UINT id;
};

/* A time since 1970. */
struct xtime {
	int64_t seconds;
	LONG nanoseconds;
};

/* --- time --- */

STD(int64_t, "_Xtime_get_ticks", Xtime_get_ticks, (void))
{
	return rtl_system_time() - RTL_TICKS_1601_1970;
}

STD(INT, "xtime_get", xtime_get, (struct xtime * to, INT base))
{
	int64_t ticks = msvcp_Xtime_get_ticks();

	if (to == NULL || base != 1)
		return 0;
	to->seconds = ticks / RTL_TICKS_PER_SECOND;
	to->nanoseconds = (LONG)(ticks % RTL_TICKS_PER_SECOND) * 100;
	return base;
}

/* Milliseconds from b to a, rounded up; 0 if a is not later. */
STD(LONG, "_Xtime_diff_to_millis2", Xtime_diff_to_millis2, (const struct xtime *a, const struct xtime *b))
{
	int64_t nanoseconds = (a->seconds - b->seconds) * 1000000000 + a->nanoseconds - b->nanoseconds;

	return nanoseconds <= 0 ? 0 : (LONG)((nanoseconds + 999999) / 1000000);
}

STD(LONG, "_Xtime_diff_to_millis", Xtime_diff_to_millis, (const struct xtime *to))
{
	struct xtime now;

	msvcp_xtime_get(&now, 1);
	return msvcp_Xtime_diff_to_millis2(to, &now);
}

STD(int64_t, "_Query_perf_counter", Query_perf_counter, (void))
{
	return rtl_performance_counter();
}

STD(int64_t, "_Query_perf_frequency", Query_perf_frequency, (void))
{
	return RTL_TICKS_PER_SECOND;
}

/* --- mutexes --- */

STD(void, "_Mtx_init_in_situ", Mtx_init_in_situ, (struct mutex * m, INT type))
{
	rtl_memset(m, 0, sizeof(*m));
	m->type = type;
	m->owner = -1;
}

STD(void, "_Mtx_destroy_in_situ", Mtx_destroy_in_situ, (struct mutex * m))
{
	(void)m;
}

STD(INT, "_Mtx_init", Mtx_init, (struct mutex * *m, INT type))
{
	*m = crt_heap_allocate(sizeof(**m));
	if (*m == NULL)
		return THREAD_NO_MEMORY;
	msvcp_Mtx_init_in_situ(*m, type);
	return THREAD_SUCCESS;
}

STD(void, "_Mtx_destroy", Mtx_destroy, (struct mutex * m))
{
	crt_heap_free(m);
}

STD(INT, "_Mtx_current_owns", Mtx_current_owns, (struct mutex * m))
{
	return m->count != 0 && m->owner == (LONG)GetCurrentThreadId();
}

STD(INT, "_Mtx_lock", Mtx_lock, (struct mutex * m))
{
	if (msvcp_Mtx_current_owns(m)) {
		/* A plain mutex counts, as it always has; others say that the caller has it. */
		if (!(m->type & MUTEX_RECURSIVE) && (m->type & ~MUTEX_RECURSIVE) != MUTEX_PLAIN)
			return THREAD_BUSY;
	} else {
		RtlAcquireSRWLockExclusive(&m->lock);
		m->owner = (LONG)GetCurrentThreadId();
	}
	m->count++;
	return THREAD_SUCCESS;
}

BOOLEAN NTAPI RtlTryAcquireSRWLockExclusive(RTL_SRWLOCK *lock);

STD(INT, "_Mtx_trylock", Mtx_trylock, (struct mutex * m))
{
	if (msvcp_Mtx_current_owns(m)) {
		if (!(m->type & MUTEX_RECURSIVE))
			return THREAD_BUSY;
	} else {
		if (!RtlTryAcquireSRWLockExclusive(&m->lock))
			return THREAD_BUSY;
		m->owner = (LONG)GetCurrentThreadId();
	}
	m->count++;
	return THREAD_SUCCESS;
}

/* An SRW lock has no time limit: tried again and again, with growing pauses. */
STD(INT, "_Mtx_timedlock", Mtx_timedlock, (struct mutex * m, const struct xtime *until))
{
	LONG left;
	DWORD pause = 0;
	INT result;

	for (;;) {
		result = msvcp_Mtx_trylock(m);
		if (result == THREAD_SUCCESS)
			return result;
		left = msvcp_Xtime_diff_to_millis(until);
		if (left <= 0)
			return THREAD_TIMED_OUT;
		Sleep(pause < (DWORD)left ? pause : (DWORD)left);
		pause = pause < 8 ? pause + 1 : 8;
	}
}

STD(INT, "_Mtx_unlock", Mtx_unlock, (struct mutex * m))
{
	if (--m->count == 0) {
		m->owner = -1;
		RtlReleaseSRWLockExclusive(&m->lock);
	}
	return THREAD_SUCCESS;
}

STD(void *, "_Mtx_getconcrtcs", Mtx_getconcrtcs, (struct mutex * m))
{
	return &m->unused;
}

STD(void, "_Mtx_clear_owner", Mtx_clear_owner, (struct mutex * m))
{
	m->owner = -1;
	m->count--;
}

STD(void, "_Mtx_reset_owner", Mtx_reset_owner, (struct mutex * m))
{
	m->owner = (LONG)GetCurrentThreadId();
	m->count++;
}

/* --- condition variables --- */

STD(void, "_Cnd_init_in_situ", Cnd_init_in_situ, (struct condition * c))
{
	rtl_memset(c, 0, sizeof(*c));
}

STD(void, "_Cnd_destroy_in_situ", Cnd_destroy_in_situ, (struct condition * c))
{
	(void)c;
}

STD(INT, "_Cnd_init", Cnd_init, (struct condition * *c))
{
	*c = crt_heap_allocate(sizeof(**c));
	if (*c == NULL)
		return THREAD_NO_MEMORY;
	msvcp_Cnd_init_in_situ(*c);
	return THREAD_SUCCESS;
}

STD(void, "_Cnd_destroy", Cnd_destroy, (struct condition * c))
{
	crt_heap_free(c);
}

static INT wait(struct condition *c, struct mutex *m, const LARGE_INTEGER *timeout)
{
	NTSTATUS status;

	msvcp_Mtx_clear_owner(m);
	status = RtlSleepConditionVariableSRW(&c->variable, &m->lock, timeout, 0);
	msvcp_Mtx_reset_owner(m);
	return status == STATUS_TIMEOUT ? THREAD_TIMED_OUT : THREAD_SUCCESS;
}

STD(INT, "_Cnd_wait", Cnd_wait, (struct condition * c, struct mutex *m))
{
	return wait(c, m, NULL);
}

STD(INT, "_Cnd_timedwait", Cnd_timedwait, (struct condition * c, struct mutex *m, const struct xtime *until))
{
	LARGE_INTEGER timeout;
	LONG left;

	if (until == NULL)
		return wait(c, m, NULL);
	left = msvcp_Xtime_diff_to_millis(until);
	timeout.QuadPart = -(int64_t)left * 10000;
	if (wait(c, m, &timeout) == THREAD_SUCCESS)
		return THREAD_SUCCESS;
	return msvcp_Xtime_diff_to_millis(until) == 0 ? THREAD_TIMED_OUT : THREAD_SUCCESS;
}

void NTAPI RtlWakeConditionVariable(RTL_CONDITION_VARIABLE *variable);
void NTAPI RtlWakeAllConditionVariable(RTL_CONDITION_VARIABLE *variable);

STD(INT, "_Cnd_signal", Cnd_signal, (struct condition * c))
{
	RtlWakeConditionVariable(&c->variable);
	return THREAD_SUCCESS;
}

STD(INT, "_Cnd_broadcast", Cnd_broadcast, (struct condition * c))
{
	RtlWakeAllConditionVariable(&c->variable);
	return THREAD_SUCCESS;
}

/* What a thread is to do at its end: notify_all_at_thread_exit, promise::set_value_at_thread_exit. */
struct at_exit {
	struct at_exit *next;
	DWORD thread;
	struct condition *condition;
	struct mutex *mutex;
	INT *result;
};
static struct at_exit *at_exits;
static RTL_SRWLOCK at_exit_lock;

STD(void, "_Cnd_register_at_thread_exit", Cnd_register_at_thread_exit,
    (struct condition * c, struct mutex *m, INT *result))
{
	struct at_exit *node = msvcp_new(sizeof(*node));

	*node = (struct at_exit){NULL, GetCurrentThreadId(), c, m, result};
	RtlAcquireSRWLockExclusive(&at_exit_lock);
	node->next = at_exits;
	at_exits = node;
	RtlReleaseSRWLockExclusive(&at_exit_lock);
}

/* Takes the nodes of a thread or a mutex out of the list. */
static struct at_exit *take(DWORD thread, const struct mutex *m)
{
	struct at_exit **link, *node, *taken = NULL;

	RtlAcquireSRWLockExclusive(&at_exit_lock);
	for (link = &at_exits; (node = *link) != NULL;) {
		if (m != NULL ? node->mutex == m : node->thread == thread) {
			*link = node->next;
			node->next = taken;
			taken = node;
		} else {
			link = &node->next;
		}
	}
	RtlReleaseSRWLockExclusive(&at_exit_lock);
	return taken;
}

STD(void, "_Cnd_unregister_at_thread_exit", Cnd_unregister_at_thread_exit, (struct mutex * m))
{
	struct at_exit *node = take(0, m), *next;

	for (; node != NULL; node = next) {
		next = node->next;
		crt_heap_free(node);
	}
}

STD(void, "_Cnd_do_broadcast_at_thread_exit", Cnd_do_broadcast_at_thread_exit, (void))
{
	struct at_exit *node = take(GetCurrentThreadId(), NULL), *next;

	for (; node != NULL; node = next) {
		next = node->next;
		if (node->result != NULL)
			*node->result = 1;
		msvcp_Mtx_unlock(node->mutex);
		msvcp_Cnd_broadcast(node->condition);
		crt_heap_free(node);
	}
}

/* --- threads --- */

STD(UINT, "_Thrd_id", Thrd_id, (void))
{
	return GetCurrentThreadId();
}

STD(struct thread, "_Thrd_current", Thrd_current, (void))
{
	/* A handle that stays good when the thread that has it goes is nobody's to close: there is none. */
	return (struct thread){NULL, GetCurrentThreadId()};
}

STD(INT, "_Thrd_equal", Thrd_equal, (struct thread a, struct thread b))
{
	return a.id == b.id;
}

STD(INT, "_Thrd_lt", Thrd_lt, (struct thread a, struct thread b))
{
	return a.id < b.id;
}

STD(UINT, "_Thrd_hardware_concurrency", Thrd_hardware_concurrency, (void))
{
	return GetActiveProcessorCount(0xFFFF);
}

STD(void, "_Thrd_yield", Thrd_yield, (void))
{
	SwitchToThread();
}

STD(void, "_Thrd_sleep", Thrd_sleep, (const struct xtime *until))
{
	LONG left;

	while ((left = msvcp_Xtime_diff_to_millis(until)) > 0)
		Sleep((DWORD)left);
}

STD(void, "_Thrd_sleep_for", Thrd_sleep_for, (ULONG milliseconds))
{
	Sleep(milliseconds);
}

STD(INT, "_Thrd_join", Thrd_join, (struct thread t, INT *code))
{
	DWORD result;

	if (WaitForSingleObject(t.handle, INFINITE) != 0 || !GetExitCodeThread(t.handle, &result))
		return THREAD_ERROR;
	if (code != NULL)
		*code = (INT)result;
	return CloseHandle(t.handle) ? THREAD_SUCCESS : THREAD_ERROR;
}

STD(INT, "_Thrd_detach", Thrd_detach, (struct thread t))
{
	return CloseHandle(t.handle) ? THREAD_SUCCESS : THREAD_ERROR;
}

struct start {
	void *function;
	void *argument;
};

static DWORD WINAPI run(void *parameter)
{
	struct start start = *(struct start *)parameter;
	DWORD result;

	crt_heap_free(parameter);
	result = (DWORD)ke_call_guest(start.function, (uintptr_t)start.argument, 0, 0, 0);
	msvcp_Cnd_do_broadcast_at_thread_exit();
	return result;
}

STD(INT, "_Thrd_start", Thrd_start, (struct thread * t, void *function, void *argument))
{
	struct start *start = crt_heap_allocate(sizeof(*start));
	DWORD id = 0;

	if (start == NULL)
		return THREAD_NO_MEMORY;
	*start = (struct start){function, argument};
	t->handle = CreateThread(NULL, 0, run, start, 0, &id);
	t->id = id;
	if (t->handle == NULL) {
		crt_heap_free(start);
		return THREAD_ERROR;
	}
	return THREAD_SUCCESS;
}

STD(void, "_Thrd_exit", Thrd_exit, (INT code))
{
	ExitThread((DWORD)code);
}
