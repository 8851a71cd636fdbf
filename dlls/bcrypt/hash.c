/*
 * dlls/bcrypt/hash.c - MD5 (RFC 1321), SHA-1, SHA-256, SHA-384 and SHA-512 (FIPS 180-4), HMAC (RFC 2104).
 */
#include "dlls/bcrypt/hash.h"
#include <string.h>

/* Fractions of |sin|. */
static const uint32_t md5_k[64] = {
	0xD76AA478u, 0xE8C7B756u, 0x242070DBu, 0xC1BDCEEEu, 0xF57C0FAFu, 0x4787C62Au, 0xA8304613u, 0xFD469501u,
	0x698098D8u, 0x8B44F7AFu, 0xFFFF5BB1u, 0x895CD7BEu, 0x6B901122u, 0xFD987193u, 0xA679438Eu, 0x49B40821u,
	0xF61E2562u, 0xC040B340u, 0x265E5A51u, 0xE9B6C7AAu, 0xD62F105Du, 0x02441453u, 0xD8A1E681u, 0xE7D3FBC8u,
	0x21E1CDE6u, 0xC33707D6u, 0xF4D50D87u, 0x455A14EDu, 0xA9E3E905u, 0xFCEFA3F8u, 0x676F02D9u, 0x8D2A4C8Au,
	0xFFFA3942u, 0x8771F681u, 0x6D9D6122u, 0xFDE5380Cu, 0xA4BEEA44u, 0x4BDECFA9u, 0xF6BB4B60u, 0xBEBFBC70u,
	0x289B7EC6u, 0xEAA127FAu, 0xD4EF3085u, 0x04881D05u, 0xD9D4D039u, 0xE6DB99E5u, 0x1FA27CF8u, 0xC4AC5665u,
	0xF4292244u, 0x432AFF97u, 0xAB9423A7u, 0xFC93A039u, 0x655B59C3u, 0x8F0CCC92u, 0xFFEFF47Du, 0x85845DD1u,
	0x6FA87E4Fu, 0xFE2CE6E0u, 0xA3014314u, 0x4E0811A1u, 0xF7537E82u, 0xBD3AF235u, 0x2AD7D2BBu, 0xEB86D391u,
};
/* Fractions of the cube roots of the first primes; the upper halves are SHA-256's constants. */
static const uint64_t sha2_k[80] = {
	0x428A2F98D728AE22ull, 0x7137449123EF65CDull, 0xB5C0FBCFEC4D3B2Full, 0xE9B5DBA58189DBBCull,
	0x3956C25BF348B538ull, 0x59F111F1B605D019ull, 0x923F82A4AF194F9Bull, 0xAB1C5ED5DA6D8118ull,
	0xD807AA98A3030242ull, 0x12835B0145706FBEull, 0x243185BE4EE4B28Cull, 0x550C7DC3D5FFB4E2ull,
	0x72BE5D74F27B896Full, 0x80DEB1FE3B1696B1ull, 0x9BDC06A725C71235ull, 0xC19BF174CF692694ull,
	0xE49B69C19EF14AD2ull, 0xEFBE4786384F25E3ull, 0x0FC19DC68B8CD5B5ull, 0x240CA1CC77AC9C65ull,
	0x2DE92C6F592B0275ull, 0x4A7484AA6EA6E483ull, 0x5CB0A9DCBD41FBD4ull, 0x76F988DA831153B5ull,
	0x983E5152EE66DFABull, 0xA831C66D2DB43210ull, 0xB00327C898FB213Full, 0xBF597FC7BEEF0EE4ull,
	0xC6E00BF33DA88FC2ull, 0xD5A79147930AA725ull, 0x06CA6351E003826Full, 0x142929670A0E6E70ull,
	0x27B70A8546D22FFCull, 0x2E1B21385C26C926ull, 0x4D2C6DFC5AC42AEDull, 0x53380D139D95B3DFull,
	0x650A73548BAF63DEull, 0x766A0ABB3C77B2A8ull, 0x81C2C92E47EDAEE6ull, 0x92722C851482353Bull,
	0xA2BFE8A14CF10364ull, 0xA81A664BBC423001ull, 0xC24B8B70D0F89791ull, 0xC76C51A30654BE30ull,
	0xD192E819D6EF5218ull, 0xD69906245565A910ull, 0xF40E35855771202Aull, 0x106AA07032BBD1B8ull,
	0x19A4C116B8D2D0C8ull, 0x1E376C085141AB53ull, 0x2748774CDF8EEB99ull, 0x34B0BCB5E19B48A8ull,
	0x391C0CB3C5C95A63ull, 0x4ED8AA4AE3418ACBull, 0x5B9CCA4F7763E373ull, 0x682E6FF3D6B2B8A3ull,
	0x748F82EE5DEFB2FCull, 0x78A5636F43172F60ull, 0x84C87814A1F0AB72ull, 0x8CC702081A6439ECull,
	0x90BEFFFA23631E28ull, 0xA4506CEBDE82BDE9ull, 0xBEF9A3F7B2C67915ull, 0xC67178F2E372532Bull,
	0xCA273ECEEA26619Cull, 0xD186B8C721C0C207ull, 0xEADA7DD6CDE0EB1Eull, 0xF57D4F7FEE6ED178ull,
	0x06F067AA72176FBAull, 0x0A637DC5A2C898A6ull, 0x113F9804BEF90DAEull, 0x1B710B35131C471Bull,
	0x28DB77F523047D84ull, 0x32CAAB7B40C72493ull, 0x3C9EBE0A15C9BEBCull, 0x431D67C49C100D4Cull,
	0x4CC5D4BECB3E42B6ull, 0x597F299CFC657E2Aull, 0x5FCB6FAB3AD6FAECull, 0x6C44198C4A475817ull,
};

/* Fractions of the square roots of the first eight primes, and of the next eight. */
static const uint32_t sha256_start[8] = {
	0x6A09E667u, 0xBB67AE85u, 0x3C6EF372u, 0xA54FF53Au, 0x510E527Fu, 0x9B05688Cu, 0x1F83D9ABu, 0x5BE0CD19u,
};
static const uint64_t sha512_start[8] = {
	0x6A09E667F3BCC908ull, 0xBB67AE8584CAA73Bull, 0x3C6EF372FE94F82Bull, 0xA54FF53A5F1D36F1ull,
	0x510E527FADE682D1ull, 0x9B05688C2B3E6C1Full, 0x1F83D9ABFB41BD6Bull, 0x5BE0CD19137E2179ull,
};
static const uint64_t sha384_start[8] = {
	0xCBBB9D5DC1059ED8ull, 0x629A292A367CD507ull, 0x9159015A3070DD17ull, 0x152FECD8F70E5939ull,
	0x67332667FFC00B31ull, 0x8EB44A8768581511ull, 0xDB0C2E0D64F98FA7ull, 0x47B5481DBEFA4FA4ull,
};
static const uint32_t sha1_start[5] = {0x67452301u, 0xEFCDAB89u, 0x98BADCFEu, 0x10325476u, 0xC3D2E1F0u};

static uint32_t rol32(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static uint32_t ror32(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static uint64_t ror64(uint64_t x, unsigned n)
{
	return x >> n | x << (64 - n);
}

static uint32_t be32(const BYTE *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t be64(const BYTE *p)
{
	return (uint64_t)be32(p) << 32 | be32(p + 4);
}

static void md5_block(uint32_t s[4], const BYTE *block)
{
	static const BYTE shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
	uint32_t a = s[0], b = s[1], c = s[2], d = s[3], w[16];

	memcpy(w, block, sizeof(w));
	for (unsigned i = 0; i < 64; i++) {
		uint32_t f, next;
		unsigned g;

		if (i < 16) {
			f = (b & c) | (~b & d);
			g = i;
		} else if (i < 32) {
			f = (d & b) | (~d & c);
			g = (5 * i + 1) % 16;
		} else if (i < 48) {
			f = b ^ c ^ d;
			g = (3 * i + 5) % 16;
		} else {
			f = c ^ (b | ~d);
			g = 7 * i % 16;
		}
		next = b + rol32(a + f + md5_k[i] + w[g], shifts[i / 16][i % 4]);
		a = d;
		d = c;
		c = b;
		b = next;
	}
	s[0] += a;
	s[1] += b;
	s[2] += c;
	s[3] += d;
}

static void sha1_block(uint32_t s[5], const BYTE *block)
{
	uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], w[80];

	for (unsigned i = 0; i < 16; i++)
		w[i] = be32(block + 4 * i);
	for (unsigned i = 16; i < 80; i++)
		w[i] = rol32(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	for (unsigned i = 0; i < 80; i++) {
		uint32_t f, k, next;

		if (i < 20) {
			f = (b & c) | (~b & d);
			k = 0x5A827999u;
		} else if (i < 40) {
			f = b ^ c ^ d;
			k = 0x6ED9EBA1u;
		} else if (i < 60) {
			f = (b & c) | (b & d) | (c & d);
			k = 0x8F1BBCDCu;
		} else {
			f = b ^ c ^ d;
			k = 0xCA62C1D6u;
		}
		next = rol32(a, 5) + f + e + k + w[i];
		e = d;
		d = c;
		c = rol32(b, 30);
		b = a;
		a = next;
	}
	s[0] += a;
	s[1] += b;
	s[2] += c;
	s[3] += d;
	s[4] += e;
}

#define WORD uint32_t
#define ROUNDS 64
#define BLOCK sha256_block
#define LOAD be32
#define ROTATE ror32
#define K(i) ((uint32_t)(sha2_k[i] >> 32))
#define SMALL_0 7, 18, 3
#define SMALL_1 17, 19, 10
#define BIG_0 2, 13, 22
#define BIG_1 6, 11, 25
#include "dlls/bcrypt/sha2_template.h"

#define WORD uint64_t
#define ROUNDS 80
#define BLOCK sha512_block
#define LOAD be64
#define ROTATE ror64
#define K(i) sha2_k[i]
#define SMALL_0 1, 8, 7
#define SMALL_1 19, 61, 6
#define BIG_0 28, 34, 39
#define BIG_1 14, 18, 41
#include "dlls/bcrypt/sha2_template.h"

unsigned hash_size(enum hash_kind kind)
{
	static const BYTE sizes[] = {16, 20, 32, 48, 64};
	return sizes[kind];
}

unsigned hash_block_size(enum hash_kind kind)
{
	return kind >= HASH_SHA384 ? 128 : 64;
}

void hash_start(struct hash *hash, enum hash_kind kind)
{
	memset(hash, 0, sizeof(*hash));
	hash->kind = kind;
	if (kind == HASH_MD5)
		memcpy(hash->state.w32, sha1_start, 16); /* the same four words */
	else if (kind == HASH_SHA1)
		memcpy(hash->state.w32, sha1_start, sizeof(sha1_start));
	else if (kind == HASH_SHA256)
		memcpy(hash->state.w32, sha256_start, sizeof(sha256_start));
	else
		memcpy(hash->state.w64, kind == HASH_SHA384 ? sha384_start : sha512_start, sizeof(sha512_start));
}

static void run_block(struct hash *hash, const BYTE *block)
{
	switch (hash->kind) {
	case HASH_MD5:
		md5_block(hash->state.w32, block);
		break;
	case HASH_SHA1:
		sha1_block(hash->state.w32, block);
		break;
	case HASH_SHA256:
		sha256_block(hash->state.w32, block);
		break;
	case HASH_SHA384:
	case HASH_SHA512:
		sha512_block(hash->state.w64, block);
		break;
	}
}

void hash_update(struct hash *hash, const void *data, size_t size)
{
	unsigned block = hash_block_size(hash->kind), have = (unsigned)(hash->length % block);
	const BYTE *at = data;

	hash->length += size;
	if (have) {
		size_t part = block - have < size ? block - have : size;

		memcpy(hash->block + have, at, part);
		at += part;
		size -= part;
		if (have + part < block)
			return;
		run_block(hash, hash->block);
	}
	for (; size >= block; at += block, size -= block)
		run_block(hash, at);
	if (size)
		memcpy(hash->block, at, size);
}

void hash_finish(struct hash *hash, BYTE *result)
{
	static const BYTE padding[HASH_MAX_BLOCK] = {0x80};
	unsigned block = hash_block_size(hash->kind), tail = block == 128 ? 16 : 8;
	uint64_t bits = hash->length * 8;
	unsigned have = (unsigned)(hash->length % block);
	BYTE length[16] = {0};

	for (unsigned i = 0; i < 8; i++)
		length[tail - 1 - i] = (BYTE)(bits >> 8 * i);
	if (hash->kind == HASH_MD5)
		memcpy(length, &bits, 8);
	hash_update(hash, padding, (have < block - tail ? block - tail : 2 * block - tail) - have);
	hash_update(hash, length, tail);
	for (unsigned i = 0; i < hash_size(hash->kind); i++) {
		if (hash->kind == HASH_MD5)
			result[i] = (BYTE)(hash->state.w32[i / 4] >> 8 * (i % 4));
		else if (block == 64)
			result[i] = (BYTE)(hash->state.w32[i / 4] >> 8 * (3 - i % 4));
		else
			result[i] = (BYTE)(hash->state.w64[i / 8] >> 8 * (7 - i % 8));
	}
}

void hmac_start(struct hmac *hmac, enum hash_kind kind, const void *key, size_t size)
{
	unsigned block = hash_block_size(kind);
	BYTE inner[HASH_MAX_BLOCK];

	memset(hmac->outer_key, 0, sizeof(hmac->outer_key));
	if (size > block) {
		hash_start(&hmac->inner, kind);
		hash_update(&hmac->inner, key, size);
		hash_finish(&hmac->inner, hmac->outer_key);
	} else if (size) {
		memcpy(hmac->outer_key, key, size);
	}
	for (unsigned i = 0; i < block; i++) {
		inner[i] = hmac->outer_key[i] ^ 0x36;
		hmac->outer_key[i] ^= 0x5C;
	}
	hash_start(&hmac->inner, kind);
	hash_update(&hmac->inner, inner, block);
}

void hmac_finish(struct hmac *hmac, BYTE *result)
{
	enum hash_kind kind = hmac->inner.kind;

	hash_finish(&hmac->inner, result);
	hash_start(&hmac->inner, kind);
	hash_update(&hmac->inner, hmac->outer_key, hash_block_size(kind));
	hash_update(&hmac->inner, result, hash_size(kind));
	hash_finish(&hmac->inner, result);
}
