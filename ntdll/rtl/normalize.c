/*
 * ntdll/rtl/normalize.c - Unicode normalization forms C, D, KC and KD (UAX 15), for the Basic Multilingual Plane:
 * supplementary characters stay as they are.
 */
#include "ntdll/rtl/nls.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/rtl/text.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

#define FORM_C 1u
#define FORM_D 2u
#define FORM_KC 5u
#define FORM_KD 6u

static void decompose(struct rtl_text *text, char16_t c, bool compatibility)
{
	char16_t parts[2];
	size_t length;
	const uint16_t *whole = compatibility ? nls_compatibility(c, &length) : NULL;

	if (whole) {
		for (size_t i = 0; i < length; i++)
			rtl_text_put(text, whole[i]);
	} else if (nls_decompose(c, parts)) {
		/* The second half never decomposes further but by compatibility; the first may. */
		decompose(text, parts[0], compatibility);
		if (parts[1])
			decompose(text, parts[1], compatibility);
	} else {
		rtl_text_put(text, c);
	}
}

/* Runs of marks are sorted by class, stably. */
static void reorder(struct rtl_text *text)
{
	for (size_t i = 1; i < text->count; i++) {
		char16_t c = text->units[i];
		uint8_t class = nls_combining_class(c);
		size_t k = i;
		if (!class)
			continue;
		while (k && nls_combining_class(text->units[k - 1]) > class) {
			text->units[k] = text->units[k - 1];
			k--;
		}
		text->units[k] = c;
	}
}

static void compose(struct rtl_text *text)
{
	size_t starter = 0, out = 0;
	bool have_starter = false;
	uint8_t last_class = 0;

	for (size_t i = 0; i < text->count; i++) {
		char16_t c = text->units[i], composed;
		uint8_t class = nls_combining_class(c);
		/* A mark is blocked by one of the same or a higher class between it and its starter. */
		if (have_starter && (out == starter + 1 || (last_class && last_class < class)) &&
		    (composed = nls_compose(text->units[starter], c)) != 0) {
			text->units[starter] = composed;
			continue;
		}
		if (!class) {
			starter = out;
			have_starter = true;
		}
		last_class = class;
		text->units[out++] = c;
	}
	text->count = out;
}

/* The normalized text in memory of malloc.  STATUS_NO_UNICODE_TRANSLATION with *count = the place of a lone surrogate. */
static NTSTATUS normalize(ULONG form, const char16_t *from, size_t length, char16_t **units, size_t *count)
{
	struct rtl_text text = {0};

	if (form != FORM_C && form != FORM_D && form != FORM_KC && form != FORM_KD)
		return STATUS_INVALID_PARAMETER;
	for (size_t i = 0; i < length; i++) {
		char16_t c = from[i];
		if (c >= 0xD800 && c <= 0xDFFF) {
			if (c >= 0xDC00 || i + 1 == length || from[i + 1] < 0xDC00 || from[i + 1] > 0xDFFF) {
				free(text.units);
				*count = i;
				return STATUS_NO_UNICODE_TRANSLATION;
			}
			rtl_text_put(&text, c);
			rtl_text_put(&text, from[++i]);
			continue;
		}
		decompose(&text, c, form >= FORM_KC);
	}
	if (text.failed) {
		free(text.units);
		return STATUS_NO_MEMORY;
	}
	reorder(&text);
	if (form == FORM_C || form == FORM_KC)
		compose(&text);
	*units = text.units;
	*count = text.count;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlNormalizeString, (ULONG form, PCWSTR from, LONG from_count, PWSTR to, PLONG to_count))
{
	char16_t *units = NULL;
	size_t count = 0, length;
	NTSTATUS status;

	if (!from || !to_count || *to_count < 0 || (*to_count && !to))
		return STATUS_INVALID_PARAMETER;
	length = from_count < 0 ? rtl_wcslen(from) + 1 : (size_t)from_count;
	status = normalize(form, from, length, &units, &count);
	if (!NT_SUCCESS(status)) {
		*to_count = (LONG)count;
		return status;
	}
	if (*to_count && (size_t)*to_count < count)
		status = STATUS_BUFFER_TOO_SMALL;
	else if (*to_count && count)
		memcpy(to, units, count * sizeof(*units));
	*to_count = (LONG)count;
	free(units);
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlIsNormalizedString, (ULONG form, PCWSTR string, LONG count, PBOOLEAN normalized))
{
	char16_t *units = NULL;
	size_t result = 0, length;
	NTSTATUS status;

	if (!string || !normalized)
		return STATUS_INVALID_PARAMETER;
	length = count < 0 ? rtl_wcslen(string) + 1 : (size_t)count;
	status = normalize(form, string, length, &units, &result);
	if (!NT_SUCCESS(status))
		return status;
	*normalized = result == length && (!length || !memcmp(units, string, length * sizeof(*units)));
	free(units);
	return STATUS_SUCCESS;
}
