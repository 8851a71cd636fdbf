/*
 * no_package.c - what a program asks to learn in which world it runs: 32-bit or not, packaged or not, its policies, its
 * image; and the SIDs and privileges of ntdll.
 */
#include "guest.h"

#include <winternl.h>

static FARPROC of(const char *dll, const char *name)
{
	FARPROC procedure = GetProcAddress(GetModuleHandleA(dll), name);

	CHECK(procedure != NULL);
	return procedure;
}

static void wow64(void)
{
	BOOL(WINAPI * is_wow64)(HANDLE, BOOL *) = (void *)of("kernel32", "IsWow64Process");
	BOOL(WINAPI * is_wow64_2)(HANDLE, USHORT *, USHORT *) = (void *)of("kernel32", "IsWow64Process2");
	BOOL(WINAPI * disable)(PVOID *) = (void *)of("kernel32", "Wow64DisableWow64FsRedirection");
	USHORT machine = 9, native = 9;
	BOOL answer = 9;
	PVOID old;

	CHECK(is_wow64(GetCurrentProcess(), &answer));
	CHECK_EQUAL(answer, FALSE);
	CHECK_FAILS(is_wow64((HANDLE)0xDEAD0, &answer), ERROR_INVALID_HANDLE);
	CHECK(is_wow64_2(GetCurrentProcess(), &machine, &native));
	CHECK_EQUAL(machine, IMAGE_FILE_MACHINE_UNKNOWN);
	CHECK_EQUAL(native, IMAGE_FILE_MACHINE_AMD64);
	CHECK_FAILS(disable(&old), ERROR_INVALID_FUNCTION);
}

static void packages(void)
{
	LONG(WINAPI * full_name)(UINT32 *, WCHAR *) = (void *)of("kernel32", "GetCurrentPackageFullName");
	LONG(WINAPI * family)(HANDLE, UINT32 *, WCHAR *) = (void *)of("kernel32", "GetPackageFamilyName");
	LONG(WINAPI * windowing)(HANDLE, DWORD *) = (void *)of("kernel32", "AppPolicyGetWindowingModel");
	WCHAR name[64];
	UINT32 length = 64;
	DWORD model = 9;

	CHECK_EQUAL(full_name(&length, name), 15700);
	CHECK_EQUAL(length, 64);
	CHECK_EQUAL(full_name(NULL, name), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(family(GetCurrentProcess(), &length, name), 15700);
	CHECK_EQUAL(family((HANDLE)0xDEAD0, &length, name), ERROR_INVALID_HANDLE);
	CHECK_EQUAL(windowing((HANDLE)-6, &model), ERROR_SUCCESS);
	CHECK_EQUAL(model, 2);
	CHECK_EQUAL(windowing((HANDLE)-6, NULL), ERROR_INVALID_PARAMETER);
}

static void policies(void)
{
	BOOL(WINAPI * policy)(HANDLE, DWORD, PVOID, SIZE_T) = (void *)of("kernel32", "GetProcessMitigationPolicy");
	DWORD dep[2] = {9, 9}, other = 9, size;
	char name[MAX_PATH], module[MAX_PATH];

	CHECK(policy(GetCurrentProcess(), 0, dep, sizeof(dep)));
	CHECK_EQUAL(dep[0] & 1, 1);
	CHECK(policy(GetCurrentProcess(), 2, &other, sizeof(other)));
	CHECK_EQUAL(other, 0);
	CHECK_FAILS(policy(GetCurrentProcess(), 0, dep, 4), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(policy(GetCurrentProcess(), 99, dep, 4), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(SetProcessDEPPolicy(PROCESS_DEP_ENABLE), ERROR_NOT_SUPPORTED);
	GetModuleFileNameA(NULL, module, sizeof(module));
	size = sizeof(name);
	CHECK(QueryFullProcessImageNameA(GetCurrentProcess(), 0, name, &size));
	CHECK_EQUAL(size, strlen(name));
	CHECK(_stricmp(name, module) == 0);
	size = sizeof(name);
	CHECK(QueryFullProcessImageNameA(GetCurrentProcess(), PROCESS_NAME_NATIVE, name, &size));
	CHECK(_strnicmp(name, "\\Device\\HarddiskVolume", 22) == 0);
	CHECK(strlen(name) > strlen(module) && _stricmp(name + strlen(name) - strlen(module + 2), module + 2) == 0);
	size = 3;
	CHECK_FAILS(QueryFullProcessImageNameA(GetCurrentProcess(), 0, name, &size), ERROR_INSUFFICIENT_BUFFER);
}

static void routines(void)
{
	PVOID(NTAPI * find)(HMODULE, PCSTR) = (void *)of("ntdll", "RtlFindExportedRoutineByName");
	HMODULE ntdll = GetModuleHandleA("ntdll");

	CHECK(find(ntdll, "NtClose") == (PVOID)GetProcAddress(ntdll, "NtClose"));
	CHECK(!find(ntdll, "NtClos"));
	CHECK(!find(GetModuleHandleA(NULL), "main"));
}

static void sids(void)
{
	NTSTATUS(NTAPI * make)(const BYTE *, BYTE, DWORD, DWORD, DWORD, DWORD, DWORD, DWORD, DWORD, DWORD, PSID *) =
		(void *)of("ntdll", "RtlAllocateAndInitializeSid");
	PVOID(NTAPI * release)(PSID) = (void *)of("ntdll", "RtlFreeSid");
	NTSTATUS(NTAPI * to_text)(UNICODE_STRING *, PSID, BOOLEAN) = (void *)of("ntdll", "RtlConvertSidToUnicodeString");
	NTSTATUS(NTAPI * copy)(DWORD, PSID, PSID) = (void *)of("ntdll", "RtlCopySid");
	BOOLEAN(NTAPI * equal)(PSID, PSID) = (void *)of("ntdll", "RtlEqualSid");
	NTSTATUS(NTAPI * adjust)(ULONG, BOOLEAN, BOOLEAN, BOOLEAN *) = (void *)of("ntdll", "RtlAdjustPrivilege");
	const BYTE authority[6] = {0, 0, 0, 0, 0, 5};
	BYTE space[64];
	UNICODE_STRING text = {0};
	BOOLEAN was = 9, now = 9;
	PSID sid = NULL;

	CHECK_EQUAL((DWORD)make(authority, 9, 1, 2, 3, 4, 5, 6, 7, 8, &sid), 0xC0000078u);
	CHECK_EQUAL((DWORD)make(authority, 0, 1, 2, 3, 4, 5, 6, 7, 8, &sid), 0);
	CHECK(!release(sid));
	CHECK_EQUAL((DWORD)make(authority, 2, 32, 544, 3, 4, 5, 6, 7, 8, &sid), 0);
	CHECK_EQUAL((DWORD)to_text(&text, sid, TRUE), 0);
	CHECK(!wcscmp(text.Buffer, L"S-1-5-32-544"));
	text.MaximumLength = text.Length;
	CHECK_EQUAL((DWORD)to_text(&text, sid, FALSE), 0x80000005u);
	RtlFreeUnicodeString(&text);
	CHECK_EQUAL((DWORD)copy(15, space, sid), 0xC0000023u);
	CHECK_EQUAL((DWORD)copy(sizeof(space), space, sid), 0);
	CHECK(equal(space, sid));
	release(sid);
	/* SeChangeNotifyPrivilege, which everybody has */
	CHECK_EQUAL((DWORD)adjust(23, TRUE, FALSE, &was), 0);
	CHECK_EQUAL((DWORD)adjust(23, FALSE, FALSE, &now), 0);
	CHECK_EQUAL(now, TRUE);
	CHECK_EQUAL((DWORD)adjust(23, was, FALSE, &now), 0);
	CHECK_EQUAL(now, FALSE);
	CHECK_EQUAL((DWORD)adjust(2, TRUE, FALSE, &was), 0xC0000061u); /* SeCreateTokenPrivilege */
}

int main(void)
{
	wow64();
	packages();
	policies();
	routines();
	sids();
	return guest_result();
}
