/*
 * dlls/advapi32/crypt.c - CryptoAPI: providers, random numbers, hashes.  Keys and ciphers are not offered.
 */
#include "dlls/bcrypt/hash.h"
#include "host/host.h"
#include "kernel32/kernel32.h"
#include <stdlib.h>
#include <string.h>

#define NTE_BAD_UID 0x80090001u
#define NTE_BAD_HASH 0x80090002u
#define NTE_BAD_ALGID 0x80090008u
#define NTE_BAD_FLAGS 0x80090009u
#define NTE_BAD_TYPE 0x8009000Au
#define NTE_BAD_HASH_STATE 0x8009000Cu
#define NTE_NO_MEMORY 0x8009000Eu
#define NTE_BAD_KEYSET 0x80090016u
#define NTE_PROV_TYPE_NOT_DEF 0x80090017u

#define CRYPT_NEWKEYSET 0x8u
#define CRYPT_DELETEKEYSET 0x10u
#define CRYPT_MACHINE_KEYSET 0x20u
#define CRYPT_SILENT 0x40u
#define CRYPT_VERIFYCONTEXT 0xF0000000u
#define PROVIDER_MAGIC 0x564F5250u
#define HASH_MAGIC 0x48534843u
enum { HP_ALGID = 1, HP_HASHVAL = 2, HP_HASHSIZE = 4 };

struct provider {
	ULONG magic;
	LONG references;
	DWORD type;
};

struct crypt_hash {
	ULONG magic;
	DWORD algorithm;
	BOOL finished;
	struct hash hash;
	BYTE value[HASH_MAX_SIZE];
};

static BOOL fail(DWORD error)
{
	set_last_error(error);
	return FALSE;
}

static struct provider *find_provider(ULONG_PTR handle)
{
	struct provider *provider = (struct provider *)handle;
	return provider && provider->magic == PROVIDER_MAGIC ? provider : NULL;
}

static struct crypt_hash *find_hash(ULONG_PTR handle)
{
	struct crypt_hash *hash = (struct crypt_hash *)handle;
	return hash && hash->magic == HASH_MAGIC ? hash : NULL;
}

/* Contexts without keys are what there is: a named container does not exist, so it is NTE_BAD_KEYSET. */
static BOOL acquire(ULONG_PTR *handle, BOOL named, DWORD type, DWORD flags)
{
	struct provider *provider;

	if (!handle)
		return fail(ERROR_INVALID_PARAMETER);
	if (flags & ~(CRYPT_VERIFYCONTEXT | CRYPT_NEWKEYSET | CRYPT_DELETEKEYSET | CRYPT_MACHINE_KEYSET | CRYPT_SILENT))
		return fail(NTE_BAD_FLAGS);
	if (!type || type > 999)
		return fail(NTE_BAD_TYPE);
	/* PROV_RSA_FULL, RSA_SCHANNEL and RSA_AES have what is asked for here. */
	if (type != 1 && type != 12 && type != 24)
		return fail(NTE_PROV_TYPE_NOT_DEF);
	if ((flags & CRYPT_VERIFYCONTEXT) != CRYPT_VERIFYCONTEXT && !(flags & CRYPT_NEWKEYSET))
		return fail(NTE_BAD_KEYSET);
	if ((flags & CRYPT_VERIFYCONTEXT) && named)
		return fail(NTE_BAD_FLAGS);
	provider = calloc(1, sizeof(*provider));
	if (!provider)
		return fail(NTE_NO_MEMORY);
	provider->magic = PROVIDER_MAGIC;
	provider->references = 1;
	provider->type = type;
	*handle = (ULONG_PTR)provider;
	return TRUE;
}

EXPORT(advapi32, BOOL, CryptAcquireContextW,
       (ULONG_PTR * handle, LPCWSTR container, LPCWSTR provider, DWORD type, DWORD flags))
{
	return acquire(handle, container && *container, type, flags);
}

EXPORT(advapi32, BOOL, CryptAcquireContextA,
       (ULONG_PTR * handle, LPCSTR container, LPCSTR provider, DWORD type, DWORD flags))
{
	return acquire(handle, container && *container, type, flags);
}

EXPORT(advapi32, BOOL, CryptContextAddRef, (ULONG_PTR handle, DWORD *reserved, DWORD flags))
{
	struct provider *provider = find_provider(handle);

	if (!provider)
		return fail(ERROR_INVALID_PARAMETER);
	__atomic_add_fetch(&provider->references, 1, __ATOMIC_RELAXED);
	return TRUE;
}

EXPORT(advapi32, BOOL, CryptReleaseContext, (ULONG_PTR handle, DWORD flags))
{
	struct provider *provider = find_provider(handle);

	if (!provider)
		return fail(ERROR_INVALID_PARAMETER);
	if (!__atomic_sub_fetch(&provider->references, 1, __ATOMIC_ACQ_REL)) {
		provider->magic = 0;
		free(provider);
	}
	return flags ? fail(NTE_BAD_FLAGS) : TRUE;
}

EXPORT(advapi32, BOOL, CryptGenRandom, (ULONG_PTR handle, DWORD size, BYTE *buffer))
{
	if (!find_provider(handle))
		return fail(ERROR_INVALID_HANDLE);
	host_random(buffer, size);
	return TRUE;
}

/* RtlGenRandom by its only exported name. */
EXPORT(advapi32, BOOLEAN, SystemFunction036, (PVOID buffer, ULONG size))
{
	host_random(buffer, size);
	return TRUE;
}

static int hash_kind(DWORD algorithm)
{
	switch (algorithm) {
	case 0x8003:
		return HASH_MD5;
	case 0x8004:
		return HASH_SHA1;
	case 0x800C:
		return HASH_SHA256;
	case 0x800D:
		return HASH_SHA384;
	case 0x800E:
		return HASH_SHA512;
	default:
		return -1;
	}
}

EXPORT(advapi32, BOOL, CryptCreateHash,
       (ULONG_PTR handle, DWORD algorithm, ULONG_PTR key, DWORD flags, ULONG_PTR *result))
{
	struct provider *provider = find_provider(handle);
	struct crypt_hash *hash;

	if (!provider)
		return fail(ERROR_INVALID_HANDLE);
	if (!result)
		return fail(ERROR_INVALID_PARAMETER);
	/* The SHA-2 family belongs to PROV_RSA_AES. */
	if (key || hash_kind(algorithm) < 0 || (hash_kind(algorithm) >= HASH_SHA256 && provider->type != 24))
		return fail(NTE_BAD_ALGID);
	if (flags)
		return fail(NTE_BAD_FLAGS);
	hash = calloc(1, sizeof(*hash));
	if (!hash)
		return fail(NTE_NO_MEMORY);
	hash->magic = HASH_MAGIC;
	hash->algorithm = algorithm;
	hash_start(&hash->hash, (enum hash_kind)hash_kind(algorithm));
	*result = (ULONG_PTR)hash;
	return TRUE;
}

EXPORT(advapi32, BOOL, CryptHashData, (ULONG_PTR handle, const BYTE *data, DWORD size, DWORD flags))
{
	struct crypt_hash *hash = find_hash(handle);

	if (!hash)
		return fail(ERROR_INVALID_HANDLE);
	if (flags)
		return fail(NTE_BAD_FLAGS);
	if (hash->finished)
		return fail(NTE_BAD_HASH_STATE);
	hash_update(&hash->hash, data, size);
	return TRUE;
}

/* To ask for the value finishes the hash. */
EXPORT(advapi32, BOOL, CryptGetHashParam, (ULONG_PTR handle, DWORD parameter, BYTE *data, DWORD *size, DWORD flags))
{
	struct crypt_hash *hash = find_hash(handle);
	DWORD number, length = sizeof(number), room;
	const void *value = &number;

	if (!hash)
		return fail(ERROR_INVALID_HANDLE);
	if (!size)
		return fail(ERROR_INVALID_PARAMETER);
	switch (parameter) {
	case HP_ALGID:
		number = hash->algorithm;
		break;
	case HP_HASHSIZE:
		number = hash_size(hash->hash.kind);
		break;
	case HP_HASHVAL:
		length = hash_size(hash->hash.kind);
		if (data && *size >= length && !hash->finished) {
			hash_finish(&hash->hash, hash->value);
			hash->finished = TRUE;
		}
		value = hash->value;
		break;
	default:
		return fail(NTE_BAD_TYPE);
	}
	room = *size;
	*size = length;
	if (!data)
		return TRUE;
	if (room < length)
		return fail(ERROR_MORE_DATA);
	memcpy(data, value, length);
	return TRUE;
}

EXPORT(advapi32, BOOL, CryptDestroyHash, (ULONG_PTR handle))
{
	struct crypt_hash *hash = find_hash(handle);

	if (!hash)
		return fail(ERROR_INVALID_HANDLE);
	hash->magic = 0;
	free(hash);
	return TRUE;
}
