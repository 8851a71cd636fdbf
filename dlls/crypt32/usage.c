/*
 * dlls/crypt32/usage.c - what a certificate may be used for, and when.
 */
#include "dlls/crypt32/crypt32.h"
#include "kernel32/api.h"

#include <string.h>

#define OID_ENHANCED_KEY_USAGE "2.5.29.37"

EXPORT(crypt32, struct extension *, CertFindExtension, (LPCSTR oid, DWORD count, struct extension *extensions))
{
	for (DWORD i = 0; i < count; i++)
		if (!strcmp(extensions[i].oid, oid))
			return &extensions[i];
	return NULL;
}

static int64_t time_of(const FILETIME *time)
{
	return (int64_t)((uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime);
}

/* -1: not yet, 1: not any more; NULL is now. */
EXPORT(crypt32, LONG, CertVerifyTimeValidity, (FILETIME * time, const struct certificate_info *info))
{
	FILETIME now;

	if (!time) {
		GetSystemTimeAsFileTime(&now);
		time = &now;
	}
	return time_of(time) < time_of(&info->not_before) ? -1 : time_of(time) > time_of(&info->not_after) ? 1 : 0;
}

/* CERT_ENHKEY_USAGE */
struct key_usage {
	DWORD count;
	char **oids;
};

/*
 * From the extension only: properties there are none.  No extension: a count of 0, and CRYPT_E_NOT_FOUND says that whatever
 * is allowed (MSDN).
 */
EXPORT(crypt32, BOOL, CertGetEnhancedKeyUsage,
       (const struct certificate_context *context, DWORD flags, struct key_usage *usage, DWORD *size))
{
	struct extension *extension =
		CertFindExtension(OID_ENHANCED_KEY_USAGE, context->info->extension_count, context->info->extensions);
	const BYTE *at = extension ? extension->value.data : NULL, *end = at ? at + extension->value.size : NULL;
	DWORD needed = sizeof(*usage), room = *size, count = 0;
	char *text;

	/* SEQUENCE OF OBJECT IDENTIFIER, shorter than 128 bytes as are the OIDs in it */
	if (at && (end - at < 2 || at[0] != 0x30 || at[1] != end - at - 2)) {
		set_last_error(CRYPT_E_ASN1_BADTAG);
		return FALSE;
	}
	for (const BYTE *oid = at ? at + 2 : NULL; oid < end; oid += 2 + oid[1]) {
		if (end - oid < 2 || oid[0] != 6 || oid[1] > end - oid - 2) {
			set_last_error(CRYPT_E_ASN1_BADTAG);
			return FALSE;
		}
		needed += (DWORD)sizeof(char *) + OID_TEXT_ROOM((DWORD)oid[1]);
		count++;
	}
	*size = needed;
	if (usage && room < needed) {
		set_last_error(ERROR_MORE_DATA);
		return FALSE;
	}
	if (usage) {
		usage->count = 0;
		usage->oids = count ? (char **)(usage + 1) : NULL;
		text = (char *)(usage + 1) + count * sizeof(char *);
		for (const BYTE *oid = at ? at + 2 : NULL; oid < end; oid += 2 + oid[1]) {
			usage->oids[usage->count++] = text;
			text = oid_text(text, oid + 2, oid[1]);
		}
	}
	set_last_error(at ? 0 : CRYPT_E_NOT_FOUND);
	return TRUE;
}
