/*
 * kernel32/locale_formats.h - what is known of a locale's formats.
 */
#ifndef PEWTER_KERNEL32_LOCALE_FORMATS_H
#define PEWTER_KERNEL32_LOCALE_FORMATS_H

#include <stdint.h>

/* Seven or twelve words with bars between them. */
struct nls_names {
	const char *days, *short_days, *shortest_days;
	const char *months, *genitive_months, *short_months; /* genitive: beside the number of a day; NULL = the same */
};

struct nls_formats {
	const struct nls_names *names;
	const char *native_language, *native_country;
	/* NULL: of money as of numbers; digits in threes. */
	const char *decimal, *thousand, *money_decimal, *money_thousand, *grouping, *list;
	const char *currency, *intl_currency, *currency_name, *native_currency_name;
	const char *short_date, *long_date, *short_time, *long_time, *year_month, *month_day, *am, *pm;
	const char *scripts;
	uint8_t positive_currency, negative_currency, measure, paper, first_day, first_week, short_order, hours;
	uint8_t currency_digits, negative_number, positive_percent, negative_percent;
	uint8_t calendar; /* CAL_GREGORIAN, CAL_THAI */
	uint16_t country_code;
	uint32_t geo;
};

#endif
