/*
 * dlls/crt/process.h - starting a program and waiting for it.
 */
#ifndef PEWTER_DLLS_CRT_PROCESS_H
#define PEWTER_DLLS_CRT_PROCESS_H

#include "dlls/crt/crt.h"

/* The new process's handle; NULL with errno set.  `environment` (a block) and `handles` (standard ones) may be NULL. */
HANDLE crt_create_process(const WCHAR *file, WCHAR *line, WCHAR *environment, bool detach, const HANDLE handles[3]);
/* Waits, closes the handle, gives the exit code; -1 with errno set. */
intptr_t crt_wait_process(HANDLE process);

#endif
