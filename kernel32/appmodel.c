/*
 * kernel32/appmodel.c - packaged applications (appmodel.h): every program here is one without a package.
 */
#include "kernel32/kernel32.h"
#include "ntdll/ps/thread.h"

#define APPMODEL_ERROR_NO_PACKAGE 15700
#define APPMODEL_ERROR_NO_APPLICATION 15703

/* The calling program's package: a buffer is only looked at when there is a package to tell of. */
static LONG no_package(const UINT32 *length, LONG error)
{
	return length ? error : (LONG)ERROR_INVALID_PARAMETER;
}

#define CURRENT(name, type, error)                                                                                      \
	EXPORT(kernel32, LONG, name, (UINT32 * length, type buffer))                                                    \
	{                                                                                                               \
		return no_package(length, error);                                                                       \
	}

CURRENT(GetCurrentPackageFullName, LPWSTR, APPMODEL_ERROR_NO_PACKAGE)
CURRENT(GetCurrentPackageFamilyName, LPWSTR, APPMODEL_ERROR_NO_PACKAGE)
CURRENT(GetCurrentPackagePath, LPWSTR, APPMODEL_ERROR_NO_PACKAGE)
CURRENT(GetCurrentPackageId, BYTE *, APPMODEL_ERROR_NO_PACKAGE)
CURRENT(GetCurrentApplicationUserModelId, LPWSTR, APPMODEL_ERROR_NO_APPLICATION)

EXPORT(kernel32, LONG, GetCurrentPackageInfo, (UINT32 flags, UINT32 *length, BYTE *buffer, UINT32 *count))
{
	return no_package(length, APPMODEL_ERROR_NO_PACKAGE);
}

/* The same of a process that may be asked about itself. */
static LONG no_package_of(HANDLE process, const UINT32 *length, LONG error)
{
	ULONG_PTR peb;
	NTSTATUS status;

	if (!length)
		return ERROR_INVALID_PARAMETER;
	status = NtQueryInformationProcess(process, ProcessWow64Information, &peb, sizeof(peb), NULL);
	return NT_SUCCESS(status) ? error : (LONG)RtlNtStatusToDosError(status);
}

#define OF_PROCESS(name, type, error)                                                                                   \
	EXPORT(kernel32, LONG, name, (HANDLE process, UINT32 *length, type buffer))                                     \
	{                                                                                                               \
		return no_package_of(process, length, error);                                                           \
	}

OF_PROCESS(GetPackageFullName, LPWSTR, APPMODEL_ERROR_NO_PACKAGE)
OF_PROCESS(GetPackageFamilyName, LPWSTR, APPMODEL_ERROR_NO_PACKAGE)
OF_PROCESS(GetPackageId, BYTE *, APPMODEL_ERROR_NO_PACKAGE)
OF_PROCESS(GetApplicationUserModelId, LPWSTR, APPMODEL_ERROR_NO_APPLICATION)

/* AppPolicy*: what an ordinary desktop program may do. */
static LONG policy(DWORD *answer, DWORD value)
{
	if (!answer)
		return ERROR_INVALID_PARAMETER;
	*answer = value;
	return ERROR_SUCCESS;
}

#define POLICY(name, value)                                                                                             \
	EXPORT(kernel32, LONG, AppPolicyGet##name, (HANDLE token, DWORD *answer))                                       \
	{                                                                                                               \
		return policy(answer, value);                                                                           \
	}

POLICY(ClrCompat, 0)			 /* AppPolicyClrCompat_Other */
POLICY(CreateFileAccess, 0)		 /* AppPolicyCreateFileAccess_Full */
POLICY(LifecycleManagement, 0)		 /* AppPolicyLifecycleManagement_Unmanaged */
POLICY(MediaFoundationCodecLoading, 0)	 /* AppPolicyMediaFoundationCodecLoading_All */
POLICY(ProcessTerminationMethod, 0)	 /* AppPolicyProcessTerminationMethod_ExitProcess */
POLICY(ShowDeveloperDiagnostic, 1)	 /* AppPolicyShowDeveloperDiagnostic_ShowUI */
POLICY(ThreadInitializationType, 0)	 /* AppPolicyThreadInitializationType_None */
POLICY(WindowingModel, 2)		 /* AppPolicyWindowingModel_ClassicDesktop */
