/*
 * ntdll/ob/handle.c - the handle table.
 *
 * Entries lie in chunks that are never freed, found through a fixed array, so that a lookup needs no lock:
 *
 *	handle -> index = handle / 4 - 1 -> ob_chunks[index / 1024] -> entry[index % 1024]
 *
 * An entry's word holds the object's address (48 bits) and how many references were taken through it (16 bits).  A
 * lookup adds one to that count by compare-and-swap, which fails when the handle was closed meanwhile.  Whoever closes
 * the handle exchanges the word with 0 and settles the count with the object.
 *
 * Free entries are found by a bitmap of three levels, lowest first, under the table lock.
 */
#include "host/thread.h"
#include "ntdll/ob/light.h"
#include "ntdll/ob/private.h"
#include "ntdll/ob/shared.h"
#include "ntdll/ps/thread.h"

#include <stdlib.h>

#define TAKEN_MASK 0xFFFFull
#define TAKEN_LIMIT 0x8000ull

static struct host_lock table_lock;
struct ob_chunk *ob_chunks[OB_MAX_CHUNKS];
static uint64_t full_chunks[OB_MAX_CHUNKS / 64];
static uint32_t first_candidate; /* no chunk below this one has a free entry */
static uint32_t handle_count;

static inline struct ob_object *word_object(uint64_t word)
{
	return (struct ob_object *)(uintptr_t)(word >> 16);
}

static struct ob_entry *entry_of(HANDLE handle)
{
	uintptr_t index = ((uintptr_t)handle >> 2) - 1;
	struct ob_chunk *chunk;

	if (index >= (uintptr_t)OB_MAX_CHUNKS * OB_CHUNK_ENTRIES)
		return NULL;
	chunk = __atomic_load_n(&ob_chunks[index / OB_CHUNK_ENTRIES], __ATOMIC_ACQUIRE);
	return chunk ? &chunk->entries[index % OB_CHUNK_ENTRIES] : NULL;
}

/* Marks the lowest free index as used; -1: no memory or no room.  The table lock is held. */
static int64_t allocate_index(void)
{
	for (uint32_t c = first_candidate; c < OB_MAX_CHUNKS; c++) {
		struct ob_chunk *chunk = ob_chunks[c];

		if (full_chunks[c / 64] == UINT64_MAX) {
			c |= 63;
			continue;
		}
		if (full_chunks[c / 64] >> (c % 64) & 1)
			continue;
		first_candidate = c;
		if (!chunk) {
			chunk = calloc(1, sizeof(*chunk));
			if (!chunk)
				return -1;
			__atomic_store_n(&ob_chunks[c], chunk, __ATOMIC_RELEASE);
		}
		for (unsigned w = 0; w < OB_CHUNK_ENTRIES / 64; w++) {
			if (chunk->used[w] != UINT64_MAX) {
				unsigned bit = __builtin_ctzll(~chunk->used[w]);

				chunk->used[w] |= 1ull << bit;
				return (int64_t)c * OB_CHUNK_ENTRIES + w * 64 + bit;
			}
		}
		full_chunks[c / 64] |= 1ull << (c % 64);
	}
	return -1;
}

static void free_index(uint32_t index)
{
	uint32_t c = index / OB_CHUNK_ENTRIES;

	host_lock_acquire(&table_lock);
	ob_chunks[c]->used[index % OB_CHUNK_ENTRIES / 64] &= ~(1ull << (index % 64));
	full_chunks[c / 64] &= ~(1ull << (c % 64));
	if (c < first_candidate)
		first_candidate = c;
	handle_count--;
	host_lock_release(&table_lock);
}

static void fill_entry(uint32_t index, struct ob_object *object, ACCESS_MASK access, ULONG attributes)
{
	struct ob_entry *entry = &ob_chunks[index / OB_CHUNK_ENTRIES]->entries[index % OB_CHUNK_ENTRIES];

	entry->access = access;
	entry->flags = (attributes & OBJ_INHERIT ? HANDLE_FLAG_INHERIT : 0) |
		       (attributes & OB_PROTECT_CLOSE ? HANDLE_FLAG_PROTECT_FROM_CLOSE : 0);
	__atomic_fetch_add(&object->handles, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&object->references, OB_HANDLE_BIAS, __ATOMIC_RELAXED);
	__atomic_store_n(&entry->word, (uint64_t)(uintptr_t)object << 16, __ATOMIC_RELEASE);
}

NTSTATUS ob_create_handle(void *object, ACCESS_MASK access, ULONG attributes, HANDLE *handle)
{
	int64_t index;

	*handle = NULL;
	host_lock_acquire(&table_lock);
	index = allocate_index();
	if (index >= 0) {
		handle_count++;
		fill_entry((uint32_t)index, object, access, attributes);
	}
	host_lock_release(&table_lock);
	if (index < 0)
		return STATUS_INSUFFICIENT_RESOURCES;
	*handle = (HANDLE)(uintptr_t)((index + 1) * 4);
	return STATUS_SUCCESS;
}

NTSTATUS ob_create_handle_at(HANDLE handle, void *object, ACCESS_MASK access, ULONG attributes)
{
	uintptr_t index = ((uintptr_t)handle >> 2) - 1;
	uint32_t c = (uint32_t)(index / OB_CHUNK_ENTRIES);
	uint64_t bit = 1ull << (index % 64);
	NTSTATUS status = STATUS_SUCCESS;
	uint64_t *used;

	if (index >= (uintptr_t)OB_MAX_CHUNKS * OB_CHUNK_ENTRIES)
		return STATUS_INVALID_HANDLE;
	host_lock_acquire(&table_lock);
	if (!ob_chunks[c])
		__atomic_store_n(&ob_chunks[c], calloc(1, sizeof(struct ob_chunk)), __ATOMIC_RELEASE);
	if (!ob_chunks[c]) {
		status = STATUS_INSUFFICIENT_RESOURCES;
	} else {
		used = &ob_chunks[c]->used[index % OB_CHUNK_ENTRIES / 64];
		if (*used & bit) {
			status = STATUS_CONFLICTING_ADDRESSES;
		} else {
			*used |= bit;
			handle_count++;
			fill_entry((uint32_t)index, object, access, attributes);
		}
	}
	host_lock_release(&table_lock);
	return status;
}

/* Takes a reference through the entry; 0: it is free. */
static struct ob_object *take_reference(struct ob_entry *entry, ACCESS_MASK *access)
{
	uint64_t word = __atomic_load_n(&entry->word, __ATOMIC_ACQUIRE);

	for (;;) {
		struct ob_object *object = word_object(word);

		if (!object)
			return NULL;
		*access = __atomic_load_n(&entry->access, __ATOMIC_RELAXED);
		if (__builtin_expect((word & TAKEN_MASK) < TAKEN_LIMIT, 1)) {
			if (__atomic_compare_exchange_n(&entry->word, &word, word + 1, 1, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
				return object;
			continue;
		}
		/* Full: our own reference is the first of a new count; what was taken so far moves to the object. */
		if (__atomic_compare_exchange_n(&entry->word, &word, (word & ~TAKEN_MASK) + 1, 1, __ATOMIC_ACQUIRE,
						__ATOMIC_ACQUIRE)) {
			__atomic_fetch_add(&object->references, (int64_t)TAKEN_LIMIT, __ATOMIC_RELAXED);
			return object;
		}
	}
}

NTSTATUS ob_reference_by_real_handle(HANDLE handle, const struct ob_type *type, ACCESS_MASK access, void **object)
{
	struct ob_entry *entry = entry_of(handle);
	struct ob_object *found;
	ACCESS_MASK granted;

	*object = NULL;
	if (!entry)
		return STATUS_INVALID_HANDLE;
	found = take_reference(entry, &granted);
	if (!found)
		return STATUS_INVALID_HANDLE;
	if (__builtin_expect(type && found->type != type, 0)) {
		ob_dereference(found);
		return STATUS_OBJECT_TYPE_MISMATCH;
	}
	if (__builtin_expect(access & ~granted, 0)) {
		ob_dereference(found);
		return STATUS_ACCESS_DENIED;
	}
	*object = found;
	return STATUS_SUCCESS;
}

NTSTATUS ob_reference_by_handle(HANDLE handle, const struct ob_type *type, ACCESS_MASK access, void **object)
{
	struct ob_object *pseudo;

	if (__builtin_expect((intptr_t)handle > 0, 1))
		return ob_reference_by_real_handle(handle, type, access, object);
	*object = NULL;
	pseudo = ps_pseudo_object(handle);
	if (!pseudo)
		return STATUS_INVALID_HANDLE;
	if (type && pseudo->type != type)
		return STATUS_OBJECT_TYPE_MISMATCH;
	ob_reference(pseudo);
	*object = pseudo;
	return STATUS_SUCCESS;
}

static void drop_handle(struct ob_object *object, uint64_t word)
{
	bool last;

	if (object->name) {
		ob_names_lock();
		last = __atomic_sub_fetch(&object->handles, 1, __ATOMIC_ACQ_REL) == 0;
		if (last) {
			ob_name_remove(object);
			ob_shared_forget(object);
		}
		ob_names_unlock();
	} else {
		last = __atomic_sub_fetch(&object->handles, 1, __ATOMIC_ACQ_REL) == 0;
	}
	if (last && object->type->close)
		object->type->close(object);
	ob_adjust_references(object, (int64_t)(word & TAKEN_MASK) - OB_HANDLE_BIAS);
}

static NTSTATUS close_entry(HANDLE handle, bool force)
{
	struct ob_entry *entry = entry_of(handle);
	struct ob_object *object;
	ACCESS_MASK access;
	uint64_t word;

	if (!entry)
		return STATUS_INVALID_HANDLE;
	if (!force && __atomic_load_n(&entry->flags, __ATOMIC_RELAXED) & HANDLE_FLAG_PROTECT_FROM_CLOSE)
		return word_object(__atomic_load_n(&entry->word, __ATOMIC_RELAXED)) ? STATUS_HANDLE_NOT_CLOSABLE :
										       STATUS_INVALID_HANDLE;
	object = take_reference(entry, &access);
	if (!object)
		return STATUS_INVALID_HANDLE;
	if (object->type->close_handle)
		object->type->close_handle(object, handle);
	for (word = __atomic_load_n(&entry->word, __ATOMIC_RELAXED);;) {
		if (word_object(word) != object) {
			/* Another thread closed it between. */
			ob_dereference(object);
			return STATUS_INVALID_HANDLE;
		}
		if (__atomic_compare_exchange_n(&entry->word, &word, 0, 1, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			break;
	}
	__atomic_store_n(&entry->flags, 0, __ATOMIC_RELAXED);
	free_index((uint32_t)(((uintptr_t)handle >> 2) - 1));
	drop_handle(object, word);
	ob_dereference(object);
	return STATUS_SUCCESS;
}

NTSTATUS ob_close_handle(HANDLE handle)
{
	intptr_t value = (intptr_t)handle;

	/* Closing a pseudo handle does nothing and succeeds. */
	if (value < 0 && value >= -6)
		return STATUS_SUCCESS;
	return close_entry(handle, false);
}

NTSTATUS ob_query_handle(HANDLE handle, ACCESS_MASK *access, ULONG *flags)
{
	struct ob_entry *entry;
	struct ob_object *pseudo;

	if ((intptr_t)handle < 0) {
		pseudo = ps_pseudo_object(handle);
		if (!pseudo)
			return STATUS_INVALID_HANDLE;
		*access = pseudo->type->all;
		*flags = 0;
		return STATUS_SUCCESS;
	}
	entry = entry_of(handle);
	if (!entry || !word_object(__atomic_load_n(&entry->word, __ATOMIC_ACQUIRE)))
		return STATUS_INVALID_HANDLE;
	*access = __atomic_load_n(&entry->access, __ATOMIC_RELAXED);
	*flags = __atomic_load_n(&entry->flags, __ATOMIC_RELAXED);
	return STATUS_SUCCESS;
}

NTSTATUS ob_set_handle_flags(HANDLE handle, ULONG mask, ULONG flags)
{
	struct ob_entry *entry = entry_of(handle);
	NTSTATUS status = STATUS_INVALID_HANDLE;

	if (!entry)
		return STATUS_INVALID_HANDLE;
	host_lock_acquire(&table_lock);
	if (word_object(__atomic_load_n(&entry->word, __ATOMIC_ACQUIRE))) {
		__atomic_store_n(&entry->flags, (entry->flags & ~mask) | (flags & mask), __ATOMIC_RELAXED);
		status = STATUS_SUCCESS;
	}
	host_lock_release(&table_lock);
	return status;
}

uint32_t ob_handle_count(void)
{
	return __atomic_load_n(&handle_count, __ATOMIC_RELAXED);
}

void ob_for_each_handle(bool (*fn)(HANDLE handle, struct ob_object *object, ACCESS_MASK access, ULONG flags, void *context),
			void *context)
{
	for (uint32_t c = 0; c < OB_MAX_CHUNKS && ob_chunks[c]; c++) {
		for (uint32_t i = 0; i < OB_CHUNK_ENTRIES; i++) {
			struct ob_entry *entry = &ob_chunks[c]->entries[i];
			ACCESS_MASK access;
			struct ob_object *object = take_reference(entry, &access);
			bool more;

			if (!object)
				continue;
			more = fn((HANDLE)(uintptr_t)((c * OB_CHUNK_ENTRIES + i + 1) * 4ull), object, access, entry->flags, context);
			ob_dereference(object);
			if (!more)
				return;
		}
	}
}

void ob_close_all_handles(void)
{
	for (uint32_t c = 0; c < OB_MAX_CHUNKS && ob_chunks[c]; c++)
		for (uint32_t i = 0; i < OB_CHUNK_ENTRIES; i++)
			if (ob_chunks[c]->entries[i].word)
				close_entry((HANDLE)(uintptr_t)((c * OB_CHUNK_ENTRIES + i + 1) * 4ull), true);
}
