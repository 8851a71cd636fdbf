/*
 * dlls/crt/startup.c - what happens when a runtime is loaded, and what a program's own start-up code calls.
 */
#include "dlls/crt/argv.h"
#include "dlls/crt/crt.h"
#include "dlls/crt/environ.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"
#include <math.h>

static INT app_type;

static WCHAR *copy_string(const UNICODE_STRING *string)
{
	size_t length = string->Length / sizeof(WCHAR);
	WCHAR *copy = crt_heap_allocate((length + 1) * sizeof(WCHAR));

	if (copy != NULL) {
		rtl_memcpy(copy, string->Buffer, length * sizeof(WCHAR));
		copy[length] = 0;
	}
	return copy;
}

/* The command line and the program's file, from the process parameters. */
static void set_strings(struct crt_variables *variables, const RTL_USER_PROCESS_PARAMETERS *parameters)
{
	variables->wcmdln = copy_string(&parameters->CommandLine);
	variables->wpgmptr = copy_string(&parameters->ImagePathName);
	if (variables->wcmdln != NULL)
		variables->acmdln = crt_narrow(variables->wcmdln);
	if (variables->wpgmptr != NULL)
		variables->pgmptr = crt_narrow(variables->wpgmptr);
}

void crt_startup_attach(struct crt_variables *variables, enum crt_flavour flavour)
{
	PEB *peb = NtCurrentPeb();

	crt_variables_of[flavour] = variables;
	if (crt_variables == NULL)
		crt_variables = variables;
	variables->osplatform = 2;
	variables->winmajor = peb->OSMajorVersion;
	variables->winminor = peb->OSMinorVersion;
	variables->winver = variables->winmajor << 8 | variables->winminor;
	variables->osver = peb->OSBuildNumber;
	variables->huge = HUGE_VAL;
	variables->fileinfo = -1;
	crt_errno_attach(variables);
	crt_locale_attach(variables);
	crt_multibyte_attach(variables);
	crt_time_attach(variables);
	set_strings(variables, peb->ProcessParameters);
	if (crt_variables != variables) {
		variables->environ = crt_variables->environ;
		variables->wenviron = crt_variables->wenviron;
	}
	crt_stdio_attach(variables, flavour);
}

/* What mingw's and MSVC's start-up code passes to __getmainargs. */
struct startup_info {
	INT new_mode;
};

CRT_MSVCRT(INT, __getmainargs, (INT * argc, char ***argv, char ***environment, INT wildcards, struct startup_info *info))
{
	struct crt_variables *v = crt_variables_of[CRT_FLAVOUR_MSVCRT];

	if (!crt_set_narrow_arguments(v, CRT_FLAVOUR_MSVCRT, wildcards != 0) || !crt_environment_initialize())
		return -1;
	if (v->initenv == NULL)
		v->initenv = v->environ;
	if (info != NULL)
		crt__set_new_mode(info->new_mode != 0);
	*argc = v->argc;
	*argv = v->argv;
	*environment = v->environ;
	return 0;
}

CRT_MSVCRT(INT, __wgetmainargs,
	   (INT * argc, WCHAR ***argv, WCHAR ***environment, INT wildcards, struct startup_info *info))
{
	struct crt_variables *v = crt_variables_of[CRT_FLAVOUR_MSVCRT];

	if (!crt_set_wide_arguments(v, CRT_FLAVOUR_MSVCRT, wildcards != 0) || !crt_environment_initialize())
		return -1;
	if (v->winitenv == NULL)
		v->winitenv = v->wenviron;
	if (info != NULL)
		crt__set_new_mode(info->new_mode != 0);
	*argc = v->argc;
	*argv = v->wargv;
	*environment = v->wenviron;
	return 0;
}

/* _crt_argv_mode: none 0, as they are 1, with wildcards expanded 2. */
CRT_UCRT(errno_t, _configure_narrow_argv, (INT mode))
{
	struct crt_variables *v = crt_variables_of[CRT_FLAVOUR_UCRT];

	CRT_VALIDATE_E(mode >= 0 && mode <= 2, EINVAL);
	if (mode == 0)
		return 0;
	return crt_set_narrow_arguments(v, CRT_FLAVOUR_UCRT, mode == 2) ? 0 : CRT_ENOMEM;
}

CRT_UCRT(errno_t, _configure_wide_argv, (INT mode))
{
	struct crt_variables *v = crt_variables_of[CRT_FLAVOUR_UCRT];

	CRT_VALIDATE_E(mode >= 0 && mode <= 2, EINVAL);
	if (mode == 0)
		return 0;
	return crt_set_wide_arguments(v, CRT_FLAVOUR_UCRT, mode == 2) ? 0 : CRT_ENOMEM;
}

CRT_UCRT(INT, _initialize_narrow_environment, (void))
{
	return crt_environment_initialize() ? 0 : -1;
}
CRT_ALIAS_UCRT("_initialize_wide_environment", crt__initialize_narrow_environment);

CRT_UCRT(char **, _get_initial_narrow_environment, (void))
{
	struct crt_variables *v = crt_variables_of[CRT_FLAVOUR_UCRT];

	if (v->initenv == NULL && crt_environment_initialize())
		v->initenv = v->environ;
	return v->initenv;
}

CRT_UCRT(WCHAR **, _get_initial_wide_environment, (void))
{
	struct crt_variables *v = crt_variables_of[CRT_FLAVOUR_UCRT];

	if (v->winitenv == NULL && crt_environment_initialize())
		v->winitenv = v->wenviron;
	return v->winitenv;
}

CRT_MSVCRT(void, __set_app_type, (INT type))
{
	app_type = type;
}
CRT_ALIAS_UCRT("_set_app_type", crt___set_app_type);

CRT_UCRT(INT, _query_app_type, (void))
{
	return app_type;
}

CRT(void, _initterm, (void **first, void **last))
{
	for (; first < last; first++)
		if (*first != NULL)
			ke_call_guest(*first, 0, 0, 0, 0);
}

CRT_UCRT(INT, _initterm_e, (void **first, void **last))
{
	INT result = 0;

	for (; first < last && result == 0; first++)
		if (*first != NULL)
			result = (INT)ke_call_guest(*first, 0, 0, 0, 0);
	return result;
}

/* The command line without the program's name. */
CRT_UCRT(char *, _get_narrow_winmain_command_line, (void))
{
	char *at = crt_variables_of[CRT_FLAVOUR_UCRT]->acmdln;
	bool in_quotes = false;

	for (; *at != 0 && (in_quotes || (BYTE)*at > ' '); at++)
		if (*at == '"')
			in_quotes = !in_quotes;
	while (*at != 0 && (BYTE)*at <= ' ')
		at++;
	return at;
}

CRT_UCRT(WCHAR *, _get_wide_winmain_command_line, (void))
{
	WCHAR *at = crt_variables_of[CRT_FLAVOUR_UCRT]->wcmdln;
	bool in_quotes = false;

	for (; *at != 0 && (in_quotes || *at > ' '); at++)
		if (*at == '"')
			in_quotes = !in_quotes;
	while (*at != 0 && *at <= ' ')
		at++;
	return at;
}

CRT(errno_t, _get_pgmptr, (char **name))
{
	CRT_VALIDATE_E(name != NULL, EINVAL);
	*name = crt_variables->pgmptr;
	return 0;
}

CRT(errno_t, _get_wpgmptr, (WCHAR * *name))
{
	CRT_VALIDATE_E(name != NULL, EINVAL);
	*name = crt_variables->wpgmptr;
	return 0;
}

/* _O_TEXT 0x4000, _O_BINARY 0x8000, _O_WTEXT 0x10000: how files are opened that do not say. */
CRT(errno_t, _set_fmode, (INT mode))
{
	CRT_VALIDATE_E(mode == 0x4000 || mode == 0x8000 || mode == 0x10000, EINVAL);
	crt_variables->fmode = mode;
	return 0;
}

CRT(errno_t, _get_fmode, (INT * mode))
{
	CRT_VALIDATE_E(mode != NULL, EINVAL);
	*mode = crt_variables->fmode;
	return 0;
}

/* The functions that give a variable's address, for each runtime its own. */
#define ACCESSOR(exported, type, member)                                                                                    \
	CRT_MSVCRT_AS(exported, type *, crt_msvcrt_##member, (void))                                                        \
	{                                                                                                                   \
		return &crt_variables_of[CRT_FLAVOUR_MSVCRT]->member;                                                       \
	}                                                                                                                   \
	CRT_UCRT_AS(exported, type *, crt_ucrt_##member, (void))                                                            \
	{                                                                                                                   \
		return &crt_variables_of[CRT_FLAVOUR_UCRT]->member;                                                         \
	}

ACCESSOR("__p__acmdln", char *, acmdln)
ACCESSOR("__p__wcmdln", WCHAR *, wcmdln)
ACCESSOR("__p___argc", INT, argc)
ACCESSOR("__p___argv", char **, argv)
ACCESSOR("__p___wargv", WCHAR **, wargv)
ACCESSOR("__p__environ", char **, environ)
ACCESSOR("__p__wenviron", WCHAR **, wenviron)
ACCESSOR("__p__pgmptr", char *, pgmptr)
ACCESSOR("__p__wpgmptr", WCHAR *, wpgmptr)
ACCESSOR("__p__fmode", INT, fmode)
ACCESSOR("__p__commode", INT, commode)

#define ACCESSOR_MSVCRT(exported, type, member)                                                                             \
	CRT_MSVCRT_AS(exported, type *, crt_msvcrt_##member, (void))                                                        \
	{                                                                                                                   \
		return &crt_variables_of[CRT_FLAVOUR_MSVCRT]->member;                                                       \
	}

ACCESSOR_MSVCRT("__p___initenv", char **, initenv)
ACCESSOR_MSVCRT("__p___winitenv", WCHAR **, winitenv)
ACCESSOR_MSVCRT("__p__osver", UINT, osver)
ACCESSOR_MSVCRT("__p__winver", UINT, winver)
ACCESSOR_MSVCRT("__p__winmajor", UINT, winmajor)
ACCESSOR_MSVCRT("__p__winminor", UINT, winminor)
ACCESSOR_MSVCRT("__p___mb_cur_max", INT, mb_cur_max)
ACCESSOR_MSVCRT("__p__timezone", LONG, timezone)
ACCESSOR_MSVCRT("__p__daylight", INT, daylight)
ACCESSOR_MSVCRT("__p__dstbias", LONG, dstbias)
