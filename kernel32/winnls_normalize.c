/*
 * kernel32/winnls_normalize.c - NormalizeString, IsNormalizedString.
 */
#include "kernel32/kernel32.h"
#include "ntdll/rtl/rtl.h"

/* What is needed; failing, minus what would be, or minus the place of what is no character (MSDN NormalizeString). */
EXPORT(kernel32, int, NormalizeString, (ULONG form, LPCWSTR from, int from_count, LPWSTR to, int to_count))
{
	LONG count = to_count;
	NTSTATUS status;

	if (from && !from_count) {
		set_last_error(ERROR_SUCCESS);
		return 0;
	}
	status = RtlNormalizeString(form, from, from_count, to, &count);
	if (win32_result(status)) {
		set_last_error(ERROR_SUCCESS);
		return count;
	}
	return status == STATUS_BUFFER_TOO_SMALL || status == STATUS_NO_UNICODE_TRANSLATION ? -count : 0;
}

EXPORT(kernel32, BOOL, IsNormalizedString, (ULONG form, LPCWSTR string, int count))
{
	BOOLEAN normalized = FALSE;

	if (!win32_result(RtlIsNormalizedString(form, string, count, &normalized)))
		return FALSE;
	set_last_error(ERROR_SUCCESS);
	return normalized;
}
