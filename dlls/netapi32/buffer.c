/*
 * dlls/netapi32/buffer.c - the builtin netapi32.dll: buffers, answers, lists.
 */
#include "dlls/netapi32/netapi32.h"
#include "kernel32/kernel32.h"
#include "ntdll/ps/ps.h"
#include "ntdll/rtl/heap.h"
#include "ntdll/rtl/rtl.h"
#include <string.h>

DEFINE_DLL(netapi32, .name = "netapi32.dll", .aliases = "netutils.dll\0samcli.dll\0wkscli.dll\0srvcli.dll\0");

/* The most that one account's strings and SIDs take: two names, a comment, a SID. */
#define ENTRY_EXTRA 1536u

EXPORT(netapi32, NET_API_STATUS, NetApiBufferAllocate, (DWORD size, LPVOID *buffer))
{
	if (!buffer)
		return ERROR_INVALID_PARAMETER;
	*buffer = RtlAllocateHeap(ps_peb->ProcessHeap, 0, size);
	return *buffer ? NERR_Success : ERROR_NOT_ENOUGH_MEMORY;
}

EXPORT(netapi32, NET_API_STATUS, NetApiBufferFree, (LPVOID buffer))
{
	if (buffer && !RtlFreeHeap(ps_peb->ProcessHeap, 0, buffer))
		return ERROR_INVALID_PARAMETER;
	return NERR_Success;
}

EXPORT(netapi32, NET_API_STATUS, NetApiBufferReallocate, (LPVOID old, DWORD size, LPVOID *buffer))
{
	LPVOID made;

	if (!buffer)
		return ERROR_INVALID_PARAMETER;
	if (!old)
		return NetApiBufferAllocate(size, buffer);
	if (!size) {
		*buffer = NULL;
		return NetApiBufferFree(old);
	}
	made = RtlReAllocateHeap(ps_peb->ProcessHeap, 0, old, size);
	if (!made)
		return ERROR_NOT_ENOUGH_MEMORY;
	*buffer = made;
	return NERR_Success;
}

EXPORT(netapi32, NET_API_STATUS, NetApiBufferSize, (LPVOID buffer, DWORD *size))
{
	SIZE_T found;

	if (!buffer || !size)
		return ERROR_INVALID_PARAMETER;
	found = RtlSizeHeap(ps_peb->ProcessHeap, 0, buffer);
	if (found == (SIZE_T)-1)
		return ERROR_INVALID_PARAMETER;
	*size = (DWORD)found;
	return NERR_Success;
}

bool net_answer_begin(struct net_answer *answer, ULONG count, size_t entry_size)
{
	answer->entry_size = entry_size;
	answer->next = 0;
	answer->end = count * entry_size;
	answer->size = count * (entry_size + ENTRY_EXTRA);
	answer->buffer = RtlAllocateHeap(ps_peb->ProcessHeap, 8 /* HEAP_ZERO_MEMORY */, answer->size ? answer->size : 1);
	return answer->buffer != NULL;
}

void *net_answer_entry(struct net_answer *answer)
{
	void *entry = answer->buffer + answer->next;

	answer->next += answer->entry_size;
	return entry;
}

/* Within ENTRY_EXTRA bytes for an entry, which callers keep. */
void *net_answer_bytes(struct net_answer *answer, const void *bytes, size_t size, size_t alignment)
{
	BYTE *to;

	answer->end = (answer->end + alignment - 1) & ~(alignment - 1);
	to = answer->buffer + answer->end;
	memcpy(to, bytes, size);
	answer->end += size;
	return to;
}

LPWSTR net_answer_text(struct net_answer *answer, const char16_t *text)
{
	return net_answer_bytes(answer, text, (rtl_wcslen(text) + 1) * sizeof(*text), sizeof(*text));
}

PSID net_answer_sid(struct net_answer *answer, const SID *sid)
{
	return net_answer_bytes(answer, sid, se_sid_size(sid), sizeof(ULONG));
}

NET_API_STATUS net_enumerate(const struct net_list *list, BYTE **buffer, DWORD preferred, DWORD *read, DWORD *total,
			     DWORD_PTR *resume)
{
	ULONG first = resume ? (ULONG)*resume : 0, count = 0, all = first;
	struct net_answer answer;
	struct se_account account;
	size_t used = 0;

	if (!buffer || !read || !total)
		return ERROR_INVALID_PARAMETER;
	*buffer = NULL;
	*read = *total = 0;
	for (; list->item(all, &account, list->context); all++) {
		used += list->entry_size + (rtl_wcslen(account.name) + rtl_wcslen(account.domain)) * sizeof(char16_t);
		if (all == first || used <= preferred)
			count++;
		else
			used = SIZE_MAX / 2; /* those behind it do not fit either */
	}
	if (!net_answer_begin(&answer, count, list->entry_size))
		return ERROR_NOT_ENOUGH_MEMORY;
	for (ULONG i = 0; i < count && list->item(first + i, &account, list->context); i++)
		list->fill(&answer, list->level, &account);
	*buffer = answer.buffer;
	*read = count;
	*total = all - first;
	if (resume)
		*resume = first + count < all ? first + count : 0;
	return first + count < all ? ERROR_MORE_DATA : NERR_Success;
}

NET_API_STATUS net_check_server(LPCWSTR server)
{
	const char16_t *computer = se_computer_name();

	if (!server || !*server)
		return NERR_Success;
	if (server[0] == '\\' && server[1] == '\\')
		server += 2;
	if (!rtl_compare_nocase(server, rtl_wcslen(server), computer, rtl_wcslen(computer)) ||
	    !rtl_compare_nocase(server, rtl_wcslen(server), u"localhost", 9) ||
	    !rtl_compare_nocase(server, rtl_wcslen(server), u"127.0.0.1", 9))
		return NERR_Success;
	return ERROR_BAD_NETPATH;
}

NET_API_STATUS net_find(LPCWSTR server, LPCWSTR name, enum se_use use, NET_API_STATUS missing, struct se_account *account)
{
	NET_API_STATUS status = net_check_server(server);

	if (status != NERR_Success)
		return status;
	if (!name)
		return ERROR_INVALID_PARAMETER;
	return se_account_of_name(name, account) && account->use == use ? NERR_Success : missing;
}
