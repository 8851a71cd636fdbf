/*
 * kernel32/systemtopologyapi.c - processors, cores, caches and NUMA nodes.
 *
 * The host's processors are one group, one package and one node; every logical processor is a core of its own, since
 * what Linux calls a CPU in a container need not be more.  Caches are the processor's own.
 */
#include "kernel32/kernel32.h"
#include "host/host.h"
#include "host/vm.h"
#include "ntdll/ex/ex.h"
#include "ntdll/ps/thread.h"

#include <string.h>

#define ALL_PROCESSOR_GROUPS 0xFFFFu

enum relationship {
	RelationProcessorCore,
	RelationNumaNode,
	RelationCache,
	RelationProcessorPackage,
	RelationGroup,
	RelationAll = 0xFFFF
};

typedef struct _CACHE_DESCRIPTOR {
	BYTE Level, Associativity;
	WORD LineSize;
	DWORD Size;
	DWORD Type;
} CACHE_DESCRIPTOR;

typedef struct _SYSTEM_LOGICAL_PROCESSOR_INFORMATION {
	ULONG_PTR ProcessorMask;
	DWORD Relationship;
	union {
		BYTE ProcessorCoreFlags;
		DWORD NodeNumber;
		CACHE_DESCRIPTOR Cache;
		ULONGLONG Reserved[2];
	};
} SYSTEM_LOGICAL_PROCESSOR_INFORMATION;

struct processor_relationship {
	BYTE Flags, EfficiencyClass, Reserved[20];
	WORD GroupCount;
	GROUP_AFFINITY GroupMask[1];
};

struct numa_relationship {
	DWORD NodeNumber;
	BYTE Reserved[18];
	WORD GroupCount;
	GROUP_AFFINITY GroupMask;
};

struct cache_relationship {
	BYTE Level, Associativity;
	WORD LineSize;
	DWORD CacheSize, Type;
	BYTE Reserved[18];
	WORD GroupCount;
	GROUP_AFFINITY GroupMask;
};

struct group_relationship {
	WORD MaximumGroupCount, ActiveGroupCount;
	BYTE Reserved[20];
	struct {
		BYTE MaximumProcessorCount, ActiveProcessorCount, Reserved[38];
		KAFFINITY ActiveProcessorMask;
	} GroupInfo[1];
};

typedef struct _SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX {
	DWORD Relationship;
	DWORD Size;
	union {
		struct processor_relationship Processor;
		struct numa_relationship NumaNode;
		struct cache_relationship Cache;
		struct group_relationship Group;
	};
} SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX;

static unsigned processors(void)
{
	unsigned count = host_cpu_count();
	return count > 64 ? 64 : count;
}

static KAFFINITY all_mask(void)
{
	unsigned count = processors();
	return count == 64 ? ~(KAFFINITY)0 : ((KAFFINITY)1 << count) - 1;
}

/* What one cache covers: the machine's processors in runs of as many as may share it. */
static KAFFINITY cache_mask(const struct ex_cache *cache, unsigned first, unsigned *next)
{
	unsigned count = processors(), share = cache->level >= 3 ? count : 1;
	KAFFINITY mask = 0;
	*next = first + share < count ? first + share : count;
	for (unsigned i = first; i < *next; i++)
		mask |= (KAFFINITY)1 << i;
	return mask;
}

EXPORT(kernel32, BOOL, GetLogicalProcessorInformation, (SYSTEM_LOGICAL_PROCESSOR_INFORMATION * buffer, PDWORD size))
{
	SYSTEM_LOGICAL_PROCESSOR_INFORMATION item;
	struct ex_cache caches[8];
	unsigned cache_count, count = processors(), next;
	DWORD capacity, needed = 0;

	if (!size) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	capacity = *size;
#define ADD()                                                                                                               \
	do {                                                                                                                \
		if (buffer && needed + sizeof(item) <= capacity)                                                            \
			memcpy((char *)buffer + needed, &item, sizeof(item));                                               \
		needed += (DWORD)sizeof(item);                                                                              \
	} while (0)
	for (unsigned i = 0; i < count; i++) {
		memset(&item, 0, sizeof(item));
		item.ProcessorMask = (ULONG_PTR)1 << i;
		item.Relationship = RelationProcessorCore;
		ADD();
	}
	memset(&item, 0, sizeof(item));
	item.ProcessorMask = all_mask();
	item.Relationship = RelationProcessorPackage;
	ADD();
	cache_count = ex_caches(caches, ARRAY_SIZE(caches));
	for (unsigned i = 0; i < cache_count; i++) {
		for (unsigned first = 0; first < count; first = next) {
			memset(&item, 0, sizeof(item));
			item.ProcessorMask = cache_mask(&caches[i], first, &next);
			item.Relationship = RelationCache;
			item.Cache = (CACHE_DESCRIPTOR){caches[i].level, caches[i].associativity, caches[i].line_size,
							caches[i].size, caches[i].type};
			ADD();
		}
	}
	memset(&item, 0, sizeof(item));
	item.ProcessorMask = all_mask();
	item.Relationship = RelationNumaNode;
	ADD();
#undef ADD
	*size = needed;
	if (!buffer || needed > capacity) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	return TRUE;
}

struct ex_writer {
	char *buffer;
	DWORD capacity, needed;
};

static void add(struct ex_writer *w, SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *item, size_t size)
{
	item->Size = (DWORD)size;
	if (w->buffer && w->needed + size <= w->capacity)
		memcpy(w->buffer + w->needed, item, size);
	w->needed += (DWORD)size;
}

#define ITEM_SIZE(member) (offsetof(SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX, Processor) + sizeof(item.member))

EXPORT(kernel32, BOOL, GetLogicalProcessorInformationEx, (DWORD which, SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *buffer, PDWORD size))
{
	SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX item;
	struct ex_cache caches[8];
	unsigned cache_count, count = processors(), next;
	struct ex_writer w;

	if (!size || (which > RelationGroup && which != RelationAll)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	w = (struct ex_writer){(char *)buffer, *size, 0};
	for (unsigned i = 0; (which == RelationProcessorCore || which == RelationAll) && i < count; i++) {
		memset(&item, 0, sizeof(item));
		item.Relationship = RelationProcessorCore;
		item.Processor.GroupCount = 1;
		item.Processor.GroupMask[0].Mask = (KAFFINITY)1 << i;
		add(&w, &item, ITEM_SIZE(Processor));
	}
	if (which == RelationProcessorPackage || which == RelationAll) {
		memset(&item, 0, sizeof(item));
		item.Relationship = RelationProcessorPackage;
		item.Processor.GroupCount = 1;
		item.Processor.GroupMask[0].Mask = all_mask();
		add(&w, &item, ITEM_SIZE(Processor));
	}
	cache_count = which == RelationCache || which == RelationAll ? ex_caches(caches, ARRAY_SIZE(caches)) : 0;
	for (unsigned i = 0; i < cache_count; i++) {
		for (unsigned first = 0; first < count; first = next) {
			memset(&item, 0, sizeof(item));
			item.Relationship = RelationCache;
			item.Cache.Level = caches[i].level;
			item.Cache.Associativity = caches[i].associativity;
			item.Cache.LineSize = caches[i].line_size;
			item.Cache.CacheSize = caches[i].size;
			item.Cache.Type = caches[i].type;
			item.Cache.GroupCount = 1;
			item.Cache.GroupMask.Mask = cache_mask(&caches[i], first, &next);
			add(&w, &item, ITEM_SIZE(Cache));
		}
	}
	if (which == RelationNumaNode || which == RelationAll) {
		memset(&item, 0, sizeof(item));
		item.Relationship = RelationNumaNode;
		item.NumaNode.GroupCount = 1;
		item.NumaNode.GroupMask.Mask = all_mask();
		add(&w, &item, ITEM_SIZE(NumaNode));
	}
	if (which == RelationGroup || which == RelationAll) {
		memset(&item, 0, sizeof(item));
		item.Relationship = RelationGroup;
		item.Group.MaximumGroupCount = item.Group.ActiveGroupCount = 1;
		item.Group.GroupInfo[0].MaximumProcessorCount = item.Group.GroupInfo[0].ActiveProcessorCount = (BYTE)count;
		item.Group.GroupInfo[0].ActiveProcessorMask = all_mask();
		add(&w, &item, ITEM_SIZE(Group));
	}
	*size = w.needed;
	if (!buffer || w.needed > w.capacity) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	return TRUE;
}

EXPORT(kernel32, BOOL, GetNumaHighestNodeNumber, (PULONG node))
{
	*node = 0;
	return TRUE;
}

static BOOL bad_node(void)
{
	set_last_error(ERROR_INVALID_PARAMETER);
	return FALSE;
}

EXPORT(kernel32, BOOL, GetNumaNodeProcessorMask, (UCHAR node, PULONGLONG mask))
{
	if (node)
		return bad_node();
	*mask = all_mask();
	return TRUE;
}

EXPORT(kernel32, BOOL, GetNumaNodeProcessorMaskEx, (USHORT node, GROUP_AFFINITY *mask))
{
	if (node)
		return bad_node();
	memset(mask, 0, sizeof(*mask));
	mask->Mask = all_mask();
	return TRUE;
}

EXPORT(kernel32, BOOL, GetNumaProcessorNode, (UCHAR processor, PUCHAR node))
{
	if (processor >= processors()) {
		*node = 0xFF;
		return bad_node();
	}
	*node = 0;
	return TRUE;
}

EXPORT(kernel32, BOOL, GetNumaProcessorNodeEx, (PROCESSOR_NUMBER * processor, PUSHORT node))
{
	if (processor->Group || processor->Number >= processors()) {
		*node = 0xFFFF;
		return bad_node();
	}
	*node = 0;
	return TRUE;
}

/* One mask a group.  *required: how many there are. */
EXPORT(kernel32, BOOL, GetNumaNodeProcessorMask2, (USHORT node, GROUP_AFFINITY *masks, USHORT count, PUSHORT required))
{
	if (node)
		return bad_node();
	*required = 1;
	if (!count) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	masks[0] = (GROUP_AFFINITY){.Mask = all_mask()};
	return TRUE;
}

EXPORT(kernel32, BOOL, GetNumaAvailableMemoryNodeEx, (USHORT node, PULONGLONG bytes))
{
	uint64_t ram, swap, free_ram;

	if (node)
		return bad_node();
	host_memory_totals(&ram, &swap, &free_ram);
	*bytes = free_ram;
	return TRUE;
}

EXPORT(kernel32, BOOL, GetNumaAvailableMemoryNode, (UCHAR node, PULONGLONG bytes))
{
	return GetNumaAvailableMemoryNodeEx(node, bytes);
}

EXPORT(kernel32, WORD, GetActiveProcessorGroupCount, (void))
{
	return 1;
}
EXPORT_ALIAS(kernel32, "GetMaximumProcessorGroupCount", GetActiveProcessorGroupCount);

EXPORT(kernel32, DWORD, GetActiveProcessorCount, (WORD group))
{
	if (group && group != ALL_PROCESSOR_GROUPS) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	return processors();
}
EXPORT_ALIAS(kernel32, "GetMaximumProcessorCount", GetActiveProcessorCount);
