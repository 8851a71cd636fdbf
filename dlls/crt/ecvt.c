/*
 * dlls/crt/ecvt.c - _ecvt, _fcvt and _gcvt.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/format.h"
#include "dlls/crt/fp.h"

#include <string.h>

#define CVT_SIZE 349 /* _CVTBUFSIZE */

/* The digits of a value rounded as the runtime rounds; infinities and NaNs as "1#INF" and so on. */
static void digits_of(double value, struct fp_decimal *decimal)
{
	static const char *const names[] = {"", "1#INF", "1#QNAN", "1#SNAN", "1#IND"};
	uint64_t bits;
	memcpy(&bits, &value, sizeof(bits));
	enum fp_class class = fp_classify(bits);
	if (class != FP_CLASS_FINITE) {
		decimal->negative = bits >> 63;
		decimal->point = 1;
		decimal->count = (int)strlen(names[class]);
		memcpy(decimal->digits, names[class], (size_t)decimal->count);
		return;
	}
	fp_expand(bits, decimal);
	if (!crt_is_ucrt())
		fp_round(decimal, 17, FP_TIE_EVEN);
}

/* `places` digits in all (_ecvt) or behind the point (_fcvt).  ERANGE when they do not fit. */
static errno_t convert(double value, char *to, size_t size, INT places, INT *point, INT *negative, bool fixed)
{
	struct fp_decimal decimal;
	digits_of(value, &decimal);
	*negative = decimal.negative;
	bool zero = decimal.count == 0;
	int64_t count = fixed ? (int64_t)places + (zero ? 0 : decimal.point) : places < 0 ? 0 : places;
	if (count < FP_MAX_DIGITS)
		fp_round(&decimal, (int)count, FP_TIE_AWAY);
	if (fixed && decimal.count != 0)
		count = (int64_t)places + decimal.point; /* a carry makes one more */
	if (count < 0)
		count = 0;
	*point = zero ? 0 : decimal.point;
	if ((uint64_t)count >= size)
		return CRT_ERANGE;
	for (int64_t i = 0; i < count; i++)
		to[i] = i < decimal.count ? decimal.digits[i] : '0';
	to[count] = 0;
	return 0;
}

static char *thread_buffer(void)
{
	if (crt_self.fcvt_buffer == NULL)
		crt_self.fcvt_buffer = crt_heap_allocate(CVT_SIZE);
	return crt_self.fcvt_buffer;
}

CRT(char *, _ecvt, (double value, INT count, INT *point, INT *negative))
{
	CRT_VALIDATE(point != NULL && negative != NULL, EINVAL, NULL);
	char *buffer = thread_buffer();
	if (buffer == NULL)
		return NULL;
	if (count > CVT_SIZE - 2)
		count = CVT_SIZE - 2;
	convert(value, buffer, CVT_SIZE, count, point, negative, false);
	return buffer;
}

CRT(char *, _fcvt, (double value, INT count, INT *point, INT *negative))
{
	CRT_VALIDATE(point != NULL && negative != NULL, EINVAL, NULL);
	char *buffer = thread_buffer();
	if (buffer == NULL)
		return NULL;
	while (convert(value, buffer, CVT_SIZE, count, point, negative, true) != 0)
		count = CVT_SIZE - 2 - (*point > 0 ? *point : 0);
	return buffer;
}

CRT(errno_t, _ecvt_s, (char *to, size_t size, double value, INT count, INT *point, INT *negative))
{
	CRT_VALIDATE_E(to != NULL && size > 0, EINVAL);
	*to = 0;
	CRT_VALIDATE_E(point != NULL && negative != NULL, EINVAL);
	errno_t error = convert(value, to, size, count, point, negative, false);
	return error != 0 ? crt_invalid(error) : 0;
}

CRT(errno_t, _fcvt_s, (char *to, size_t size, double value, INT count, INT *point, INT *negative))
{
	CRT_VALIDATE_E(to != NULL && size > 0, EINVAL);
	*to = 0;
	CRT_VALIDATE_E(point != NULL && negative != NULL, EINVAL);
	errno_t error = convert(value, to, size, count, point, negative, true);
	return error != 0 ? crt_invalid(error) : 0;
}

static INT CDECL print(char *to, size_t size, const char *format, ...)
{
	size_t written;
	ms_va_list list;
	ms_va_start(list, format);
	unsigned options = crt_is_ucrt() ? 0 : PRINTF_MSVCRT_DEFAULT;
	INT result = format_memory_narrow(to, size - 1, format, options, crt_locale(NULL), list, &written);
	ms_va_end(list);
	to[written] = 0;
	return result;
}

/* The point stays when nothing follows it: "3." and "1.e+010" (MSDN _gcvt). */
CRT(errno_t, _gcvt_s, (char *to, size_t size, double value, INT count))
{
	char text[CVT_SIZE + 16];
	CRT_VALIDATE_E(to != NULL && size > 0, EINVAL);
	*to = 0;
	if (count < 0 || (size_t)count >= size)
		return crt_invalid(CRT_ERANGE);
	struct fp_decimal decimal;
	digits_of(value, &decimal);
	fp_round(&decimal, count, FP_TIE_AWAY);
	int magnitude = decimal.count == 0 ? 0 : decimal.point - 1;
	if (magnitude < -1 || magnitude > count - 1)
		print(text, sizeof(text), "%#.*e", count > 0 ? count - 1 : 0, value);
	else
		print(text, sizeof(text), "%#.*f", count - 1 - magnitude, value);
	char *exponent = strchr(text, 'e');
	char *end = exponent != NULL ? exponent : text + strlen(text);
	if (memchr(text, '.', (size_t)(end - text)) != NULL) {
		char *keep = end;
		while (keep > text && keep[-1] == '0')
			keep--;
		memmove(keep, end, strlen(end) + 1);
	}
	if (strlen(text) >= size)
		return crt_invalid(CRT_ERANGE);
	strcpy(to, text);
	return 0;
}

CRT(char *, _gcvt, (double value, INT count, char *to))
{
	CRT_VALIDATE(to != NULL, EINVAL, NULL);
	CRT_VALIDATE(count >= 0, ERANGE, NULL);
	return crt__gcvt_s(to, CVT_SIZE + 16, value, count > CVT_SIZE - 2 ? CVT_SIZE - 2 : count) == 0 ? to : NULL;
}
