/*
 * dlls/crypt32/der.c - reading certificates: X.690's distinguished encoding, RFC 5280's structure.
 */
#include "dlls/crypt32/crypt32.h"
#include "kernel32/api.h"
#include "ntdll/rtl/time.h"

#include <string.h>

enum { BOOLEAN_TAG = 1, INTEGER = 2, BIT_STRING = 3, OCTET_STRING = 4, OID = 6, UTC_TIME = 0x17, GENERAL_TIME = 0x18,
       SEQUENCE = 0x30 };
#define CONTEXT(n) (0x80u | (n))
#define CONSTRUCTED(n) (0xA0u | (n))

struct reader {
	BYTE *at, *end;
	bool bad;
};

/* What does not lie in the encoding: counted at first, and then put there. */
struct arena {
	BYTE *at; /* NULL: counting */
	size_t used;
};

static void *take(struct arena *arena, size_t size)
{
	BYTE *place = arena->at ? arena->at + arena->used : NULL;

	arena->used += (size + 7) & ~(size_t)7;
	return place;
}

/* The next element, if it has this tag: *whole all of it, *content what is in it. */
static bool next(struct reader *reader, unsigned tag, struct blob *whole, struct reader *content)
{
	BYTE *start = reader->at, *at = start;
	size_t size;

	if (reader->bad || at == reader->end || *at != tag)
		return false;
	at++;
	reader->bad = true;
	if (at == reader->end)
		return false;
	size = *at++;
	if (size & 0x80) {
		unsigned bytes = size & 0x7F;

		if (bytes == 0 || bytes > 4 || (size_t)(reader->end - at) < bytes)
			return false;
		for (size = 0; bytes; bytes--)
			size = size << 8 | *at++;
	}
	if (size > (size_t)(reader->end - at))
		return false;
	reader->bad = false;
	reader->at = at + size;
	if (whole)
		*whole = (struct blob){(DWORD)(reader->at - start), start};
	if (content)
		*content = (struct reader){at, at + size, false};
	return true;
}

static void must(struct reader *reader, unsigned tag, struct blob *whole, struct reader *content)
{
	struct reader none = {NULL, NULL, false};

	if (content)
		*content = none;
	if (!next(reader, tag, whole, content))
		reader->bad = true;
}

static struct blob rest(const struct reader *reader)
{
	return (struct blob){(DWORD)(reader->end - reader->at), reader->at};
}

/* Writes one number of an OID; the place behind it. */
static char *put_number(char *at, uint64_t value)
{
	char text[24];
	unsigned length = 0;

	do
		text[length++] = (char)('0' + value % 10);
	while (value /= 10);
	while (length)
		*at++ = text[--length];
	return at;
}

char *oid_text(char *at, const BYTE *oid, size_t size)
{
	uint64_t value = 0;
	bool first = true;

	for (size_t i = 0; i < size; i++) {
		value = value << 7 | (oid[i] & 0x7F);
		if (oid[i] & 0x80)
			continue;
		if (first) {
			unsigned top = value < 80 ? (unsigned)value / 40 : 2;

			at = put_number(at, top);
			value -= top * 40;
		}
		*at++ = '.';
		at = put_number(at, value);
		first = false;
		value = 0;
	}
	*at++ = 0;
	return at;
}

static char *read_oid(struct reader *reader, struct arena *arena)
{
	struct reader oid;
	char *text;

	must(reader, OID, NULL, &oid);
	text = take(arena, OID_TEXT_ROOM((size_t)(oid.end - oid.at)));
	if (text)
		oid_text(text, oid.at, (size_t)(oid.end - oid.at));
	return text;
}

static void read_algorithm(struct reader *reader, struct arena *arena, struct algorithm *algorithm)
{
	struct reader content;

	must(reader, SEQUENCE, NULL, &content);
	algorithm->oid = read_oid(&content, arena);
	algorithm->parameters = rest(&content);
	reader->bad |= content.bad;
}

static void read_bits(struct reader *reader, unsigned tag, struct bit_blob *bits)
{
	struct reader content;

	if (!next(reader, tag, NULL, &content))
		return;
	if (content.at == content.end || *content.at > 7) {
		reader->bad = true;
		return;
	}
	bits->unused_bits = *content.at++;
	bits->size = (DWORD)(content.end - content.at);
	bits->data = content.at;
}

static int digits(struct reader *reader, unsigned count)
{
	int value = 0;

	for (; count; count--, reader->at++) {
		if (reader->at == reader->end || *reader->at < '0' || *reader->at > '9') {
			reader->bad = true;
			return 0;
		}
		value = value * 10 + *reader->at - '0';
	}
	return value;
}

/* Years of two digits are 1950 to 2049 (RFC 5280, 4.1.2.5.1). */
static void read_time(struct reader *reader, FILETIME *time)
{
	TIME_FIELDS fields = {0};
	LARGE_INTEGER value = {.QuadPart = 0};
	struct reader text;
	bool general = next(reader, GENERAL_TIME, NULL, &text);

	if (!general)
		must(reader, UTC_TIME, NULL, &text);
	fields.Year = (SHORT)digits(&text, general ? 4 : 2);
	if (!general)
		fields.Year = (SHORT)(fields.Year + (fields.Year < 50 ? 2000 : 1900));
	fields.Month = (SHORT)digits(&text, 2);
	fields.Day = (SHORT)digits(&text, 2);
	fields.Hour = (SHORT)digits(&text, 2);
	fields.Minute = (SHORT)digits(&text, 2);
	fields.Second = (SHORT)digits(&text, 2);
	if (text.bad || text.at == text.end || *text.at != 'Z' || !RtlTimeFieldsToTime(&fields, &value))
		reader->bad = true;
	time->dwLowDateTime = (DWORD)value.QuadPart;
	time->dwHighDateTime = (DWORD)(value.QuadPart >> 32);
}

static void read_extensions(struct reader *reader, struct arena *arena, struct certificate_info *info)
{
	struct reader list, one, content, count;
	struct blob whole;

	if (!next(reader, CONSTRUCTED(3), NULL, &content))
		return;
	must(&content, SEQUENCE, NULL, &list);
	count = list;
	info->extension_count = 0;
	while (next(&count, SEQUENCE, &whole, NULL))
		info->extension_count++;
	info->extensions = take(arena, info->extension_count * sizeof(*info->extensions));
	for (DWORD i = 0; i < info->extension_count; i++) {
		struct extension extension = {.critical = FALSE};
		struct reader value, flag;

		must(&list, SEQUENCE, NULL, &one);
		extension.oid = read_oid(&one, arena);
		if (next(&one, BOOLEAN_TAG, NULL, &flag))
			extension.critical = flag.at < flag.end && *flag.at;
		must(&one, OCTET_STRING, NULL, &value);
		extension.value = rest(&value);
		list.bad |= one.bad;
		if (info->extensions)
			info->extensions[i] = extension;
	}
	reader->bad |= content.bad || list.bad || count.bad || count.at != count.end;
}

static void read_serial(struct reader *reader, struct arena *arena, struct blob *serial)
{
	struct reader content;

	must(reader, INTEGER, NULL, &content);
	serial->size = (DWORD)(content.end - content.at);
	serial->data = take(arena, serial->size);
	for (DWORD i = 0; serial->data && i < serial->size; i++)
		serial->data[i] = content.end[-1 - (ptrdiff_t)i];
}

static bool read_certificate(BYTE *der, size_t size, struct arena *arena, struct certificate_info *info)
{
	struct reader all = {der, der + size, false}, certificate, body, content, key;

	must(&all, SEQUENCE, NULL, &certificate);
	must(&certificate, SEQUENCE, NULL, &body);
	if (next(&body, CONSTRUCTED(0), NULL, &content)) {
		struct reader number;

		must(&content, INTEGER, NULL, &number);
		info->version = number.at < number.end ? *number.at : 0;
	}
	read_serial(&body, arena, &info->serial);
	read_algorithm(&body, arena, &info->signature_algorithm);
	must(&body, SEQUENCE, &info->issuer, NULL);
	must(&body, SEQUENCE, NULL, &content);
	read_time(&content, &info->not_before);
	read_time(&content, &info->not_after);
	must(&body, SEQUENCE, &info->subject, NULL);
	must(&body, SEQUENCE, NULL, &key);
	read_algorithm(&key, arena, &info->key_algorithm);
	read_bits(&key, BIT_STRING, &info->key);
	read_bits(&body, CONTEXT(1), &info->issuer_id);
	read_bits(&body, CONTEXT(2), &info->subject_id);
	read_extensions(&body, arena, info);
	return !all.bad && !certificate.bad && !body.bad && !content.bad && !key.bad;
}

struct certificate_info *certificate_parse(BYTE *der, size_t size)
{
	struct arena arena = {.at = NULL};
	struct certificate_info info = {.version = 0}, *result;

	if (!read_certificate(der, size, &arena, &info)) {
		set_last_error(CRYPT_E_ASN1_BADTAG);
		return NULL;
	}
	result = LocalAlloc(LMEM_ZEROINIT, sizeof(*result) + arena.used);
	if (!result)
		return NULL;
	arena = (struct arena){.at = (BYTE *)(result + 1)};
	read_certificate(der, size, &arena, result);
	return result;
}
