/*
 * dlls/crt/environ.h - the tables of the environment.
 */
#ifndef PEWTER_DLLS_CRT_ENVIRON_H
#define PEWTER_DLLS_CRT_ENVIRON_H

#include <stdbool.h>

/* Makes _environ and _wenviron of each runtime, if they are not there yet.  False: no memory. */
bool crt_environment_initialize(void);

#endif
