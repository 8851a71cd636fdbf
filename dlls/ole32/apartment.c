/*
 * dlls/ole32/apartment.c - apartments.  All objects are in-process and called directly, so an apartment is only
 * what Windows lets a thread see of it: the counts and result codes of CoInitializeEx, and its kind.
 */
#include "dlls/ole32/ole32.h"

#define COINIT_APARTMENTTHREADED 0x2u
#define COINIT_KNOWN (0x2u | 0x4u | 0x8u)
#define APTTYPE_CURRENT (-1)
#define APTTYPE_STA 0
#define APTTYPE_MTA 1
#define APTTYPE_MAINSTA 3
#define APTTYPEQUALIFIER_NONE 0
#define APTTYPEQUALIFIER_IMPLICIT_MTA 1

/* What TEB.ReservedForOle points to. */
struct thread_apartment {
	ULONG initializations;
	BOOLEAN single;
	BOOLEAN main; /* the process's first single-threaded apartment */
};

static LONG mta_threads; /* threads in the multi-threaded apartment */
static LONG sta_threads;
static LONG security_initialized;

static struct thread_apartment *current(void)
{
	return NtCurrentTeb()->ReservedForOle;
}

EXPORT(ole32, HRESULT, CoInitializeEx, (LPVOID reserved, DWORD flags))
{
	struct thread_apartment *apartment = current();
	BOOLEAN single = (flags & COINIT_APARTMENTTHREADED) != 0;

	if (reserved || (flags & ~COINIT_KNOWN))
		return E_INVALIDARG;
	if (!apartment) {
		apartment = com_allocate(sizeof(*apartment));
		if (!apartment)
			return E_OUTOFMEMORY;
		NtCurrentTeb()->ReservedForOle = apartment;
	}
	if (apartment->initializations) {
		if (apartment->single != single)
			return RPC_E_CHANGED_MODE;
		apartment->initializations++;
		return S_FALSE;
	}
	apartment->initializations = 1;
	apartment->single = single;
	if (single)
		apartment->main = __atomic_fetch_add(&sta_threads, 1, __ATOMIC_RELAXED) == 0;
	else
		__atomic_fetch_add(&mta_threads, 1, __ATOMIC_RELAXED);
	return S_OK;
}

EXPORT(ole32, HRESULT, CoInitialize, (LPVOID reserved))
{
	return CoInitializeEx(reserved, COINIT_APARTMENTTHREADED);
}
EXPORT_AS(ole32, "OleInitialize", HRESULT, ole_OleInitialize, (LPVOID reserved))
{
	return CoInitializeEx(reserved, COINIT_APARTMENTTHREADED);
}

EXPORT(ole32, void, CoUninitialize, (void))
{
	struct thread_apartment *apartment = current();

	if (!apartment || !apartment->initializations || --apartment->initializations)
		return;
	__atomic_fetch_sub(apartment->single ? &sta_threads : &mta_threads, 1, __ATOMIC_RELAXED);
	NtCurrentTeb()->ReservedForOle = NULL;
	com_free(apartment);
}
EXPORT_ALIAS(ole32, "OleUninitialize", CoUninitialize);

/* Whether the calling thread may use COM: it joined an apartment, or another thread made the multi-threaded one. */
HRESULT com_check_apartment(void);
HRESULT com_check_apartment(void)
{
	struct thread_apartment *apartment = current();

	if (apartment && apartment->initializations)
		return S_OK;
	return __atomic_load_n(&mta_threads, __ATOMIC_RELAXED) ? S_OK : CO_E_NOTINITIALIZED;
}

EXPORT(ole32, HRESULT, CoGetApartmentType, (INT * type, INT *qualifier))
{
	struct thread_apartment *apartment = current();

	if (!type || !qualifier)
		return E_INVALIDARG;
	*type = APTTYPE_CURRENT;
	*qualifier = APTTYPEQUALIFIER_NONE;
	if (apartment && apartment->initializations) {
		*type = !apartment->single ? APTTYPE_MTA : apartment->main ? APTTYPE_MAINSTA : APTTYPE_STA;
		return S_OK;
	}
	if (__atomic_load_n(&mta_threads, __ATOMIC_RELAXED)) {
		*type = APTTYPE_MTA;
		*qualifier = APTTYPEQUALIFIER_IMPLICIT_MTA;
		return S_OK;
	}
	return CO_E_NOTINITIALIZED;
}

/* The default security of calls to other processes, set once.  There are none to make, so the arguments are only
 * checked. */
EXPORT(ole32, HRESULT, CoInitializeSecurity,
       (PVOID descriptor, LONG services, PVOID service_list, PVOID reserved1, DWORD authentication, DWORD impersonation,
	PVOID list, DWORD capabilities, PVOID reserved3))
{
	HRESULT result = com_check_apartment();

	if (FAILED(result))
		return result;
	if (reserved1 || reserved3 || services < -1)
		return E_INVALIDARG;
	return __atomic_exchange_n(&security_initialized, 1, __ATOMIC_RELAXED) ? RPC_E_TOO_LATE : S_OK;
}

/* Only proxies of objects elsewhere have a blanket, and none is ever made. */
EXPORT(ole32, HRESULT, CoSetProxyBlanket,
       (IUnknown * proxy, DWORD authentication, DWORD authorization, LPOLESTR principal, DWORD level,
	DWORD impersonation, PVOID identity, DWORD capabilities))
{
	return proxy ? E_NOINTERFACE : E_INVALIDARG;
}
