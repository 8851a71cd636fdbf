/*
 * dlls/crt/string_template.h - string functions that are the same for char and WCHAR.  Included by string.c and
 * wstring.c, which define CHARACTER, STR, STR_, LENGTH, LENGTH_N and FIND.
 *
 * The secure functions follow MSDN to the letter: a destination that is too small is made empty and ERANGE goes to the
 * invalid parameter handler; a destination without a terminator is EINVAL; _TRUNCATE gives STRUNCATE without a call of
 * the handler.  Programs see what was copied before the room ran out, behind the terminator in the first place, and copies
 * onto their own source go unit by unit.
 */
#define EXPAND_CRT(type, name, params) CRT(type, name, params)

/* At most `count` units (CRT_TRUNCATE: what fits) behind the `used` ones of `whole`, whose room is `size` in all. */
static errno_t STR(copy_units)(CHARACTER *whole, size_t used, size_t size, const CHARACTER *from, size_t count)
{
	CHARACTER *to = whole + used;
	size_t room = size - used, length = LENGTH_N(from, count < room ? count : room), i;

	if (length < room && !(to > from && (size_t)(to - from) <= length)) {
		rtl_memcpy(to, from, length * sizeof(CHARACTER));
		to[length] = 0;
		return 0;
	}
	for (i = 0; i < room; i++) {
		if (i == count) {
			to[i] = 0;
			return 0;
		}
		to[i] = from[i];
		if (to[i] == 0)
			return 0;
	}
	if (count == CRT_TRUNCATE) {
		to[room - 1] = 0;
		return CRT_STRUNCATE;
	}
	whole[0] = 0;
	return crt_invalid(CRT_ERANGE);
}

EXPAND_CRT(errno_t, STR(cpy_s), (CHARACTER * to, size_t size, const CHARACTER *from))
{
	CRT_VALIDATE_E(to != NULL && size != 0, EINVAL);
	if (from == NULL) {
		to[0] = 0;
		return crt_invalid(CRT_EINVAL);
	}
	return STR(copy_units)(to, 0, size, from, size);
}

EXPAND_CRT(errno_t, STR(cat_s), (CHARACTER * to, size_t size, const CHARACTER *from))
{
	size_t used;

	CRT_VALIDATE_E(to != NULL && size != 0, EINVAL);
	used = LENGTH_N(to, size);
	if (from == NULL || used == size) {
		to[0] = 0;
		return crt_invalid(CRT_EINVAL);
	}
	return STR(copy_units)(to, used, size, from, size);
}

EXPAND_CRT(errno_t, STR(ncpy_s), (CHARACTER * to, size_t size, const CHARACTER *from, size_t count))
{
	if (count == 0 && to == NULL && size == 0)
		return 0;
	CRT_VALIDATE_E(to != NULL && size != 0, EINVAL);
	if (count == 0) {
		to[0] = 0;
		return 0;
	}
	if (from == NULL) {
		to[0] = 0;
		return crt_invalid(CRT_EINVAL);
	}
	return STR(copy_units)(to, 0, size, from, count);
}

EXPAND_CRT(errno_t, STR(ncat_s), (CHARACTER * to, size_t size, const CHARACTER *from, size_t count))
{
	size_t used;

	if (count == 0 && to == NULL && size == 0)
		return 0;
	CRT_VALIDATE_E(to != NULL && size != 0, EINVAL);
	used = LENGTH_N(to, size);
	if (used == size || (from == NULL && count != 0)) {
		to[0] = 0;
		return crt_invalid(CRT_EINVAL);
	}
	if (count == 0)
		return 0;
	return STR(copy_units)(to, used, size, from, count);
}

EXPAND_CRT(CHARACTER *, STR_(rev), (CHARACTER * string))
{
	CHARACTER *left = string, *right, c;

	CRT_VALIDATE(string != NULL, EINVAL, NULL);
	for (right = string + LENGTH(string) - 1; left < right; left++, right--) {
		c = *left;
		*left = *right;
		*right = c;
	}
	return string;
}

EXPAND_CRT(CHARACTER *, STR_(nset), (CHARACTER * string, CHARACTER c, size_t count))
{
	CHARACTER *at;

	CRT_VALIDATE(string != NULL, EINVAL, NULL);
	for (at = string; count != 0 && *at != 0; at++, count--)
		*at = c;
	return string;
}

EXPAND_CRT(CHARACTER *, STR_(set), (CHARACTER * string, CHARACTER c))
{
	CHARACTER *at;

	CRT_VALIDATE(string != NULL, EINVAL, NULL);
	for (at = string; *at != 0; at++)
		*at = c;
	return string;
}

EXPAND_CRT(errno_t, STR_(set_s), (CHARACTER * string, size_t size, CHARACTER c))
{
	CRT_VALIDATE_E(string != NULL && size != 0, EINVAL);
	if (LENGTH_N(string, size) == size) {
		string[0] = 0;
		return crt_invalid(CRT_EINVAL);
	}
	for (; *string != 0; string++)
		*string = c;
	return 0;
}

EXPAND_CRT(errno_t, STR_(nset_s), (CHARACTER * string, size_t size, CHARACTER c, size_t count))
{
	if (count == 0 && string == NULL && size == 0)
		return 0;
	CRT_VALIDATE_E(string != NULL && size != 0, EINVAL);
	if (LENGTH_N(string, size) == size) {
		/* What was filled stays, behind the terminator. */
		CHARACTER *at = string;

		for (; count != 0 && at + 1 < string + size; at++, count--)
			*at = c;
		string[0] = 0;
		return crt_invalid(CRT_EINVAL);
	}
	for (; count != 0 && *string != 0; string++, count--)
		*string = c;
	return 0;
}

/* NULL for NULL; the caller frees with free(). */
EXPAND_CRT(CHARACTER *, STR_(dup), (const CHARACTER *string))
{
	CHARACTER *copy;
	size_t size;

	if (string == NULL)
		return NULL;
	size = (LENGTH(string) + 1) * sizeof(CHARACTER);
	copy = crt_heap_allocate(size);
	if (copy == NULL) {
		crt_self.error = CRT_ENOMEM;
		return NULL;
	}
	rtl_memcpy(copy, string, size);
	return copy;
}

static CHARACTER *crt_token(CHARACTER *string, const CHARACTER *delimiters, CHARACTER **next)
{
	CHARACTER *token, *at;

	if (string == NULL)
		string = *next;
	if (string == NULL)
		return NULL;
	while (*string != 0 && FIND(delimiters, *string) != NULL)
		string++;
	token = string;
	for (at = string; *at != 0; at++) {
		if (FIND(delimiters, *at) != NULL) {
			*at++ = 0;
			break;
		}
	}
	*next = at;
	return token == at ? NULL : token;
}

EXPAND_CRT(CHARACTER *, STR(tok_s), (CHARACTER * string, const CHARACTER *delimiters, CHARACTER **context))
{
	CRT_VALIDATE(context != NULL && delimiters != NULL, EINVAL, NULL);
	CRT_VALIDATE(string != NULL || *context != NULL, EINVAL, NULL);
	return crt_token(string, delimiters, context);
}
