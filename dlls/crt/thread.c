/*
 * dlls/crt/thread.c - _beginthread and _beginthreadex.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"

struct start {
	void *function;
	void *argument;
	HANDLE handle; /* _beginthread: closed by the thread's end */
};

static DWORD WINAPI run_ex(LPVOID parameter)
{
	struct start start = *(struct start *)parameter;

	crt_heap_free(parameter);
	return (DWORD)ke_call_guest(start.function, (uintptr_t)start.argument, 0, 0, 0);
}

CRT(uintptr_t, _beginthreadex, (SECURITY_ATTRIBUTES * security, UINT stack, void *function, void *argument, UINT flags,
				UINT *id))
{
	struct start *start;
	HANDLE handle;

	CRT_VALIDATE(function != NULL, EINVAL, 0);
	start = crt_heap_allocate(sizeof(*start));
	if (start == NULL) {
		crt_self.error = CRT_ENOMEM;
		return 0;
	}
	*start = (struct start){function, argument, NULL};
	handle = CreateThread(security, stack, run_ex, start, flags, id);
	if (handle == NULL) {
		crt_heap_free(start);
		crt_fail_last_error();
	}
	return (uintptr_t)handle;
}

CRT(void, _endthreadex, (UINT code))
{
	ExitThread(code);
}

CRT(void, _endthread, (void))
{
	HANDLE handle = crt_self.thread_handle;

	crt_self.thread_handle = NULL;
	if (handle != NULL)
		CloseHandle(handle);
	ExitThread(0);
}

static DWORD WINAPI run(LPVOID parameter)
{
	struct start *start = parameter;
	void *function = start->function, *argument = start->argument;

	crt_self.thread_handle = start->handle;
	crt_heap_free(start);
	ke_call_guest(function, (uintptr_t)argument, 0, 0, 0);
	crt__endthread();
	return 0;
}

/* -1 on failure; the handle is valid only until the thread ends. */
CRT(uintptr_t, _beginthread, (void *function, UINT stack, void *argument))
{
	struct start *start;
	HANDLE handle;

	CRT_VALIDATE(function != NULL, EINVAL, (uintptr_t)-1);
	start = crt_heap_allocate(sizeof(*start));
	if (start == NULL) {
		crt_self.error = CRT_ENOMEM;
		return (uintptr_t)-1;
	}
	*start = (struct start){function, argument, NULL};
	/* Suspended until it knows its own handle. */
	handle = CreateThread(NULL, stack, run, start, 4, NULL);
	if (handle == NULL) {
		crt_heap_free(start);
		crt_fail_last_error();
		return (uintptr_t)-1;
	}
	start->handle = handle;
	if (ResumeThread(handle) == (DWORD)-1) {
		crt_fail_last_error();
		return (uintptr_t)-1;
	}
	return (uintptr_t)handle;
}

CRT(ULONG, __threadid, (void))
{
	return (ULONG)(ULONG_PTR)NtCurrentTeb()->ClientId.UniqueThread;
}

CRT(uintptr_t, __threadhandle, (void))
{
	return (uintptr_t)NtCurrentThread();
}
