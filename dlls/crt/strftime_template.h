/*
 * dlls/crt/strftime_template.h - strftime for char and WCHAR.  Included by strftime.c, which defines CHARACTER and
 * TEXT, a text of a locale's time data.
 */
#define SINK PASTE(sink_, CHARACTER)
#define FORMAT_ONE PASTE(format_one_, CHARACTER)
#define FORMAT_ALL PASTE(format_all_, CHARACTER)
#define PUT PASTE(put_, CHARACTER)
#define PUT_TEXT PASTE(put_text_, CHARACTER)
#define PUT_NUMBER PASTE(put_number_, CHARACTER)
#define SUBFORMAT PASTE(subformat_, CHARACTER)
#define PICTURE PASTE(picture_, CHARACTER)

struct SINK {
	CHARACTER *at;
	size_t left;
	bool full;
};

static void PUT(struct SINK *sink, CHARACTER c)
{
	if (sink->left == 0) {
		sink->full = true;
		return;
	}
	*sink->at++ = c;
	sink->left--;
}

static void PUT_TEXT(struct SINK *sink, const CHARACTER *text)
{
	while (*text != 0)
		PUT(sink, *text++);
}

static void PUT_NUMBER(struct SINK *sink, INT value, int width, char pad)
{
	char digits[12];
	int i = 12, n = 0;
	UINT v = value < 0 ? 0u - (UINT)value : (UINT)value;

	do {
		digits[--i] = (char)('0' + v % 10);
		n++;
	} while ((v /= 10) != 0);
	if (value < 0)
		PUT(sink, '-');
	for (; n < width; n++)
		PUT(sink, (CHARACTER)pad);
	for (; i < 12; i++)
		PUT(sink, (CHARACTER)digits[i]);
}

static bool FORMAT_ONE(struct SINK *sink, char conversion, bool plain, const struct crt_tm *tm, const struct crt_time_data *names);

/* `all_plain`: the # of a conversion that stands for several. */
static bool SUBFORMAT(struct SINK *sink, const char *format, bool all_plain, const struct crt_tm *tm, const struct crt_time_data *names)
{
	bool plain;

	for (; *format != 0; format++) {
		if (*format != '%') {
			PUT(sink, (CHARACTER)*format);
			continue;
		}
		plain = *++format == '#';
		if (plain)
			format++;
		if (!FORMAT_ONE(sink, *format, plain || all_plain, tm, names))
			return false;
	}
	return true;
}

/* A picture of GetDateFormat or GetTimeFormat. */
static bool PICTURE(struct SINK *sink, const CHARACTER *picture, const struct crt_tm *tm, const struct crt_time_data *names)
{
	static const struct {
		char letter, longest, conversions[4]; /* by how often the letter stands there */
	} fields[] = {{'d', 4, "ddaA"}, {'M', 4, "mmbB"}, {'y', 4, "yyYY"}, {'h', 2, "II"},
		      {'H', 2, "HH"},	{'m', 2, "MM"},	  {'s', 2, "SS"},   {'t', 2, "pp"}};
	int count;
	size_t i;

	while (*picture != 0) {
		if (*picture == '\'') {
			for (picture++; *picture != 0 && *picture != '\''; picture++)
				PUT(sink, *picture);
			picture += *picture != 0;
			continue;
		}
		for (i = 0; i < ARRAY_SIZE(fields) && *picture != (CHARACTER)fields[i].letter; i++)
			;
		if (i == ARRAY_SIZE(fields)) {
			PUT(sink, *picture++);
			continue;
		}
		for (count = 0; *picture == (CHARACTER)fields[i].letter && count < fields[i].longest; picture++)
			count++;
		if (!FORMAT_ONE(sink, fields[i].conversions[count - 1], count == 1 && fields[i].letter != 't', tm, names))
			return false;
	}
	return true;
}

/* `plain`: the # flag.  False: a field is out of its range, or there is no such conversion. */
static bool FORMAT_ONE(struct SINK *sink, char conversion, bool plain, const struct crt_tm *tm, const struct crt_time_data *names)
{
	int two = plain ? 0 : 2;
	INT week, year;

	switch (conversion) {
	case 'a':
		if (!in_range(tm->tm_wday, 0, 6))
			return false;
		PUT_TEXT(sink, TEXT(names, CRT_TIME_SHORT_DAY + tm->tm_wday));
		break;
	case 'A':
		if (!in_range(tm->tm_wday, 0, 6))
			return false;
		PUT_TEXT(sink, TEXT(names, CRT_TIME_DAY + tm->tm_wday));
		break;
	case 'b':
		if (!in_range(tm->tm_mon, 0, 11))
			return false;
		PUT_TEXT(sink, TEXT(names, CRT_TIME_SHORT_MONTH + tm->tm_mon));
		break;
	case 'B':
		if (!in_range(tm->tm_mon, 0, 11))
			return false;
		PUT_TEXT(sink, TEXT(names, CRT_TIME_MONTH + tm->tm_mon));
		break;
	case 'c':
		/* The UCRT's "C" is POSIX's. */
		if (!plain && names->lcid == 0 && crt_is_ucrt())
			return SUBFORMAT(sink, "%a %b %e %H:%M:%S %Y", false, tm, names);
		if (!PICTURE(sink, TEXT(names, plain ? CRT_TIME_LONG_DATE : CRT_TIME_DATE), tm, names))
			return false;
		PUT(sink, ' ');
		return PICTURE(sink, TEXT(names, CRT_TIME_CLOCK), tm, names);
	case 'd':
		if (!in_range(tm->tm_mday, 1, 31))
			return false;
		PUT_NUMBER(sink, tm->tm_mday, two, '0');
		break;
	case 'H':
		if (!in_range(tm->tm_hour, 0, 23))
			return false;
		PUT_NUMBER(sink, tm->tm_hour, two, '0');
		break;
	case 'I':
		if (!in_range(tm->tm_hour, 0, 23))
			return false;
		PUT_NUMBER(sink, tm->tm_hour % 12 == 0 ? 12 : tm->tm_hour % 12, two, '0');
		break;
	case 'j':
		if (!in_range(tm->tm_yday, 0, 365))
			return false;
		PUT_NUMBER(sink, tm->tm_yday + 1, plain ? 0 : 3, '0');
		break;
	case 'm':
		if (!in_range(tm->tm_mon, 0, 11))
			return false;
		PUT_NUMBER(sink, tm->tm_mon + 1, two, '0');
		break;
	case 'M':
		if (!in_range(tm->tm_min, 0, 59))
			return false;
		PUT_NUMBER(sink, tm->tm_min, two, '0');
		break;
	case 'p':
		if (!in_range(tm->tm_hour, 0, 23))
			return false;
		PUT_TEXT(sink, TEXT(names, CRT_TIME_AM + (tm->tm_hour >= 12)));
		break;
	case 'S':
		if (!in_range(tm->tm_sec, 0, 60))
			return false;
		PUT_NUMBER(sink, tm->tm_sec, two, '0');
		break;
	case 'U':
	case 'W':
		if (!in_range(tm->tm_wday, 0, 6) || !in_range(tm->tm_yday, 0, 365))
			return false;
		week = (tm->tm_yday + 7 - (conversion == 'U' ? tm->tm_wday : (tm->tm_wday + 6) % 7)) / 7;
		PUT_NUMBER(sink, week, two, '0');
		break;
	case 'w':
		if (!in_range(tm->tm_wday, 0, 6))
			return false;
		PUT_NUMBER(sink, tm->tm_wday, 0, '0');
		break;
	case 'x':
		return PICTURE(sink, TEXT(names, plain ? CRT_TIME_LONG_DATE : CRT_TIME_DATE), tm, names);
	case 'X':
		return PICTURE(sink, TEXT(names, CRT_TIME_CLOCK), tm, names);
	case 'y':
		if (!in_range(tm->tm_year, -1900, 8099))
			return false;
		PUT_NUMBER(sink, (tm->tm_year + 1900) % 100, two, '0');
		break;
	case 'Y':
		if (!in_range(tm->tm_year, -1900, 8099))
			return false;
		PUT_NUMBER(sink, tm->tm_year + 1900, plain ? 0 : 4, '0');
		break;
	case 'z':
		if (crt_is_ucrt()) {
			LONG minutes;

			crt_timezone_initialize();
			if (tm->tm_isdst < 0)
				break;
			minutes = -(crt_variables->timezone + (tm->tm_isdst > 0 ? crt_variables->dstbias : 0)) / 60;
			PUT(sink, minutes < 0 ? '-' : '+');
			if (minutes < 0)
				minutes = -minutes;
			PUT_NUMBER(sink, minutes / 60, 2, '0');
			PUT_NUMBER(sink, minutes % 60, 2, '0');
			break;
		}
		/* fall through */
	case 'Z':
		crt_timezone_initialize();
		if (tm->tm_isdst >= 0) {
			const char *name = crt_variables->tzname[tm->tm_isdst > 0];

			while (*name != 0)
				PUT(sink, (CHARACTER)(BYTE)*name++);
		}
		break;
	case '%':
		PUT(sink, '%');
		break;
	default:
		/* The conversions of C99: the UCRT's only. */
		if (!crt_is_ucrt())
			return false;
		switch (conversion) {
		case 'C':
			if (!in_range(tm->tm_year, -1900, 8099))
				return false;
			PUT_NUMBER(sink, (tm->tm_year + 1900) / 100, two, '0');
			break;
		case 'D':
			return SUBFORMAT(sink, "%m/%d/%y", plain, tm, names);
		case 'e':
			if (!in_range(tm->tm_mday, 1, 31))
				return false;
			PUT_NUMBER(sink, tm->tm_mday, two, ' ');
			break;
		case 'F':
			return SUBFORMAT(sink, "%Y-%m-%d", plain, tm, names);
		case 'g':
		case 'G':
		case 'V':
			if (!iso_week(tm, &year, &week))
				return false;
			if (conversion == 'G')
				PUT_NUMBER(sink, year, plain ? 0 : 4, '0');
			else
				PUT_NUMBER(sink, conversion == 'V' ? week : year % 100, two, '0');
			break;
		case 'h':
			return FORMAT_ONE(sink, 'b', plain, tm, names);
		case 'n':
			PUT(sink, '\n');
			break;
		case 'r':
			return SUBFORMAT(sink, "%I:%M:%S %p", plain, tm, names);
		case 'R':
			return SUBFORMAT(sink, "%H:%M", plain, tm, names);
		case 't':
			PUT(sink, '\t');
			break;
		case 'T':
			return SUBFORMAT(sink, "%H:%M:%S", plain, tm, names);
		case 'u':
			if (!in_range(tm->tm_wday, 0, 6))
				return false;
			PUT_NUMBER(sink, tm->tm_wday == 0 ? 7 : tm->tm_wday, 0, '0');
			break;
		default:
			return false;
		}
	}
	return true;
}

static size_t FORMAT_ALL(CHARACTER *to, size_t size, const CHARACTER *format, const struct crt_tm *tm, const struct crt_time_data *names)
{
	struct SINK sink = {to, size, false};
	bool plain;

	CRT_VALIDATE(to != NULL && size != 0, EINVAL, 0);
	to[0] = 0;
	CRT_VALIDATE(format != NULL, EINVAL, 0);
	for (; *format != 0 && !sink.full; format++) {
		if (*format != '%') {
			PUT(&sink, *format);
			continue;
		}
		CRT_VALIDATE(tm != NULL, EINVAL, 0);
		plain = false;
		format++;
		if (*format == '#') {
			plain = true;
			format++;
		}
		/* C99's modifiers change nothing here. */
		if ((*format == 'E' || *format == 'O') && crt_is_ucrt())
			format++;
		if (*format == 0 || (UINT)*format > 127 || !FORMAT_ONE(&sink, (char)*format, plain, tm, names)) {
			to[0] = 0;
			crt_invalid(CRT_EINVAL);
			return 0;
		}
	}
	if (sink.left == 0) {
		to[0] = 0;
		crt_self.error = CRT_ERANGE;
		return 0;
	}
	*sink.at = 0;
	return size - sink.left;
}

#undef SINK
#undef FORMAT_ONE
#undef FORMAT_ALL
#undef PUT
#undef PUT_TEXT
#undef PUT_NUMBER
#undef SUBFORMAT
#undef PICTURE
