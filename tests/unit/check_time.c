/*
 * tests/unit/check_time.c - the calendar, and zones of the host in NT's form.
 */
#include "ntdll/rtl/rtl.h"
#include "ntdll/rtl/time.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(calendar)
{
	TIME_FIELDS fields, wrong = {.Year = 2023, .Month = 2, .Day = 29};
	LONGLONG time, back;

	rtl_time_to_fields(0, &fields);
	ck_assert(fields.Year == 1601 && fields.Month == 1 && fields.Day == 1 && fields.Weekday == 1);
	rtl_time_to_fields(RTL_SECONDS_1601_1970 * RTL_TICKS_PER_SECOND, &fields);
	ck_assert(fields.Year == 1970 && fields.Month == 1 && fields.Day == 1 && fields.Weekday == 4);
	/* Every 11th hour and a bit of 900 years comes back. */
	for (time = 0; time < 900ll * 366 * 86400 * RTL_TICKS_PER_SECOND; time += 39601ll * 97 * RTL_TICKS_PER_SECOND + 10000) {
		rtl_time_to_fields(time, &fields);
		ck_assert(rtl_time_from_fields(&fields, &back));
		ck_assert_int_eq(back, time);
	}
	ck_assert(!rtl_time_from_fields(&wrong, &time));
	wrong.Year = 2024;
	ck_assert(rtl_time_from_fields(&wrong, &time));
}
END_TEST

static LONG bias_at(const RTL_TIME_ZONE_INFORMATION *zone, int year, int month, int day, int hour, bool local)
{
	TIME_FIELDS fields = {.Year = (SHORT)year, .Month = (SHORT)month, .Day = (SHORT)day, .Hour = (SHORT)hour};
	LONGLONG time;
	bool daylight;
	ck_assert(rtl_time_from_fields(&fields, &time));
	return rtl_zone_bias(zone, time, local, &daylight);
}

START_TEST(zones)
{
	RTL_TIME_ZONE_INFORMATION zone;

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	rtl_zone(2024, &zone);
	ck_assert_int_eq(zone.Bias, -60);
	ck_assert_int_eq(zone.DaylightBias, -60);
	ck_assert(zone.DaylightStart.Month == 3 && zone.DaylightStart.Day == 5 && zone.DaylightStart.Weekday == 0 &&
		  zone.DaylightStart.Hour == 2);
	ck_assert(zone.StandardStart.Month == 10 && zone.StandardStart.Day == 5 && zone.StandardStart.Hour == 3);
	ck_assert_int_eq(bias_at(&zone, 2024, 3, 31, 0, false), -60);
	ck_assert_int_eq(bias_at(&zone, 2024, 3, 31, 1, false), -120);
	ck_assert_int_eq(bias_at(&zone, 2024, 10, 27, 0, false), -120);
	ck_assert_int_eq(bias_at(&zone, 2024, 10, 27, 1, false), -60);
	ck_assert_int_eq(bias_at(&zone, 2024, 7, 1, 12, true), -120);

	setenv("TZ", "EST5EDT,M3.2.0,M11.1.0", 1);
	rtl_zone(2024, &zone);
	ck_assert_int_eq(zone.Bias, 300);
	ck_assert(zone.DaylightStart.Month == 3 && zone.DaylightStart.Day == 2 && zone.StandardStart.Day == 1);

	/* The southern summer spans the new year. */
	setenv("TZ", "AEST-10AEDT,M10.1.0,M4.1.0/3", 1);
	rtl_zone(2024, &zone);
	ck_assert_int_eq(zone.Bias, -600);
	ck_assert_int_eq(zone.DaylightBias, -60);
	ck_assert(zone.DaylightStart.Month == 10 && zone.StandardStart.Month == 4);
	ck_assert_int_eq(bias_at(&zone, 2024, 1, 15, 12, false), -660);
	ck_assert_int_eq(bias_at(&zone, 2024, 7, 15, 12, false), -600);

	setenv("TZ", "UTC0", 1);
	rtl_zone(2024, &zone);
	ck_assert_int_eq(zone.Bias, 0);
	ck_assert_int_eq(zone.StandardStart.Month, 0);
	ck_assert_mem_eq(zone.KeyName, u"UTC", 8);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("time");
	TCase *tests = tcase_create("time");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, calendar);
	tcase_add_test(tests, zones);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
