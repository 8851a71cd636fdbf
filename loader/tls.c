/*
 * loader/tls.c - static thread-local storage: the blocks behind TEB.ThreadLocalStoragePointer.
 *
 * Every module with a TLS directory gets a small number, stored where its directory says, and every thread an array with
 * a pointer to its copy of the module's template.  A module that comes later gets blocks in all threads at once; when an
 * array must grow its thread gets a new one, and the old one stays until the thread ends, for the thread may be reading
 * it (nt facts, execution 83).
 */
#include "loader/modules.h"
#include "host/fault.h"
#include "host/thread.h"
#include "ntdll/ps/ps.h"

#include <stdlib.h>
#include <string.h>

struct block {
	void *raw; /* what ps_guest_alloc gave */
	size_t size;
};

struct old_array {
	struct old_array *next;
	void **array;
	uint32_t capacity;
};

struct tls_thread {
	struct tls_thread *next;
	TEB *teb;
	void **array; /* guest memory */
	uint32_t capacity;
	struct block *blocks; /* by slot, `capacity` of them */
	struct old_array *old;
};

#define FIRST_CAPACITY 16u

static struct host_lock lock; /* inside the loader lock */
static struct tls_thread *threads;
static struct module **slots; /* NULL: free */
static uint32_t slot_capacity, slot_count;

static bool grow_array(struct tls_thread *thread, uint32_t needed)
{
	uint32_t capacity = thread->capacity ? thread->capacity : FIRST_CAPACITY;
	struct old_array *old = NULL;
	struct block *blocks;
	void **array;

	while (capacity < needed)
		capacity *= 2;
	array = ps_guest_alloc(capacity * sizeof(*array));
	blocks = calloc(capacity, sizeof(*blocks));
	if (thread->array)
		old = malloc(sizeof(*old));
	if (!array || !blocks || (thread->array && !old)) {
		ps_guest_free(array, capacity * sizeof(*array));
		free(blocks);
		free(old);
		return false;
	}
	if (thread->array) {
		memcpy(array, thread->array, thread->capacity * sizeof(*array));
		memcpy(blocks, thread->blocks, thread->capacity * sizeof(*blocks));
		*old = (struct old_array){thread->old, thread->array, thread->capacity};
		thread->old = old;
		free(thread->blocks);
	}
	thread->array = array;
	thread->blocks = blocks;
	thread->capacity = capacity;
	__atomic_store_n(&thread->teb->ThreadLocalStoragePointer, array, __ATOMIC_RELEASE);
	return true;
}

/* Gives a thread its copy of a module's template. */
static bool give_block(struct tls_thread *thread, const struct module *module)
{
	const struct pe_tls *tls = &module->tls;
	size_t size = (size_t)tls->data_size + tls->zero_fill + tls->alignment;
	struct block *block;
	uintptr_t start;

	if (module->tls_slot >= thread->capacity && !grow_array(thread, module->tls_slot + 1))
		return false;
	block = &thread->blocks[module->tls_slot];
	block->raw = ps_guest_alloc(size);
	if (!block->raw)
		return false;
	block->size = size;
	start = ((uintptr_t)block->raw + tls->alignment - 1) & ~(uintptr_t)(tls->alignment - 1);
	if (tls->data_size && host_copy_from_guest((void *)start, module->image.base + tls->data, tls->data_size) != 0)
		return false;
	__atomic_store_n(&thread->array[module->tls_slot], (void *)start, __ATOMIC_RELEASE);
	return true;
}

static void take_block(struct tls_thread *thread, uint32_t slot)
{
	if (slot >= thread->capacity || !thread->blocks[slot].raw)
		return;
	thread->array[slot] = NULL;
	ps_guest_free(thread->blocks[slot].raw, thread->blocks[slot].size);
	thread->blocks[slot].raw = NULL;
}

static bool take_slot(struct module *module)
{
	uint32_t slot = 0;

	while (slot < slot_count && slots[slot])
		slot++;
	if (slot == slot_capacity) {
		uint32_t capacity = slot_capacity ? slot_capacity * 2 : FIRST_CAPACITY;
		struct module **grown = realloc(slots, capacity * sizeof(*slots));

		if (!grown)
			return false;
		slots = grown;
		slot_capacity = capacity;
	}
	if (slot == slot_count)
		slot_count++;
	slots[slot] = module;
	module->tls_slot = slot;
	return true;
}

NTSTATUS tls_add_module(struct module *module)
{
	NTSTATUS status = STATUS_SUCCESS;

	if (!module->has_tls)
		return STATUS_SUCCESS;
	host_lock_acquire(&lock);
	if (!take_slot(module))
		status = STATUS_NO_MEMORY;
	for (struct tls_thread *thread = threads; thread && NT_SUCCESS(status); thread = thread->next)
		if (!give_block(thread, module))
			status = STATUS_NO_MEMORY;
	host_lock_release(&lock);
	if (!NT_SUCCESS(status)) {
		module->has_tls = false;
		return status;
	}
	module->entry->TlsIndex = 0xFFFF;
	if (module->tls.index && host_copy_to_guest(module->image.base + module->tls.index, &module->tls_slot,
						    sizeof(module->tls_slot)) != 0)
		return STATUS_INVALID_IMAGE_FORMAT;
	return STATUS_SUCCESS;
}

void tls_remove_module(struct module *module)
{
	if (!module->has_tls)
		return;
	host_lock_acquire(&lock);
	if (module->tls_slot < slot_count && slots[module->tls_slot] == module) {
		for (struct tls_thread *thread = threads; thread; thread = thread->next)
			take_block(thread, module->tls_slot);
		slots[module->tls_slot] = NULL;
	}
	host_lock_release(&lock);
}

NTSTATUS tls_thread_allocate(TEB *teb)
{
	struct tls_thread *thread = calloc(1, sizeof(*thread));
	bool ok;

	if (!thread)
		return STATUS_NO_MEMORY;
	thread->teb = teb;
	host_lock_acquire(&lock);
	ok = !slot_count || grow_array(thread, slot_count);
	for (uint32_t i = 0; ok && i < slot_count; i++)
		if (slots[i])
			ok = give_block(thread, slots[i]);
	thread->next = threads;
	threads = thread;
	host_lock_release(&lock);
	if (ok)
		return STATUS_SUCCESS;
	tls_thread_free(teb);
	return STATUS_NO_MEMORY;
}

void tls_thread_free(TEB *teb)
{
	struct tls_thread *thread = NULL;

	host_lock_acquire(&lock);
	for (struct tls_thread **link = &threads; *link; link = &(*link)->next) {
		if ((*link)->teb == teb) {
			thread = *link;
			*link = thread->next;
			break;
		}
	}
	host_lock_release(&lock);
	if (!thread)
		return;
	teb->ThreadLocalStoragePointer = NULL;
	for (uint32_t i = 0; i < thread->capacity; i++)
		take_block(thread, i);
	while (thread->old) {
		struct old_array *old = thread->old;

		thread->old = old->next;
		ps_guest_free(old->array, old->capacity * sizeof(void *));
		free(old);
	}
	ps_guest_free(thread->array, thread->capacity * sizeof(void *));
	free(thread->blocks);
	free(thread);
}
