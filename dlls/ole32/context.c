/*
 * dlls/ole32/context.c - the context of a thread's apartment: an object that says what kind of apartment it is and whose
 * address, the token, is compared to learn whether two threads share one.
 *
 * The multi-threaded apartment has one for the life of the process; a single-threaded one has its own until it ends.
 */
#include "dlls/ole32/ole32.h"
#include "ntdll/rtl/rtl.h"

enum { BLOCKS_MESSAGES, PROCESSES_MESSAGES }; /* THDTYPE */

/* IComThreadingInfo, which is what IUnknown of it gives too. */
struct context_vtbl {
	HRESULT(WINAPI *QueryInterface)(struct com_context *self, REFIID iid, void **object);
	ULONG(WINAPI *AddRef)(struct com_context *self);
	ULONG(WINAPI *Release)(struct com_context *self);
	HRESULT(WINAPI *GetCurrentApartmentType)(struct com_context *self, INT *type);
	HRESULT(WINAPI *GetCurrentThreadType)(struct com_context *self, DWORD *type);
	HRESULT(WINAPI *GetCurrentLogicalThreadId)(struct com_context *self, GUID *id);
	HRESULT(WINAPI *SetCurrentLogicalThreadId)(struct com_context *self, REFGUID id);
};

struct com_context {
	const struct context_vtbl *vtbl;
	LONG references;
};

static const IID IID_IComThreadingInfo = {0x000001CE, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}};

static HRESULT WINAPI context_query(struct com_context *self, REFIID iid, void **object)
{
	if (!object)
		return E_POINTER;
	*object = NULL;
	if (!com_guid_equal(iid, &IID_IUnknown) && !com_guid_equal(iid, &IID_IComThreadingInfo))
		return E_NOINTERFACE;
	com_increment(&self->references);
	*object = self;
	return S_OK;
}

static ULONG WINAPI context_addref(struct com_context *self)
{
	return com_increment(&self->references);
}

static ULONG WINAPI context_release(struct com_context *self)
{
	ULONG left = com_decrement(&self->references);

	if (!left)
		com_free(self);
	return left;
}

static HRESULT WINAPI context_apartment_type(struct com_context *self, INT *type)
{
	INT qualifier;

	(void)self;
	return CoGetApartmentType(type, &qualifier);
}

static HRESULT WINAPI context_thread_type(struct com_context *self, DWORD *type)
{
	INT apartment, qualifier;
	HRESULT result;

	(void)self;
	if (!type)
		return E_INVALIDARG;
	result = CoGetApartmentType(&apartment, &qualifier);
	*type = SUCCEEDED(result) && apartment != APTTYPE_MTA ? PROCESSES_MESSAGES : BLOCKS_MESSAGES;
	return result;
}

/* No call comes from another process: a thread is the only one of its logical thread. */
static HRESULT WINAPI context_logical_thread(struct com_context *self, GUID *id)
{
	(void)self;
	if (!id)
		return E_INVALIDARG;
	return com_logical_thread(id);
}

static HRESULT WINAPI context_set_logical_thread(struct com_context *self, REFGUID id)
{
	(void)self;
	return id ? com_set_logical_thread(id) : E_INVALIDARG;
}

static const struct context_vtbl context_vtbl = {
	context_query, context_addref, context_release, context_apartment_type, context_thread_type,
	context_logical_thread, context_set_logical_thread,
};

struct com_context *com_new_context(void)
{
	struct com_context *context = com_allocate(sizeof(*context));

	if (context)
		*context = (struct com_context){&context_vtbl, 1};
	return context;
}

void com_release_context(struct com_context *context)
{
	if (context)
		context_release(context);
}

/* Not counted: it is good as long as the thread stays in its apartment. */
EXPORT(ole32, HRESULT, CoGetContextToken, (ULONG_PTR * token))
{
	struct com_context *context;
	HRESULT result;

	if (!token)
		return E_POINTER;
	result = com_current_context(&context);
	*token = (ULONG_PTR)context;
	return result;
}

EXPORT(ole32, HRESULT, CoGetObjectContext, (REFIID iid, void **object))
{
	struct com_context *context;
	HRESULT result;

	if (!object)
		return E_POINTER;
	*object = NULL;
	result = com_current_context(&context);
	return SUCCEEDED(result) ? context_query(context, iid, object) : result;
}
