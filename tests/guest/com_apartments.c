/*
 * com_apartments.c - what a thread sees of its apartment: context tokens, IComThreadingInfo, spies on CoInitializeEx, and the
 * Windows Runtime's names for it.
 */
#define COBJMACROS
#include "guest.h"
#include <initguid.h>
#include <objbase.h>
#include <objidl.h>

static const IID iid_spy = {0x00000034, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}};

/* --- tokens --- */

static DWORD WINAPI implicit(void *token)
{
	ULONG_PTR mine = 0;

	CHECK_EQUAL(CoGetContextToken(&mine), S_OK); /* the process has a multi-threaded apartment */
	CHECK_EQUAL(mine, *(ULONG_PTR *)token);
	return 0;
}

static DWORD WINAPI single(void *token)
{
	ULONG_PTR mine = 0, again = 0;
	IComThreadingInfo *info = NULL;
	APTTYPE type;
	THDTYPE thread;

	CHECK_EQUAL(CoInitializeEx(NULL, COINIT_APARTMENTTHREADED), S_OK);
	CHECK_EQUAL(CoGetContextToken(&mine), S_OK);
	CHECK_EQUAL(CoGetContextToken(&again), S_OK);
	CHECK(mine == again && mine != *(ULONG_PTR *)token);
	CHECK_EQUAL(CoGetObjectContext(&IID_IComThreadingInfo, (void **)&info), S_OK);
	CHECK_EQUAL(IComThreadingInfo_GetCurrentApartmentType(info, &type), S_OK);
	CHECK(type == APTTYPE_STA || type == APTTYPE_MAINSTA);
	CHECK_EQUAL(IComThreadingInfo_GetCurrentThreadType(info, &thread), S_OK);
	CHECK_EQUAL(thread, THDTYPE_PROCESSMESSAGES);
	IComThreadingInfo_Release(info);
	CoUninitialize();
	return 0;
}

static void in_thread(LPTHREAD_START_ROUTINE start, void *argument)
{
	HANDLE thread = CreateThread(NULL, 0, start, argument, 0, NULL);

	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
}

static void tokens(void)
{
	ULONG_PTR token = 1, again = 0;
	IUnknown *unknown = NULL;
	IComThreadingInfo *info = NULL;
	GUID id = {0}, same = {0};
	APTTYPE type;
	THDTYPE thread;

	CHECK_EQUAL(CoGetContextToken(&token), CO_E_NOTINITIALIZED);
	CHECK_EQUAL(CoGetObjectContext(&IID_IUnknown, (void **)&unknown), CO_E_NOTINITIALIZED);
	CHECK(unknown == NULL);

	CHECK_EQUAL(CoInitializeEx(NULL, COINIT_MULTITHREADED), S_OK);
	CHECK_EQUAL(CoGetContextToken(&token), S_OK);
	CHECK_EQUAL(CoGetContextToken(&again), S_OK);
	CHECK(token != 0 && token == again);
	CHECK_EQUAL(CoGetContextToken(NULL), E_POINTER);
	in_thread(implicit, &token);
	in_thread(single, &token);

	/* The token is an object that knows its apartment. */
	CHECK_EQUAL(IUnknown_QueryInterface((IUnknown *)token, &IID_IComThreadingInfo, (void **)&info), S_OK);
	CHECK_EQUAL(IComThreadingInfo_GetCurrentApartmentType(info, &type), S_OK);
	CHECK_EQUAL(type, APTTYPE_MTA);
	CHECK_EQUAL(IComThreadingInfo_GetCurrentThreadType(info, &thread), S_OK);
	CHECK_EQUAL(thread, THDTYPE_BLOCKMESSAGES);
	CHECK_EQUAL(IComThreadingInfo_GetCurrentLogicalThreadId(info, &id), S_OK);
	CHECK_EQUAL(IComThreadingInfo_GetCurrentLogicalThreadId(info, &same), S_OK);
	CHECK(IsEqualGUID(&id, &same) && !IsEqualGUID(&id, &GUID_NULL));
	CHECK_EQUAL(CoGetObjectContext(&IID_IUnknown, (void **)&unknown), S_OK);
	CHECK(unknown != NULL);
	IUnknown_Release(unknown);
	CHECK_EQUAL(IComThreadingInfo_QueryInterface(info, &IID_IStream, (void **)&unknown), E_NOINTERFACE);
	IComThreadingInfo_Release(info);
	CoUninitialize();
	CHECK_EQUAL(CoGetContextToken(&token), CO_E_NOTINITIALIZED);
}

/* --- spies --- */

static struct {
	LONG references;
	char log[64];
} spied;

static void note(char what, DWORD count)
{
	size_t length = strlen(spied.log);

	spied.log[length] = what;
	spied.log[length + 1] = (char)('0' + count);
}

struct spy {
	const void *const *vtbl;
};

static HRESULT WINAPI spy_query(struct spy *self, REFIID iid, void **object)
{
	*object = NULL;
	if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &iid_spy))
		return E_NOINTERFACE;
	spied.references++;
	*object = self;
	return S_OK;
}

static ULONG WINAPI spy_addref(struct spy *self)
{
	(void)self;
	return (ULONG)++spied.references;
}

static ULONG WINAPI spy_release(struct spy *self)
{
	(void)self;
	return (ULONG)--spied.references;
}

static HRESULT WINAPI spy_before(struct spy *self, DWORD flags, DWORD count)
{
	(void)self;
	CHECK_EQUAL(flags, COINIT_APARTMENTTHREADED);
	note('i', count);
	return S_OK;
}

static HRESULT WINAPI spy_after(struct spy *self, HRESULT result, DWORD flags, DWORD count)
{
	(void)self;
	CHECK_EQUAL(flags, COINIT_APARTMENTTHREADED);
	note('I', count);
	return result;
}

static HRESULT WINAPI spy_before_end(struct spy *self, DWORD count)
{
	(void)self;
	note('u', count);
	return S_OK;
}

static HRESULT WINAPI spy_after_end(struct spy *self, DWORD count)
{
	(void)self;
	note('U', count);
	return S_OK;
}

static DWORD WINAPI revoke_elsewhere(void *cookie)
{
	CHECK_EQUAL(CoRevokeInitializeSpy(*(ULARGE_INTEGER *)cookie), E_INVALIDARG);
	return 0;
}

static void spies(void)
{
	static const void *const vtbl[] = {spy_query, spy_addref, spy_release, spy_before, spy_after, spy_before_end, spy_after_end};
	struct spy spy = {vtbl};
	ULARGE_INTEGER cookie, other;

	CHECK_EQUAL(CoRegisterInitializeSpy(NULL, &cookie), E_INVALIDARG);
	CHECK_EQUAL(CoRegisterInitializeSpy((void *)&spy, &cookie), S_OK);
	CHECK_EQUAL(spied.references, 1);
	CHECK_EQUAL(cookie.HighPart, GetCurrentThreadId());
	CHECK_EQUAL(CoInitializeEx(NULL, COINIT_APARTMENTTHREADED), S_OK);
	CHECK_EQUAL(CoInitializeEx(NULL, COINIT_APARTMENTTHREADED), S_FALSE);
	CoUninitialize();
	CoUninitialize();
	CHECK(strcmp(spied.log, "i0I1i1I2u2U1u1U0") == 0);
	in_thread(revoke_elsewhere, &cookie);
	other = cookie;
	other.LowPart += 7;
	CHECK_EQUAL(CoRevokeInitializeSpy(other), E_INVALIDARG);
	CHECK_EQUAL(CoRevokeInitializeSpy(cookie), S_OK);
	CHECK_EQUAL(spied.references, 0);
	CHECK_EQUAL(CoRevokeInitializeSpy(cookie), E_INVALIDARG);
	CHECK_EQUAL(CoInitializeEx(NULL, COINIT_APARTMENTTHREADED), S_OK);
	CoUninitialize();
	CHECK(strlen(spied.log) == 16);
}

/* --- the Windows Runtime --- */

static void runtime(void)
{
	HMODULE dll = LoadLibraryW(L"api-ms-win-core-winrt-l1-1-0.dll");
	HRESULT(WINAPI *initialize)(int) = (void *)GetProcAddress(dll, "RoInitialize");
	void(WINAPI *uninitialize)(void) = (void *)GetProcAddress(dll, "RoUninitialize");
	APTTYPE type;
	APTTYPEQUALIFIER qualifier;

	CHECK(initialize != NULL && uninitialize != NULL);
	if (!initialize || !uninitialize)
		return;
	CHECK_EQUAL(initialize(1), S_OK);
	CHECK_EQUAL(initialize(1), S_FALSE);
	CHECK_EQUAL(initialize(0), RPC_E_CHANGED_MODE);
	CHECK_EQUAL(CoGetApartmentType(&type, &qualifier), S_OK);
	CHECK_EQUAL(type, APTTYPE_MTA);
	uninitialize();
	uninitialize();
	CHECK_EQUAL(CoGetApartmentType(&type, &qualifier), CO_E_NOTINITIALIZED);
}

int main(void)
{
	tokens();
	spies();
	runtime();
	return guest_result();
}
