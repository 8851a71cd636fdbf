/*
 * kernel32/fibersapi.c - thread-local and fiber-local storage.
 */
#include "kernel32/kernel32.h"
#include "host/thread.h"
#include "ntdll/ps/thread.h"

#define TLS_OUT_OF_INDEXES 0xFFFFFFFFu
#define FLS_OUT_OF_INDEXES 0xFFFFFFFFu
#define TLS_SLOTS (TLS_MINIMUM_AVAILABLE + TLS_EXPANSION_SLOTS)

/* Protects the bitmaps of the PEB. */
static struct host_lock tls_lock;

static DWORD take_bit(ULONG *words, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (words[i] != UINT32_MAX) {
			unsigned bit = (unsigned)__builtin_ctz(~words[i]);

			words[i] |= 1u << bit;
			return i * 32 + bit;
		}
	}
	return TLS_OUT_OF_INDEXES;
}


static void zero_in_thread(struct ps_thread *thread, void *context)
{
	DWORD index = *(DWORD *)context;
	TEB *teb = thread->teb;

	if (!teb)
		return;
	if (index < TLS_MINIMUM_AVAILABLE)
		teb->TlsSlots[index] = NULL;
	else if (teb->TlsExpansionSlots)
		teb->TlsExpansionSlots[index - TLS_MINIMUM_AVAILABLE] = NULL;
}

/* Index 0 is never given out, 16 is ntdll's own. */
EXPORT(kernel32, DWORD, TlsAlloc, (void))
{
	PEB *peb = NtCurrentPeb();
	DWORD index;

	host_lock_acquire(&tls_lock);
	peb->TlsBitmapBits[0] |= 1u | 1u << 16;
	index = take_bit(peb->TlsBitmapBits, 2);
	if (index == TLS_OUT_OF_INDEXES) {
		index = take_bit(peb->TlsExpansionBitmapBits, TLS_EXPANSION_SLOTS / 32);
		if (index != TLS_OUT_OF_INDEXES)
			index += TLS_MINIMUM_AVAILABLE;
	}
	host_lock_release(&tls_lock);
	if (index == TLS_OUT_OF_INDEXES) {
		set_last_error(ERROR_NO_MORE_ITEMS);
		return index;
	}
	/* A slot of another owner reads 0 in every thread. */
	ps_for_each_thread(zero_in_thread, &index);
	return index;
}

EXPORT(kernel32, BOOL, TlsFree, (DWORD index))
{
	PEB *peb = NtCurrentPeb();
	ULONG *word;
	bool taken;

	if (index >= TLS_SLOTS) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	word = index < TLS_MINIMUM_AVAILABLE ? &peb->TlsBitmapBits[index / 32]
					     : &peb->TlsExpansionBitmapBits[(index - TLS_MINIMUM_AVAILABLE) / 32];
	host_lock_acquire(&tls_lock);
	taken = *word >> (index % 32) & 1;
	if (taken)
		*word &= ~(1u << (index % 32));
	host_lock_release(&tls_lock);
	if (!taken) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	ps_for_each_thread(zero_in_thread, &index);
	return TRUE;
}

EXPORT(kernel32, LPVOID, TlsGetValue, (DWORD index))
{
	TEB *teb = NtCurrentTeb();

	if (__builtin_expect(index < TLS_MINIMUM_AVAILABLE, 1)) {
		teb->LastErrorValue = ERROR_SUCCESS;
		return teb->TlsSlots[index];
	}
	if (index >= TLS_SLOTS) {
		teb->LastErrorValue = ERROR_INVALID_PARAMETER;
		return NULL;
	}
	teb->LastErrorValue = ERROR_SUCCESS;
	return teb->TlsExpansionSlots ? teb->TlsExpansionSlots[index - TLS_MINIMUM_AVAILABLE] : NULL;
}

EXPORT(kernel32, BOOL, TlsSetValue, (DWORD index, LPVOID value))
{
	TEB *teb = NtCurrentTeb();

	if (__builtin_expect(index < TLS_MINIMUM_AVAILABLE, 1)) {
		teb->TlsSlots[index] = value;
		return TRUE;
	}
	if (index >= TLS_SLOTS) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (!teb->TlsExpansionSlots) {
		PVOID *slots = RtlAllocateHeap(teb->ProcessEnvironmentBlock->ProcessHeap, 8,
					       TLS_EXPANSION_SLOTS * sizeof(PVOID));

		if (!slots) {
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
			return FALSE;
		}
		teb->TlsExpansionSlots = slots;
	}
	teb->TlsExpansionSlots[index - TLS_MINIMUM_AVAILABLE] = value;
	return TRUE;
}

EXPORT(kernel32, DWORD, FlsAlloc, (PVOID callback))
{
	ULONG index;

	return win32_result(RtlFlsAlloc(callback, &index)) ? index : FLS_OUT_OF_INDEXES;
}

EXPORT(kernel32, BOOL, FlsFree, (DWORD index))
{
	return win32_result(RtlFlsFree(index));
}

EXPORT(kernel32, PVOID, FlsGetValue, (DWORD index))
{
	PVOID value;

	if (!win32_result(RtlFlsGetValue(index, &value)))
		return NULL;
	set_last_error(ERROR_SUCCESS);
	return value;
}

EXPORT(kernel32, BOOL, FlsSetValue, (DWORD index, PVOID value))
{
	return win32_result(RtlFlsSetValue(index, value));
}

/* The same two without a word to the last error (MSDN, FlsGetValue2 and TlsGetValue2). */
EXPORT(kernel32, PVOID, FlsGetValue2, (DWORD index))
{
	PVOID value;

	return NT_SUCCESS(RtlFlsGetValue(index, &value)) ? value : NULL;
}

EXPORT(kernel32, LPVOID, TlsGetValue2, (DWORD index))
{
	TEB *teb = NtCurrentTeb();

	if (__builtin_expect(index < TLS_MINIMUM_AVAILABLE, 1))
		return teb->TlsSlots[index];
	if (index >= TLS_SLOTS || !teb->TlsExpansionSlots)
		return NULL;
	return teb->TlsExpansionSlots[index - TLS_MINIMUM_AVAILABLE];
}
