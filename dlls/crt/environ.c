/*
 * dlls/crt/environ.c - the environment: _environ, _wenviron, getenv and putenv.
 *
 * The runtime keeps tables of its own, as Microsoft's does; putenv changes them and the process's environment, while
 * SetEnvironmentVariable does not show in getenv.  Each string is a heap block.  CRT_LOCK_ENVIRONMENT guards all of it.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/environ.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"

static void share(char **narrow, WCHAR **wide)
{
	int i;

	for (i = 0; i < CRT_FLAVOUR_COUNT; i++) {
		if (crt_variables_of[i] == NULL)
			continue;
		crt_variables_of[i]->environ = narrow;
		crt_variables_of[i]->wenviron = wide;
	}
}

/* The tables from the process's environment, without the "=C:=..." entries. */
bool crt_environment_initialize(void)
{
	struct crt_variables *v = crt_variables;
	const WCHAR *block, *at;
	WCHAR **wide;
	size_t count = 0, n = 0;
	bool ok = true;
	char **narrow;

	crt_lock(CRT_LOCK_ENVIRONMENT);
	if (v->environ != NULL) {
		share(v->environ, v->wenviron);
		crt_unlock(CRT_LOCK_ENVIRONMENT);
		return true;
	}
	block = NtCurrentPeb()->ProcessParameters->Environment;
	for (at = block; at != NULL && *at != 0; at += crt_wide_length(at) + 1)
		count++;
	narrow = crt_heap_allocate((count + 1) * sizeof(*narrow));
	wide = crt_heap_allocate((count + 1) * sizeof(*wide));
	if (narrow == NULL || wide == NULL)
		ok = false;
	for (at = block; ok && at != NULL && *at != 0; at += crt_wide_length(at) + 1) {
		if (*at == '=')
			continue;
		wide[n] = crt_heap_wcsdup(at);
		narrow[n] = crt_narrow(at);
		ok = wide[n] != NULL && narrow[n] != NULL;
		n++;
	}
	if (ok) {
		wide[n] = NULL;
		narrow[n] = NULL;
		share(narrow, wide);
	}
	crt_unlock(CRT_LOCK_ENVIRONMENT);
	return ok;
}

#define CHARACTER char
#define TABLE environ
#define LENGTH rtl_strlen
#define COMPARE_N rtl_strnicmp
#define DUPLICATE crt_heap_strdup
#define FIND find_narrow
#define GET crt_getenv
#define GET_NAME getenv
#define GET_S getenv_s
#define DUPLICATE_S _dupenv_s
#include "dlls/crt/environ_template.h"

#define CHARACTER WCHAR
#define TABLE wenviron
#define LENGTH rtl_wcs_length
#define COMPARE_N rtl_wcsnicmp
#define DUPLICATE crt_heap_wcsdup
#define FIND find_wide
#define GET crt__wgetenv
#define GET_NAME _wgetenv
#define GET_S _wgetenv_s
#define DUPLICATE_S _wdupenv_s
#include "dlls/crt/environ_template.h"

/* Sets, replaces or (value empty) removes in both tables and in the process.  `entry` is "NAME=value". */
static INT set(const WCHAR *entry)
{
	const WCHAR *equals = rtl_wcschr(entry, '=');
	struct crt_variables *v = crt_variables;
	WCHAR *wide = NULL, *name = NULL, **wide_table;
	char *narrow = NULL, **narrow_table;
	size_t length, i, count;
	INT result = -1;

	if (equals == NULL || equals == entry) {
		crt_self.error = CRT_EINVAL;
		return -1;
	}
	length = (size_t)(equals - entry);
	crt_lock(CRT_LOCK_ENVIRONMENT);
	if (!crt_environment_initialize())
		goto done;
	name = crt_heap_wcsdup(entry);
	if (name == NULL)
		goto done;
	name[length] = 0;
	for (i = 0; v->wenviron[i] != NULL; i++)
		if (rtl_wcsnicmp(v->wenviron[i], entry, length + 1) == 0)
			break;
	for (count = i; v->wenviron[count] != NULL; count++)
		;
	if (equals[1] == 0) {
		if (v->wenviron[i] != NULL) {
			crt_heap_free(v->wenviron[i]);
			crt_heap_free(v->environ[i]);
			for (; v->wenviron[i] != NULL; i++) {
				v->wenviron[i] = v->wenviron[i + 1];
				v->environ[i] = v->environ[i + 1];
			}
		}
		SetEnvironmentVariableW(name, NULL);
		result = 0;
		goto done;
	}
	wide = crt_heap_wcsdup(entry);
	narrow = crt_narrow(entry);
	if (wide == NULL || narrow == NULL)
		goto done;
	if (v->wenviron[i] == NULL) {
		wide_table = crt_heap_reallocate(v->wenviron, (count + 2) * sizeof(*wide_table));
		if (wide_table != NULL)
			v->wenviron = wide_table;
		narrow_table = crt_heap_reallocate(v->environ, (count + 2) * sizeof(*narrow_table));
		if (narrow_table != NULL)
			v->environ = narrow_table;
		share(v->environ, v->wenviron);
		if (wide_table == NULL || narrow_table == NULL)
			goto done;
		wide_table[count + 1] = NULL;
		narrow_table[count + 1] = NULL;
	} else {
		crt_heap_free(v->wenviron[i]);
		crt_heap_free(v->environ[i]);
	}
	v->wenviron[i] = wide;
	v->environ[i] = narrow;
	wide = NULL;
	narrow = NULL;
	result = SetEnvironmentVariableW(name, equals + 1) ? 0 : -1;
done:
	crt_unlock(CRT_LOCK_ENVIRONMENT);
	crt_heap_free(name);
	crt_heap_free(wide);
	crt_heap_free(narrow);
	if (result != 0)
		crt_self.error = CRT_ENOMEM;
	return result;
}

CRT(INT, _wputenv, (const WCHAR *entry))
{
	CRT_VALIDATE(entry != NULL, EINVAL, -1);
	return set(entry);
}

CRT(INT, _putenv, (const char *entry))
{
	WCHAR *wide;
	INT result;

	CRT_VALIDATE(entry != NULL, EINVAL, -1);
	wide = crt_widen(entry);
	if (wide == NULL)
		return -1;
	result = set(wide);
	crt_heap_free(wide);
	return result;
}

CRT(errno_t, _wputenv_s, (const WCHAR *name, const WCHAR *value))
{
	size_t length, value_length;
	WCHAR *entry;
	INT result;

	CRT_VALIDATE_E(name != NULL && value != NULL, EINVAL);
	CRT_VALIDATE_E(rtl_wcschr(name, '=') == NULL, EINVAL);
	length = rtl_wcs_length(name);
	value_length = rtl_wcs_length(value);
	entry = crt_heap_allocate((length + value_length + 2) * sizeof(WCHAR));
	if (entry == NULL) {
		crt_self.error = CRT_ENOMEM;
		return CRT_ENOMEM;
	}
	rtl_memcpy(entry, name, length * sizeof(WCHAR));
	entry[length] = '=';
	rtl_memcpy(entry + length + 1, value, (value_length + 1) * sizeof(WCHAR));
	result = set(entry);
	crt_heap_free(entry);
	return result == 0 ? 0 : crt_self.error;
}

CRT(errno_t, _putenv_s, (const char *name, const char *value))
{
	WCHAR *wide_name, *wide_value;
	errno_t result = CRT_ENOMEM;

	CRT_VALIDATE_E(name != NULL && value != NULL, EINVAL);
	wide_name = crt_widen(name);
	wide_value = crt_widen(value);
	if (wide_name != NULL && wide_value != NULL)
		result = crt__wputenv_s(wide_name, wide_value);
	crt_heap_free(wide_name);
	crt_heap_free(wide_value);
	return result;
}
