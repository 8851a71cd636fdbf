/*
 * dlls/crt/startup.c - what happens when a runtime is loaded.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include <math.h>

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
	variables->wcmdln = GetCommandLineW();
	variables->acmdln = GetCommandLineA();
	if (crt_stdio_attach != NULL)
		crt_stdio_attach(variables, flavour);
}
