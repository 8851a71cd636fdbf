/*
 * dlls/ole32/classes.c - class objects: those that programs register, and the table by which DLLs offer theirs.
 *
 * A class of the table is served as Windows serves one from the registry: its DLL is loaded and asked through
 * DllGetClassObject, so a program that calls that export by hand gets the same object.
 */
#include "dlls/ole32/ole32.h"
#include "host/thread.h"
#include "ntdll/ldr.h"
#include <stdlib.h>

#define CLSCTX_INPROC_SERVER 0x1u
#define CLSCTX_INPROC (0x1u | 0x2u)

static const struct {
	CLSID clsid;
	const char16_t *dll;
} builtin_classes[] = {
#define WIC(l, w1, w2, ...) {{l, w1, w2, {__VA_ARGS__}}, u"windowscodecs.dll"}
	WIC(0xCACAF262, 0x9370, 0x4615, 0xA1, 0x3B, 0x9F, 0x55, 0x39, 0xDA, 0x4C, 0x0A), /* WICImagingFactory */
	WIC(0x317D06E8, 0x5F24, 0x433D, 0xBD, 0xF7, 0x79, 0xCE, 0x68, 0xD8, 0xAB, 0xC2), /* WICImagingFactory2 */
	WIC(0x389EA17B, 0x5078, 0x4CDE, 0xB6, 0xEF, 0x25, 0xC1, 0x51, 0x75, 0xC7, 0x51), /* WICPngDecoder */
	WIC(0xE018945B, 0xAA86, 0x4008, 0x9B, 0xD4, 0x67, 0x77, 0xA1, 0xE4, 0x0C, 0x11), /* WICPngDecoder2 */
	WIC(0x9456A480, 0xE88B, 0x43EA, 0x9E, 0x73, 0x0B, 0x2D, 0x9B, 0x71, 0xB1, 0xCA), /* WICJpegDecoder */
	WIC(0x6B462062, 0x7CBF, 0x400D, 0x9F, 0xDB, 0x81, 0x3D, 0xD1, 0x0F, 0x27, 0x78), /* WICBmpDecoder */
	WIC(0xB54E85D9, 0xFE23, 0x499F, 0x8B, 0x88, 0x6A, 0xCE, 0xA7, 0x13, 0x75, 0x2B), /* WICTiffDecoder */
	WIC(0x381DDA3C, 0x9CE9, 0x4834, 0xA2, 0x3E, 0x1F, 0x98, 0xF8, 0xFC, 0x52, 0xBE), /* WICGifDecoder */
	WIC(0x27949969, 0x876A, 0x41D7, 0x94, 0x47, 0x56, 0x8F, 0x6A, 0x35, 0xA4, 0xDC), /* WICPngEncoder */
	WIC(0x1A34F5C1, 0x4A5A, 0x46DC, 0xB6, 0x44, 0x1F, 0x45, 0x67, 0xE7, 0xA6, 0x76), /* WICJpegEncoder */
	WIC(0x69BE8BB4, 0xD66D, 0x47C8, 0x86, 0x5A, 0xED, 0x15, 0x89, 0x43, 0x37, 0x82), /* WICBmpEncoder */
	WIC(0x0131BE10, 0x2001, 0x4C5F, 0xA9, 0xB0, 0xCC, 0x88, 0xFA, 0xB6, 0x4C, 0xE8), /* WICTiffEncoder */
	WIC(0x1A3F11DC, 0xB514, 0x4B17, 0x8C, 0x5F, 0x21, 0x54, 0x51, 0x38, 0x52, 0xF1), /* WICDefaultFormatConverter */
#undef WIC
};

struct registration {
	struct registration *next;
	CLSID clsid;
	IUnknown *object;
	DWORD context;
	DWORD cookie;
};

static struct host_lock lock; /* guards the two below; not held while objects are called */
static struct registration *registrations;
static DWORD last_cookie;

EXPORT(ole32, HRESULT, CoRegisterClassObject,
       (REFCLSID clsid, IUnknown *object, DWORD context, DWORD flags, LPDWORD cookie))
{
	struct registration *registration;
	HRESULT result = com_check_apartment();

	if (!object || !cookie)
		return E_INVALIDARG;
	if (FAILED(result))
		return result;
	registration = malloc(sizeof(*registration));
	if (!registration)
		return E_OUTOFMEMORY;
	COM_ADDREF(object);
	registration->clsid = *clsid;
	registration->object = object;
	registration->context = context;
	host_lock_acquire(&lock);
	registration->cookie = *cookie = ++last_cookie;
	registration->next = registrations;
	registrations = registration;
	host_lock_release(&lock);
	return S_OK;
}

EXPORT(ole32, HRESULT, CoRevokeClassObject, (DWORD cookie))
{
	struct registration *found = NULL;

	host_lock_acquire(&lock);
	for (struct registration **at = &registrations; *at; at = &(*at)->next) {
		if ((*at)->cookie == cookie) {
			found = *at;
			*at = found->next;
			break;
		}
	}
	host_lock_release(&lock);
	if (!found)
		return CO_E_OBJNOTREG;
	COM_RELEASE(found->object);
	free(found);
	return S_OK;
}

static HRESULT from_dll(const char16_t *name, REFCLSID clsid, REFIID iid, LPVOID *object)
{
	size_t length = 0;
	UNICODE_STRING string;
	HMODULE module;
	PVOID entry;

	while (name[length])
		length++;
	string.Buffer = (PWSTR)(uintptr_t)name;
	string.Length = (USHORT)(length * sizeof(char16_t));
	string.MaximumLength = (USHORT)(string.Length + sizeof(char16_t));
	if (!NT_SUCCESS(ldr_operations.load(NULL, 0, &string, &module)) ||
	    !NT_SUCCESS(ldr_operations.procedure(module, "DllGetClassObject", 0, &entry)))
		return REGDB_E_CLASSNOTREG;
	return (HRESULT)ke_call_guest(entry, (uintptr_t)clsid, (uintptr_t)iid, (uintptr_t)object, 0);
}

EXPORT(ole32, HRESULT, CoGetClassObject, (REFCLSID clsid, DWORD context, PVOID server, REFIID iid, LPVOID *object))
{
	HRESULT result;
	IUnknown *registered = NULL;

	if (!object)
		return E_INVALIDARG;
	*object = NULL;
	result = com_check_apartment();
	if (FAILED(result))
		return result;
	host_lock_acquire(&lock);
	for (struct registration *at = registrations; at && !registered; at = at->next) {
		if (com_guid_equal(&at->clsid, clsid) && (at->context & context))
			registered = at->object;
	}
	host_lock_release(&lock);
	if (registered)
		return COM_QUERY(registered, iid, object);
	if (context & CLSCTX_INPROC) {
		for (size_t i = 0; i < ARRAY_SIZE(builtin_classes); i++) {
			if (com_guid_equal(&builtin_classes[i].clsid, clsid))
				return from_dll(builtin_classes[i].dll, clsid, iid, object);
		}
	}
	return REGDB_E_CLASSNOTREG;
}

EXPORT(ole32, HRESULT, CoCreateInstance, (REFCLSID clsid, IUnknown *outer, DWORD context, REFIID iid, LPVOID *object))
{
	IClassFactory *factory;
	HRESULT result;

	if (!object)
		return E_POINTER;
	*object = NULL;
	result = CoGetClassObject(clsid, context, NULL, &IID_IClassFactory, (LPVOID *)&factory);
	if (FAILED(result))
		return result;
	result = COM_CALL(factory, CreateInstance, outer, iid, object);
	COM_RELEASE(factory);
	return result;
}

struct multi_qi {
	const IID *iid;
	IUnknown *object;
	HRESULT result;
};

/* One object, several interfaces of it; CO_S_NOTALLINTERFACES (80012) when only some were had. */
EXPORT(ole32, HRESULT, CoCreateInstanceEx,
       (REFCLSID clsid, IUnknown *outer, DWORD context, PVOID server, DWORD count, struct multi_qi *results))
{
	IUnknown *object;
	HRESULT result;
	DWORD had = 0;

	if (!count || !results)
		return E_INVALIDARG;
	for (DWORD i = 0; i < count; i++) {
		results[i].object = NULL;
		results[i].result = E_NOINTERFACE;
	}
	result = CoCreateInstance(clsid, outer, context, &IID_IUnknown, (LPVOID *)&object);
	if (FAILED(result))
		return result;
	for (DWORD i = 0; i < count; i++) {
		results[i].result = COM_QUERY(object, results[i].iid, &results[i].object);
		had += SUCCEEDED(results[i].result);
	}
	COM_RELEASE(object);
	return had == count ? S_OK : had ? (HRESULT)0x00080012 : E_NOINTERFACE;
}

/* DLLs of COM servers are kept: nothing is ever idle enough to be worth unloading. */
EXPORT(ole32, void, CoFreeUnusedLibraries, (void))
{
}
