/*
 * dlls/crt/environ_template.h - looking variables up, the same for char and WCHAR.  Included twice by environ.c, which
 * defines CHARACTER, TABLE, LENGTH, COMPARE_N and DUPLICATE, and the names FIND, GET, GET_NAME, GET_S and DUPLICATE_S.
 */
#define EXPAND_CRT(type, name, params) CRT(type, name, params)

static CHARACTER *FIND(const CHARACTER *name)
{
	size_t length = LENGTH(name);
	CHARACTER **at;

	if (crt_variables->TABLE == NULL && !crt_environment_initialize())
		return NULL;
	for (at = crt_variables->TABLE; *at != NULL; at++)
		if (COMPARE_N(*at, name, length) == 0 && (*at)[length] == '=')
			return *at + length + 1;
	return NULL;
}

EXPAND_CRT(CHARACTER *, GET_NAME, (const CHARACTER *name))
{
	CHARACTER *value;

	CRT_VALIDATE(name != NULL, EINVAL, NULL);
	crt_lock(CRT_LOCK_ENVIRONMENT);
	value = FIND(name);
	crt_unlock(CRT_LOCK_ENVIRONMENT);
	return value;
}

EXPAND_CRT(errno_t, GET_S, (size_t *needed, CHARACTER *to, size_t size, const CHARACTER *name))
{
	size_t length;
	CHARACTER *value;

	CRT_VALIDATE_E(needed != NULL, EINVAL);
	*needed = 0;
	CRT_VALIDATE_E((to != NULL && size > 0) || (to == NULL && size == 0), EINVAL);
	if (to != NULL)
		to[0] = 0;
	value = name != NULL ? GET(name) : NULL;
	if (value == NULL)
		return 0;
	length = LENGTH(value) + 1;
	*needed = length;
	if (size == 0)
		return 0;
	if (length > size) {
		crt_self.error = CRT_ERANGE;
		return CRT_ERANGE;
	}
	rtl_memcpy(to, value, length * sizeof(CHARACTER));
	return 0;
}

EXPAND_CRT(errno_t, DUPLICATE_S, (CHARACTER * *copy, size_t *size, const CHARACTER *name))
{
	CHARACTER *value;

	CRT_VALIDATE_E(copy != NULL, EINVAL);
	*copy = NULL;
	if (size != NULL)
		*size = 0;
	value = name != NULL ? GET(name) : NULL;
	if (value == NULL)
		return 0;
	*copy = DUPLICATE(value);
	if (*copy == NULL) {
		crt_self.error = CRT_ENOMEM;
		return CRT_ENOMEM;
	}
	if (size != NULL)
		*size = LENGTH(value) + 1;
	return 0;
}

#undef EXPAND_CRT
#undef CHARACTER
#undef TABLE
#undef LENGTH
#undef COMPARE_N
#undef DUPLICATE
#undef FIND
#undef GET
#undef GET_NAME
#undef GET_S
#undef DUPLICATE_S
