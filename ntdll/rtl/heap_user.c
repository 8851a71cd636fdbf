/*
 * ntdll/rtl/heap_user.c - what callers may hang on a block: a value and three flags (heap facts, rows 73 to 76).
 *
 * The value stands behind the data and the tail, the flags in the header; with page heap both stand in the record.
 */
#include "ntdll/rtl/heap_record.h"
#include "nt/winerror.h"
#include "pewter/export.h"

PVOID *WINAPI heap_user_value(struct heap *heap, struct heap_entry *entry)
{
	char *data = heap_entry_data(entry);
	if (heap_entry_flags(entry) & ENTRY_FRONT)
		return entry->front_info & FRONT_USER
			       ? (PVOID *)(data + front_sub_stride(front_sub_of(entry)) - (entry->front_info & FRONT_UNUSED) + 8)
			       : NULL;
	if (!(heap_entry_flags(entry) & ENTRY_USER))
		return NULL;
	if (heap_entry_flags(entry) & ENTRY_LARGE)
		return &heap_large_of(entry)->user_value;
	return (PVOID *)(data + heap_block_size(heap, entry) + (heap_entry_flags(entry) & ENTRY_TAIL ? 16 : 0) + 8);
}

ULONG WINAPI heap_user_flags(struct heap_entry *entry)
{
	if (heap_entry_flags(entry) & ENTRY_FRONT)
		return (ULONG)(entry->front_info >> FRONT_FLAGS_SHIFT) << 9;
	return (ULONG)(entry->user & ENTRY_USER_FLAGS) << 9;
}

EXPORT(ntdll, BOOLEAN, RtlGetUserInfoHeap, (PVOID handle, ULONG flags, PVOID block, PVOID *value, PULONG user_flags))
{
	struct heap *heap = handle;
	struct heap_record record;
	if (unlikely(heap->page_heap) && heap_record_find(block, &record)) {
		if (value && (record.user & HEAP_SETTABLE_USER_VALUE))
			*value = record.value;
		if (user_flags)
			*user_flags = record.user & HEAP_SETTABLE_USER_FLAGS;
		return TRUE;
	}
	struct heap_entry *entry = heap_check_block(heap, block, "asked about after it was freed");
	PVOID *place = heap_user_value(heap, entry);
	if (place && value)
		__builtin_memcpy(value, place, sizeof(*value));
	if (user_flags)
		*user_flags = heap_user_flags(entry);
	return TRUE;
}

EXPORT(ntdll, BOOLEAN, RtlSetUserValueHeap, (PVOID handle, ULONG flags, PVOID block, PVOID value))
{
	struct heap *heap = handle;
	struct heap_record record;
	if (unlikely(heap->page_heap) && heap_record_find(block, &record) && (record.user & HEAP_SETTABLE_USER_VALUE)) {
		heap_record_set_user(block, record.user, value);
		return TRUE;
	}
	struct heap_entry *entry = heap_check_block(heap, block, "changed after it was freed");
	PVOID *place = heap_user_value(heap, entry);
	if (!place) {
		heap_set_error(ERROR_INVALID_PARAMETER, STATUS_INVALID_PARAMETER);
		return FALSE;
	}
	__builtin_memcpy(place, &value, sizeof(value));
	return TRUE;
}

EXPORT(ntdll, BOOLEAN, RtlSetUserFlagsHeap, (PVOID handle, ULONG flags, PVOID block, ULONG reset, ULONG set))
{
	struct heap *heap = handle;
	if ((reset | set) & ~HEAP_SETTABLE_USER_FLAGS) {
		heap_set_error(ERROR_INVALID_PARAMETER, STATUS_INVALID_PARAMETER);
		return FALSE;
	}
	struct heap_record record;
	if (unlikely(heap->page_heap) && heap_record_find(block, &record)) {
		heap_record_set_user(block, (record.user & ~reset) | set, record.value);
		return TRUE;
	}
	struct heap_entry *entry = heap_check_block(heap, block, "changed after it was freed");
	ULONG changed = (heap_user_flags(entry) & ~reset) | set;
	if (heap_entry_flags(entry) & ENTRY_FRONT) {
		entry->front_info = (uint16_t)((entry->front_info & (FRONT_UNUSED | FRONT_USER)) |
					       ((changed >> 9) << FRONT_FLAGS_SHIFT));
		return TRUE;
	}
	heap_enter(heap, flags);
	entry->user = (uint8_t)((entry->user & ~ENTRY_USER_FLAGS) | changed >> 9);
	heap_unlock(heap);
	if (unlikely(heap_recording()) && heap_record_find(block, &record))
		heap_record_set_user(block, (record.user & HEAP_SETTABLE_USER_VALUE) | changed, record.value);
	return TRUE;
}
