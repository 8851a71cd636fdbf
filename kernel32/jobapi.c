/*
 * kernel32/jobapi.c - job objects (jobapi.h, jobapi2.h, winbase.h).
 */
#include "kernel32/kernel32.h"
#include "kernel32/names.h"
#include "ntdll/ps/job.h"
#include "ntdll/ps/job_calls.h"

#define JOB_OBJECT_ALL_ACCESS 0x1F001Fu

static HANDLE create_job(LPSECURITY_ATTRIBUTES security, const struct kernel32_name *name)
{
	OBJECT_ATTRIBUTES attributes;
	HANDLE handle = NULL;
	NTSTATUS status;

	kernel32_object_attributes(&attributes, name->string, security, OBJ_OPENIF);
	status = NtCreateJobObject(&handle, JOB_OBJECT_ALL_ACCESS, &attributes);
	set_last_error(status == STATUS_OBJECT_NAME_EXISTS ? ERROR_ALREADY_EXISTS : RtlNtStatusToDosError(status));
	return NT_SUCCESS(status) ? handle : NULL;
}

static HANDLE open_job(DWORD access, BOOL inherit, const struct kernel32_name *name)
{
	OBJECT_ATTRIBUTES attributes;
	HANDLE handle = NULL;

	kernel32_object_attributes(&attributes, name->string, NULL, inherit ? OBJ_INHERIT : 0);
	return win32_result(NtOpenJobObject(&handle, access, &attributes)) ? handle : NULL;
}

EXPORT(kernel32, HANDLE, CreateJobObjectW, (LPSECURITY_ATTRIBUTES security, LPCWSTR name))
{
	struct kernel32_name captured;
	HANDLE handle = kernel32_name_from_wide(&captured, name) ? create_job(security, &captured) : NULL;

	kernel32_name_free(&captured);
	return handle;
}

EXPORT(kernel32, HANDLE, CreateJobObjectA, (LPSECURITY_ATTRIBUTES security, LPCSTR name))
{
	struct kernel32_name captured;
	HANDLE handle = kernel32_name_from_ansi(&captured, name) ? create_job(security, &captured) : NULL;

	kernel32_name_free(&captured);
	return handle;
}

EXPORT(kernel32, HANDLE, OpenJobObjectW, (DWORD access, BOOL inherit, LPCWSTR name))
{
	struct kernel32_name captured;
	HANDLE handle = kernel32_name_from_wide(&captured, name) ? open_job(access, inherit, &captured) : NULL;

	kernel32_name_free(&captured);
	return handle;
}

EXPORT(kernel32, HANDLE, OpenJobObjectA, (DWORD access, BOOL inherit, LPCSTR name))
{
	struct kernel32_name captured;
	HANDLE handle = kernel32_name_from_ansi(&captured, name) ? open_job(access, inherit, &captured) : NULL;

	kernel32_name_free(&captured);
	return handle;
}

EXPORT(kernel32, BOOL, AssignProcessToJobObject, (HANDLE job, HANDLE process))
{
	return win32_result(NtAssignProcessToJobObject(job, process));
}

EXPORT(kernel32, BOOL, IsProcessInJob, (HANDLE process, HANDLE job, BOOL *result))
{
	NTSTATUS status = NtIsProcessInJob(process, job);

	if (!win32_result(status))
		return FALSE;
	*result = status == STATUS_PROCESS_IN_JOB;
	return TRUE;
}

EXPORT(kernel32, BOOL, TerminateJobObject, (HANDLE job, UINT code))
{
	return win32_result(NtTerminateJobObject(job, (NTSTATUS)code));
}

EXPORT(kernel32, BOOL, SetInformationJobObject, (HANDLE job, ULONG class, LPVOID information, DWORD size))
{
	return win32_result(NtSetInformationJobObject(job, class, information, size));
}

EXPORT(kernel32, BOOL, QueryInformationJobObject,
       (HANDLE job, ULONG class, LPVOID information, DWORD size, LPDWORD returned))
{
	return win32_result(NtQueryInformationJobObject(job, class, information, size, returned));
}
