/*
 * dlls/crt/convert_template.h - mbstowcs_s and wcstombs_s, which differ in their types only.  Included by multibyte.c.
 */
#define EXPAND_CRT(type, name, params) CRT(type, name, params)
#define CALL_(name) crt_##name
#define CALL(name) CALL_(name)

EXPAND_CRT(errno_t, NAME_L,
	   (size_t *result, CHARACTER *to, size_t size, const OTHER *from, size_t count, crt_locale_t locale))
{
	errno_t answer = 0;
	size_t n;

	CRT_VALIDATE_E((to == NULL && size == 0) || (to != NULL && size > 0), EINVAL);
	if (to != NULL)
		to[0] = 0;
	if (result != NULL)
		*result = 0;
	CRT_VALIDATE_E(from != NULL || to == NULL, EINVAL);
	n = CONVERT(crt_locale(locale), to, count < size ? count : size, from);
	if (n == (size_t)-1) {
		if (to != NULL)
			to[0] = 0;
		return crt_self.error;
	}
	n++;
	if (to != NULL) {
		if (n > size) {
			if (count != CRT_TRUNCATE) {
				to[0] = 0;
				return crt_invalid(CRT_ERANGE);
			}
			n = size;
			answer = CRT_STRUNCATE;
		}
		to[n - 1] = 0;
	}
	if (result != NULL)
		*result = n;
	return answer;
}

EXPAND_CRT(errno_t, NAME, (size_t *result, CHARACTER *to, size_t size, const OTHER *from, size_t count))
{
	return CALL(NAME_L)(result, to, size, from, count, NULL);
}

#undef EXPAND_CRT
#undef CALL_
#undef CALL
