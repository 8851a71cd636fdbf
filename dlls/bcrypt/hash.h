/*
 * dlls/bcrypt/hash.h - the hash functions that bcrypt and advapi32 offer (RFC 1321, FIPS 180-4).
 */
#ifndef PEWTER_DLLS_BCRYPT_HASH_H
#define PEWTER_DLLS_BCRYPT_HASH_H

#include "nt/ntdef.h"

enum hash_kind { HASH_MD5, HASH_SHA1, HASH_SHA256, HASH_SHA384, HASH_SHA512 };
#define HASH_MAX_SIZE 64
#define HASH_MAX_BLOCK 128

struct hash {
	enum hash_kind kind;
	union {
		uint32_t w32[8];
		uint64_t w64[8];
	} state;
	uint64_t length; /* bytes so far */
	BYTE block[HASH_MAX_BLOCK];
};

/* Bytes of the result and of a block. */
unsigned hash_size(enum hash_kind kind);
unsigned hash_block_size(enum hash_kind kind);
void hash_start(struct hash *hash, enum hash_kind kind);
void hash_update(struct hash *hash, const void *data, size_t size);
/* The hash is spent afterwards. */
void hash_finish(struct hash *hash, BYTE *result);

struct hmac {
	struct hash inner;
	BYTE outer_key[HASH_MAX_BLOCK];
};
void hmac_start(struct hmac *hmac, enum hash_kind kind, const void *key, size_t size);
void hmac_finish(struct hmac *hmac, BYTE *result);

#endif
