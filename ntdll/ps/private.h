/*
 * ntdll/ps/private.h - what the files of the process room share.
 */
#ifndef PEWTER_NTDLL_PS_PRIVATE_H
#define PEWTER_NTDLL_PS_PRIVATE_H

#include "ntdll/ps/ps.h"

/* Makes the block of PEB and TEBs and commits the PEB's page.  STATUS_NO_MEMORY. */
NTSTATUS ps_teb_initialize(PEB **peb);

#endif
