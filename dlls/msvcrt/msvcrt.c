/*
 * dlls/msvcrt/msvcrt.c - the builtin msvcrt.dll: its variables and its entry.  The functions are in dlls/crt/.
 */
#include "dlls/crt/crt.h"

static BOOL WINAPI msvcrt_entry(HMODULE module, DWORD reason, PVOID reserved)
{
	(void)module;
	(void)reserved;
	if (reason == DLL_PROCESS_ATTACH)
		crt_startup_attach(crt_variables_of[CRT_FLAVOUR_MSVCRT], CRT_FLAVOUR_MSVCRT);
	else if (reason == DLL_THREAD_DETACH)
		crt_thread_detach();
	else if (reason == DLL_PROCESS_DETACH)
		crt_process_detach(CRT_FLAVOUR_MSVCRT);
	return TRUE;
}

DEFINE_DLL(msvcrt, .name = "msvcrt.dll", .data_size = sizeof(struct crt_variables),
	   .data = (void **)&crt_variables_of[CRT_FLAVOUR_MSVCRT], .entry = msvcrt_entry);

#define VARIABLE(exported, member) EXPORT_DATA(msvcrt, exported, offsetof(struct crt_variables, member))

VARIABLE("_iob", iob);
VARIABLE("_acmdln", acmdln);
VARIABLE("_wcmdln", wcmdln);
VARIABLE("__argc", argc);
VARIABLE("__argv", argv);
VARIABLE("__wargv", wargv);
VARIABLE("_environ", environ);
VARIABLE("_wenviron", wenviron);
VARIABLE("__initenv", initenv);
VARIABLE("__winitenv", winitenv);
VARIABLE("_pgmptr", pgmptr);
VARIABLE("_wpgmptr", wpgmptr);
VARIABLE("_fmode", fmode);
VARIABLE("_commode", commode);
VARIABLE("_osplatform", osplatform);
VARIABLE("_osver", osver);
VARIABLE("_winver", winver);
VARIABLE("_winmajor", winmajor);
VARIABLE("_winminor", winminor);
VARIABLE("__badioinfo", badioinfo);
VARIABLE("__pioinfo", pioinfo);
VARIABLE("_fileinfo", fileinfo);
VARIABLE("_timezone", timezone);
VARIABLE("_daylight", daylight);
VARIABLE("_dstbias", dstbias);
VARIABLE("_tzname", tzname);
VARIABLE("_sys_errlist", sys_errlist);
VARIABLE("_sys_nerr", sys_nerr);
VARIABLE("_HUGE", huge);
VARIABLE("__mb_cur_max", mb_cur_max);
VARIABLE("_pctype", pctype);
VARIABLE("_pwctype", pwctype);
VARIABLE("_ctype", ctype_table[127]);
VARIABLE("__lc_codepage", lc_codepage);
VARIABLE("__lc_collate_cp", lc_collate_cp);
VARIABLE("__lc_handle", lc_handle);
VARIABLE("_mbctype", mbctype);
VARIABLE("_mbcasemap", mbcasemap);
VARIABLE("__unguarded_readlc_active", unguarded_readlc_active);
VARIABLE("__setlc_active", setlc_active);
VARIABLE("_adjust_fdiv", adjust_fdiv);
VARIABLE("_aexit_rtn", aexit_rtn);
