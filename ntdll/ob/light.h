/*
 * ntdll/ob/light.h - looking at an object for a moment without a reference: for calls that never wait.
 *
 * Taking a reference and giving it back are two locked instructions, as much as the whole work of setting an event.
 *Types with `light` set have their objects' memory freed only after a grace period, so that a thread may look at one
 *between ob_light_begin and ob_light_end although its last handle is closed meanwhile:
 *
 *	thread   ++light (odd: inside)   look at the entry, change the object's word   ++light (even)
 *	freeing  the object is unlinked; later: a barrier on all threads; who is inside is waited for; free
 *
 * The barrier (membarrier) is on the side of those who free, once for many objects; the others pay two plain stores.
 * Inside nothing may block, touch guest memory, or keep a pointer to the object: ob_reference_living makes a real one.
 */
#ifndef PEWTER_NTDLL_OB_LIGHT_H
#define PEWTER_NTDLL_OB_LIGHT_H

#include "ntdll/ob/ob.h"
#include "ntdll/ps/thread.h"

#define OB_CHUNK_ENTRIES 1024u
#define OB_MAX_CHUNKS 16384u /* 16 million handles, as NT */

struct ob_entry {
	uint64_t word;   /* object << 16 | references taken; 0 = free */
	uint32_t access; /* granted rights */
	uint32_t flags;  /* HANDLE_FLAG_* */
};

struct ob_chunk {
	struct ob_entry entries[OB_CHUNK_ENTRIES];
	uint64_t used[OB_CHUNK_ENTRIES / 64];
};

extern struct ob_chunk *ob_chunks[OB_MAX_CHUNKS];

static inline void ob_light_end(struct ps_thread *self)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&self->light, self->light + 1, __ATOMIC_RELEASE);
}

/* The object of a handle of the table, if it is of a light type and the handle has the rights; NULL: not now, or never.
 * Only after NULL ob_light_end must not be called. */
static inline struct ob_object *ob_light_begin(struct ps_thread *self, HANDLE handle, ACCESS_MASK access)
{
	uintptr_t index = ((uintptr_t)handle >> 2) - 1;
	const struct ob_entry *entry;
	struct ob_object *object;
	struct ob_chunk *chunk;
	ACCESS_MASK granted;

	if (!self || index >= (uintptr_t)OB_MAX_CHUNKS * OB_CHUNK_ENTRIES)
		return NULL;
	chunk = __atomic_load_n(&ob_chunks[index / OB_CHUNK_ENTRIES], __ATOMIC_ACQUIRE);
	if (!chunk)
		return NULL;
	entry = &chunk->entries[index % OB_CHUNK_ENTRIES];
	__atomic_store_n(&self->light, self->light + 1, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	object = (struct ob_object *)(uintptr_t)(__atomic_load_n(&entry->word, __ATOMIC_ACQUIRE) >> 16);
	granted = __atomic_load_n(&entry->access, __ATOMIC_ACQUIRE);
	/* Still the same handle: the rights are its. */
	if (object && object->type->light && !(access & ~granted) &&
	    (uintptr_t)object == __atomic_load_n(&entry->word, __ATOMIC_ACQUIRE) >> 16)
		return object;
	ob_light_end(self);
	return NULL;
}

/* ob_dereference for functions of Microsoft's convention: the last reference is rare. */
void WINAPI ob_light_destroy(struct ob_object *object);
static inline void ob_light_dereference(struct ob_object *object)
{
	if (__builtin_expect(__atomic_sub_fetch(&object->references, 1, __ATOMIC_ACQ_REL) == 0, 0))
		ob_light_destroy(object);
}

/* Frees an object of a light type, some time. */
void ob_light_free(struct ob_object *object);
/* Frees what can be freed, if it is much; no lock is held. */
void ob_light_collect(void);

#endif
