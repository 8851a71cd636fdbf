/*
 * ntdll/ps/service.h - the messages of remote.h.  Both sides are the same build: nobody else reads them.
 */
#ifndef PEWTER_NTDLL_PS_SERVICE_H
#define PEWTER_NTDLL_PS_SERVICE_H

#include "ntdll/ps/remote.h"

#include <stddef.h>

struct ps_message {
	uint32_t operation;
	NTSTATUS status; /* of the answer */
	uint32_t room;	 /* of the question: how much data the answer may have */
	uint32_t reserved;
	uint64_t values[PS_CALL_VALUES];
	char data[PS_CALL_BYTES];
};
#define PS_MESSAGE_HEADER offsetof(struct ps_message, data)

#endif
