/*
 * kernel32/attributelist.c - attribute lists for new processes (processthreadsapi.h).
 *
 * Supported are those that have a meaning here: the list of handles to inherit, the jobs to be in, and a parent.
 * Others are refused with ERROR_NOT_SUPPORTED, which is what Windows says of attributes that it does not know.
 */
#include "kernel32/attributelist.h"
#include "kernel32/kernel32.h"

EXPORT(kernel32, BOOL, InitializeProcThreadAttributeList,
       (struct attribute_list * list, DWORD count, DWORD flags, PSIZE_T size))
{
	SIZE_T needed = sizeof(*list) + count * sizeof(struct attribute_entry);
	BOOL fits = list && *size >= needed;

	if (flags || count > 0x1B) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	*size = needed;
	if (!fits) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	*list = (struct attribute_list){.capacity = count};
	return TRUE;
}

EXPORT(kernel32, BOOL, UpdateProcThreadAttribute,
       (struct attribute_list * list, DWORD flags, DWORD_PTR attribute, PVOID value, SIZE_T size, PVOID previous,
	PSIZE_T returned))
{
	DWORD error = ERROR_SUCCESS;

	if (flags || previous || returned)
		error = ERROR_INVALID_PARAMETER;
	else if (attribute != PROC_THREAD_ATTRIBUTE_HANDLE_LIST && attribute != PROC_THREAD_ATTRIBUTE_JOB_LIST &&
		 attribute != PROC_THREAD_ATTRIBUTE_PARENT_PROCESS)
		error = ERROR_NOT_SUPPORTED;
	else if (attribute == PROC_THREAD_ATTRIBUTE_PARENT_PROCESS ? size != sizeof(HANDLE)
								   : !size || size % sizeof(HANDLE))
		error = ERROR_BAD_LENGTH;
	else if (attribute_find(list, attribute))
		error = ERROR_OBJECT_NAME_EXISTS;
	else if (list->count == list->capacity)
		error = ERROR_GEN_FAILURE;
	if (error) {
		set_last_error(error);
		return FALSE;
	}
	list->entries[list->count++] = (struct attribute_entry){attribute, size, value};
	list->present |= 1u << (attribute & 0x1F);
	return TRUE;
}

/* Nothing in a list is owned by it. */
EXPORT(kernel32, VOID, DeleteProcThreadAttributeList, (struct attribute_list * list))
{
	list->count = 0;
	list->present = 0;
}
