/*
 * ntdll/rtl/environment.c - environment blocks: NAME=VALUE strings in UTF-16, ended by an empty one.
 *
 * The process's block hangs in its parameters, where programs may read it; a change makes a new block on the process
 * heap and drops the old one, unless the program has put another there.  New names are put in order of their upper-cased
 * units, as Windows keeps them.
 */
#include "ntdll/rtl/environment.h"
#include "host/thread.h"
#include "ntdll/ps/ps.h"
#include "ntdll/rtl/heap.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#include <string.h>

static struct host_lock environment_lock;
static char16_t *heap_block; /* the process's block when it is one of ours */

void rtl_environment_lock(void)
{
	host_lock_acquire(&environment_lock);
}

void rtl_environment_unlock(void)
{
	host_lock_release(&environment_lock);
}

const char16_t *rtl_environment_find(const char16_t *block, const char16_t *name, size_t length)
{
	for (; *block; block += rtl_wcslen(block) + 1) {
		/* a leading '=' belongs to the name: "=C:" */
		const char16_t *equal = block + 1;

		while (*equal && *equal != u'=')
			equal++;
		if (*equal && (size_t)(equal - block) == length &&
		    rtl_compare_nocase(block, length, name, length) == 0)
			return block;
	}
	return NULL;
}

size_t rtl_environment_units(const char16_t *block)
{
	const char16_t *at = block;

	while (*at)
		at += rtl_wcslen(at) + 1;
	return (size_t)(at - block) + 1;
}

/* A new block with the variable set (value NULL: without it); NULL: no memory. */
static char16_t *changed_block(const char16_t *block, const char16_t *name, size_t length, const char16_t *value,
			       size_t value_length)
{
	size_t units = rtl_environment_units(block);
	char16_t *made = RtlAllocateHeap(ps_peb->ProcessHeap, 0, (units + length + value_length + 4) * 2), *to = made;
	bool placed = value == NULL;

	if (!made)
		return NULL;
	for (const char16_t *at = block; *at || !placed;) {
		const char16_t *equal = at;
		size_t entry = rtl_wcslen(at);
		int order = -1;

		if (*at) {
			equal = at + 1;
			while (*equal && *equal != u'=')
				equal++;
			order = rtl_compare_nocase(at, (size_t)(equal - at), name, length);
		}
		if (!placed && (!*at || order >= 0)) {
			memcpy(to, name, length * 2);
			to += length;
			*to++ = u'=';
			memcpy(to, value, value_length * 2);
			to += value_length;
			*to++ = 0;
			placed = true;
			if (!*at)
				break;
		}
		if (order != 0) {
			memcpy(to, at, (entry + 1) * 2);
			to += entry + 1;
		}
		at += entry + 1;
	}
	if (to == made)
		*to++ = 0;
	*to = 0;
	return made;
}

void rtl_environment_adopt(char16_t *block)
{
	heap_block = block;
}

NTSTATUS rtl_environment_set(const char16_t *name, size_t length, const char16_t *value, size_t value_length)
{
	RTL_USER_PROCESS_PARAMETERS *parameters = ps_peb->ProcessParameters;
	char16_t *made, *old;
	NTSTATUS status = STATUS_SUCCESS;

	if (length == 0)
		return STATUS_INVALID_PARAMETER;
	for (size_t i = 1; i < length; i++)
		if (name[i] == u'=')
			return STATUS_INVALID_PARAMETER;
	rtl_environment_lock();
	if (!value && !rtl_environment_find(parameters->Environment, name, length)) {
		status = STATUS_VARIABLE_NOT_FOUND;
	} else {
		made = changed_block(parameters->Environment, name, length, value, value_length);
		if (made) {
			old = heap_block;
			if (old != parameters->Environment)
				old = NULL; /* the program has put another one there */
			parameters->Environment = heap_block = made;
			parameters->EnvironmentSize = RtlSizeHeap(ps_peb->ProcessHeap, 0, made);
			parameters->EnvironmentVersion++;
			if (old)
				RtlFreeHeap(ps_peb->ProcessHeap, 0, old);
		} else {
			status = STATUS_NO_MEMORY;
		}
	}
	rtl_environment_unlock();
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlQueryEnvironmentVariable_U, (PVOID block, UNICODE_STRING *name, UNICODE_STRING *value))
{
	const char16_t *entry;
	NTSTATUS status = STATUS_VARIABLE_NOT_FOUND;
	bool own = !block;

	if (own)
		rtl_environment_lock();
	entry = rtl_environment_find(own ? ps_peb->ProcessParameters->Environment : block, name->Buffer, name->Length / 2);
	if (entry) {
		const char16_t *text = entry + name->Length / 2 + 1;
		size_t length = rtl_wcslen(text);

		value->Length = (USHORT)(length * 2);
		if (value->Length > value->MaximumLength) {
			status = STATUS_BUFFER_TOO_SMALL;
		} else {
			memcpy(value->Buffer, text, length * 2);
			if (value->Length + 2u <= value->MaximumLength)
				value->Buffer[length] = 0;
			status = STATUS_SUCCESS;
		}
	}
	if (own)
		rtl_environment_unlock();
	return status;
}

/* In units; where there is no room for the end either, *length counts that too. */
EXPORT(ntdll, NTSTATUS, RtlQueryEnvironmentVariable,
       (PVOID block, PCWSTR name, SIZE_T name_length, PWSTR value, SIZE_T size, SIZE_T *length))
{
	UNICODE_STRING named = {(USHORT)(name_length * 2), (USHORT)(name_length * 2), (PWSTR)(uintptr_t)name};
	UNICODE_STRING found = {0, (USHORT)(size > 0x7FFF ? 0xFFFE : size * 2), value};
	NTSTATUS status;

	if (name_length > 0x7FFF)
		return STATUS_INVALID_PARAMETER;
	status = RtlQueryEnvironmentVariable_U(block, &named, &found);
	if (status == STATUS_SUCCESS && found.Length / 2u == size)
		status = STATUS_BUFFER_TOO_SMALL;
	if (status == STATUS_SUCCESS)
		*length = found.Length / 2u;
	else if (status == STATUS_BUFFER_TOO_SMALL)
		*length = found.Length / 2u + 1;
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlSetEnvironmentVariable, (PVOID * block, UNICODE_STRING *name, UNICODE_STRING *value))
{
	char16_t *made;

	if (!block)
		return rtl_environment_set(name->Buffer, name->Length / 2, value ? value->Buffer : NULL,
					   value ? value->Length / 2 : 0);
	made = changed_block(*block, name->Buffer, name->Length / 2, value ? value->Buffer : NULL, value ? value->Length / 2 : 0);
	if (!made)
		return STATUS_NO_MEMORY;
	RtlFreeHeap(ps_peb->ProcessHeap, 0, *block);
	*block = made;
	return STATUS_SUCCESS;
}

/* %NAME% by its value; names that are not set stay as they are.  The result's length is what is needed. */
size_t rtl_environment_expand(const char16_t *block, const char16_t *from, size_t length, char16_t *to, size_t capacity)
{
	size_t used = 0;

	for (size_t at = 0; at < length;) {
		const char16_t *text = from + at;
		size_t count = 1, skip = 1;

		if (from[at] == u'%') {
			size_t end = at + 1;

			while (end < length && from[end] != u'%')
				end++;
			if (end < length && end > at + 1) {
				const char16_t *entry = rtl_environment_find(block, from + at + 1, end - at - 1);

				if (entry) {
					text = entry + (end - at - 1) + 1;
					count = rtl_wcslen(text);
					skip = end - at + 1;
				} else {
					count = skip = end - at; /* the second one may begin a name */
				}
			}
		}
		for (size_t i = 0; i < count; i++, used++)
			if (used < capacity)
				to[used] = text[i];
		at += skip;
	}
	return used;
}

EXPORT(ntdll, NTSTATUS, RtlExpandEnvironmentStrings_U,
       (PVOID block, UNICODE_STRING *from, UNICODE_STRING *to, ULONG *needed))
{
	size_t units;
	bool own = !block;

	if (own)
		rtl_environment_lock();
	units = rtl_environment_expand(own ? ps_peb->ProcessParameters->Environment : block, from->Buffer, from->Length / 2,
				       to->Buffer, to->MaximumLength / 2);
	if (own)
		rtl_environment_unlock();
	if (needed)
		*needed = (ULONG)(units + 1) * 2;
	if ((units + 1) * 2 > to->MaximumLength)
		return STATUS_BUFFER_TOO_SMALL;
	to->Buffer[units] = 0;
	to->Length = (USHORT)(units * 2);
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlCreateEnvironment, (BOOLEAN inherit, PVOID *block))
{
	char16_t *made;

	if (inherit) {
		size_t units;

		rtl_environment_lock();
		units = rtl_environment_units(ps_peb->ProcessParameters->Environment);
		made = RtlAllocateHeap(ps_peb->ProcessHeap, 0, units * 2);
		if (made)
			memcpy(made, ps_peb->ProcessParameters->Environment, units * 2);
		rtl_environment_unlock();
	} else {
		made = RtlAllocateHeap(ps_peb->ProcessHeap, 0, 4);
		if (made)
			made[0] = made[1] = 0;
	}
	*block = made;
	return made ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

EXPORT(ntdll, NTSTATUS, RtlDestroyEnvironment, (PVOID block))
{
	RtlFreeHeap(ps_peb->ProcessHeap, 0, block);
	return STATUS_SUCCESS;
}
