/*
 * loader/modules.c - the list of modules, as the loader and as programs see it (PEB_LDR_DATA).
 */
#include "loader/modules.h"
#include "host/fault.h"
#include "host/thread.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ps/debug.h"
#include "ntdll/ps/ps.h"
#include "ntdll/ps/thread.h"
#include "ntdll/rtl/time.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct module *modules;
struct module *modules_program;

static struct host_lock lock;
static unsigned lock_owner; /* host thread id */
static unsigned lock_depth;

static unsigned self(void)
{
	return ps_self ? ps_self->tid : host_thread_id();
}

void modules_lock(void)
{
	if (__atomic_load_n(&lock_owner, __ATOMIC_RELAXED) != self()) {
		host_lock_acquire(&lock);
		__atomic_store_n(&lock_owner, self(), __ATOMIC_RELAXED);
		if (ps_peb && ps_peb->LoaderLock)
			ps_peb->LoaderLock->OwningThread = NtCurrentTeb()->ClientId.UniqueThread;
	}
	lock_depth++;
}

void modules_unlock(void)
{
	if (--lock_depth)
		return;
	if (ps_peb && ps_peb->LoaderLock)
		ps_peb->LoaderLock->OwningThread = NULL;
	__atomic_store_n(&lock_owner, 0, __ATOMIC_RELAXED);
	host_lock_release(&lock);
}

void modules_seize(void)
{
	if (__atomic_load_n(&lock_owner, __ATOMIC_RELAXED) == self()) {
		lock_depth++;
		return;
	}
	lock.word = 1;
	lock_owner = self();
	lock_depth = 1;
}

static void list_initialize(LIST_ENTRY *head)
{
	head->Flink = head->Blink = head;
}

static void list_append(LIST_ENTRY *head, LIST_ENTRY *entry)
{
	entry->Flink = head;
	entry->Blink = head->Blink;
	head->Blink->Flink = entry;
	head->Blink = entry;
}

static void list_remove(LIST_ENTRY *entry)
{
	if (!entry->Flink)
		return;
	entry->Flink->Blink = entry->Blink;
	entry->Blink->Flink = entry->Flink;
	entry->Flink = entry->Blink = NULL;
}

NTSTATUS modules_initialize(void)
{
	PEB_LDR_DATA *data = ps_guest_alloc(sizeof(*data));

	if (!data)
		return STATUS_NO_MEMORY;
	data->Length = sizeof(*data);
	data->Initialized = 1;
	list_initialize(&data->InLoadOrderModuleList);
	list_initialize(&data->InMemoryOrderModuleList);
	list_initialize(&data->InInitializationOrderModuleList);
	ps_peb->Ldr = data;
	return STATUS_SUCCESS;
}

static size_t wide_length(const char16_t *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}

static bool place_name(UNICODE_STRING *to, const char16_t *from, size_t length)
{
	if (length > 0x7FF0)
		length = 0x7FF0;
	to->Buffer = ps_guest_alloc((length + 1) * sizeof(char16_t));
	if (!to->Buffer)
		return false;
	memcpy(to->Buffer, from, length * sizeof(char16_t));
	to->Length = (USHORT)(length * sizeof(char16_t));
	to->MaximumLength = (USHORT)(to->Length + sizeof(char16_t));
	return true;
}

/* What programs find of a module's node in the graph of dependencies (public symbols: LDR_DDAG_NODE): how often it was loaded,
 * and that it is ready.  It lies behind the module's entry. */
struct guest_entry {
	LDR_DATA_TABLE_ENTRY entry;
	struct {
		LIST_ENTRY Modules;
		PVOID ServiceTagList;
		ULONG LoadCount; /* of LoadLibrary alone; ~0: never unloaded */
		ULONG LoadWhileUnloadingCount;
		ULONG LowestLink;
		PVOID Dependencies, IncomingDependencies;
		INT State;
		PVOID CondenseLink;
		ULONG PreorderNumber;
	} node;
};
#define LDR_MODULES_READY_TO_RUN 9
_Static_assert(offsetof(struct guest_entry, node.State) - offsetof(struct guest_entry, node) == 0x38, "LDR_DDAG_NODE");

void module_show_count(const struct module *module)
{
	((struct guest_entry *)module->entry)->node.LoadCount = module->pinned ? ~0u : module->references;
}

static void free_entry(LDR_DATA_TABLE_ENTRY *entry)
{
	ps_guest_free(entry->FullDllName.Buffer, entry->FullDllName.MaximumLength);
	ps_guest_free(entry->BaseDllName.Buffer, entry->BaseDllName.MaximumLength);
	ps_guest_free(entry, sizeof(struct guest_entry));
}

/* NT's hash of base names (RtlHashUnicodeString, x65599, upper case); programs that walk the hash buckets are content
 * with an empty list of one. */
static ULONG name_hash(const UNICODE_STRING *name)
{
	ULONG hash = 0;

	for (unsigned i = 0; i < name->Length / 2u; i++) {
		char16_t c = name->Buffer[i];
		hash = hash * 65599 + (c >= u'a' && c <= u'z' ? (char16_t)(c - 32) : c);
	}
	return hash;
}

NTSTATUS module_register(struct module *module, const char16_t *full_name, char *path)
{
	size_t length = wide_length(full_name), base = length;
	struct guest_entry *whole = ps_guest_alloc(sizeof(*whole));
	LDR_DATA_TABLE_ENTRY *entry = whole ? &whole->entry : NULL;
	struct module **link;
	char *name;

	while (base && full_name[base - 1] != u'\\' && full_name[base - 1] != u'/')
		base--;
	name = utf8_from_wide(full_name + base, length - base);
	if (!entry || !name || !place_name(&entry->FullDllName, full_name, length) ||
	    !place_name(&entry->BaseDllName, full_name + base, length - base)) {
		if (entry)
			free_entry(entry);
		free(name);
		return STATUS_NO_MEMORY;
	}
	for (char *c = name; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c += 32;
	entry->DllBase = module->image.base;
	entry->EntryPoint = module->image.pe.entry ? module->image.base + module->image.pe.entry : NULL;
	entry->SizeOfImage = module->image.size;
	entry->Flags = module->is_program ? 0x00400000 /* a process image */ : LDRP_IMAGE_DLL;
	entry->ObsoleteLoadCount = module->pinned ? 0xFFFF : 1;
	entry->TimeDateStamp = module->image.pe.time_date_stamp;
	entry->OriginalBase = module->image.pe.image_base;
	entry->ReferenceCount = 1;
	entry->BaseNameHashValue = name_hash(&entry->BaseDllName);
	list_initialize(&entry->HashLinks);
	entry->LoadTime.QuadPart = rtl_system_time();
	entry->DdagNode = &whole->node;
	whole->node.State = LDR_MODULES_READY_TO_RUN;
	list_initialize(&whole->node.Modules);
	list_append(&whole->node.Modules, &entry->NodeModuleLink);
	list_append(&ps_peb->Ldr->InLoadOrderModuleList, &entry->InLoadOrderLinks);
	list_append(&ps_peb->Ldr->InMemoryOrderModuleList, &entry->InMemoryOrderLinks);
	module->entry = entry;
	module_show_count(module);
	module->path = path;
	module->name = name;
	for (link = &modules; *link; link = &(*link)->next)
		;
	*link = module;
	if (__builtin_expect(ps_debugged, 0) && !module->is_program)
		ps_debug_dll_loaded(entry);
	return STATUS_SUCCESS;
}

void module_unregister(struct module *module)
{
	for (struct module **link = &modules; *link; link = &(*link)->next) {
		if (*link == module) {
			*link = module->next;
			break;
		}
	}
	list_remove(&module->entry->InLoadOrderLinks);
	list_remove(&module->entry->InMemoryOrderLinks);
	list_remove(&module->entry->InInitializationOrderLinks);
	free_entry(module->entry);
	module->entry = NULL;
	free(module->name);
	free(module->path);
	free(module->needs);
}

void module_entered_initialization(struct module *module)
{
	static uint64_t order;

	module->init_order = ++order;
	if (!module->is_program && !module->entry->InInitializationOrderLinks.Flink)
		list_append(&ps_peb->Ldr->InInitializationOrderModuleList, &module->entry->InInitializationOrderLinks);
}

struct module *module_by_base(const void *base)
{
	for (struct module *module = modules; module; module = module->next)
		if (module->image.base == base)
			return module;
	return NULL;
}

struct module *module_by_address(const void *address)
{
	uintptr_t base;

	return mm_view_owner((uintptr_t)address, &base);
}

struct module *module_by_name(const char *name)
{
	for (struct module *module = modules; module; module = module->next)
		if (module->state != MODULE_UNLOADING && strcasecmp(module->name, name) == 0)
			return module;
	return NULL;
}

struct module *module_by_builtin(const struct dll_descriptor *dll)
{
	for (struct module *module = modules; module; module = module->next)
		if (module->builtin == dll && module->state != MODULE_UNLOADING)
			return module;
	return NULL;
}

struct module *module_by_file(uint64_t device, uint64_t inode)
{
	for (struct module *module = modules; module; module = module->next)
		if (!module->builtin && module->state != MODULE_UNLOADING && module->image.inode == inode &&
		    module->image.device == device)
			return module;
	return NULL;
}

bool module_add_need(struct module *module, struct module *needed)
{
	if (module == needed)
		return true;
	for (unsigned i = 0; i < module->need_count; i++)
		if (module->needs[i] == needed)
			return true;
	if (module->need_count == module->need_capacity) {
		unsigned capacity = module->need_capacity ? module->need_capacity * 2 : 8;
		struct module **grown = realloc(module->needs, capacity * sizeof(*grown));

		if (!grown)
			return false;
		module->needs = grown;
		module->need_capacity = capacity;
	}
	module->needs[module->need_count++] = needed;
	return true;
}

struct pe_view module_view(const struct module *module)
{
	/* A builtin DLL's tables are ours; a file's may be anything, and the program may have taken them away. */
	return (struct pe_view){.base = module->image.base,
				.size = module->image.size,
				.copy = module->builtin ? NULL : host_copy_from_guest};
}
