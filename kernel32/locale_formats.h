/*
 * kernel32/locale_formats.h - what is known of a locale's formats.
 */
#ifndef PEWTER_KERNEL32_LOCALE_FORMATS_H
#define PEWTER_KERNEL32_LOCALE_FORMATS_H

#include <stdint.h>

struct nls_formats {
	const char *decimal, *thousand, *list;
	const char *currency, *intl_currency, *currency_name;
	const char *short_date, *long_date, *short_time, *long_time, *year_month, *month_day, *am, *pm;
	uint8_t positive_currency, negative_currency, measure, paper, first_day, first_week, short_order, hours;
	uint16_t country_code, geo;
};

#endif
