/*
 * ntdll/ps/private.h - what the files of the process room share.
 */
#ifndef PEWTER_NTDLL_PS_PRIVATE_H
#define PEWTER_NTDLL_PS_PRIVATE_H

#include "ntdll/ps/ps.h"

/* Makes the block of PEB and TEBs and commits the PEB's page.  STATUS_NO_MEMORY. */
NTSTATUS ps_teb_initialize(PEB **peb);

/* Arranges for the page at 7FFE0000 to be filled at its first touch. */
void ps_shared_data_initialize(void);

#endif
