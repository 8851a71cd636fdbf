/*
 * dlls/netapi32/netapi32.h - what the files of netapi32 share: answers and lists in buffers of the guest's.
 *
 * An answer is one buffer: structures of one level, then what they point to.  Its reader frees it with NetApiBufferFree.
 */
#ifndef PEWTER_DLLS_NETAPI32_H
#define PEWTER_DLLS_NETAPI32_H

#include "ntdll/se/account.h"

#define NERR_Success 0u
#define NERR_ServerNotStarted 2114u
#define NERR_GroupNotFound 2220u
#define NERR_UserNotFound 2221u
#define NERR_DCNotFound 2453u

typedef DWORD NET_API_STATUS;

NET_API_STATUS WINAPI NetApiBufferAllocate(DWORD size, LPVOID *buffer);
NET_API_STATUS WINAPI NetApiBufferFree(LPVOID buffer);

struct net_answer {
	BYTE *buffer; /* NULL: no memory */
	size_t entry_size, next, end, size; /* where the next structure comes, where what it points to comes */
};

/* Room for `count` structures of `entry_size` bytes, zeroed. */
bool net_answer_begin(struct net_answer *answer, ULONG count, size_t entry_size);
void *net_answer_entry(struct net_answer *answer);
LPWSTR net_answer_text(struct net_answer *answer, const char16_t *text);
PSID net_answer_sid(struct net_answer *answer, const SID *sid);
void *net_answer_bytes(struct net_answer *answer, const void *bytes, size_t size, size_t alignment);

/* A list of accounts at one level.  `item` gives the account at an index counted from 0, false behind the last. */
struct net_list {
	bool (*item)(ULONG index, struct se_account *account, const void *context);
	const void *context;
	void (*fill)(struct net_answer *answer, ULONG level, const struct se_account *account);
	size_t entry_size;
	ULONG level;
};
/* What fits into `preferred` bytes, one entry at least; *resume, if there is one, says where the next call goes on.
 * ERROR_MORE_DATA: not all. */
NET_API_STATUS net_enumerate(const struct net_list *list, BYTE **buffer, DWORD preferred, DWORD *read, DWORD *total,
			     DWORD_PTR *resume);

/* NERR_Success for this computer, ERROR_BAD_NETPATH for any other: those are not asked. */
NET_API_STATUS net_check_server(LPCWSTR server);
/* The account of a name on this computer, if it is one of that kind; else `missing`. */
NET_API_STATUS net_find(LPCWSTR server, LPCWSTR name, enum se_use use, NET_API_STATUS missing, struct se_account *account);

#endif
