/*
 * dlls/bcrypt/bcrypt.c - the builtin bcrypt.dll: random numbers, hashes and HMACs.
 */
#include "dlls/bcrypt/hash.h"
#include "host/host.h"
#include "nt/ntstatus.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"
#include <stdlib.h>
#include <string.h>

DEFINE_DLL(bcrypt, .name = "bcrypt.dll");

#define BCRYPT_ALG_HANDLE_HMAC_FLAG 0x8u
#define BCRYPT_HASH_REUSABLE_FLAG 0x20u
#define BCRYPT_RNG_USE_ENTROPY_IN_BUFFER 0x1u
#define BCRYPT_USE_SYSTEM_PREFERRED_RNG 0x2u
#define ALGORITHM_MAGIC 0x4D474C41u
#define HASH_MAGIC 0x48534148u

struct algorithm {
	ULONG magic;
	int kind; /* enum hash_kind; -1 = random numbers */
	BOOLEAN hmac, fixed;
	const char16_t *name;
};

struct hash_object {
	ULONG magic;
	BOOLEAN hmac, reusable, finished;
	const struct algorithm *algorithm;
	struct hash hash;
	struct hmac mac;
	BYTE *key;
	ULONG key_size;
};

static const struct {
	const char16_t *name;
	int kind;
} names[] = {{u"MD5", HASH_MD5},       {u"SHA1", HASH_SHA1},	 {u"SHA256", HASH_SHA256},
	     {u"SHA384", HASH_SHA384}, {u"SHA512", HASH_SHA512}, {u"RNG", -1}};

/* The pseudo handles of Windows 10 (bcrypt.h): 0x21 MD5 ... 0x61 SHA512, 0x81 RNG, 0x91 HMAC-MD5 ... */
static const struct algorithm pseudo[] = {
	[0x21 >> 4] = {ALGORITHM_MAGIC, HASH_MD5, 0, 1, u"MD5"},
	[0x31 >> 4] = {ALGORITHM_MAGIC, HASH_SHA1, 0, 1, u"SHA1"},
	[0x41 >> 4] = {ALGORITHM_MAGIC, HASH_SHA256, 0, 1, u"SHA256"},
	[0x51 >> 4] = {ALGORITHM_MAGIC, HASH_SHA384, 0, 1, u"SHA384"},
	[0x61 >> 4] = {ALGORITHM_MAGIC, HASH_SHA512, 0, 1, u"SHA512"},
	[0x81 >> 4] = {ALGORITHM_MAGIC, -1, 0, 1, u"RNG"},
	[0x91 >> 4] = {ALGORITHM_MAGIC, HASH_MD5, 1, 1, u"MD5"},
	[0xA1 >> 4] = {ALGORITHM_MAGIC, HASH_SHA1, 1, 1, u"SHA1"},
	[0xB1 >> 4] = {ALGORITHM_MAGIC, HASH_SHA256, 1, 1, u"SHA256"},
	[0xC1 >> 4] = {ALGORITHM_MAGIC, HASH_SHA384, 1, 1, u"SHA384"},
	[0xD1 >> 4] = {ALGORITHM_MAGIC, HASH_SHA512, 1, 1, u"SHA512"},
};

static const struct algorithm *find_algorithm(HANDLE handle)
{
	uintptr_t value = (uintptr_t)handle;
	const struct algorithm *algorithm = handle;

	if (value <= 0xFFF)
		algorithm = (value & 15) == 1 && value >> 4 < ARRAY_SIZE(pseudo) ? &pseudo[value >> 4] : NULL;
	return algorithm && algorithm->magic == ALGORITHM_MAGIC ? algorithm : NULL;
}

static int same(LPCWSTR a, LPCWSTR b)
{
	return !rtl_compare_nocase(a, rtl_wcslen(a), b, rtl_wcslen(b));
}

EXPORT(bcrypt, NTSTATUS, BCryptOpenAlgorithmProvider, (HANDLE * handle, LPCWSTR id, LPCWSTR provider, ULONG flags))
{
	if (!handle || !id)
		return STATUS_INVALID_PARAMETER;
	*handle = NULL;
	if (flags & ~(BCRYPT_ALG_HANDLE_HMAC_FLAG | BCRYPT_HASH_REUSABLE_FLAG | 1u))
		return STATUS_INVALID_PARAMETER;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct algorithm *made;

		if (!same(id, names[i].name))
			continue;
		made = calloc(1, sizeof(*made));
		if (!made)
			return STATUS_NO_MEMORY;
		made->magic = ALGORITHM_MAGIC;
		made->kind = names[i].kind;
		made->hmac = (flags & BCRYPT_ALG_HANDLE_HMAC_FLAG) != 0;
		made->name = names[i].name;
		*handle = made;
		return STATUS_SUCCESS;
	}
	return STATUS_NOT_FOUND;
}

EXPORT(bcrypt, NTSTATUS, BCryptCloseAlgorithmProvider, (HANDLE handle, ULONG flags))
{
	const struct algorithm *algorithm = find_algorithm(handle);

	if (!algorithm)
		return STATUS_INVALID_HANDLE;
	if (!algorithm->fixed) {
		((struct algorithm *)handle)->magic = 0;
		free(handle);
	}
	return STATUS_SUCCESS;
}

/* The system's generator always; entropy in the buffer is mixed in by the kernel's own. */
EXPORT(bcrypt, NTSTATUS, BCryptGenRandom, (HANDLE handle, PBYTE buffer, ULONG size, ULONG flags))
{
	const struct algorithm *algorithm = handle ? find_algorithm(handle) : NULL;

	if (!handle && !(flags & BCRYPT_USE_SYSTEM_PREFERRED_RNG))
		return STATUS_INVALID_HANDLE;
	if (handle && !(flags & BCRYPT_USE_SYSTEM_PREFERRED_RNG) && (!algorithm || algorithm->kind != -1))
		return STATUS_INVALID_HANDLE;
	if (!buffer && size)
		return STATUS_INVALID_PARAMETER;
	host_random(buffer, size);
	return STATUS_SUCCESS;
}

/* Whether the machine is told to keep to FIPS 140; none is here. */
EXPORT(bcrypt, NTSTATUS, BCryptGetFipsAlgorithmMode, (BOOLEAN * enabled))
{
	if (!enabled)
		return STATUS_INVALID_PARAMETER;
	*enabled = FALSE;
	return STATUS_SUCCESS;
}

static NTSTATUS give(const void *value, ULONG length, PBYTE buffer, ULONG size, ULONG *needed)
{
	*needed = length;
	if (!buffer)
		return STATUS_SUCCESS;
	if (size < length)
		return STATUS_BUFFER_TOO_SMALL;
	memcpy(buffer, value, length);
	return STATUS_SUCCESS;
}

static struct hash_object *find_hash(HANDLE handle)
{
	struct hash_object *object = handle;

	return object && (uintptr_t)handle > 0xFFF && object->magic == HASH_MAGIC ? object : NULL;
}

EXPORT(bcrypt, NTSTATUS, BCryptGetProperty,
       (HANDLE handle, LPCWSTR property, PBYTE buffer, ULONG size, ULONG *needed, ULONG flags))
{
	struct hash_object *object = find_hash(handle);
	const struct algorithm *algorithm = object ? object->algorithm : find_algorithm(handle);
	ULONG value;

	if (!algorithm)
		return STATUS_INVALID_HANDLE;
	if (!property || !needed)
		return STATUS_INVALID_PARAMETER;
	if (same(property, u"AlgorithmName"))
		return give(algorithm->name, (ULONG)((rtl_wcslen(algorithm->name) + 1) * sizeof(WCHAR)), buffer, size, needed);
	if (algorithm->kind < 0)
		return STATUS_NOT_SUPPORTED;
	if (same(property, u"ObjectLength"))
		value = (ULONG)sizeof(struct hash_object);
	else if (same(property, u"HashDigestLength"))
		value = hash_size((enum hash_kind)algorithm->kind);
	else if (same(property, u"HashBlockLength"))
		value = hash_block_size((enum hash_kind)algorithm->kind);
	else
		return STATUS_NOT_SUPPORTED;
	return give(&value, sizeof(value), buffer, size, needed);
}

static void restart(struct hash_object *object)
{
	if (object->hmac)
		hmac_start(&object->mac, (enum hash_kind)object->algorithm->kind, object->key, object->key_size);
	else
		hash_start(&object->hash, (enum hash_kind)object->algorithm->kind);
	object->finished = FALSE;
}

/* The caller's memory for the object is not needed; its size is checked as Windows does. */
EXPORT(bcrypt, NTSTATUS, BCryptCreateHash,
       (HANDLE handle, HANDLE *hash, PBYTE memory, ULONG memory_size, PBYTE secret, ULONG secret_size, ULONG flags))
{
	const struct algorithm *algorithm = find_algorithm(handle);
	struct hash_object *object;

	if (!algorithm)
		return STATUS_INVALID_HANDLE;
	if (!hash || algorithm->kind < 0 || (flags & ~BCRYPT_HASH_REUSABLE_FLAG))
		return STATUS_INVALID_PARAMETER;
	if (memory && memory_size < sizeof(*object))
		return STATUS_BUFFER_TOO_SMALL;
	if (secret_size && !algorithm->hmac)
		return STATUS_INVALID_PARAMETER;
	object = calloc(1, sizeof(*object));
	if (!object)
		return STATUS_NO_MEMORY;
	object->key = malloc(secret_size + 1);
	if (!object->key) {
		free(object);
		return STATUS_NO_MEMORY;
	}
	if (secret_size)
		memcpy(object->key, secret, secret_size);
	object->key_size = secret_size;
	object->magic = HASH_MAGIC;
	object->hmac = algorithm->hmac;
	object->reusable = (flags & BCRYPT_HASH_REUSABLE_FLAG) != 0;
	/* The provider may be closed before its hashes. */
	for (size_t i = 0; i < ARRAY_SIZE(pseudo); i++) {
		if (pseudo[i].magic && pseudo[i].kind == algorithm->kind && pseudo[i].hmac == algorithm->hmac)
			object->algorithm = &pseudo[i];
	}
	restart(object);
	*hash = object;
	return STATUS_SUCCESS;
}

EXPORT(bcrypt, NTSTATUS, BCryptHashData, (HANDLE handle, const BYTE *data, ULONG size, ULONG flags))
{
	struct hash_object *object = find_hash(handle);

	if (!object || object->finished)
		return STATUS_INVALID_HANDLE;
	hash_update(object->hmac ? &object->mac.inner : &object->hash, data, size);
	return STATUS_SUCCESS;
}

EXPORT(bcrypt, NTSTATUS, BCryptFinishHash, (HANDLE handle, PBYTE result, ULONG size, ULONG flags))
{
	struct hash_object *object = find_hash(handle);

	if (!object || object->finished)
		return STATUS_INVALID_HANDLE;
	if (!result || size != hash_size((enum hash_kind)object->algorithm->kind))
		return STATUS_INVALID_PARAMETER;
	if (object->hmac)
		hmac_finish(&object->mac, result);
	else
		hash_finish(&object->hash, result);
	object->finished = TRUE;
	if (object->reusable)
		restart(object);
	return STATUS_SUCCESS;
}

EXPORT(bcrypt, NTSTATUS, BCryptDestroyHash, (HANDLE handle))
{
	struct hash_object *object = find_hash(handle);

	if (!object)
		return STATUS_INVALID_HANDLE;
	object->magic = 0;
	free(object->key);
	free(object);
	return STATUS_SUCCESS;
}

EXPORT(bcrypt, NTSTATUS, BCryptDuplicateHash, (HANDLE handle, HANDLE *copy, PBYTE memory, ULONG size, ULONG flags))
{
	struct hash_object *object = find_hash(handle), *made;

	if (!object || object->finished)
		return STATUS_INVALID_HANDLE;
	if (!copy)
		return STATUS_INVALID_PARAMETER;
	made = malloc(sizeof(*made));
	if (!made)
		return STATUS_NO_MEMORY;
	*made = *object;
	made->key = malloc(object->key_size + 1);
	if (!made->key) {
		free(made);
		return STATUS_NO_MEMORY;
	}
	memcpy(made->key, object->key, object->key_size);
	*copy = made;
	return STATUS_SUCCESS;
}

EXPORT(bcrypt, NTSTATUS, BCryptHash,
       (HANDLE handle, PBYTE secret, ULONG secret_size, PBYTE data, ULONG size, PBYTE result, ULONG result_size))
{
	HANDLE hash;
	NTSTATUS status = BCryptCreateHash(handle, &hash, NULL, 0, secret, secret_size, 0);

	if (!NT_SUCCESS(status))
		return status;
	BCryptHashData(hash, data, size, 0);
	status = BCryptFinishHash(hash, result, result_size, 0);
	BCryptDestroyHash(hash);
	return status;
}
