/*
 * dlls/bcrypt/sha2_template.h - a block of SHA-2 (FIPS 180-4, 6.2.2 and 6.4.2), the same in words of 32 and of 64 bits.
 * Included twice by hash.c, which defines WORD, ROUNDS, BLOCK (the function's name), LOAD, ROTATE (to the right), K (the
 * constant of a round) and the counts: SMALL_0, SMALL_1 (two rotations and a shift), BIG_0, BIG_1 (three rotations).
 */
#define MIX_SMALL(x, a, b, c) (ROTATE(x, a) ^ ROTATE(x, b) ^ (x) >> (c))
#define MIX_BIG(x, a, b, c) (ROTATE(x, a) ^ ROTATE(x, b) ^ ROTATE(x, c))
#define MIX(how, x, counts) how(x, counts)

static void BLOCK(WORD s[8], const BYTE *block)
{
	WORD w[ROUNDS], v[8];

	for (unsigned i = 0; i < 16; i++)
		w[i] = LOAD(block + sizeof(WORD) * i);
	for (unsigned i = 16; i < ROUNDS; i++)
		w[i] = w[i - 16] + w[i - 7] + MIX(MIX_SMALL, w[i - 15], SMALL_0) + MIX(MIX_SMALL, w[i - 2], SMALL_1);
	memcpy(v, s, sizeof(v));
	for (unsigned i = 0; i < ROUNDS; i++) {
		WORD t1 = v[7] + MIX(MIX_BIG, v[4], BIG_1) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + K(i) + w[i];
		WORD t2 = MIX(MIX_BIG, v[0], BIG_0) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));

		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (unsigned i = 0; i < 8; i++)
		s[i] += v[i];
}

#undef MIX_SMALL
#undef MIX_BIG
#undef MIX
#undef WORD
#undef ROUNDS
#undef BLOCK
#undef LOAD
#undef ROTATE
#undef K
#undef SMALL_0
#undef SMALL_1
#undef BIG_0
#undef BIG_1
