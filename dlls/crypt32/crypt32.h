/*
 * dlls/crypt32/crypt32.h - certificates, as wincrypt.h describes them, and the stores that hold them.
 */
#ifndef PEWTER_DLLS_CRYPT32_CRYPT32_H
#define PEWTER_DLLS_CRYPT32_CRYPT32_H

#include "kernel32/kernel32.h"

#define X509_ASN_ENCODING 1u
#define CRYPT_E_NOT_FOUND 0x80092004u
#define CRYPT_E_EXISTS 0x80092005u
#define CRYPT_E_ASN1_BADTAG 0x8009310Bu
#define CRYPT_E_PENDING_CLOSE 0x8009200Fu
#define E_INVALIDARG_CODE 0x80070057u

struct blob {
	DWORD size;
	BYTE *data;
};
struct bit_blob {
	DWORD size;
	BYTE *data;
	DWORD unused_bits;
};
struct algorithm {
	char *oid;
	struct blob parameters;
};
/* CERT_EXTENSION */
struct extension {
	char *oid;
	BOOL critical;
	struct blob value;
};
/* CERT_INFO */
struct certificate_info {
	DWORD version; /* 0: the first */
	struct blob serial; /* lowest byte first */
	struct algorithm signature_algorithm;
	struct blob issuer;
	FILETIME not_before, not_after;
	struct blob subject;
	struct algorithm key_algorithm;
	struct bit_blob key;
	struct bit_blob issuer_id, subject_id;
	DWORD extension_count;
	struct extension *extensions;
};
_Static_assert(sizeof(struct certificate_info) == 208, "CERT_INFO");

/* CERT_CONTEXT */
struct certificate_context {
	DWORD encoding;
	BYTE *der;
	DWORD size;
	struct certificate_info *info;
	struct store *store;
};

/* Parsed DER points into itself; what does not lie there so comes behind it, in one block of the process' local memory
 * that the caller frees.  NULL: no certificate (CRYPT_E_ASN1_BADTAG), or no memory. */
struct certificate_info *certificate_parse(BYTE *der, size_t size);

struct store *WINAPI CertDuplicateStore(struct store *store);
BOOL WINAPI CertCloseStore(struct store *store, DWORD flags);

/* The text of an encoded OID, "1.2.840.113549"; the place behind its end. */
char *oid_text(char *at, const BYTE *oid, size_t size);
/* At most four characters for each byte, and the first byte has two numbers. */
#define OID_TEXT_ROOM(size) (4 * (size) + 2)

#endif
