/*
 * dlls/ole32/apartment.c - apartments.  All objects are in-process and called directly, so an apartment is only
 * what Windows lets a thread see of it: the counts and result codes of CoInitializeEx, its kind, its context, and the
 * spies that a thread has on its own comings and goings.
 */
#include "dlls/ole32/ole32.h"

#define COINIT_APARTMENTTHREADED 0x2u
#define COINIT_KNOWN (0x2u | 0x4u | 0x8u)
#define RO_INIT_SINGLETHREADED 0
#define RO_INIT_MULTITHREADED 1
#define APTTYPEQUALIFIER_NONE 0
#define APTTYPEQUALIFIER_IMPLICIT_MTA 1

/* IInitializeSpy */
struct spy {
	const struct spy_vtbl {
		void *QueryInterface, *AddRef, *Release, *PreInitialize, *PostInitialize, *PreUninitialize, *PostUninitialize;
	} * vtbl;
};

struct spying {
	struct spying *next;
	struct spy *spy;
	ULONG number;
};

/* What TEB.ReservedForOle points to while the thread is in an apartment, or has spies or a logical id of its own. */
struct thread_apartment {
	ULONG initializations;
	BOOLEAN single;
	BOOLEAN main; /* the process's first single-threaded apartment */
	BOOLEAN has_id;
	struct com_context *context; /* of a single-threaded apartment that was asked for it */
	struct spying *spies;	     /* the latest first */
	ULONG last_spy;
	GUID id;
};

static const IID IID_IInitializeSpy = {0x00000034, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}};

static struct com_context *mta_context;

static LONG mta_threads; /* threads in the multi-threaded apartment */
static LONG sta_threads;
static LONG security_initialized;

static struct thread_apartment *current(void)
{
	return NtCurrentTeb()->ReservedForOle;
}

/* The thread's record, made if it has none; NULL without memory. */
static struct thread_apartment *record(void)
{
	struct thread_apartment *apartment = current();

	if (!apartment) {
		apartment = com_allocate(sizeof(*apartment));
		NtCurrentTeb()->ReservedForOle = apartment;
	}
	return apartment;
}

static void drop_if_unused(struct thread_apartment *apartment)
{
	if (apartment->initializations || apartment->spies || apartment->has_id)
		return;
	NtCurrentTeb()->ReservedForOle = NULL;
	com_free(apartment);
}

static HRESULT initialize(struct thread_apartment *apartment, BOOLEAN single)
{
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

/* What the last spy returns is the result. */
EXPORT(ole32, HRESULT, CoInitializeEx, (LPVOID reserved, DWORD flags))
{
	struct thread_apartment *apartment;
	struct spying *s, *next;
	HRESULT result;

	if (reserved || (flags & ~COINIT_KNOWN))
		return E_INVALIDARG;
	apartment = record();
	if (!apartment)
		return E_OUTOFMEMORY;
	for (s = apartment->spies; s; s = next) {
		next = s->next;
		(void)COM_CALL(s->spy, PreInitialize, flags, apartment->initializations, 0);
	}
	result = initialize(apartment, (flags & COINIT_APARTMENTTHREADED) != 0);
	for (s = apartment->spies; s; s = next) {
		next = s->next;
		result = COM_CALL(s->spy, PostInitialize, (ULONG)result, flags, apartment->initializations);
	}
	return result;
}

/* The names of the Windows Runtime for the same. */
EXPORT(ole32, HRESULT, RoInitialize, (INT type))
{
	if (type != RO_INIT_SINGLETHREADED && type != RO_INIT_MULTITHREADED)
		return E_INVALIDARG;
	return CoInitializeEx(NULL, type == RO_INIT_SINGLETHREADED ? COINIT_APARTMENTTHREADED : 0);
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
	struct spying *s, *next;

	if (!apartment || !apartment->initializations)
		return;
	for (s = apartment->spies; s; s = next) {
		next = s->next;
		(void)COM_CALL(s->spy, PreUninitialize, apartment->initializations, 0, 0);
	}
	if (!--apartment->initializations) {
		__atomic_fetch_sub(apartment->single ? &sta_threads : &mta_threads, 1, __ATOMIC_RELAXED);
		com_release_context(apartment->context);
		apartment->context = NULL;
	}
	for (s = apartment->spies; s; s = next) {
		next = s->next;
		(void)COM_CALL(s->spy, PostUninitialize, apartment->initializations, 0, 0);
	}
	drop_if_unused(apartment);
}
EXPORT_ALIAS(ole32, "OleUninitialize", CoUninitialize);
EXPORT_ALIAS(ole32, "RoUninitialize", CoUninitialize);

/* A spy is the thread's; the cookie is the thread's id and a number. */
EXPORT(ole32, HRESULT, CoRegisterInitializeSpy, (IUnknown * object, ULARGE_INTEGER *cookie))
{
	struct thread_apartment *apartment;
	struct spying *spying;
	HRESULT result;

	if (!object || !cookie)
		return E_INVALIDARG;
	apartment = record();
	spying = com_allocate(sizeof(*spying));
	if (!apartment || !spying) {
		com_free(spying);
		return E_OUTOFMEMORY;
	}
	result = COM_QUERY(object, &IID_IInitializeSpy, &spying->spy);
	if (FAILED(result)) {
		com_free(spying);
		drop_if_unused(apartment);
		return result;
	}
	spying->number = ++apartment->last_spy;
	spying->next = apartment->spies;
	apartment->spies = spying;
	cookie->QuadPart = (ULONGLONG)(ULONG_PTR)NtCurrentTeb()->ClientId.UniqueThread << 32 | spying->number;
	return S_OK;
}

EXPORT(ole32, HRESULT, CoRevokeInitializeSpy, (ULARGE_INTEGER cookie))
{
	struct thread_apartment *apartment = current();
	struct spying **at, *spying;

	if (!apartment || cookie.QuadPart >> 32 != (ULONG_PTR)NtCurrentTeb()->ClientId.UniqueThread)
		return E_INVALIDARG;
	for (at = &apartment->spies; *at; at = &(*at)->next) {
		spying = *at;
		if (spying->number != (ULONG)cookie.QuadPart)
			continue;
		*at = spying->next;
		COM_RELEASE(spying->spy);
		com_free(spying);
		drop_if_unused(apartment);
		return S_OK;
	}
	return E_INVALIDARG;
}

HRESULT com_check_apartment(void)
{
	struct thread_apartment *apartment = current();

	if (apartment && apartment->initializations)
		return S_OK;
	return __atomic_load_n(&mta_threads, __ATOMIC_RELAXED) ? S_OK : CO_E_NOTINITIALIZED;
}

HRESULT com_current_context(struct com_context **context)
{
	struct thread_apartment *apartment = current();
	struct com_context **at = &mta_context, *made, *none = NULL;
	HRESULT result = com_check_apartment();

	*context = NULL;
	if (FAILED(result))
		return result;
	if (apartment && apartment->initializations && apartment->single)
		at = &apartment->context;
	if (!__atomic_load_n(at, __ATOMIC_ACQUIRE)) {
		made = com_new_context();
		if (!made)
			return E_OUTOFMEMORY;
		if (!__atomic_compare_exchange_n(at, &none, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			com_release_context(made);
	}
	*context = __atomic_load_n(at, __ATOMIC_ACQUIRE);
	return S_OK;
}

HRESULT com_logical_thread(GUID *id)
{
	struct thread_apartment *apartment = record();
	HRESULT result;

	if (!apartment)
		return E_OUTOFMEMORY;
	if (!apartment->has_id) {
		result = CoCreateGuid(&apartment->id);
		if (FAILED(result))
			return result;
		apartment->has_id = TRUE;
	}
	*id = apartment->id;
	return S_OK;
}

HRESULT com_set_logical_thread(const GUID *id)
{
	struct thread_apartment *apartment = record();

	if (!apartment)
		return E_OUTOFMEMORY;
	apartment->id = *id;
	apartment->has_id = TRUE;
	return S_OK;
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
