/*
 * ntdll/rtl/idn.c - internationalized names of domains (RFC 3490): nameprep (RFC 3491), Punycode (RFC 3492), and the way there
 * and back.  MSDN IdnToAscii says what the flags do.
 *
 * Results have what was converted: with a count the units counted, else the terminator too.
 */
#include "ntdll/rtl/nls.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/rtl/text.h"
#include "pewter/export.h"

#include <string.h>

#define STATUS_INVALID_IDN_NORMALIZATION ((NTSTATUS)0xC0000716)
#define FORM_KC 5u
#define ALLOW_UNASSIGNED 1u
#define USE_STD3_RULES 2u
#define LABEL_SIZE 63u
#define NAME_SIZE 255u

/* Punycode's parameters. */
enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, FIRST_BIAS = 72, FIRST_CODE = 128 };

static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;

	delta = first ? delta / DAMP : delta / 2;
	delta += delta / points;
	for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
		delta /= BASE - T_MIN;
	return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static uint32_t threshold(uint32_t k, uint32_t bias)
{
	return k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
}

static char16_t digit_of(uint32_t value)
{
	return (char16_t)(value < 26 ? 'a' + value : '0' + value - 26);
}

static uint32_t value_of(char16_t c)
{
	return c >= '0' && c <= '9'   ? c - '0' + 26u
	       : c >= 'a' && c <= 'z' ? (uint32_t)(c - 'a')
	       : c >= 'A' && c <= 'Z' ? (uint32_t)(c - 'A')
				      : BASE;
}

/* UTF-32 of a label; 0 for one that is too long to become a name. */
static size_t code_points(const char16_t *label, size_t length, uint32_t points[256])
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++) {
		if (count == 256)
			return 0;
		if (label[i] >= 0xD800 && label[i] < 0xDC00 && i + 1 < length) {
			points[count++] = 0x10000 + ((label[i] - 0xD800u) << 10) + (label[i + 1] - 0xDC00u);
			i++;
		} else {
			points[count++] = label[i];
		}
	}
	return count;
}

/* "xn--" and the label. */
static bool encode(struct rtl_text *to, const char16_t *label, size_t length)
{
	uint32_t points[256], n = FIRST_CODE, delta = 0, bias = FIRST_BIAS, handled = 0, basic;
	size_t count = code_points(label, length, points);

	for (const char *prefix = "xn--"; *prefix; prefix++)
		rtl_text_put(to, (char16_t)*prefix);
	for (size_t i = 0; i < count; i++) {
		if (points[i] < FIRST_CODE) {
			rtl_text_put(to, (char16_t)points[i]);
			handled++;
		}
	}
	basic = handled;
	if (basic)
		rtl_text_put(to, u'-');
	while (handled < count) {
		uint32_t next = UINT32_MAX;
		for (size_t i = 0; i < count; i++) {
			if (points[i] >= n && points[i] < next)
				next = points[i];
		}
		if (next - n > (UINT32_MAX - delta) / (handled + 1))
			return false;
		delta += (next - n) * (handled + 1);
		n = next;
		for (size_t i = 0; i < count; i++) {
			uint32_t q = delta;
			delta += points[i] < n;
			if (points[i] != n)
				continue;
			q = delta;
			for (uint32_t k = BASE;; k += BASE) {
				uint32_t t = threshold(k, bias);
				if (q < t)
					break;
				rtl_text_put(to, digit_of(t + (q - t) % (BASE - t)));
				q = (q - t) / (BASE - t);
			}
			rtl_text_put(to, digit_of(q));
			bias = adapt(delta, handled + 1, handled == basic);
			delta = 0;
			handled++;
		}
		delta++;
		n++;
	}
	return count != 0;
}

/* What stands behind "xn--". */
static bool decode(struct rtl_text *to, const char16_t *text, size_t length)
{
	uint32_t points[256], n = FIRST_CODE, i = 0, bias = FIRST_BIAS, count = 0;
	size_t at = length;

	while (at && text[at - 1] != u'-')
		at--;
	if (length > LABEL_SIZE)
		return false;
	for (size_t k = 0; k + 1 < at; k++)
		points[count++] = text[k];
	while (at < length) {
		uint32_t old = i, weight = 1;
		for (uint32_t k = BASE;; k += BASE) {
			uint32_t digit = at < length ? value_of(text[at++]) : BASE, t = threshold(k, bias);
			if (digit >= BASE || digit > (UINT32_MAX - i) / weight)
				return false;
			i += digit * weight;
			if (digit < t)
				break;
			if (weight > UINT32_MAX / (BASE - t))
				return false;
			weight *= BASE - t;
		}
		bias = adapt(i - old, count + 1, old == 0);
		n += i / (count + 1);
		i %= count + 1;
		if (n > 0x10FFFF || (n >= 0xD800 && n < 0xE000) || count == 256)
			return false;
		memmove(points + i + 1, points + i, (count - i) * sizeof(*points));
		points[i++] = n;
		count++;
	}
	for (uint32_t k = 0; k < count; k++) {
		if (points[k] >= 0x10000)
			rtl_text_put(to, (char16_t)(0xD7C0 + (points[k] >> 10)));
		rtl_text_put(to, (char16_t)(points[k] >= 0x10000 ? 0xDC00 | (points[k] & 0x3FF) : points[k]));
	}
	return true;
}

/* --- nameprep --- */

struct range {
	uint16_t first, last;
};

static bool in_ranges(char16_t c, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	}
	return false;
}

/* RFC 3454, B.1. */
static const struct range nothing[] = {{0xAD, 0xAD},	 {0x34F, 0x34F},   {0x1806, 0x1806}, {0x180B, 0x180D}, {0x200B, 0x200D},
				       {0x2060, 0x2060}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};
/* C.1.2, C.2.2, C.3, C.4, C.6, C.7, C.8 after normalization. */
static const struct range prohibited[] = {{0x80, 0xA0},	    {0x340, 0x341},   {0x6DD, 0x6DD},	{0x70F, 0x70F},	  {0x1680, 0x1680},
					  {0x180E, 0x180E}, {0x2000, 0x200A}, {0x200E, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x2063},
					  {0x206A, 0x206F}, {0x2FF0, 0x2FFB}, {0x3000, 0x3000}, {0xE000, 0xF8FF}, {0xFDD0, 0xFDEF},
					  {0xFFF9, 0xFFFF}};

/* RFC 3454, section 6: what has letters from right to left has none from left to right, and begins and ends with one. */
static bool mixed_directions(const char16_t *label, size_t length)
{
	bool left = false, right = false;

	for (size_t i = 0; i < length; i++) {
		left = left || nls_ctype2(label[i]) == 1;   /* C2_LEFTTORIGHT */
		right = right || nls_ctype2(label[i]) == 2; /* C2_RIGHTTOLEFT */
	}
	return right && (left || nls_ctype2(label[0]) != 2 || nls_ctype2(label[length - 1]) != 2);
}

static bool is_dot(char16_t c)
{
	return c == u'.' || c == 0x3002 || c == 0xFF0E || c == 0xFF61;
}

/* A label that is not ASCII, folded and normalized, at the end of `to`. */
static NTSTATUS prepare(struct rtl_text *to, const char16_t *label, size_t length, ULONG flags)
{
	struct rtl_text folded = {0};
	char16_t normal[4 * NAME_SIZE];
	LONG count = ARRAY_SIZE(normal);
	NTSTATUS status;

	for (size_t i = 0; i < length; i++) {
		if (in_ranges(label[i], nothing, ARRAY_SIZE(nothing)))
			continue;
		if (label[i] == 0xDF || label[i] == 0x1E9E) {
			rtl_text_put(&folded, u's');
			rtl_text_put(&folded, u's');
		} else {
			rtl_text_put(&folded, label[i] == 0x3C2 ? 0x3C3 : rtl_downcase(label[i]));
		}
	}
	if (folded.failed || !folded.count) {
		free(folded.units);
		return folded.failed ? STATUS_NO_MEMORY : STATUS_INVALID_IDN_NORMALIZATION;
	}
	status = RtlNormalizeString(FORM_KC, folded.units, (LONG)folded.count, normal, &count);
	free(folded.units);
	if (!NT_SUCCESS(status))
		return STATUS_INVALID_IDN_NORMALIZATION;
	for (LONG i = 0; i < count; i++) {
		char16_t c = rtl_downcase(normal[i]); /* normalization makes capitals of some signs */
		if (in_ranges(c, prohibited, ARRAY_SIZE(prohibited)) ||
		    (!(flags & ALLOW_UNASSIGNED) && (c < 0xD800 || c > 0xDFFF) && !nls_ctype1(c)))
			return STATUS_INVALID_IDN_NORMALIZATION;
		rtl_text_put(to, c);
	}
	return mixed_directions(to->units + to->count - count, (size_t)count) ? STATUS_INVALID_IDN_NORMALIZATION
									       : STATUS_SUCCESS;
}

static bool is_ascii(const char16_t *text, size_t length)
{
	while (length && text[length - 1] < 0x80)
		length--;
	return !length;
}

/* STD3: letters, digits and hyphens, these not at the ends. */
static bool breaks_std3(const char16_t *label, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char16_t c = label[i];
		if (c < 0x80 && value_of(c) >= BASE && (c != u'-' || i == 0 || i + 1 == length))
			return true;
	}
	return false;
}

enum direction { PREPARE, TO_ASCII, TO_UNICODE };

static bool has_prefix(const char16_t *label, size_t length)
{
	return length > 4 && (label[0] | 0x20) == 'x' && (label[1] | 0x20) == 'n' && label[2] == '-' && label[3] == '-';
}

static NTSTATUS convert_label(struct rtl_text *to, const char16_t *label, size_t length, ULONG flags, enum direction direction)
{
	struct rtl_text prepared = {0};
	size_t start = to->count;
	NTSTATUS status = STATUS_SUCCESS;

	if (is_ascii(label, length)) {
		for (size_t i = 0; i < length; i++)
			rtl_text_put(&prepared, label[i]);
	} else {
		status = prepare(&prepared, label, length, flags);
	}
	if (NT_SUCCESS(status) && (flags & USE_STD3_RULES) && breaks_std3(prepared.units, prepared.count))
		status = STATUS_INVALID_IDN_NORMALIZATION;
	for (size_t i = 0; NT_SUCCESS(status) && i < prepared.count; i++) {
		if (prepared.units[i] < 0x20 || prepared.units[i] == 0x7F)
			status = STATUS_INVALID_IDN_NORMALIZATION;
	}
	if (NT_SUCCESS(status)) {
		bool done = true;
		if (direction == TO_ASCII && !is_ascii(prepared.units, prepared.count))
			done = !has_prefix(prepared.units, prepared.count) && encode(to, prepared.units, prepared.count);
		else if (direction == TO_UNICODE && has_prefix(prepared.units, prepared.count))
			done = is_ascii(prepared.units, prepared.count) && decode(to, prepared.units + 4, prepared.count - 4);
		else
			for (size_t i = 0; i < prepared.count; i++)
				rtl_text_put(to, prepared.units[i]);
		if (!done || (direction == TO_ASCII && to->count - start > LABEL_SIZE))
			status = STATUS_INVALID_IDN_NORMALIZATION;
	}
	free(prepared.units);
	return status;
}

static NTSTATUS convert(ULONG flags, PCWSTR from, LONG from_count, PWSTR to, PLONG to_count, enum direction direction)
{
	size_t length, start = 0;
	struct rtl_text text = {0};
	bool terminated = false;
	NTSTATUS status = STATUS_SUCCESS;

	if (!from || !to_count || *to_count < 0 || (*to_count && !to) || from_count < -1 || from_count == 0 || flags & ~15u)
		return STATUS_INVALID_PARAMETER;
	length = from_count < 0 ? rtl_wcslen(from) : (size_t)from_count;
	terminated = from_count < 0;
	if (length && !terminated && !from[length - 1]) {
		terminated = true;
		length--;
	}
	if (!length)
		status = STATUS_INVALID_IDN_NORMALIZATION;
	for (size_t i = 0; NT_SUCCESS(status) && i <= length; i++) {
		if (i < length && !is_dot(from[i]))
			continue;
		/* Only the last label may be empty: the root's. */
		if (i == start && (i < length || !text.count))
			status = STATUS_INVALID_IDN_NORMALIZATION;
		else if (i > start)
			status = convert_label(&text, from + start, i - start, flags, direction);
		if (i < length)
			rtl_text_put(&text, u'.');
		start = i + 1;
	}
	if (NT_SUCCESS(status) && text.count > NAME_SIZE)
		status = STATUS_INVALID_IDN_NORMALIZATION;
	if (terminated)
		rtl_text_put(&text, 0);
	if (NT_SUCCESS(status) && text.failed)
		status = STATUS_NO_MEMORY;
	if (NT_SUCCESS(status) && *to_count && (size_t)*to_count < text.count)
		status = STATUS_BUFFER_TOO_SMALL;
	if (NT_SUCCESS(status) && *to_count)
		memcpy(to, text.units, text.count * sizeof(*to));
	*to_count = (LONG)text.count;
	free(text.units);
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlIdnToAscii, (ULONG flags, PCWSTR from, LONG from_count, PWSTR to, PLONG to_count))
{
	return convert(flags, from, from_count, to, to_count, TO_ASCII);
}

EXPORT(ntdll, NTSTATUS, RtlIdnToUnicode, (ULONG flags, PCWSTR from, LONG from_count, PWSTR to, PLONG to_count))
{
	return convert(flags, from, from_count, to, to_count, TO_UNICODE);
}

EXPORT(ntdll, NTSTATUS, RtlIdnToNameprepUnicode, (ULONG flags, PCWSTR from, LONG from_count, PWSTR to, PLONG to_count))
{
	return convert(flags, from, from_count, to, to_count, PREPARE);
}
