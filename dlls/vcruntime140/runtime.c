/*
 * dlls/vcruntime140/runtime.c - the C++ support that needs no unwinding: terminate, std::exception's data, type_info,
 * and small functions.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include "dlls/vcruntime140/cxx.h"
#include "ntdll/rtl/crt.h"

#define VC(type, name, params) EXPORT_C(vcruntime140, #name, type, crt_##name, params)

void cxx_terminate(void)
{
	void *handler = crt_self.terminate_handler;

	if (handler != NULL)
		ke_call_guest(handler, 0, 0, 0, 0);
	crt_abort();
}

CRT_UCRT_AS("terminate", void, crt_terminate, (void))
{
	cxx_terminate();
}
EXPORT_ALIAS(vcruntime140, "__std_terminate", crt_terminate);
CRT_ALIAS_MSVCRT("?terminate@@YAXXZ", crt_terminate);
EXPORT_ALIAS(vcruntime140, "?terminate@@YAXXZ", crt_terminate);

CRT_UCRT_AS("set_terminate", void *, crt_set_terminate, (void *handler))
{
	void *old = crt_self.terminate_handler;

	crt_self.terminate_handler = handler;
	return old;
}
CRT_ALIAS_MSVCRT("?set_terminate@@YAP6AXXZP6AXXZ@Z", crt_set_terminate);

CRT_UCRT(void *, _get_terminate, (void))
{
	return crt_self.terminate_handler;
}

EXPORT_C(vcruntime140, "set_unexpected", void *, crt_set_unexpected, (void *handler))
{
	void *old = crt_self.unexpected_handler;

	crt_self.unexpected_handler = handler;
	return old;
}
CRT_ALIAS_MSVCRT("?set_unexpected@@YAP6AXXZP6AXXZ@Z", crt_set_unexpected);
CRT_ALIAS_UCRT("set_unexpected", crt_set_unexpected);

VC(void *, _get_unexpected, (void))
{
	return crt_self.unexpected_handler;
}
CRT_ALIAS_UCRT("_get_unexpected", crt__get_unexpected);

EXPORT_C(vcruntime140, "unexpected", void, crt_unexpected, (void))
{
	void *handler = crt_self.unexpected_handler;

	if (handler != NULL)
		ke_call_guest(handler, 0, 0, 0, 0);
	cxx_terminate();
}
CRT_ALIAS_MSVCRT("?unexpected@@YAXXZ", crt_unexpected);
CRT_ALIAS_UCRT("unexpected", crt_unexpected);

EXPORT_C(vcruntime140, "_set_se_translator", void *, crt_set_se_translator, (void *translator))
{
	void *old = crt_self.se_translator;

	crt_self.se_translator = translator;
	return old;
}
CRT_ALIAS_MSVCRT("?_set_se_translator@@YAP6AXIPEAU_EXCEPTION_POINTERS@@@ZP6AXI0@Z@Z", crt_set_se_translator);
CRT_ALIAS_UCRT("_set_se_translator", crt_set_se_translator);

VC(void **, __current_exception, (void))
{
	return &crt_self.current_exception;
}
CRT_ALIAS_UCRT("__current_exception", crt___current_exception);

VC(void **, __current_exception_context, (void))
{
	return &crt_self.current_exception_context;
}
CRT_ALIAS_UCRT("__current_exception_context", crt___current_exception_context);

VC(INT *, __processing_throw, (void))
{
	return &crt_self.processing_throw;
}
CRT_ALIAS_UCRT("__processing_throw", crt___processing_throw);

VC(bool, __uncaught_exception, (void))
{
	return crt_self.processing_throw != 0;
}
CRT_ALIAS("__uncaught_exception", crt___uncaught_exception);

VC(INT, __uncaught_exceptions, (void))
{
	return crt_self.processing_throw;
}

EXPORT_ALIAS(vcruntime140, "_set_purecall_handler", crt__set_purecall_handler);
EXPORT_ALIAS(vcruntime140, "_get_purecall_handler", crt__get_purecall_handler);

VC(void, __std_exception_copy, (const struct cxx_exception_data *from, struct cxx_exception_data *to))
{
	if (!from->owned || from->what == NULL) {
		to->what = from->what;
		to->owned = false;
		return;
	}
	to->what = crt_heap_strdup(from->what);
	to->owned = to->what != NULL;
}
CRT_ALIAS_UCRT("__std_exception_copy", crt___std_exception_copy);

VC(void, __std_exception_destroy, (struct cxx_exception_data * data))
{
	if (data->owned)
		crt_heap_free((char *)data->what);
	data->what = NULL;
	data->owned = false;
}
CRT_ALIAS_UCRT("__std_exception_destroy", crt___std_exception_destroy);

/* type_info: the members that follow the vftable. */
struct type_info_data {
	char *undecorated;
	char decorated[];
};

VC(INT, __std_type_info_compare, (const struct type_info_data *a, const struct type_info_data *b))
{
	return a == b ? 0 : rtl_strcmp(a->decorated + 1, b->decorated + 1);
}
CRT_ALIAS_UCRT("__std_type_info_compare", crt___std_type_info_compare);

/* FNV-1a of the decorated name, folded. */
VC(size_t, __std_type_info_hash, (const struct type_info_data *type))
{
	uint64_t hash = 14695981039346656037ull;
	const char *at;

	for (at = type->decorated + 1; *at != 0; at++)
		hash = (hash ^ (BYTE)*at) * 1099511628211ull;
	return hash ^ hash >> 32;
}
CRT_ALIAS_UCRT("__std_type_info_hash", crt___std_type_info_hash);

static const char *type_name(struct type_info_data *type)
{
	char *name = __atomic_load_n(&type->undecorated, __ATOMIC_ACQUIRE), *expected = NULL;

	if (name != NULL)
		return name;
	name = cxx_undecorate_type(type->decorated);
	if (name != NULL && !__atomic_compare_exchange_n(&type->undecorated, &expected, name, false, __ATOMIC_ACQ_REL,
							 __ATOMIC_ACQUIRE)) {
		crt_heap_free(name);
		name = expected;
	}
	return name;
}

/* The list is for freeing the names when the DLL goes; ours stay with their types. */
VC(const char *, __std_type_info_name, (struct type_info_data * type, void *list))
{
	(void)list;
	return type_name(type);
}
CRT_ALIAS_UCRT("__std_type_info_name", crt___std_type_info_name);

VC(void, __std_type_info_destroy_list, (void *list))
{
	(void)list;
}
CRT_ALIAS_UCRT("__std_type_info_destroy_list", crt___std_type_info_destroy_list);

/* msvcrt.dll's class type_info itself. */
CRT_MSVCRT_AS("??1type_info@@UEAA@XZ", void, crt_type_info_destructor, (struct cxx_type_descriptor * type))
{
	crt_heap_free(__atomic_exchange_n(&type->undecorated, NULL, __ATOMIC_ACQ_REL));
}

CRT_MSVCRT_AS("?name@type_info@@QEBAPEBDXZ", const char *, crt_type_info_name, (struct cxx_type_descriptor * type))
{
	return type_name((struct type_info_data *)&type->undecorated);
}

CRT_MSVCRT_AS("?raw_name@type_info@@QEBAPEBDXZ", const char *, crt_type_info_raw_name,
	      (const struct cxx_type_descriptor *type))
{
	return type->decorated;
}

CRT_MSVCRT_AS("??8type_info@@QEBAHAEBV0@@Z", INT, crt_type_info_equal,
	      (const struct cxx_type_descriptor *a, const struct cxx_type_descriptor *b))
{
	return rtl_strcmp(a->decorated + 1, b->decorated + 1) == 0;
}

CRT_MSVCRT_AS("??9type_info@@QEBAHAEBV0@@Z", INT, crt_type_info_different,
	      (const struct cxx_type_descriptor *a, const struct cxx_type_descriptor *b))
{
	return rtl_strcmp(a->decorated + 1, b->decorated + 1) != 0;
}

CRT_MSVCRT_AS("?before@type_info@@QEBAHAEBV1@@Z", INT, crt_type_info_before,
	      (const struct cxx_type_descriptor *a, const struct cxx_type_descriptor *b))
{
	return rtl_strcmp(a->decorated + 1, b->decorated + 1) < 0;
}

/* The loader's functions that the C++ library reaches through here. */
BOOL WINAPI InitializeCriticalSectionEx(CRITICAL_SECTION *section, DWORD spin_count, DWORD flags);
DWORD WINAPI GetModuleFileNameW(HMODULE module, LPWSTR to, DWORD size);

VC(BOOL, __vcrt_InitializeCriticalSectionEx, (CRITICAL_SECTION * section, DWORD spin_count, DWORD flags))
{
	return InitializeCriticalSectionEx(section, spin_count, flags);
}

VC(HMODULE, __vcrt_LoadLibraryExW, (const WCHAR *name, HANDLE file, DWORD flags))
{
	return LoadLibraryExW(name, file, flags);
}

VC(DWORD, __vcrt_GetModuleFileNameW, (HMODULE module, WCHAR *to, DWORD size))
{
	return GetModuleFileNameW(module, to, size);
}

VC(HMODULE, __vcrt_GetModuleHandleW, (const WCHAR *name))
{
	return GetModuleHandleW(name);
}
