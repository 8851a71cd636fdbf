/*
 * loader/image_shared.c - sections of an image that all its processes share (IMAGE_SCN_MEM_SHARED; nt facts, execution 174).
 *
 * The first process that has the image keeps its layout for the others, under a name that says which state of which file
 * it is of; what is written into a shared section is written there.  A process keeps what it has of it as long as it
 * lives.  Layouts that were relocated are not shared.
 */
#include "host/file.h"
#include "loader/image.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ob/shared_file.h"

#include <errno.h>
#include <stdio.h>

bool image_has_shared(const struct mm_image_run *runs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (runs[i].protect & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE))
			return true;
	return false;
}

int image_shared_memory(const struct host_image_file *file, const struct image *image, int layout)
{
	struct host_shared *shared;
	char key[128];
	int memory = -1, found;

	snprintf(key, sizeof(key), "image-%llx-%llx-%llx-%llx", (unsigned long long)file->device,
		 (unsigned long long)file->inode, (unsigned long long)image->size, (unsigned long long)file->ctime_ns);
	if (host_shared_enter() < 0)
		return -1;
	found = host_shared_find(key, &shared);
	if (found == -ENOENT && host_shared_create(key, HOST_PAGE_SIZE, &shared) == 0) {
		memory = host_dup(layout);
		if (memory >= 0 && ob_shared_file_publish(shared->memory, shared, memory) < 0) {
			host_close(memory);
			memory = -1;
		}
	} else if (found == 0) {
		memory = ob_shared_file_open(shared->memory, shared, true);
		if (memory >= 0)
			ob_shared_file_enter(shared->memory, shared, memory);
	} else {
		shared = NULL;
	}
	if (memory < 0 && shared) {
		host_shared_drop_key(shared);
		host_shared_release(shared);
	}
	host_shared_leave();
	return memory;
}
